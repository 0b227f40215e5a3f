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

// What a record says of itself, and the records that it holds or names as its drug. A Bundle is as
// many items as it has entries, each with what the Bundle says of all.
std::vector<DataItem> ItemsOf(const Given& given, const fhir::Resource& resource,
                              const EvaluationContext& context);
// Says where an item comes from: a code of Origin, or one that cannot be read.
void AddOrigin(const std::string& code, DataItem& item);
// Labels and origins sorted, once each.
void Settle(DataItem& item);
// Whether a record is, holds, or names as its patient, somebody else.
bool OfAnother(const fhir::json::Value& resource, const std::vector<std::string>& person);

// A Contract as a payment; unknown where it proves nothing (M6).
FundingFacts ReadContract(const Given& given, const std::string& reference,
                          const EvaluationContext& context);

}  // namespace consent
