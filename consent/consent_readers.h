// How the kinds of Consent become facts, one reader a kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/consent_facts.h"
#include "consent/interpret.h"

namespace consent {

bool HasCode(const fhir::json::Value& codeable, std::string_view code);
ConsentStatus StatusOf(const fhir::json::Value& consent);

// C.6: whether it has the form of FHIR R5, which an R4 reading would misunderstand.
bool HasFormOfR5(const fhir::json::Value& consent);

// C.3: whether the actors that a provision of the consent names are us. kAny when it names none.
ActorMatch MatchActors(const Given& given, const Actors& actors, const fhir::json::Value& consent,
                       const fhir::json::Value& provision);

// C.2, dialect A: whether a code of policyRule is the decision itself.
bool IsDirective(std::string_view code);

// The provision tree in the form where the root decides (dialect B). Dialect A goes through an
// adapter, and where the two would differ `doubt` becomes "C3". nullopt when the consent records no
// decision at all.
std::optional<Provision> ReadTree(const Given& given, const Parties& parties,
                                  const fhir::json::Value& consent,
                                  const std::vector<std::string>& zones, std::string& doubt);

// `general`: the same consent, read as one of any kind.
AuthorizationFacts ReadAuthorization(const Given& given, const fhir::Resource& resource,
                                     const ConsentFacts& general,
                                     const std::vector<std::string>& person,
                                     const EvaluationContext& context);

// V22: what the date on the document may mean; Consent.dateTime is only when the record was made,
// and a verification is later than what it verifies.
std::optional<Validity> SignedAt(const Given& given, const fhir::Resource& resource,
                                 const std::vector<std::string>& zones);
// Whether a date of signature cannot be read: it may lie ahead of now (G6).
bool HasUnreadableSignature(const Given& given, const fhir::Resource& resource,
                            const std::vector<std::string>& zones);

ConfidentialCommunication ReadConfidential(const Given& given, const fhir::Resource& resource,
                                           const std::vector<std::string>& zones);

}  // namespace consent
