#include "fhir/invariants/tables.h"
#include "fhir/invariants/words.h"
#include "fhir/resource.h"

namespace fhir::invariants {
namespace {

bool ConsentNamesPatient(const Value& consent, std::string_view scope) {
  return Has(consent, "patient") || !HasCoding(consent["scope"], "", scope);
}

bool NoneAtHome(const Value& array) {
  return All(array, [](const Value& item) { return item["use"].text() != "home"; });
}

const Value& FirstResource(const Value& bundle) { return bundle["entry"].at(0)["resource"]; }

bool FullUrlsDiffer(const Value& bundle) {
  if (Is(bundle, "type", "history")) return true;
  return Distinct(bundle["entry"], [](const Value& entry) {
    const std::string& url = entry["fullUrl"].text();
    return url.empty() ? url : url + " " + entry["resource"]["meta"]["versionId"].text();
  });
}

constexpr auto kRules = std::to_array<Invariant>({
    {"sev-1", "AuditEvent.entity", "either a name or a query", AtMostOneOf<"name", "query">},
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
     AnyOf<"resource", "request", "response">},
    {"bdl-8", "Bundle.entry", "a full URL names no version",
     [](const Value& v) { return v["fullUrl"].text().find("/_history/") == std::string::npos; }},
    {"ppc-1", "Consent", "a consent needs a policy or a policy rule",
     AnyOf<"policy", "policyRule">},
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
     AnyOf<"identifier", "name">},
    {"org-2", "Organization", "an organization has no home address",
     [](const Value& v) { return NoneAtHome(v["address"]); }, "invariant", "address"},
    {"org-3", "Organization", "an organization is not reached at home",
     [](const Value& v) { return NoneAtHome(v["telecom"]); }, "invariant", "telecom"},
    {"inv-1", "Parameters.parameter", "a parameter has one of a value, a resource or parts",
     OneOf<"value[x]", "resource", "part">},
    {"pat-1", "Patient.contact", "a contact needs a name, telecom, address or organization",
     AnyOf<"name", "telecom", "address", "organization">},
    {"inv-1", "Task", "last modified precedes authored on",
     [](const Value& v) { return InOrder(v["authoredOn"], v["lastModified"]); }, "invariant",
     "lastModified"},
});

}  // namespace

std::span<const Invariant> OfDomain() { return kRules; }

}  // namespace fhir::invariants
