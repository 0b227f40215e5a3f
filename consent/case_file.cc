#include "consent/case_file.h"

#include <set>

#include "consent/decide.h"
#include "consent/laid_over.h"
#include "consent/members.h"

namespace consent {
namespace {

using fhir::json::Value;

fhir::Error Invalid(std::string message, std::string path) {
  return fhir::Fail(fhir::ErrorCode::kInvalid, std::move(message), std::move(path));
}

// ---- fixtures

class Fixtures {
 public:
  explicit Fixtures(const Value& fixtures) : fixtures_(fixtures) {}

  // `value` with every "@name" replaced.
  fhir::Result<Value> Expand(const Value& value, const std::string& path, int depth = 0) const {
    constexpr int kMaxDepth = 32;  // a fixture that names itself ends here
    if (depth > kMaxDepth) return Invalid("fixtures are nested too deep", path);
    if (value.is_string() && value.text().starts_with('@')) {
      return Named(value.text(), path, depth);
    }
    if (value.is_array()) {
      Value items = Value::Array();
      for (size_t i = 0; i < value.size(); ++i) {
        auto item = Expand(value.at(i), path + "[" + std::to_string(i) + "]", depth + 1);
        if (!item.ok()) return item;
        items.Add(std::move(item).value());
      }
      return items;
    }
    if (!value.is_object()) return value;
    const bool changed = value.size() == 1 && value.members()[0].name.starts_with('@');
    if (changed) {
      auto base = Named(value.members()[0].name, path, depth);
      if (!base.ok()) return base;
      auto over = Expand(value.members()[0].value, path, depth + 1);
      if (!over.ok()) return over;
      return LaidOver(std::move(base).value(), *over);
    }
    Value members = Value::Object();
    for (const auto& member : value.members()) {
      auto item = Expand(member.value, path + "." + member.name, depth + 1);
      if (!item.ok()) return item;
      members.Set(member.name, std::move(item).value());
    }
    return members;
  }

 private:
  fhir::Result<Value> Named(const std::string& name, const std::string& path, int depth) const {
    const Value* fixture = fixtures_.Find(std::string_view(name).substr(1));
    if (fixture == nullptr) return Invalid("names a fixture that is not in the file", path);
    return Expand(*fixture, path, depth + 1);
  }

  const Value& fixtures_;
};

// ---- want

fhir::Status CheckWant(const Value& want) {
  Members members(want, "want");
  std::string outcome;
  members.Text("outcome", outcome);
  if (!outcome.empty() && !OutcomeFromCode(outcome)) {
    members.Fail("outcome", "is not an outcome");
  }
  std::string ignored;
  std::vector<std::string> codes;
  fhir::Instant instant;
  members.Text("class", ignored);
  members.Text("rerouteTo", ignored);
  members.Text("reviewQueue", ignored);
  members.Time("notBefore", instant);
  const Value& reasons = members.Take("reasons");
  if (reasons.is_object()) {
    Members nested(reasons, "want.reasons");
    nested.Texts("include", codes);
    nested.Texts("exclude", codes);
    fhir::Status status = nested.Finish();
    if (!status.ok()) return status;
  } else {
    members.Texts("reasons", codes);
  }
  members.Texts("obligations", codes);
  return members.Finish();
}

std::set<std::string> TextsOf(const Value& array) {
  std::set<std::string> texts;
  for (const Value& item : array.items()) texts.insert(item.text());
  return texts;
}

std::string Join(const std::set<std::string>& items) {
  std::string joined = "[";
  for (const std::string& item : items) {
    if (joined.size() > 1) joined += ", ";
    joined += item;
  }
  joined += ']';
  return joined;
}

class Comparison {
 public:
  explicit Comparison(CaseResult& result) : result_(result) {}

