#include "consent/expiry.h"

#include <algorithm>

#include "consent/authorization.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

using State = Expiry::State;

constexpr Expiry Over(std::string_view rule, std::string_view word) {
  return {State::kOver, rule, word};
}

// On a therapy with one of its products; with any, where it names none.
bool OnTherapy(const AuthorizationFacts& a, const EvaluationContext& context) {
  return std::any_of(context.therapies.begin(), context.therapies.end(), [&](const Therapy& t) {
    const bool named = a.products.empty() ||
                       std::any_of(t.codings.begin(), t.codings.end(), [&](const Coding& coding) {
                         return Contains(a.products, coding);
                       });
    return named && t.current.Surely(context.now);
  });
}

// A person's look at an event nobody can compute holds for a while, never for ever (V16).
bool ReviewedLately(const AuthorizationFacts& a, const EvaluationContext& context) {
  if (!a.event_reviewed || *a.event_reviewed > context.now) return false;
  const auto holds = std::chrono::hours{24} * context.policy->permission.expiry_review_days;
  return context.now - *a.event_reviewed <= holds;
}

}  // namespace

Expiry CheckDate(const AuthorizationFacts& a, const EvaluationContext& context) {
  if (a.event_occurred && *a.event_occurred <= context.now) return Over("A.6(i)", "expired");
  if (a.end_unreadable) return Over("V5", "defective");
  if (!a.period || a.period->Surely(context.now)) return {};
  if (context.now < a.period->sure.begin) return Over("V18", "not-yet");
  // Over in one of the places where the patient may be, and not in another (V17).
  return Over(a.period->Possibly(context.now) ? "V17" : "A.6(i)", "expired");
}

Expiry CheckEvent(const AuthorizationFacts& a, const EvaluationContext& context,
                  const AuthorizationNeed& need) {
  if (a.has_end && a.expiration_event.empty()) return {};
  if (a.expiration_event.empty()) return Over("V5", "defective");
  const auto& events = context.policy->permission.expiry_events;
  const auto event = events.find(Lower(a.expiration_event));
  const Expiry for_a_person =
      ReviewedLately(a, context) ? Expiry{} : Expiry{State::kReview, "V16", "review"};
  if (event == events.end()) return for_a_person;
  const auto research = [&] { return Covers("HRESCH", need.purpose); };
  switch (event->second) {
    case ExpiryEvent::kNever:
      return a.has_end || research() ? Expiry{} : Over("V5", "defective");
    case ExpiryEvent::kStudyOver:
      if (!a.has_end && !research()) return Over("V5", "defective");
      return context.study_over ? Over("V16", "expired") : Expiry{};
    case ExpiryEvent::kTherapyDiscontinued:
      return OnTherapy(a, context) ? Expiry{} : Over("V16", "expired");
    case ExpiryEvent::kProgrammeExit:
      if (context.stay == ProgrammeStay::kLeft) return Over("V16", "expired");
      return context.stay == ProgrammeStay::kIn ? Expiry{} : for_a_person;
    case ExpiryEvent::kAgeOfMajority:
      if (context.patient.age == Age::kAdult) return Over("V16", "expired");
      return context.patient.age == Age::kMinor ? Expiry{} : for_a_person;
  }
  return for_a_person;
}

}  // namespace consent
