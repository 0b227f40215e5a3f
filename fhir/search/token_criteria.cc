#include "fhir/search/token_criteria.h"

#include <algorithm>
#include <utility>

#include "fhir/search/asked_text.h"
#include "fhir/search/keys.h"
#include "fhir/search/text.h"
#include "fhir/terminology.h"

namespace fhir {
namespace {

using Test = Criterion::Test;

struct Token {
  std::string system;
  std::string code;
  bool has_bar = false;
};

Result<Token> ReadToken(std::string_view parameter, std::string_view item) {
  const auto parts = SplitUnescaped(item, '|');
  if (parts.size() > 2) return Refusal("value", "a token is [system|]code", parameter);
  Token token;
  token.has_bar = parts.size() == 2;
  auto code = Unescape(parts.back(), parameter);
  if (!code.ok()) return std::move(code).error();
  token.code = std::move(*code);
  if (!token.has_bar) return token;
  auto system = Unescape(parts.front(), parameter);
  if (!system.ok()) return std::move(system).error();
  token.system = std::move(*system);
  return token;
}

// A code has its system by its binding, an id none.
bool IsBare(const SearchPart* part) {
  return part != nullptr && (part->type == "code" || part->type == "boolean" ||
                             part->type == "id" || part->type == "string");
}

// What a value set or a hierarchy can say something about.
bool IsCoded(const SearchPart& part) {
  return part.type == "CodeableConcept" || part.type == "Coding" || part.type == "*" ||
         (part.type == "code" && !part.system.empty());
}

// One value of one parameter.
class Asked {
 public:
  Asked(const SearchParameter& parameter, std::string_view modifier, std::string_view item)
      : parameter_(parameter), modifier_(modifier), item_(item) {}

  Result<std::vector<Criterion>> Criteria() const {
    if (modifier_ == "text") return Text();
    if (modifier_ == "of-type") return OfType();
    if (modifier_ == "in" || modifier_ == "not-in") return InSet();
    if (modifier_ == "above" || modifier_ == "below") return Subsumed();
    return Plain();
  }

 private:
  const SearchPart* part() const {
    return parameter_.parts.empty() ? nullptr : &parameter_.parts.front();
  }
  Error Bad(std::string message) const {
    return Refusal("value", std::move(message), parameter_.name);
  }
  Criterion Of(Test test, std::string key) const {
    return {test, parameter_.name, std::move(key), {}, {}, {}, {}};
  }
  // A code element's system is not written, so its index entries have none.
  Criterion Of(std::string_view system, std::string_view code) const {
    return Of(Test::kTerm, TokenKey(IsBare(part()) ? "" : system, code));
  }

  Result<std::vector<Criterion>> Plain() const {
    auto token = ReadToken(parameter_.name, item_);
    if (!token.ok()) return std::move(token).error();
    const bool any_code = token->code.empty() && !token->system.empty() && IsBare(part());
    if (any_code && token->system == part()->system) {
      const auto codes = CodesOf(token->system);
      if (!codes) return Bad("the codes of this system are not held here; give the code too");
      std::vector<Criterion> criteria;
      for (const std::string_view code : *codes) criteria.push_back(Of(token->system, code));
      return criteria;
    }
    auto term = TokenTerm(parameter_.name, part(), item_);
    if (!term.ok()) return std::move(term).error();
    if (parameter_.name == "_id") return std::vector{Of(Test::kId, term->substr(1))};
    return std::vector{Of(Test::kTerm, std::move(*term))};
  }

  Result<std::vector<Criterion>> Text() const {
    auto text = Unescape(item_, parameter_.name);
    if (!text.ok()) return std::move(text).error();
    return std::vector{Of(Test::kPrefix, NormalText(*text))};
  }

