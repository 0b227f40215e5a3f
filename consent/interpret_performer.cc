// Who speaks for the sender, for whom that person works and where that person is licensed; and the
// state the patient is in.
#include <algorithm>

#include "consent/interpret.h"
#include "consent/places.h"
#include "consent/words.h"
#include "consent/zones.h"

namespace consent {
namespace {

using fhir::json::Value;

void AddEmployers(const Given& given, std::string organization, Performer& performer) {
  for (int depth = 0; depth < 8 && !organization.empty(); ++depth) {
    const fhir::Resource* resource = given.Find(organization);
    // Somebody we cannot look up is nobody's workforce.
    const bool known = resource != nullptr && !HasUnknownModifier(resource->json());
    performer.employers.push_back(known ? (*resource)["name"].text() : "");
    if (!known) return;
    organization = RelativeOf((*resource)["partOf"]);
  }
}

// One form for a state, however it is written.
std::string StateOf(std::string_view state) {
  const std::string_view code = CodeOfState(Trim(state));
  return Lower(code.empty() ? Trim(state) : code);
}

void AddLicences(const fhir::Resource& practitioner, const EvaluationContext& context,
                 Performer& performer) {
  if (HasUnknownModifier(practitioner.json())) return;  // G5
  for (const Value& qualification : practitioner["qualification"].items()) {
    if (!ReadPeriod(qualification["period"], context.patient.zones).Surely(context.now)) continue;
    for (const Value* state : Facts(qualification, "licensed-in")) {
      performer.licensed_in.push_back(StateOf(state->text()));
    }
  }
}

// A temporary address that surely covers this instant is where the patient is; else every address
// that may be in use.
std::vector<std::string> StatesOf(const Value& patient, const EvaluationContext& context) {
  std::vector<std::string> home;
  std::vector<std::string> away;
  for (const Value& address : patient["address"].items()) {
    const std::string& use = address["use"].text();
    std::vector<std::string> here;
    if (std::string state = StateOf(address["state"].text()); !state.empty()) {
      here.push_back(std::move(state));
    } else {
      // Without a state, the ZIP code says it.
      for (std::string_view each : PlacesOfZip(address["postalCode"].text()).states) {
        here.push_back(StateOf(each));
      }
    }
    const Validity period = ReadPeriod(address["period"], context.patient.zones);
    if (use == "old" || use == "billing" || !period.Possibly(context.now)) {
      continue;
    }
    const bool there = use == "temp" && period.Surely(context.now);
    std::vector<std::string>& states = there ? away : home;
    for (std::string& state : here) {
      if (!Contains(states, state)) states.push_back(std::move(state));
    }
  }
  std::vector<std::string>& states = away.empty() ? home : away;
  std::sort(states.begin(), states.end());
  return states;
}

}  // namespace

void ReadPerformer(const Given& given, const std::vector<std::string>& person,
                   EvaluationContext& context) {
  Performer& performer = context.request.performer;
  if (const fhir::Resource* patient = given.Find(person.front())) {
    performer.patient_states = StatesOf(patient->json(), context);
  }
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  std::string reference = RelativeOf((*request)["sender"]);
  performer.named = !reference.empty();
  if (reference.starts_with("Organization/")) AddEmployers(given, reference, performer);
  if (reference.starts_with("PractitionerRole/")) {
    performer.professional = true;
    const fhir::Resource* role = given.Find(reference);
    if (role == nullptr || HasUnknownModifier(role->json())) {
      performer.employers.emplace_back();
      return;
    }
    AddEmployers(given, RelativeOf((*role)["organization"]), performer);
    reference = RelativeOf((*role)["practitioner"]);
  }
  if (!reference.starts_with("Practitioner/")) return;
  performer.professional = true;
  if (const fhir::Resource* practitioner = given.Find(reference)) {
    AddLicences(*practitioner, context, performer);
  }
}

}  // namespace consent
