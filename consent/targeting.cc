#include "consent/targeting.h"

#include <algorithm>

#include "consent/authorization.h"
#include "consent/data_use.h"
#include "consent/fhir_consent.h"
#include "consent/part2.h"
#include "consent/provision.h"

namespace consent {
namespace {

using Purposes = std::vector<std::string>;

Access AccessTo(const EvaluationContext& context, const TargetingFact& fact, Purposes purposes) {
  Access access;
  access.now = context.now;
  access.purposes = std::move(purposes);
  access.actions = {"use"};
  for (const std::string& label : fact.labels) {
    const int rank = ConfidentialityRank(label);
    if (rank < 0) {
      access.labels.push_back(label);
    } else if (rank > ConfidentialityRank(access.confidentiality)) {
      access.confidentiality = label;
    }
  }
  access.classes = fact.classes;
  access.codes = fact.codes;
  access.sources = fact.sources;
  access.data_known = !fact.by_kind;
  access.labels_known = !fact.labels.empty();
  access.data_date = fact.date;
  return access;
}

bool Authorized(const EvaluationContext& context, const Purposes& purposes, bool marketing) {
  return !purposes.empty() &&
         std::all_of(purposes.begin(), purposes.end(), [&](const std::string& purpose) {
           Findings aside(*context.policy);
           const AuthorizationNeed need{.purpose = purpose, .marketing = marketing};
           return RequireAuthorization(context, need, aside);
         });
}

// What the law asks for beyond the permission of the message itself.
bool NeedsItsOwnPermit(const EvaluationContext& context, const TargetingFact& fact,
                       MessageClass c) {
  const bool marketing = c == MessageClass::kMarketing;
  if (fact.origin == Origin::kPart2Record) return !Part2Permits(context, UseOf(context, c));
  const ContentPolicy& policy = context.policy->content;
  return marketing && std::any_of(fact.labels.begin(), fact.labels.end(),
                                  [&](const std::string& l) { return policy.IdentifiedOnly(l); });
}

Outcome Judge(const EvaluationContext& context, const TargetingFact& fact, const Purposes& purposes,
              MessageClass c) {
  const bool marketing = c == MessageClass::kMarketing;
  const Outcome doubt = marketing ? Outcome::kDeny : Outcome::kReview;
  // Data without a person cannot choose a person (164.514(c)).
  if (!fact.known || fact.origin == Origin::kDeidentified) return doubt;
  Findings aside(*context.policy);  // the consents stand in the basis already
  const Combined combined = Combine(context.consents, AccessTo(context, fact, purposes), aside);
  if (combined.answer == Answer::kDeny) {
    return c == MessageClass::kSafety ? Outcome::kReview : Outcome::kDeny;
  }
  // What chose the patient cannot be taken out of the choice.
  if (!combined.doubts.empty() || !combined.redact.empty()) return doubt;
  if (combined.answer == Answer::kPermit) return Outcome::kPermit;
  if (NeedsItsOwnPermit(context, fact, c)) return doubt;
  if (fact.origin == Origin::kUnderAuthorization && !Authorized(context, purposes, marketing)) {
    return doubt;
  }
  return Outcome::kPermit;
}

}  // namespace

void CheckTargeting(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const Purposes purposes =
      c == MessageClass::kMarketing ? Purposes{"HMARKT"} : context.request.purposes;
  Outcome worst = Outcome::kPermit;
  for (const TargetingFact& fact : context.targeting) {
    worst = std::max(worst, Judge(context, fact, purposes, c));
  }
  if (!context.targeting.empty()) findings.Add("CM4", worst);
}

}  // namespace consent