  void Text(const Value& want, std::string_view name) {
    if (want[name].is_null()) return;
    const std::string& wanted = want[name].text();
    const std::string& got = result_.got[name].text();
    if (wanted != got) Differ(name, wanted, got.empty() ? "nothing" : got);
  }
  void Sets(std::string_view name, const std::set<std::string>& want,
            const std::set<std::string>& got) {
    if (want != got) Differ(name, Join(want), Join(got));
  }
  void Differ(std::string_view name, const std::string& want, const std::string& got) {
    std::string sentence(name);
    sentence.append(": want ").append(want).append(", got ").append(got);
    result_.differences.push_back(std::move(sentence));
  }

 private:
  CaseResult& result_;
};

}  // namespace

fhir::Result<Case> ReadCase(const Value& json) {
  Case test_case;
  Members members(json, "case");
  members.Required("note", test_case.note);
  members.Required("source", test_case.source);
  const Value& given_json = members.Take("given");
  test_case.want = members.Take("want");
  fhir::Status status = members.Finish();
  if (!status.ok()) return status.error();
  auto given = ReadGiven(given_json);
  if (!given.ok()) return given.error();
  test_case.given = std::move(given).value();
  fhir::Status want = CheckWant(test_case.want);
  if (!want.ok()) return want.error();
  return test_case;
}

fhir::Result<std::vector<Case>> ReadCases(const Value& file) {
  static const Value kNoFixtures;
  const bool with_fixtures = file.is_object() && file.Find("cases") != nullptr;
  if (with_fixtures) {
    for (const auto& member : file.members()) {
      if (member.name != "cases" && member.name != "fixtures") {
        return Invalid("is not a known key", member.name);
      }
    }
  }
  const Fixtures fixtures(with_fixtures ? file["fixtures"] : kNoFixtures);
  const Value& list = with_fixtures ? file["cases"] : file;
  std::vector<Case> cases;
  std::set<std::string> notes;
  const size_t count = list.is_array() ? list.size() : 1;
  for (size_t i = 0; i < count; ++i) {
    const std::string place = "cases[" + std::to_string(i) + "]";
    Value json = list.is_array() ? list.at(i) : list;
    if (with_fixtures) {
      auto expanded = fixtures.Expand(json["given"], place + ".given");
      if (!expanded.ok()) return expanded.error();
      json.Set("given", std::move(expanded).value());
    }
    auto test_case = ReadCase(json);
    if (!test_case.ok()) {
      fhir::Error error = test_case.error();
      error.path.insert(0, place + ".");
      return error;
    }
    if (!notes.insert(test_case->note).second) {
      return Invalid("is the note of an earlier case", place + ".note");
    }
    cases.push_back(std::move(test_case).value());
  }
  return cases;
}

CaseResult RunCase(const Case& test_case) {
  const Decision decision = Decide(test_case.given);
  CaseResult result{test_case.note, ToJson(decision), false, {}};
  const Value& want = test_case.want;
  Comparison compare(result);
  for (std::string_view name : {"outcome", "class", "rerouteTo", "reviewQueue"}) {
    compare.Text(want, name);
  }
  if (!want["notBefore"].is_null()) {
    const auto wanted = fhir::ParseInstant(want["notBefore"].text());
    if (!wanted.ok() || decision.not_before != *wanted) {
      compare.Differ("notBefore", want["notBefore"].text(),
                     decision.not_before ? fhir::FormatInstant(*decision.not_before) : "nothing");
    }
  }
  std::set<std::string> rules;
  for (const Reason& reason : decision.reasons) rules.insert(reason.rule);
  const Value& reasons = want["reasons"];
  if (reasons.is_array()) compare.Sets("reasons", TextsOf(reasons), rules);
  for (const std::string& rule : TextsOf(reasons["include"])) {
    if (!rules.contains(rule)) compare.Differ("reasons", rule, Join(rules));
  }
  for (const std::string& rule : TextsOf(reasons["exclude"])) {
    if (rules.contains(rule)) compare.Differ("reasons", "without " + rule, Join(rules));
  }
  if (!want["obligations"].is_null()) {
    std::set<std::string> codes;
    for (const Obligation& obligation : decision.obligations) codes.insert(obligation.code);
    compare.Sets("obligations", TextsOf(want["obligations"]), codes);
  }
  result.ok = result.differences.empty();
  return result;
}

}  // namespace consent
