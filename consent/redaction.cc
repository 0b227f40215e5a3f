#include "consent/redaction.h"

#include <algorithm>
#include <string>
#include <vector>

#include "consent/provision.h"
#include "consent/words.h"
#include "fhir/canonicals.h"

namespace consent {
namespace {

using fhir::json::Value;

bool LabelHits(const std::string& label, const std::string& redacted) {
  const int rank = ConfidentialityRank(redacted);
  if (rank >= 0) return ConfidentialityRank(label) >= rank;
  return LabelCovers(redacted, label, Provision::Type::kDeny);
}

// "system|code" of a REDACT; nullopt where it is a label, a class or a reference.
std::optional<Coding> CodeOf(const std::string& value) {
  const size_t bar = value.find('|');
  if (bar == std::string::npos) return std::nullopt;
  return Coding{value.substr(0, bar), value.substr(bar + 1)};
}

enum class For : uint8_t { kTakingOut, kKeeping };

bool IsCode(const Value& coding, const Coding& wanted, For what) {
  if (wanted.code.empty() || coding["code"].text() != wanted.code) return false;
  const std::string& system = coding["system"].text();
  if (system == wanted.system) return true;
  // Of two codes whose systems are not both said, nobody can tell that they are not the same.
  return what == For::kTakingOut && (system.empty() || wanted.system.empty());
}

// Whether any coding of the resource, at any depth but meta, has this code.
bool HasCodeBelow(const Value& value, const Coding& wanted, For what) {
  if (value.is_array()) {
    return std::any_of(value.items().begin(), value.items().end(),
                       [&](const Value& item) { return HasCodeBelow(item, wanted, what); });
  }
  for (const Value& coding : value["coding"].items()) {
    if (IsCode(coding, wanted, what)) return true;
  }
  return std::any_of(value.members().begin(), value.members().end(), [&](const auto& member) {
    // What is nested is judged for itself.
    return member.name != "meta" && member.name != "contained" && member.name != "entry" &&
           HasCodeBelow(member.value, wanted, what);
  });
}

// By its type, its reference or a code in it.
bool IsOrHolds(const Value& resource, const std::string& value, For what) {
  if (const auto code = CodeOf(value)) return HasCodeBelow(resource, *code, what);
  const std::string& type = resource["resourceType"].text();
  if (type == value || type + "/" + resource["id"].text() == value) return true;
  if (value == "http://hl7.org/fhir/StructureDefinition/" + type) return true;
  return Contains(ClassesOf(resource), value);
}

// Its confidentiality; where its labels say none, `otherwise`.
int RankOf(const Value& resource, int otherwise) {
  int own = -1;
  for (const Value& label : resource["meta"]["security"].items()) {
    own = std::max(own, ConfidentialityRank(label["code"].text()));
  }
  return own < 0 ? otherwise : own;
}

bool ResourceCarries(const Value& resource, const std::string& redacted, int confidentiality) {
  if (const int rank = ConfidentialityRank(redacted); rank >= 0 && confidentiality >= rank) {
    return true;
  }
  for (const Value& label : resource["meta"]["security"].items()) {
    if (LabelHits(label["code"].text(), redacted)) return true;
  }
  return IsOrHolds(resource, redacted, For::kTakingOut);
}

// What a permit of `code` reaches: a confidentiality reaches up to itself, a sensitivity what has
// no other one (C.3).
bool ResourceHasOneOf(const Value& resource, const std::string& code, int confidentiality) {
  const int rank = ConfidentialityRank(code);
  bool covers = false;
  bool every = true;
  for (const Value& label : resource["meta"]["security"].items()) {
    const std::string& each = label["code"].text();
    if (rank >= 0 || ConfidentialityRank(each) >= 0) continue;
    const bool covered = LabelCovers(code, each, Provision::Type::kPermit);
    covers = covers || covered;
    every = every && covered;
  }
  if (rank >= 0) return confidentiality <= rank;
  return (covers && every) || IsOrHolds(resource, code, For::kKeeping);
}

bool ElementCarries(const Value& element, const std::string& redacted) {
  for (const Value& extension : element["extension"].items()) {
    if (extension["url"].text() == fhir::kInlineLabel &&
        LabelHits(extension["valueCoding"]["code"].text(), redacted)) {
      return true;
    }
  }
  return false;
}

class Redaction {
 public:
  Redaction(const Decision& decision, const DisclosurePolicy& policy) : policy_(policy) {
    for (const Obligation& obligation : decision.obligations) {
      if (obligation.code == "REDACT") AddRedact(obligation.value);
      minimum_ = minimum_ || obligation.code == "MINEC";
    }
  }

