// R4's invariants, one line each. http://hl7.org/fhir/R4/conformance-rules.html#constraints
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "fhir/date_time.h"
#include "fhir/invariants.h"
#include "fhir/primitive.h"
#include "fhir/resource.h"
#include "fhir/value_set.h"

namespace fhir {
namespace {

using json::Value;

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// An element counts as present when it has only extensions, too.
bool Has(const Value& value, std::string_view name) {
  for (const json::Member& member : value.members()) {
    std::string_view present = member.name;
    if (present.starts_with('_')) present.remove_prefix(1);
    if (present == name) return true;
  }
  return false;
}

// Whether the choice name[x] is there with any type.
bool HasAny(const Value& value, std::string_view name) {
  for (const json::Member& member : value.members()) {
    std::string_view present = member.name;
    if (present.starts_with('_')) present.remove_prefix(1);
    if (present.size() > name.size() && present.starts_with(name) && present[name.size()] >= 'A' &&
        present[name.size()] <= 'Z') {
      return true;
    }
  }
  return false;
}

bool Is(const Value& value, std::string_view name, std::string_view words) {
  return IsListed(words, value[name].text());
}

// No negative number; an absent one passes.
bool NotNegative(const Value& number) {
  return !number.is_number() || CompareDecimals(number.text(), "0") >= 0;
}

bool IsAmount(const Value& quantity, std::string_view system) {
  return (Has(quantity, "code") || !Has(quantity, "value")) &&
         (!Has(quantity, "system") || quantity["system"].text() == system);
}

// Equal keys are given once.
template <class Key>
bool Distinct(const std::vector<Value>& items, const Key& key) {
  std::set<std::string, std::less<>> seen;
  return std::all_of(items.begin(), items.end(), [&](const Value& item) {
    std::string k = key(item);
    return k.empty() || seen.insert(std::move(k)).second;
  });
}

template <class Test>
bool All(const Value& array, const Test& test) {
  return std::all_of(array.items().begin(), array.items().end(), test);
}

// Neither is before the other's begin. Wall-clock days without an offset are compared as UTC; a
// day's doubt is let pass.
bool InOrder(const Value& first, const Value& second) {
  const auto start = DateTime::Parse(first.text());
  const auto end = DateTime::Parse(second.text());
  if (!start.ok() || !end.ok()) return true;
  constexpr std::chrono::hours kDoubt{14};
  const auto slack = start->has_offset() == end->has_offset() ? std::chrono::hours{0} : kDoubt;
  return end->Covers().end + slack > start->Covers().begin;
}

// Quantities of different units are not compared.
bool LowBelowHigh(const Value& range) {
  const Value& low = range["low"];
  const Value& high = range["high"];
  if (!low["value"].is_number() || !high["value"].is_number()) return true;
  for (const char* element : {"code", "system", "unit"}) {
    if (low[element] != high[element]) return true;
  }
  return CompareDecimals(low["value"].text(), high["value"].text()) <= 0;
}

bool ConsentNamesPatient(const Value& consent, std::string_view scope) {
  return Has(consent, "patient") || !HasCoding(consent["scope"], "", scope);
}

bool NoneAtHome(const Value& array) {
  return All(array, [](const Value& item) { return item["use"].text() != "home"; });
}

bool OneOfThree(const Value& parameter) {
  const int there = int{HasAny(parameter, "value")} + int{Has(parameter, "resource")} +
                    int{Has(parameter, "part")};
  return there == 1;
}

const Value& FirstResource(const Value& bundle) { return bundle["entry"].at(0)["resource"]; }

bool FullUrlsDiffer(const Value& bundle) {
  if (Is(bundle, "type", "history")) return true;
  return Distinct(bundle["entry"].items(), [](const Value& entry) {
    const std::string& url = entry["fullUrl"].text();
    return url.empty() ? url : url + " " + entry["resource"]["meta"]["versionId"].text();
  });
}

constexpr auto kInvariants = std::to_array<Invariant>({
    // ---- every element and resource: checked by the walk itself
    {"ele-1", "Element", "validate.cc"},
    {"dom-2", "DomainResource", "validate.cc"},
    {"dom-3", "DomainResource", "validate.cc"},
    {"dom-4", "DomainResource", "validate.cc"},
    {"dom-5", "DomainResource", "validate.cc"},
    {"ref-1", "Reference", "invariants.cc"},
    {"txt-1", "Narrative", "narrative.cc"},
    {"txt-2", "Narrative", "narrative.cc"},

    // ---- data types
    {"ext-1", "Extension", "an extension has either a value or extensions",
     [](const Value& v) { return HasAny(v, "value") != Has(v, "extension"); }},
    {"age-1", "Age", "an age has a UCUM code and a positive value",
     [](const Value& v) {
       return IsAmount(v, kUcum) &&
              (!v["value"].is_number() || CompareDecimals(v["value"].text(), "0") > 0);
     }},
    {"qty-3", "Quantity", "a code of a unit needs its system",
     [](const Value& v) { return !Has(v, "code") || Has(v, "system"); }},
    {"sqty-1", "SimpleQuantity", "a comparator is not allowed here",
     [](const Value& v) { return !Has(v, "comparator"); }},
    {"mqty-1", "MoneyQuantity", "an amount of money has a code of ISO 4217",
     [](const Value& v) { return IsAmount(v, "urn:iso:std:iso:4217"); }},
    {"cnt-3", "Count", "a count is a whole number with the UCUM code 1",
     [](const Value& v) {
       return IsAmount(v, kUcum) && (!Has(v, "code") || v["code"].text() == "1") &&
              v["value"].text().find('.') == std::string::npos;
     }},
    {"dis-1", "Distance", "a distance has a UCUM code",
     [](const Value& v) { return IsAmount(v, kUcum); }},
    {"drt-1", "Duration", "a duration with a code has a value and the system UCUM",
     [](const Value& v) {
       return !Has(v, "code") || (v["system"].text() == kUcum && Has(v, "value"));
     }},
    {"att-1", "Attachment", "an attachment with data needs a content type",
     [](const Value& v) { return !Has(v, "data") || Has(v, "contentType"); }},
    {"cpt-2", "ContactPoint", "a contact point with a value needs a system",
     [](const Value& v) { return !Has(v, "value") || Has(v, "system"); }},
    {"drq-1", "DataRequirement.codeFilter", "either a path or a search parameter",
     [](const Value& v) { return Has(v, "path") != Has(v, "searchParam"); }},
    {"drq-2", "DataRequirement.dateFilter", "either a path or a search parameter",
     [](const Value& v) { return Has(v, "path") != Has(v, "searchParam"); }},
    {"exp-1", "Expression", "an expression needs its text or a reference",
     [](const Value& v) { return Has(v, "expression") || Has(v, "reference"); }},
    {"per-1", "Period", "period end precedes start",
     [](const Value& v) { return InOrder(v["start"], v["end"]); }},
    {"rng-2", "Range", "the high end of a range is below the low one", &LowBelowHigh},
    {"rat-1", "Ratio", "a ratio has both a numerator and a denominator, or an extension",
     [](const Value& v) {
       const bool numerator = Has(v, "numerator");
       return numerator == Has(v, "denominator") && (numerator || Has(v, "extension"));
     }},
    {"tim-1", "Timing.repeat", "a duration needs its unit",
     [](const Value& v) { return !Has(v, "duration") || Has(v, "durationUnit"); }},
    {"tim-2", "Timing.repeat", "a period needs its unit",
     [](const Value& v) { return !Has(v, "period") || Has(v, "periodUnit"); }},
    {"tim-4", "Timing.repeat", "a duration is not negative",
     [](const Value& v) { return NotNegative(v["duration"]); }},
    {"tim-5", "Timing.repeat", "a period is not negative",
     [](const Value& v) { return NotNegative(v["period"]); }},
    {"tim-6", "Timing.repeat", "a longest period needs a period",
     [](const Value& v) { return !Has(v, "periodMax") || Has(v, "period"); }},
    {"tim-7", "Timing.repeat", "a longest duration needs a duration",
     [](const Value& v) { return !Has(v, "durationMax") || Has(v, "duration"); }},
    {"tim-8", "Timing.repeat", "a highest count needs a count",
     [](const Value& v) { return !Has(v, "countMax") || Has(v, "count"); }},
    {"tim-9", "Timing.repeat", "an offset needs an event that is not a meal as such",
     [](const Value& v) {
       return !Has(v, "offset") || (Has(v, "when") && All(v["when"], [](const Value& when) {
                                      return !IsListed("C|CM|CD|CV", when.text());
                                    }));
     }},
    {"tim-10", "Timing.repeat", "either times of day or events",
     [](const Value& v) { return !Has(v, "timeOfDay") || !Has(v, "when"); }},
    {"trd-1", "TriggerDefinition", "either a timing or a data requirement",
     [](const Value& v) { return !Has(v, "data") || !HasAny(v, "timing"); }},
    {"trd-2", "TriggerDefinition", "a condition needs a data requirement",
     [](const Value& v) { return !Has(v, "condition") || Has(v, "data"); }},
    {"trd-3", "TriggerDefinition", "the trigger lacks what its type needs",
     [](const Value& v) {
       const std::string& type = v["type"].text();
       return (type != "named-event" || Has(v, "name")) &&
              (type != "periodic" || HasAny(v, "timing")) &&
              (!type.starts_with("data-") || Has(v, "data"));
     }},

    // ---- resources of our domain
    {"sev-1", "AuditEvent.entity", "either a name or a query",
     [](const Value& v) { return !Has(v, "name") || !Has(v, "query"); }},
    {"bdl-1", "Bundle", "a total is for searches and histories",
     [](const Value& v) { return !Has(v, "total") || Is(v, "type", "searchset|history"); }},
    {"bdl-2", "Bundle", "search modes and scores are for searches",
     [](const Value& v) {
       return Is(v, "type", "searchset") ||
              All(v["entry"], [](const Value& entry) { return !Has(entry, "search"); });
     }},
    {"bdl-3", "Bundle", "requests are for batches, transactions and histories, in every entry",
     [](const Value& v) {
       const bool wanted = Is(v, "type", "batch|transaction|history");
       return All(v["entry"], [&](const Value& entry) { return Has(entry, "request") == wanted; });
     }},
    {"bdl-4", "Bundle", "responses are for answers and histories, in every entry",
     [](const Value& v) {
       const bool wanted = Is(v, "type", "batch-response|transaction-response|history");
       return All(v["entry"], [&](const Value& entry) { return Has(entry, "response") == wanted; });
     }},
    {"bdl-7", "Bundle", "a full URL stands twice for the same version", &FullUrlsDiffer},
    {"bdl-9", "Bundle", "a document needs an identifier with system and value",
     [](const Value& v) {
       return !Is(v, "type", "document") ||
              (Has(v["identifier"], "system") && Has(v["identifier"], "value"));
     }},
    {"bdl-10", "Bundle", "a document needs a timestamp",
     [](const Value& v) { return !Is(v, "type", "document") || v["timestamp"].is_string(); }},
    {"bdl-11", "Bundle", "a document begins with a Composition",
     [](const Value& v) {
       return !Is(v, "type", "document") || Is(FirstResource(v), "resourceType", "Composition");
     }},
    {"bdl-12", "Bundle", "a message begins with a MessageHeader",
     [](const Value& v) {
       return !Is(v, "type", "message") || Is(FirstResource(v), "resourceType", "MessageHeader");
     }},
    {"bdl-5", "Bundle.entry", "an entry needs a resource, a request or a response",
     [](const Value& v) {
       return Has(v, "resource") || Has(v, "request") || Has(v, "response");
     }},
    {"bdl-8", "Bundle.entry", "a full URL names no version",
     [](const Value& v) {
       return v["fullUrl"].text().find("/_history/") == std::string::npos;
     }},
    {"ppc-1", "Consent", "a consent needs a policy or a policy rule",
     [](const Value& v) { return Has(v, "policy") || Has(v, "policyRule"); }},
    // The definitions compare the scope's system with the word "something" and so never bind; they
    // are read as they are meant.
    {"ppc-2", "Consent", "a privacy consent names its patient",
     [](const Value& v) { return ConsentNamesPatient(v, "patient-privacy"); }, "required",
     "patient"},
    {"ppc-3", "Consent", "a research consent names its patient",
     [](const Value& v) { return ConsentNamesPatient(v, "research"); }, "required", "patient"},
    {"ppc-4", "Consent", "an advance directive names its patient",
     [](const Value& v) { return ConsentNamesPatient(v, "adr"); }, "required", "patient"},
    {"ppc-5", "Consent", "a treatment consent names its patient",
     [](const Value& v) { return ConsentNamesPatient(v, "treatment"); }, "required", "patient"},
    {"org-1", "Organization", "an organization needs an identifier or a name",
     [](const Value& v) { return Has(v, "identifier") || Has(v, "name"); }},
    {"org-2", "Organization", "an organization has no home address",
     [](const Value& v) { return NoneAtHome(v["address"]); }, "invariant", "address"},
    {"org-3", "Organization", "an organization is not reached at home",
     [](const Value& v) { return NoneAtHome(v["telecom"]); }, "invariant", "telecom"},
    {"inv-1", "Parameters.parameter", "a parameter has one of a value, a resource or parts",
     &OneOfThree},
    {"pat-1", "Patient.contact", "a contact needs a name, telecom, address or organization",
     [](const Value& v) {
       return Has(v, "name") || Has(v, "telecom") || Has(v, "address") || Has(v, "organization");
     }},
    {"inv-1", "Task", "last modified precedes authored on",
     [](const Value& v) { return InOrder(v["authoredOn"], v["lastModified"]); }, "invariant",
     "lastModified"},
});

}  // namespace

std::span<const Invariant> Invariants() { return kInvariants; }

}  // namespace fhir
