// When it may go: the hours of every law and wish, the limits, the request's own start.
#include <algorithm>

#include "consent/channel_law.h"
#include "consent/quiet_hours.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Channel;
using fhir::Instant;

constexpr auto kDay = std::chrono::hours{24};
constexpr auto kWeek = std::chrono::hours{7 * 24};

// At most so many messages in any window of this length.
struct Limit {
  int most;
  std::chrono::hours window;
  bool (*counts)(const Sent& sent, const EvaluationContext& context);
};

bool Any(const Sent&, const EvaluationContext&) { return true; }

// What is not known to have another subject counts as this one.
bool SameSubject(const Sent& sent, const EvaluationContext& context) {
  const auto& modules = context.content.modules;
  return sent.subject.empty() ||
         std::any_of(modules.begin(), modules.end(), [&](const ModuleFacts& module) {
           return module.reference == sent.subject ||
                  module.reference.starts_with(sent.subject + "/_history/");
         });
}

// The first instant from `t` on at which fewer than `most` of them lie in the window. The history
// is sorted latest first.
Instant FreeOf(const Limit& limit, Instant t, const EvaluationContext& context) {
  if (limit.most <= 0) return t;
  int counted = 0;
  for (const Sent& sent : context.history) {
    if (sent.sent_at + limit.window <= t) break;
    if (limit.counts(sent, context) && ++counted == limit.most) return sent.sent_at + limit.window;
  }
  return t;
}

Instant FreeOfAll(const std::vector<Limit>& limits, Instant t, const EvaluationContext& context) {
  Instant free = t;
  for (const Limit& limit : limits) free = std::max(free, FreeOf(limit, t, context));
  return free;
}

// B1-27 reaches texts, calls and push of every kind but urgent safety and emergencies of care.
bool HasHours(const EvaluationContext& context, Channel channel, MessageClass c) {
  if (!IsPhone(channel) && channel != Channel::kPush) return false;
  if (IsConfirmation(context)) return false;
  const std::string& priority = context.request.priority;
  const bool urgent = priority == "urgent" || priority == "asap" || priority == "stat";
  if (c == MessageClass::kSafety) return !urgent;
  return !(c == MessageClass::kTreatment && priority == "stat");
}

std::vector<Limit> LimitsOfProgramme(const EvaluationContext& context, Channel channel,
                                     MessageClass c) {
  const bool limited = c != MessageClass::kSafety && channel != Channel::kInPerson &&
                       channel != Channel::kVideo && !ToProfessional(context) &&
                       !IsConfirmation(context);
  if (!limited) return {};
  std::vector<Limit> limits = {{context.programme.cap_per_day, kDay, Any},
                               {context.programme.cap_per_week, kWeek, Any}};
  if (NeedsExemption(context, c)) {
    const ChannelPolicy& policy = context.policy->channels;
    limits.push_back({policy.exempted_per_day, kDay, Any});
    limits.push_back({policy.exempted_per_week, kWeek, Any});
  }
  return limits;
}

// B1-28 is about solicitations.
std::vector<Limit> LimitsOfStates(const EvaluationContext& context, Channel channel,
                                  MessageClass c) {
  std::vector<Limit> limits;
  if (c != MessageClass::kMarketing || !IsPhone(channel)) return limits;
  for (const auto& row : context.policy->channels.same_subject) {
    const bool here = std::any_of(row.states.begin(), row.states.end(), [&](const auto& state) {
      return Contains(context.calling_states, state);
    });
    if (here) limits.push_back({row.most, row.in, SameSubject});
  }
  return limits;
}

WeekHours HoursOfStates(const EvaluationContext& context, MessageClass c) {
  WeekHours hours;
  if (c != MessageClass::kMarketing) return hours;
  for (const std::string& state : context.calling_states) {
    hours = hours.And(context.policy->channels.HoursOf(state));
  }
  return hours;
}

}  // namespace

void CheckTiming(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel) return;
  const Channel channel = *context.request.channel;
  const Instant now = context.now;
  const Instant start = std::max(now, context.request.not_before.value_or(now));
  const auto limits = LimitsOfProgramme(context, channel, c);
  const auto state_limits = LimitsOfStates(context, channel, c);
  const auto free = [&](Instant t) {
    return std::max(FreeOfAll(limits, t, context), FreeOfAll(state_limits, t, context));
  };
  const bool full = FreeOfAll(limits, now, context) > now;
  const bool full_of_subject = FreeOfAll(state_limits, now, context) > now;
  if (!limits.empty() && IsAutomated(channel) && !full) {
    findings.Oblige("B1-13", "COUNT_AGAINST_CAP");
  }

  const auto& zones = context.calling_zones;
  const WeekHours of_states = HoursOfStates(context, c);
  const WeekHours every_day = WeekHours{}.And(context.policy->channels.every_day);
  const bool wished = context.patient.preferred_hours && !ToProfessional(context);
  const WeekHours wish = WeekHours{}.And(wished ? *context.patient.preferred_hours : Hours{});
  const WeekHours of_law = every_day.And(of_states);
  const WeekHours both = of_law.And(wish);
  const bool has_hours = HasHours(context, channel, c);
  const auto closed = [&](const WeekHours& hours) {
    return has_hours && !InsideEveryWindow(now, zones, hours);
  };
  const bool night = closed(every_day);
  const bool state_closed = closed(of_states);
  // A wish that no lawful hour can meet is for a person to settle.
  constexpr auto kNever = std::chrono::days{300};
  const bool grantable = !has_hours || !wished ||
                         NextInsideEveryWindow(start, zones, both) < start + kNever ||
                         NextInsideEveryWindow(start, zones, of_law) >= start + kNever;
  if (!grantable) findings.Review("CP3");
  const bool unwished = grantable && closed(wish);
  const WeekHours& all = grantable ? both : of_law;
  // Each wait may end inside another.
  constexpr int kRounds = 32;
  Instant t = start;
  for (int round = 0; round < kRounds; ++round) {
    const Instant before = t;
    t = free(t);
    if (has_hours) t = NextInsideEveryWindow(t, zones, all);
    if (t == before) break;
  }
  if (start > now) findings.Defer("D.1", t);
  if (full) findings.Defer("B1-13", t);
  if (night) findings.Defer("B1-27", t);
  if (state_closed || full_of_subject) findings.Defer("B1-28", t);
  if (unwished) findings.Defer("CP3", t);
}

}  // namespace consent
