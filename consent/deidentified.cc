#include "consent/deidentified.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "consent/units.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;

template <size_t N>
bool In(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// The digest of something, as MD5, SHA-1 and SHA-2 write it: derived from what it stands for.
bool LooksDerived(std::string_view text) {
  const bool length = text.size() == 32 || text.size() == 40 || text.size() == 56 ||
                      text.size() == 64 || text.size() == 96 || text.size() == 128;
  return length && std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

// "2026-11", "2026-11-23T...", "2026-W48", "12/31/2026": finer than a year.
bool LooksLikeDate(std::string_view text) {
  const auto digits = [&](size_t from, size_t count) {
    return text.size() >= from + count && AllDigits(text.substr(from, count));
  };
  if (digits(0, 4) && text.size() > 5 && text[4] == '-') {
    return digits(5, 2) || (text[5] == 'W' && digits(6, 2));
  }
  return std::count(text.begin(), text.end(), '/') == 2 && IsDigit(text.front()) &&
         IsDigit(text.back());
}

// Strings that hold codes, systems, units: their words come from a terminology, not from a person.
constexpr auto kCoded = std::to_array<std::string_view>({"resourceType",   "system",
                                                         "code",           "version",
                                                         "unit",           "status",
                                                         "intent",         "use",
                                                         "gender",         "priority",
                                                         "comparator",     "currency",
                                                         "language",       "type",
                                                         "state",          "country",
                                                         "mode",           "kind",
                                                         "rank",           "valueCode",
                                                         "clinicalStatus", "verificationStatus",
                                                         "periodUnit",     "durationUnit"});

class Scan {
 public:
  Scan(fhir::Instant now, const DisclosurePolicy& policy) : policy_(policy) {
    const auto today = fhir::InZone(now, "UTC");
    year_ = today.ok() ? today->year : 0;
  }

  void Resource(const Value& resource) {
    for (const auto& member : resource.members()) {
      if (member.name == "meta") continue;
      if (member.name == "id") {
        if (LooksDerived(member.value.text())) Found("derived-codes");
      } else {
        Element(member.name, member.value, false);
      }
    }
  }

  std::vector<std::string> Done() && { return {found_.begin(), found_.end()}; }

 private:
  void Found(std::string_view kind) { found_.emplace(kind); }

  void Element(std::string_view name, const Value& value, bool in_extension) {
    if (value.is_array()) {
      for (const Value& item : value.items()) Element(name, item, name == "extension");
      return;
    }
    if (value.is_string()) return Text(name, value.text(), in_extension);
    if (value.is_number()) return Number(name, value, in_extension);
    if (!value.is_object()) return;
    if (!value["resourceType"].is_null()) return Resource(value);
    if (name == "identifier") return Identifier(value);
    if (name == "telecom") return Found("contacts");
    if (name == "photo" || !value["contentType"].is_null()) return Found("photos");
    if (name == "text" || !value["div"].is_null()) return Found("free-text");
    const bool human = !value["family"].is_null() || !value["given"].is_null();
    if (human || (name == "name" && !value["text"].is_null())) return Found("names");
    if (value["value"].is_number()) Quantity(value);
    const bool coding = !value["code"].is_null();
    for (const auto& member : value.members()) {
      // The display of a coding is the terminology's; of a reference it is somebody's name.
      if (member.name == "display" && coding) continue;
      if (member.name == "text" && member.value.is_string()) {
        Found("free-text");
      } else if (member.name != "value" || !member.value.is_number()) {
        Element(member.name, member.value, name == "extension");
      }
    }
  }

  // A code to find the person again may stay when it is drawn at random (c).
  void Identifier(const Value& identifier) {
    if (identifier["value"].text().empty()) return;
    const bool random = Fact(identifier, "code-origin").text() == "random";
    const bool derived = LooksDerived(identifier["value"].text());
    if (derived) {
      Found("derived-codes");
    } else if (!random) {
      Found("codes");
    }
  }

  void Quantity(const Value& quantity) {
    const std::string& code = quantity["code"].text();
    const std::string& unit = quantity["unit"].text();
    if (!quantity["currency"].is_null()) return;
    if (Trim(code).empty() && Trim(unit).empty()) return Plain(quantity["value"], quantity);
    for (const std::string& each : {code, unit}) {
      if (const auto ninety = NinetyYearsIn(each)) return IsAge(quantity, *ninety);
    }
    // In a unit that nobody knows it may be one in years.
    if (!MeasuresNoAge(code) && !MeasuresNoAge(unit)) IsAge(quantity, 90);
  }

  // An age from `ninety` on; one that cannot be read may be one.
  void IsAge(const Value& quantity, int64_t ninety) {
    const auto micros = Micros(quantity["value"]);
    if (micros && *micros < ninety * 1'000'000) return;
    // "90 or older" is one group.
    const bool group =
        micros && quantity["comparator"].text() == ">=" && *micros == ninety * 1'000'000;
    if (!group) Found("ages");
  }

  // Nobody says of what: from 90 on it may be an age in years, from 1000 on a number of somebody.
  void Plain(const Value& number, const Value& quantity) {
    constexpr int64_t kNumbers = 1000;
    const auto micros = Micros(number);
    if (micros && *micros >= kNumbers * 1'000'000) return Found("codes");
    IsAge(quantity, 90);
  }

  void Number(std::string_view name, const Value& number, bool in_extension) {
    if (name == "latitude" || name == "longitude" || name == "altitude") return Found("geography");
    // What an extension counts is not known.
    if (in_extension) return Found("codes");
    Value quantity = Value::Object();
    quantity.Set("value", number);
    Plain(number, quantity);
  }

  void Text(std::string_view name, const std::string& text, bool in_extension) {
    if (LooksDerived(text)) return Found("derived-codes");
    if (name == "postalCode") return PostalCode(text);
    if (name == "line" || name == "city" || name == "district") return Found("geography");
    if (LooksLikeDate(text)) return Found("dates");
    if (text.size() == 4 && AllDigits(text)) {
      // A year may stay, unless it says that somebody is over 89.
      const int year = std::stoi(text);
      if (name == "birthDate" && year_ - year >= 90) Found("ages");
      return;
    }
    if (name == "url" && in_extension) return;
    if (name == "reference") {
      const bool relative = text.find("://") == std::string::npos;
      if (!relative) Found("codes");
      if (LooksDerived(text.substr(text.rfind('/') + 1))) Found("derived-codes");
      return;
    }
    if (name == "id" || In(kCoded, name)) return;
    Found(name == "display" ? "names" : "free-text");
  }

  void PostalCode(const std::string& text) {
    // Three digits of an area of more than 20,000 people, else 000.
    const bool three = text.size() == 3 && AllDigits(text);
    if (!three || Contains(policy_.small_zip3, text)) Found("geography");
  }

  const DisclosurePolicy& policy_;
  int year_ = 0;
  std::set<std::string> found_;
};

}  // namespace

std::vector<std::string> Identifying(const Value& resource, fhir::Instant now,
                                     const DisclosurePolicy& policy) {
  Scan scan(now, policy);
  scan.Resource(resource);
  return std::move(scan).Done();
}

bool CheckDeidentified(const HealthDataFacts& health, bool actual_knowledge, Findings& findings) {
  bool holds = !actual_knowledge && !health.items.empty() && !health.disclosure.data_missing;
  for (const DataItem& item : health.items) {
    // What nobody has looked at cannot be called de-identified.
    const bool seen = !item.reference.empty() || item.Is(Origin::kDeidentified);
    holds = holds && seen && item.identifying.empty();
    for (const std::string& kind : item.identifying) {
      findings.Consider(item.reference, "de-identification", kind, {"A.11"});
    }
  }
  findings.Add("A.11", holds ? Outcome::kPermit : Outcome::kDeny);
  return holds;
}

}  // namespace consent