  // Whether the resource stays; what of it may not go has been taken out.
  // Without a label it is as confidential as what contains it, else N; a Bundle is what it holds.
  bool Resource(Value& resource, int around = -1) const {
    const bool wraps = resource["resourceType"].text() == "Bundle";
    const int unlabelled = around < 0 && !wraps ? ConfidentialityRank("N") : around;
    const int confidentiality = RankOf(resource, unlabelled);
    const auto carries = [&](const std::string& code) {
      return ResourceCarries(resource, code, confidentiality);
    };
    if (std::any_of(out_.begin(), out_.end(), carries)) return false;
    const auto kept = [&](const std::vector<std::string>& codes) {
      return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
        return ResourceHasOneOf(resource, code, confidentiality);
      });
    };
    if (!wraps && !std::all_of(keep_.begin(), keep_.end(), kept)) return false;
    if (minimum_ && !wraps && !Minimise(resource)) return false;
    Members(resource, wraps ? -1 : confidentiality);
    return true;
  }

 private:
  // "R", or "exceptAnyOf N,PSY" (fhir_consent.h).
  void AddRedact(std::string_view value) {
    constexpr std::string_view kExcept = "exceptAnyOf ";
    if (!value.starts_with(kExcept)) {
      out_.emplace_back(value);
      return;
    }
    value.remove_prefix(kExcept.size());
    auto& codes = keep_.emplace_back();
    while (!value.empty()) {
      const size_t comma = value.find(',');
      codes.emplace_back(value.substr(0, comma));
      value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
  }

  bool Element(Value& value, int around) const {
    if (!value["resourceType"].is_null()) return Resource(value, around);
    if (std::any_of(out_.begin(), out_.end(),
                    [&](const std::string& code) { return ElementCarries(value, code); })) {
      return false;
    }
    const bool entry = value["resource"].is_object();
    Members(value, around);
    // An entry of a Bundle without its resource would still say that there is one.
    return !entry || value["resource"].is_object();
  }

  void Members(Value& value, int around) const {
    if (auto* items = value.mutable_items()) {
      std::erase_if(*items, [&](Value& item) { return !Element(item, around); });
      return;
    }
    auto* members = value.mutable_members();
    if (members == nullptr) return;
    // The label of a primitive stands beside it: _name goes, and takes name with it.
    std::vector<std::string> labelled;
    std::erase_if(*members, [&](fhir::json::Member& member) {
      const bool had = member.value.size() > 0;
      const bool stays = Element(member.value, around);
      if (!stays && member.name.starts_with('_')) labelled.push_back(member.name.substr(1));
      return !stays || (had && member.value.size() == 0);
    });
    std::erase_if(*members, [&](const fhir::json::Member& member) {
      return Contains(labelled, member.name);
    });
  }

  bool Minimise(Value& resource) const {
    const auto declared = policy_.minimum.find(resource["resourceType"].text());
    if (declared == policy_.minimum.end()) return false;
    std::erase_if(*resource.mutable_members(), [&](const fhir::json::Member& member) {
      return member.name != "resourceType" && member.name != "id" &&
             !Contains(declared->second, member.name);
    });
    if (auto* inputs = resource.Mutable("input").mutable_items()) {
      std::erase_if(*inputs, [&](const Value& input) { return !DeclaredInput(input); });
    }
    if (resource["input"].size() == 0) resource.Remove("input");
    return true;
  }

  bool DeclaredInput(const Value& input) const {
    if (Contains(policy_.task_inputs, input["type"]["text"].text())) return true;
    for (const Value& coding : input["type"]["coding"].items()) {
      if (Contains(policy_.task_inputs, coding["code"].text())) return true;
    }
    return false;
  }

  const DisclosurePolicy& policy_;
  std::vector<std::string> out_;
  std::vector<std::vector<std::string>> keep_;  // of each list, the resource has one
  bool minimum_ = false;
};

}  // namespace

std::optional<fhir::Resource> Redacted(const fhir::Resource& resource, const Decision& decision,
                                       const DisclosurePolicy& policy) {
  if (!decision.permits()) return std::nullopt;
  fhir::Resource redacted = resource;
  if (!Redaction(decision, policy).Resource(redacted.mutable_json())) return std::nullopt;
  return redacted;
}

}  // namespace consent
