// The values that channel law reads: hours (B1-27, B1-28), limits, the scope of an opt-out (B1-23,
// B1-24), the terms of exempted calls (B1-10 to B1-13) and of commercial e-mail (B.2, B3-5).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "consent/members.h"
#include "consent/quiet_hours.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

// What a STOP stops where the patient chose nothing else (B1-24).
enum class StopScope : uint8_t { kAll, kSameKind };

struct ChannelPolicy {
  Hours every_day{8 * 60, 21 * 60};  // B1-27

  // B1-28. Rows for one state narrow each other: sources that disagree are both kept.
  struct StateHours {
    std::vector<std::string> states;
    std::vector<int> days;  // 0 = Sunday
    Hours hours;
  };
  std::vector<StateHours> state_hours;
  std::vector<Holiday> holidays;
  std::vector<std::string> closed_on_holidays;  // states
  struct SubjectLimit {
    std::vector<std::string> states;
    int most = 0;
    std::chrono::hours in{};
  };
  std::vector<SubjectLimit> same_subject;

  fhir::Instant revoke_all_effective{};  // B1-23: from here on a STOP reaches every category
  StopScope stop_to_marketing = StopScope::kAll;
  StopScope stop_to_informational = StopScope::kAll;
  StopScope stop_to_exempted = StopScope::kAll;
  int opt_out_business_days = 10;    // B1-19: an alarm, never a grace period
  int confirmation_minutes = 5;      // B1-21
  int clock_tolerance_minutes = 10;  // G6: how far ahead of now a past event may lie

  std::vector<std::string> exempted_topics;   // B1-10: codes of ActivityDefinition.topic
  int exempted_max_chars = 160;               // B1-12
  int exempted_per_day = 1;                   // B1-13, rolling 24 h
  int exempted_per_week = 3;                  // rolling 7 x 24 h
  std::vector<std::string> financial_words;   // B1-11
  std::vector<std::string> commercial_words;  // 16 CFR 316.3: a subject or first line that has one
  int max_spam_per_100000 = 300;              // B3-5: never this many complaints

  // Of a state ("FL"): all days open for one without rows.
  WeekHours HoursOf(std::string_view state) const;
};

fhir::Status ReadChannelPolicy(const fhir::json::Value& json, const std::string& path,
                               ChannelPolicy& policy);

}  // namespace consent
