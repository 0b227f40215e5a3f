// De-identification by the safe harbor of 45 CFR 164.514(b)(2), (c): what keeps a resource from it.
// https://www.ecfr.gov/current/title-45/section-164.514
#pragma once

#include <string>
#include <vector>

#include "consent/disclosure_policy.h"
#include "consent/findings.h"
#include "consent/health_data_facts.h"
#include "fhir/date_time.h"
#include "fhir/json/value.h"

namespace consent {

// Kinds of what identifies, sorted, once each: "ages", "codes", "contacts", "dates",
// "derived-codes", "free-text", "geography", "names", "photos". Nothing passes that is not known to
// be harmless. meta is not looked at: it does not leave.
std::vector<std::string> Identifying(const fhir::json::Value& resource, fhir::Instant now,
                                     const DisclosurePolicy& policy);

// The claim of a disclosure that its data is de-identified. Answers whether it holds.
bool CheckDeidentified(const HealthDataFacts& health, bool actual_knowledge, Findings& findings);

}  // namespace consent