  Result<std::vector<Criterion>> OfType() const {
    const auto parts = SplitUnescaped(item_, '|');
    if (parts.size() != 3) return Bad(":of-type is system|code|value");
    std::string key = "#of-type";
    for (std::string_view part : parts) {
      auto plain = Unescape(part, parameter_.name);
      if (!plain.ok()) return std::move(plain).error();
      if (plain->empty()) return Bad(":of-type is system|code|value");
      key += "|" + *plain;
    }
    return std::vector{Of(Test::kTerm, std::move(key))};
  }

  Result<const SearchPart*> Coded() const {
    if (part() != nullptr && IsCoded(*part())) return part();
    return Refusal("not-supported", "this parameter is of no codes that a system is known of",
                   parameter_.name);
  }

  Result<std::vector<Criterion>> InSet() const {
    auto coded = Coded();
    if (!coded.ok()) return std::move(coded).error();
    auto url = Unescape(item_, parameter_.name);
    if (!url.ok()) return std::move(url).error();
    const auto concepts = Expand(*url);
    if (!concepts) {
      return Refusal("not-found",
                     "this value set is not held here: those of R4's definitions are, where R4 "
                     "lists all their codes; list the codes, separated by commas",
                     parameter_.name);
    }
    std::vector<Criterion> criteria;
    for (const Concept& one : *concepts) {
      if (IsBare(*coded) && one.system != (*coded)->system) continue;
      criteria.push_back(Of(one.system, one.code));
    }
    return criteria;
  }

  Result<std::vector<Criterion>> Subsumed() const {
    auto coded = Coded();
    if (!coded.ok()) return std::move(coded).error();
    auto token = ReadToken(parameter_.name, item_);
    if (!token.ok()) return std::move(token).error();
    const bool implied = IsBare(*coded) && !token->has_bar;
    const std::string& system = implied ? (*coded)->system : token->system;
    if (system.empty() || token->code.empty()) return Bad("a code with subsumption is system|code");
    const auto codes =
        modifier_ == "below" ? Below(system, token->code) : Above(system, token->code);
    if (!codes) {
      return Refusal("not-supported",
                     "the hierarchy of this code system is not held here: those of R4's own code "
                     "systems are; list the codes, separated by commas",
                     parameter_.name);
    }
    if (codes->empty()) return Bad("the code system has no such code");
    std::vector<Criterion> criteria;
    if (IsBare(*coded) && system != (*coded)->system) return criteria;
    for (const std::string_view code : *codes) criteria.push_back(Of(system, code));
    return criteria;
  }

  const SearchParameter& parameter_;
  const std::string_view modifier_;
  const std::string_view item_;
};

}  // namespace

Result<std::string> TokenTerm(std::string_view parameter, const SearchPart* part,
                              std::string_view item) {
  auto token = ReadToken(parameter, item);
  if (!token.ok()) return std::move(token).error();
  const auto& [system, code, has_bar] = *token;
  if (code.empty() && system.empty()) return Refusal("value", "the token is empty", parameter);
  if (part != nullptr && part->type == "ContactPoint") {
    const bool fits = system.empty() || system == "phone" || system == "email" || system == "fax" ||
                      system == "sms" || system == "pager";
    if (!fits || code.empty()) {
      return Refusal("value", "a contact point is searched by its value", parameter);
    }
    return ContactKey(code);
  }
  if (!IsBare(part)) {
    // "|code" asks for what has no system, "code" for any.
    return has_bar && system.empty() && part != nullptr ? NoSystemKey(code)
                                                        : TokenKey(system, code);
  }
  if (system.empty()) return TokenKey("", code);
  if (part->system.empty()) {
    return Refusal("value", "this parameter is searched by its code without a system", parameter);
  }
  return system == part->system && !code.empty() ? TokenKey("", code) : "#no such code";
}

Result<std::vector<Criterion>> TokenCriteria(const SearchParameter& parameter,
                                             std::string_view modifier, std::string_view item) {
  return Asked(parameter, modifier, item).Criteria();
}

}  // namespace fhir
