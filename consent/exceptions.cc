#include "consent/exceptions.h"

#include <algorithm>

#include "consent/classify.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Channel;

// M9: an opt-in list of consumers, and the same words for everyone.
bool UsesNoHealthInformation(const EvaluationContext& context) {
  const ContentFacts& content = context.content;
  const bool from_consumers =
      !context.targeting.empty() &&
      std::all_of(context.targeting.begin(), context.targeting.end(), [](const TargetingFact& f) {
        return f.known && f.origin == Origin::kConsumerProvided && f.sources.empty();
      });
  return from_consumers && content.sources.empty() && content.labels.empty() && !content.personal &&
         !content.modules.empty() && !context.request.unread_payload;
}

// M13: the sender is a covered entity or acts for one, and whoever speaks belongs to it.
bool ByCoveredEntity(const EvaluationContext& context) {
  if (!UnderHipaa(context.programme)) return false;
  const auto& employers = context.request.performer.employers;
  return employers.empty() ||
         std::any_of(employers.begin(), employers.end(), [&](const std::string& name) {
           return SameName(name, context.programme.sender);
         });
}

// M14: every part of the message is a gift, of a thing, from the covered entity, together within
// the cap.
bool IsNominalGift(const EvaluationContext& context) {
  const auto& gifts = context.content.gifts;
  const bool handed_over =
      context.request.channel == Channel::kMail || context.request.channel == Channel::kInPerson;
  if (!handed_over || !UnderHipaa(context.programme) ||
      gifts.size() != context.content.modules.size()) {
    return false;
  }
  int64_t total = 0;
  for (const GiftFacts& gift : gifts) {
    const bool own = gift.giver.empty() || SameName(gift.giver, context.programme.sender);
    if (gift.cash || !own || !gift.value_micros || *gift.value_micros < 0) return false;
    total += *gift.value_micros;
  }
  return total <= context.policy->classification.nominal_gift_micros;
}

}  // namespace

bool ExceptedFromAuthorization(const EvaluationContext& context, Findings& findings,
                               MissedException& missed) {
  const auto channel = context.request.channel;
  if (UsesNoHealthInformation(context)) {
    findings.Permit("M9");
    return true;
  }
  if (!context.content.gifts.empty()) {
    if (IsNominalGift(context)) {
      findings.Permit("M14");
      return true;
    }
    missed = {"M14", Outcome::kDeny};
  }
  if (channel == Channel::kInPerson) {
    const bool own = ByCoveredEntity(context);
    if (own && context.request.met_in_person) {
      findings.Permit("M12");
      return true;
    }
    missed = {own ? "M12" : "M13", Outcome::kDeny};
  }
  // Whether a video visit is face to face is not settled: a person looks.
  if (channel == Channel::kVideo && ByCoveredEntity(context)) missed = {"M12", Outcome::kReview};
  return false;
}

}  // namespace consent
