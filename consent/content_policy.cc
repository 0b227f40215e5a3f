#include "consent/content_policy.h"

#include <algorithm>

#include "consent/members.h"
#include "consent/provision.h"
#include "consent/rules.h"

namespace consent {
namespace {

constexpr size_t kLongestPhrase = 12;  // words; keeps the search linear

bool Covered(const std::vector<std::string>& set, const std::string& label) {
  return std::any_of(set.begin(), set.end(), [&](const std::string& wide) {
    return LabelCovers(wide, label, Provision::Type::kDeny);
  });
}

void ReadLexicon(Members& members, std::string_view name, Lexicon& lexicon) {
  const fhir::json::Value& languages = members.Take(name);
  if (languages.is_null()) return;
  Members each(languages, members.Path(name));
  for (const auto& language : languages.members()) {
    std::vector<std::string> phrases;
    each.Texts(language.name, phrases);
    for (const std::string& phrase : phrases) {
      const size_t words = WordsOf(phrase).size();
      if (words == 0 || words > kLongestPhrase) {
        each.Fail(language.name, "holds a phrase of no words or of more than 12");
      }
      lexicon.Add(phrase);
    }
  }
  if (fhir::Status status = each.Finish(); !status.ok()) members.Refuse(status.error());
}

}  // namespace

bool ContentPolicy::IsSensitivity(const std::string& label) const {
  return Covered(sensitivity_labels, label);
}

bool ContentPolicy::IdentifiedOnly(const std::string& label) const {
  const int rank = ConfidentialityRank(label);
  if (rank >= 0) return rank >= ConfidentialityRank(identified_only_from);
  return Covered(identified_only_labels, label);
}

fhir::Status ReadContentPolicy(const fhir::json::Value& json, const std::string& path,
                               ContentPolicy& policy) {
  Members members(json, path);
  members.Present({"promotional", "sensitivityLabels", "identifiedOnlyLabels",
                   "optInWordingRequired", "safetyApprovers", "twoPersonRules"});
  ReadLexicon(members, "promotional", policy.promotional);
  ReadLexicon(members, "conditions", policy.conditions);
  members.Texts("sensitivityLabels", policy.sensitivity_labels);
  members.Texts("identifiedOnlyLabels", policy.identified_only_labels);
  members.Required("identifiedOnlyFrom", policy.identified_only_from);
  if (ConfidentialityRank(policy.identified_only_from) < 0) {
    members.Fail("identifiedOnlyFrom", "is no code of v3-Confidentiality");
  }
  members.Bool("optInWordingRequired", policy.opt_in_wording_required);
  members.Count("safetyApprovers", policy.safety_approvers);
  members.Texts("twoPersonRules", policy.two_person_rules);
  for (const std::string& id : policy.two_person_rules) {
    if (FindRule(id) == nullptr) members.Fail("twoPersonRules", "names a rule that does not exist");
  }
  return members.Finish();
}

}  // namespace consent
