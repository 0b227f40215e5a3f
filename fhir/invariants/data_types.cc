#include "fhir/invariants/tables.h"
#include "fhir/invariants/words.h"
#include "fhir/primitive.h"
#include "fhir/value_set.h"

namespace fhir::invariants {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// No negative number; an absent one passes.
bool NotNegative(const Value& number) {
  return !number.is_number() || CompareDecimals(number.text(), "0") >= 0;
}

bool IsAmount(const Value& quantity, std::string_view system) {
  return (Has(quantity, "code") || !Has(quantity, "value")) &&
         (!Has(quantity, "system") || quantity["system"].text() == system);
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

constexpr auto kRules = std::to_array<Invariant>({
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
     OneOf<"value[x]", "extension">},
    {"age-1", "Age", "an age has a UCUM code and a positive value",
     [](const Value& v) {
       return IsAmount(v, kUcum) &&
              (!v["value"].is_number() || CompareDecimals(v["value"].text(), "0") > 0);
     }},
    {"qty-3", "Quantity", "a code of a unit needs its system", Needs<"code", "system">},
    {"sqty-1", "SimpleQuantity", "a comparator is not allowed here", NoneOf<"comparator">},
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
     Needs<"data", "contentType">},
    {"cpt-2", "ContactPoint", "a contact point with a value needs a system",
     Needs<"value", "system">},
    {"drq-1", "DataRequirement.codeFilter", "either a path or a search parameter",
     OneOf<"path", "searchParam">},
    {"drq-2", "DataRequirement.dateFilter", "either a path or a search parameter",
     OneOf<"path", "searchParam">},
    {"exp-1", "Expression", "an expression needs its text or a reference",
     AnyOf<"expression", "reference">},
    {"per-1", "Period", "period end precedes start",
     [](const Value& v) { return InOrder(v["start"], v["end"]); }},
    {"rng-2", "Range", "the high end of a range is below the low one", &LowBelowHigh},
    {"rat-1", "Ratio", "a ratio has both a numerator and a denominator, or an extension",
     [](const Value& v) {
       const bool numerator = Has(v, "numerator");
       return numerator == Has(v, "denominator") && (numerator || Has(v, "extension"));
     }},
    {"tim-1", "Timing.repeat", "a duration needs its unit", Needs<"duration", "durationUnit">},
    {"tim-2", "Timing.repeat", "a period needs its unit", Needs<"period", "periodUnit">},
    {"tim-4", "Timing.repeat", "a duration is not negative",
     [](const Value& v) { return NotNegative(v["duration"]); }},
    {"tim-5", "Timing.repeat", "a period is not negative",
     [](const Value& v) { return NotNegative(v["period"]); }},
    {"tim-6", "Timing.repeat", "a longest period needs a period", Needs<"periodMax", "period">},
    {"tim-7", "Timing.repeat", "a longest duration needs a duration",
     Needs<"durationMax", "duration">},
    {"tim-8", "Timing.repeat", "a highest count needs a count", Needs<"countMax", "count">},
    {"tim-9", "Timing.repeat", "an offset needs an event that is not a meal as such",
     [](const Value& v) {
       return !Has(v, "offset") || (Has(v, "when") && All(v["when"], [](const Value& when) {
                                      return !IsListed("C|CM|CD|CV", when.text());
                                    }));
     }},
    {"tim-10", "Timing.repeat", "either times of day or events", AtMostOneOf<"timeOfDay", "when">},
    {"trd-1", "TriggerDefinition", "either a timing or a data requirement",
     AtMostOneOf<"data", "timing[x]">},
    {"trd-2", "TriggerDefinition", "a condition needs a data requirement",
     Needs<"condition", "data">},
    {"trd-3", "TriggerDefinition", "the trigger lacks what its type needs",
     [](const Value& v) {
       const std::string& type = v["type"].text();
       return (type != "named-event" || Has(v, "name")) &&
              (type != "periodic" || Has(v, "timing[x]")) &&
              (!type.starts_with("data-") || Has(v, "data"));
     }},
});

}  // namespace

std::span<const Invariant> OfDataTypes() { return kRules; }

}  // namespace fhir::invariants
