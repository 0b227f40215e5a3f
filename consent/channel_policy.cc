#include "consent/channel_policy.h"

#include <algorithm>
#include <array>

#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;

void ReadHours(Members& members, Hours& hours) {
  members.MinuteOfDay("opensAt", hours.opens);
  members.MinuteOfDay("closesAt", hours.closes);
  if (hours.opens >= hours.closes) members.Fail("closesAt", "must come after opensAt");
}

void Codes(Members& members, std::string_view name, std::vector<std::string>& states) {
  members.Present({name});
  members.Texts(name, states);
  for (const std::string& state : states) {
    if (state.size() != 2) members.Fail(name, "must hold codes of two letters");
  }
}

fhir::Status ReadStateHours(const Value& json, const std::string& path,
                            ChannelPolicy::StateHours& row) {
  Members members(json, path);
  std::string source;
  members.Text("source", source);
  Codes(members, "states", row.states);
  std::vector<std::string> days;
  members.Texts("days", days);
  for (const std::string& day : days) {
    row.days.push_back(WeekdayOf(day));
    if (row.days.back() < 0) members.Fail("days", "must hold sun, mon, tue, wed, thu, fri or sat");
  }
  if (days.empty()) row.days = {0, 1, 2, 3, 4, 5, 6};
  members.Present({"opensAt", "closesAt"});
  ReadHours(members, row.hours);
  return members.Finish();
}

fhir::Status ReadSubjectLimit(const Value& json, const std::string& path,
                              ChannelPolicy::SubjectLimit& limit) {
  Members members(json, path);
  Codes(members, "states", limit.states);
  int hours = 0;
  members.Present({"most", "hours"});
  members.Count("most", limit.most);
  members.Count("hours", hours);
  limit.in = std::chrono::hours{hours};
  return members.Finish();
}

void ReadScope(Members& members, std::string_view name, StopScope& scope) {
  std::string text;
  members.Required(name, text);
  if (text != "all" && text != "same-kind") members.Fail(name, "must be all or same-kind");
  scope = text == "same-kind" ? StopScope::kSameKind : StopScope::kAll;
}

fhir::Status ReadRevocation(const Value& json, const std::string& path, ChannelPolicy& policy) {
  Members members(json, path);
  std::string date;
  members.Required("revokeAllEffective", date);
  const auto effective = fhir::DateTime::Parse(date);
  if (effective.ok()) {
    policy.revoke_all_effective = effective->Covers("America/New_York").begin;
  } else {
    members.Fail("revokeAllEffective", "is not a date");
  }
  ReadScope(members, "stopToMarketing", policy.stop_to_marketing);
  ReadScope(members, "stopToInformational", policy.stop_to_informational);
  ReadScope(members, "stopToExempted", policy.stop_to_exempted);
  members.Present({"businessDays", "confirmationMinutes"});
  members.Count("businessDays", policy.opt_out_business_days);
  members.Count("confirmationMinutes", policy.confirmation_minutes);
  return members.Finish();
}

fhir::Status ReadExempted(const Value& json, const std::string& path, ChannelPolicy& policy) {
  Members members(json, path);
  members.Present({"topics", "maxChars", "perDay", "perWeek", "financialWords"});
  members.Texts("topics", policy.exempted_topics);
  members.Count("maxChars", policy.exempted_max_chars);
  members.Count("perDay", policy.exempted_per_day);
  members.Count("perWeek", policy.exempted_per_week);
  members.Texts("financialWords", policy.financial_words);
  return members.Finish();
}

fhir::Status ReadEmail(const Value& json, const std::string& path, ChannelPolicy& policy) {
  Members members(json, path);
  members.Present({"commercialWords", "maxSpamPer100000"});
  members.Texts("commercialWords", policy.commercial_words);
  members.Count("maxSpamPer100000", policy.max_spam_per_100000);
  return members.Finish();
}

}  // namespace

WeekHours ChannelPolicy::HoursOf(std::string_view state) const {
  WeekHours week;
  std::array<bool, 7> named{};
  bool any = false;
  for (const StateHours& row : state_hours) {
    if (!Contains(row.states, state)) continue;
    any = true;
    for (const int day : row.days) {
      Hours& hours = week.days[static_cast<size_t>(day)];
      hours = hours.And(row.hours);
      named[static_cast<size_t>(day)] = true;
    }
  }
  // A state that names its days is closed on the others.
  for (size_t day = 0; day < named.size(); ++day) {
    if (any && !named[day]) week.days[day] = {0, 0};
  }
  if (!Contains(closed_on_holidays, state)) return week;
  for (const Holiday& holiday : holidays) {
    if (holiday.states.empty() || Contains(holiday.states, state)) week.holidays.push_back(holiday);
  }
  return week;
}

fhir::Status ReadChannelPolicy(const Value& json, const std::string& path, ChannelPolicy& policy) {
  Members members(json, path);
  members.Present({"opensAt", "closesAt", "stateHours", "holidays", "closedOnHolidays",
                   "sameSubject", "clockToleranceMinutes"});
  ReadHours(members, policy.every_day);
  members.Each("stateHours", [&](const Value& item, const std::string& place) {
    return ReadStateHours(item, place, policy.state_hours.emplace_back());
  });
  members.Each("holidays", [&](const Value& item, const std::string& place) {
    return ReadHoliday(item, place, policy.holidays.emplace_back());
  });
  Codes(members, "closedOnHolidays", policy.closed_on_holidays);
  members.Each("sameSubject", [&](const Value& item, const std::string& place) {
    return ReadSubjectLimit(item, place, policy.same_subject.emplace_back());
  });
  members.Count("clockToleranceMinutes", policy.clock_tolerance_minutes);
  const auto section = [&](std::string_view name, auto read) {
    fhir::Status status = read(members.Take(name), members.Path(name), policy);
    if (!status.ok()) members.Refuse(status.error());
  };
  section("revocation", ReadRevocation);
  section("exempted", ReadExempted);
  section("email", ReadEmail);
  return members.Finish();
}

}  // namespace consent
