// B1-13, B1-27 to B1-30: hours and limits.
#include <map>

#include "tests/consent/oracle_parts.h"

namespace consent::testing::oracle {
namespace {

using fhir::Channel;
using fhir::LocalTime;
using std::chrono::hours;

bool Telephonic(Channel channel) {
  return In(channel, {Channel::kSms, Channel::kVoiceLive, Channel::kVoiceRecorded});
}

struct Window {
  int opens = 0;  // hours of the local day
  int closes = 24;
};

// B1-28 as the document prints it; where sources disagree, what both allow. Sunday is 0.
Window OfState(const std::string& state, const LocalTime& local) {
  static const std::map<std::string, Window> kDaily = {
      {"CT", {9, 20}}, {"FL", {8, 20}}, {"MD", {8, 20}}, {"OK", {8, 20}}, {"MA", {8, 20}},
      {"MS", {8, 20}}, {"AL", {8, 20}}, {"LA", {8, 20}}, {"TX", {9, 21}}, {"KY", {10, 21}},
      {"MI", {9, 21}}, {"MN", {9, 21}}, {"NM", {9, 21}}, {"NV", {9, 20}}, {"RI", {9, 18}},
      {"NJ", {9, 20}}, {"CA", {9, 20}}, {"IL", {9, 20}}, {"PA", {9, 20}}, {"WA", {9, 20}}};
  static const Window kClosed = {0, 0};
  const auto row = kDaily.find(state);
  if (row == kDaily.end()) return {};
  const bool sunday = local.weekday == 0;
  const bool no_sunday = state == "MS" || state == "AL" || state == "LA";
  if (sunday && no_sunday) return kClosed;
  if (sunday && state == "TX") return {12, 21};
  if (state == "RI" && (sunday || local.weekday == 6)) return {10, 17};
  // The holidays of the days that the random contexts are set in.
  const auto is = [&](unsigned month, unsigned day) {
    return local.month == month && local.day == day;
  };
  const bool holiday = is(11, 11) || is(11, 26) || is(2, 9) || is(2, 15);
  if (holiday && (state == "AL" || state == "LA")) return kClosed;
  return row->second;
}

bool Inside(const Window& window, const LocalTime& local) {
  return local.minute_of_day >= window.opens * 60 && local.minute_of_day < window.closes * 60;
}

int SentWithin(const Facts& x, hours window) {
  return static_cast<int>(std::count_if(x.history.begin(), x.history.end(), [&](const Sent& sent) {
    return x.now - sent.sent_at < window;
  }));
}

// B1-27: who may be reached at any hour.
bool AtAnyHour(const Facts& x, const Verdict& verdict) {
  if (!Telephonic(*x.request.channel) && *x.request.channel != Channel::kPush) return true;
  if (IsConfirmation(x)) return true;  // within five minutes
  const std::string& priority = x.request.priority;
  const bool urgent = priority == "urgent" || priority == "asap" || priority == "stat";
  return (verdict.safety() && urgent) ||
         (verdict.message_class() == MessageClass::kTreatment && priority == "stat");
}

void Hours(const Facts& x, Verdict& verdict) {
  if (AtAnyHour(x, verdict)) return;
  for (const std::string& zone : x.calling_zones) {
    const LocalTime local = *fhir::InZone(x.now, zone);
    if (!Inside({8, 21}, local)) verdict.Defer("B1-27");
    if (!verdict.marketing()) continue;  // B1-28 is about solicitations
    for (const std::string& state : x.calling_states) {
      if (!Inside(OfState(state, local), local)) verdict.Defer("B1-28");
    }
  }
}

void Limits(const Facts& x, Verdict& verdict) {
  const Channel channel = *x.request.channel;
  // Florida: three on the same subject in a day; what has no known subject counts.
  if (verdict.marketing() && Telephonic(channel) && Has(x.calling_states, "FL")) {
    int same = 0;
    for (const Sent& sent : x.history) {
      const bool subject =
          sent.subject.empty() ||
          std::any_of(x.content.modules.begin(), x.content.modules.end(), [&](const auto& each) {
            return each.reference.starts_with(sent.subject + "/");
          });
      if (subject && x.now - sent.sent_at < hours{24}) ++same;
    }
    if (same >= 3) verdict.Defer("B1-28");
  }
  const bool visit = channel == Channel::kInPerson || channel == Channel::kVideo;
  if (verdict.safety() || visit || IsConfirmation(x)) return;
  const bool exempted = NeedsExemption(x, verdict);  // one a day, three a week
  const auto full = [&](int cap, int law, hours window) {
    const int sent = SentWithin(x, window);
    return (cap > 0 && sent >= cap) || (exempted && sent >= law);
  };
  if (full(x.programme.cap_per_day, 1, hours{24}) ||
      full(x.programme.cap_per_week, 3, hours{7 * 24})) {
    verdict.Defer("B1-13");
  } else if (In(channel, {Channel::kSms, Channel::kVoiceRecorded})) {
    verdict.Oblige("B1-13", "COUNT_AGAINST_CAP");
  }
}

}  // namespace

void Timing(const Facts& x, Verdict& verdict) {
  if (x.request.not_before && *x.request.not_before > x.now) verdict.Defer("D.1");
  Hours(x, verdict);
  Limits(x, verdict);
}

}  // namespace consent::testing::oracle
