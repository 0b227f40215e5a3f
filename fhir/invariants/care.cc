#include "fhir/invariants/tables.h"
#include "fhir/invariants/words.h"
#include "fhir/json/json.h"
#include "fhir/primitive.h"
#include "fhir/reference.h"
#include "fhir/resource.h"

namespace fhir::invariants {
namespace {

constexpr std::string_view kAllergyVerification =
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
constexpr std::string_view kConditionVerification =
    "http://terminology.hl7.org/CodeSystem/condition-ver-status";
constexpr std::string_view kConditionClinical =
    "http://terminology.hl7.org/CodeSystem/condition-clinical";

bool IsEnteredInError(const Value& resource, std::string_view system) {
  return HasCoding(resource["verificationStatus"], system, "entered-in-error");
}

bool AbatedIsNotActive(const Value& condition) {
  if (!Has(condition, "abatement[x]")) return true;
  for (const char* code : {"resolved", "remission", "inactive"}) {
    if (HasCoding(condition["clinicalStatus"], kConditionClinical, code)) return true;
  }
  return false;
}

// What leads out of the resource is a Practitioner when the reference says so; what says nothing
// is let pass.
bool OnlyPractitionersActForAnother(const Value& care_team) {
  return All(care_team["participant"], [&](const Value& participant) {
    const std::string& text = participant["member"]["reference"].text();
    if (!Has(participant, "onBehalfOf")) return true;
    for (const Value& inner : care_team["contained"].items()) {
      if (text == "#" + inner["id"].text()) return Is(inner, "resourceType", "Practitioner");
    }
    const auto reference = ParseReference(text);
    const bool says = reference && !reference->type.empty();
    const std::string& type = says ? reference->type : participant["member"]["type"].text();
    return type.empty() || type == "Practitioner";
  });
}

// A value for the code stands once: in the Observation or in its component.
bool ComponentsHaveCodesOfTheirOwn(const Value& observation) {
  if (!Has(observation, "value[x]") || !Has(observation, "component")) return true;
  std::set<std::string> codings;
  for (const Value& coding : observation["code"]["coding"].items()) {
    codings.insert(json::Canonical(coding));
  }
  return All(observation["component"], [&](const Value& component) {
    return All(component["code"]["coding"],
               [&](const Value& coding) { return !codings.contains(json::Canonical(coding)); });
  });
}

bool IsPercentage(const Value& quantity) {
  return quantity.is_null() ||
         (Is(quantity, "code", "%") && quantity["system"].text() == "http://unitsofmeasure.org");
}

bool NoneHas(const Value& array, std::string_view name) {
  return All(array, [name](const Value& item) { return !Has(item, name); });
}

bool IsItem(const Value& item, std::string_view types) { return Is(item, "type", types); }

constexpr auto kRules =
    std::to_array<Invariant>({
        // ---- clinical
        {"ait-1", "AllergyIntolerance", "a clinical status is needed unless entered in error",
         [](const Value& v) {
           return Has(v, "clinicalStatus") || IsEnteredInError(v, kAllergyVerification);
         },
         "invariant", "clinicalStatus"},
        {"ait-2", "AllergyIntolerance", "what is entered in error has no clinical status",
         [](const Value& v) {
           return !Has(v, "clinicalStatus") || !IsEnteredInError(v, kAllergyVerification);
         },
         "invariant", "clinicalStatus"},
        {"cpl-3", "CarePlan.activity", "either a detail or a reference",
         AtMostOneOf<"detail", "reference">},
        {"ctm-1", "CareTeam", "only a Practitioner acts on behalf of an organization",
         &OnlyPractitionersActForAnother, "invariant", "participant"},
        {"con-1", "Condition.stage", "a stage needs a summary or an assessment",
         AnyOf<"summary", "assessment">},
        {"con-2", "Condition.evidence", "evidence needs a code or a detail",
         AnyOf<"code", "detail">},
        {"con-4", "Condition", "an abated condition is inactive, resolved or in remission",
         &AbatedIsNotActive, "invariant", "clinicalStatus"},
        {"con-5", "Condition", "what is entered in error has no clinical status",
         [](const Value& v) {
           return !Has(v, "clinicalStatus") || !IsEnteredInError(v, kConditionVerification);
         },
         "invariant", "clinicalStatus"},
        {"fhs-1", "FamilyMemberHistory", "either an age or a birth",
         AtMostOneOf<"age[x]", "born[x]">},
        {"fhs-2", "FamilyMemberHistory", "only an age can be estimated",
         Needs<"estimatedAge", "age[x]">},
        {"gol-1", "Goal.target", "a detail needs its measure", Needs<"detail[x]", "measure">},
        {"imm-1", "Immunization.education", "education material needs a type or a reference",
         AnyOf<"documentType", "reference">},
        {"imr-1", "ImmunizationRecommendation.recommendation", "a vaccine or a disease is needed",
         AnyOf<"vaccineCode", "targetDisease">},
        {"mad-1", "MedicationAdministration.dosage", "a dosage needs a dose or a rate",
         AnyOf<"dose", "rate[x]">},
        {"mdd-1", "MedicationDispense", "handed over precedes prepared",
         [](const Value& v) { return InOrder(v["whenPrepared"], v["whenHandedOver"]); },
         "invariant", "whenHandedOver"},
        {"msq-3", "MolecularSequence", "a coordinate system is 0 or 1",
         [](const Value& v) {
           return !Has(v, "coordinateSystem") || Is(v, "coordinateSystem", "0|1");
         },
         "invariant", "coordinateSystem"},
        {"msq-5", "MolecularSequence.referenceSeq", "a genome build and a chromosome go together",
         Together<"chromosome", "genomeBuild">},
        {"msq-6", "MolecularSequence.referenceSeq", "a reference sequence is said in one way",
         OneOf<"genomeBuild", "referenceSeqId", "referenceSeqPointer", "referenceSeqString">},
        {"obs-3", "Observation.referenceRange", "a reference range needs an end or a text",
         AnyOf<"low", "high", "text">},
        {"obs-6", "Observation", "the absence of a value that is there has a reason",
         AtMostOneOf<"dataAbsentReason", "value[x]">, "invariant", "dataAbsentReason"},
        {"obs-7", "Observation", "a component with the same code has the value",
         &ComponentsHaveCodesOfTheirOwn, "invariant", "value"},
        {"ras-1", "RiskAssessment.prediction",
         "the ends of a range of probabilities are percentages",
         [](const Value& v) {
           const Value& range = v["probabilityRange"];
           return IsPercentage(range["low"]) && IsPercentage(range["high"]);
         },
         "invariant", "probability"},
        {"ras-2", "RiskAssessment.prediction", "a probability is at most 100",
         [](const Value& v) {
           const Value& probability = v["probabilityDecimal"];
           return !probability.is_number() || CompareDecimals(probability.text(), "100") <= 0;
         },
         "invariant", "probability"},
        {"prr-1", "ServiceRequest", "details of an order need its code",
         Needs<"orderDetail", "code">},

        // ---- documents and lists
        {"cmp-1", "Composition.section", "a section needs a text, entries or sections",
         AnyOf<"text", "entry", "section">},
        {"cmp-2", "Composition.section", "only an empty section has a reason for it",
         AtMostOneOf<"emptyReason", "entry">},
        {"grp-1", "Group", "only an actual group has members",
         [](const Value& v) { return !Has(v, "member") || IsTrue(v, "actual"); }, "invariant",
         "member"},
        {"lnk-1", "Linkage", "a linkage needs two items",
         [](const Value& v) { return v["item"].size() > 1; }, "invariant", "item"},
        {"lst-1", "List", "only an empty list has a reason for it",
         AtMostOneOf<"emptyReason", "entry">},
        {"lst-2", "List", "only a list of changes has deleted entries",
         [](const Value& v) { return Is(v, "mode", "changes") || NoneHas(v["entry"], "deleted"); },
         "invariant", "entry"},
        {"lst-3", "List", "only a working list dates its entries",
         [](const Value& v) { return Is(v, "mode", "working") || NoneHas(v["entry"], "date"); },
         "invariant", "entry"},

        // ---- workflow
        {"app-1", "Appointment.participant", "a participant needs a type or an actor",
         AnyOf<"type", "actor">},
        {"app-2", "Appointment", "start and end go together", Together<"start", "end">},
        {"app-3", "Appointment", "an appointment of this status needs start and end",
         [](const Value& v) {
           return Is(v, "status", "proposed|cancelled|waitlist") ||
                  (Has(v, "start") && Has(v, "end"));
         }},
        {"app-4", "Appointment", "only a cancelled or missed appointment has a reason for it",
         [](const Value& v) {
           return !Has(v, "cancelationReason") || Is(v, "status", "noshow|cancelled");
         },
         "invariant", "cancelationReason"},
        {"apr-1", "AppointmentResponse", "a response needs a participant's type or actor",
         AnyOf<"participantType", "actor">},
        {"rqg-1", "RequestGroup.action", "either a resource or actions",
         OneOf<"resource", "action">},

        // ---- questionnaires
        {"que-1", "Questionnaire.item", "a group has items, a display has none",
         [](const Value& v) {
           return IsItem(v, "group") ? Has(v, "item") : !IsItem(v, "display") || !Has(v, "item");
         }},
        {"que-2", "Questionnaire", "a link id stands twice",
         [](const Value& v) { return DistinctBelow(v, "item", "linkId"); }, "invariant", "item"},
        {"que-3", "Questionnaire.item", "a display has no code",
         [](const Value& v) { return !IsItem(v, "display") || !Has(v, "code"); }},
        {"que-4", "Questionnaire.item", "either answer options or a value set of answers",
         AtMostOneOf<"answerOption", "answerValueSet">},
        {"que-5", "Questionnaire.item", "an item of this type has no list of answers",
         [](const Value& v) {
           return NoneOf<"answerValueSet", "answerOption">(v) ||
                  IsItem(v,
                         "choice|open-choice|decimal|integer|date|dateTime|time|string|quantity");
         }},
        {"que-6", "Questionnaire.item", "a display is neither required nor repeated",
         [](const Value& v) { return !IsItem(v, "display") || NoneOf<"required", "repeats">(v); }},
        {"que-7", "Questionnaire.item.enableWhen", "whether an answer exists is true or false",
         [](const Value& v) { return !Is(v, "operator", "exists") || Has(v, "answerBoolean"); },
         "invariant", "answer"},
        {"que-8", "Questionnaire.item", "groups and displays have no initial value",
         [](const Value& v) { return !IsItem(v, "group|display") || !Has(v, "initial"); }},
        {"que-9", "Questionnaire.item", "a display is not read-only",
         [](const Value& v) { return !IsItem(v, "display") || !Has(v, "readOnly"); }},
        {"que-10", "Questionnaire.item", "an item of this type has no greatest length",
         [](const Value& v) {
           return !Has(v, "maxLength") ||
                  IsItem(v, "boolean|decimal|integer|string|text|url|open-choice");
         }},
        {"que-11", "Questionnaire.item", "either answer options or an initial value",
         AtMostOneOf<"answerOption", "initial">},
        // As the expression has it; its text would ask for it from the second condition on.
        {"que-12", "Questionnaire.item", "more than two conditions need a behaviour",
         [](const Value& v) { return v["enableWhen"].size() <= 2 || Has(v, "enableBehavior"); }},
        {"que-13", "Questionnaire.item", "only a repeating item has several initial values",
         [](const Value& v) { return v["initial"].size() <= 1 || IsTrue(v, "repeats"); }},
        {"qrs-1", "QuestionnaireResponse.item", "items are beneath the item or its answers",
         AtMostOneOf<"answer", "item">},

        // ---- measures, financial, administration
        {"mea-1", "Measure.group.stratifier", "either one criterion or components",
         [](const Value& v) {
           return AnyOf<"code", "description", "criteria">(v) != Has(v, "component");
         }},
        {"mrp-1", "MeasureReport", "a report for data collection has no groups",
         [](const Value& v) { return !Is(v, "type", "data-collection") || !Has(v, "group"); },
         "invariant", "group"},
        {"mrp-2", "MeasureReport.group.stratifier.stratum", "either a value or components",
         OneOf<"value", "component">},
        {"ces-1", "CoverageEligibilityResponse.insurance.item", "either a category or a product",
         OneOf<"category", "productOrService">},
        {"ipn-1", "InsurancePlan", "a plan needs an identifier or a name",
         AnyOf<"identifier", "name">},
    });

}  // namespace

std::span<const Invariant> OfCare() { return kRules; }

}  // namespace fhir::invariants
