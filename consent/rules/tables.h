// The tables that Rules() joins, one for each body of law.
#pragma once

#include "consent/rules.h"

namespace consent {

std::span<const Rule> HipaaRules();
std::span<const Rule> ChannelRules();
std::span<const Rule> ConsentRules();
std::span<const Rule> HouseRules();
std::span<const Rule> DisclosureRules();
std::span<const Rule> HealthDataRules();

}  // namespace consent
