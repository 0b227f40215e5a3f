// Whether the patient still takes part: in the programme, as EpisodeOfCare says, and in a study, as
// ResearchSubject says (V16).
#include "consent/interpret.h"
#include "consent/words.h"
#include "fhir/resource.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::string_view kProgrammes = "https://psgateway.example/fhir/CodeSystem/programme";

bool IsOneOf(const std::string& text, std::initializer_list<std::string_view> list) {
  for (std::string_view each : list) {
    if (text == each) return true;
  }
  return false;
}

bool OfProgramme(const fhir::Resource& episode, const Programme& programme) {
  for (const Value& type : episode["type"].items()) {
    if (fhir::HasCoding(type, kProgrammes, programme.id)) return true;
  }
  return false;
}

}  // namespace

void ReadStay(const Given& given, const std::vector<std::string>& person,
              EvaluationContext& context) {
  bool in_study = false;
  bool was_in_study = false;
  const auto over = [&](const fhir::Resource& resource) {
    return !ReadPeriod(resource["period"], context.patient.zones).Surely(context.now);
  };
  for (const fhir::Resource& resource : given.resources) {
    const std::string& status = resource["status"].text();
    if (status == "entered-in-error") continue;
    if (resource.type() == "EpisodeOfCare" && OfProgramme(resource, given.programme) &&
        Contains(person, RelativeOf(resource["patient"]))) {
      const bool left = IsOneOf(status, {"finished", "cancelled"}) || over(resource);
      // What is planned, and what we cannot read, is no stay (G5).
      const bool in =
          !left && IsOneOf(status, {"active", "onhold"}) && !HasUnknownModifier(resource.json());
      if (in) context.stay = ProgrammeStay::kIn;
      if (left && context.stay == ProgrammeStay::kUnknown) context.stay = ProgrammeStay::kLeft;
    }
    if (resource.type() == "ResearchSubject" &&
        Contains(person, RelativeOf(resource["individual"]))) {
      const bool left =
          IsOneOf(status, {"off-study", "withdrawn", "not-registered", "ineligible"}) ||
          over(resource);
      (left ? was_in_study : in_study) = true;
    }
  }
  context.study_over = was_in_study && !in_study;
}

}  // namespace consent
