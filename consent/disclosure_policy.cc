#include "consent/disclosure_policy.h"

#include "consent/disclosure_request.h"

namespace consent {
namespace {

using fhir::json::Value;

// {"Task": ["status", ...], ...}
fhir::Status ReadLists(const Value& json, const std::string& path,
                       std::map<std::string, std::vector<std::string>>& lists) {
  Members members(json, path);
  for (const auto& member : json.members()) members.Texts(member.name, lists[member.name]);
  return members.Finish();
}

fhir::Status ReadLaw(const Value& json, const std::string& path, ConsumerHealthLaw& law) {
  Members members(json, path);
  members.Present({"geofenceFeet", "authorizationMonths"});
  members.Count("geofenceFeet", law.geofence_feet);
  members.Count("authorizationMonths", law.authorization_months);
  return members.Finish();
}

}  // namespace

fhir::Status ReadDisclosurePolicy(const Value& json, const std::string& path,
                                  DisclosurePolicy& policy) {
  Members members(json, path);
  members.Present({"minimum", "taskInputs", "sudLabels", "counselingLabels", "reproductiveLabels",
                   "smallZip3", "consumerHealth", "shieldLaw"});
  members.Texts("taskInputs", policy.task_inputs);
  members.Texts("sudLabels", policy.sud_labels);
  members.Texts("counselingLabels", policy.counseling_labels);
  members.Texts("reproductiveLabels", policy.reproductive_labels);
  members.Texts("smallZip3", policy.small_zip3);
  const auto nested = [&](std::string_view name, auto&& read) {
    fhir::Status status = read(members.Take(name), members.Path(name));
    if (!status.ok()) members.Refuse(status.error());
  };
  nested("minimum", [&](const Value& value, const std::string& place) {
    return ReadLists(value, place, policy.minimum);
  });
  nested("shieldLaw", [&](const Value& value, const std::string& place) {
    return ReadLists(value, place, policy.shield_law);
  });
  for (const auto& [state, kinds] : policy.shield_law) {
    for (const std::string& kind : kinds) {
      if (!RecipientKindFromCode(kind)) {
        members.Fail("shieldLaw", "names a kind of recipient that does not exist");
      }
    }
  }
  nested("consumerHealth", [&](const Value& value, const std::string& place) -> fhir::Status {
    Members states(value, place);
    for (const auto& member : value.members()) {
      fhir::Status status = ReadLaw(states.Take(member.name), states.Path(member.name),
                                    policy.consumer_health[member.name]);
      if (!status.ok()) states.Refuse(status.error());
    }
    return states.Finish();
  });
  return members.Finish();
}

}  // namespace consent
