// Reads the health data of a request or a disclosure, and the consents that are about such data.
#pragma once

#include <string>
#include <vector>

#include "consent/context.h"
#include "consent/given.h"
#include "consent/interpret.h"

namespace consent {

// Consents that ReadConsents leaves to ReadDataConsents. A restriction is read by both: its tree
// there, what it rests on here.
bool IsRestriction(const fhir::json::Value& consent);
bool IsPart2Consent(const fhir::json::Value& consent);
bool IsConsumerHealthConsent(const fhir::json::Value& consent);

// The data, where it comes from, the party it goes to. After ReadPatient.
void ReadHealthData(const Given& given, const std::vector<std::string>& person,
                    EvaluationContext& context);
RestrictionFacts ReadRestriction(const fhir::json::Value& consent, ConsentFacts facts,
                                 const std::vector<std::string>& zones);
void ReadDataConsents(const Given& given, const std::vector<std::string>& person,
                      EvaluationContext& context);

// What a record says of where it comes from, by label or extension; sorted, once each.
std::vector<Origin> OriginsOf(const fhir::json::Value& resource);

// A Contract as a payment; unknown where it proves nothing (M6).
FundingFacts ReadContract(const Given& given, const std::string& reference,
                          const EvaluationContext& context);

}  // namespace consent
