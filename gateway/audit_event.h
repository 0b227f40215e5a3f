// The audit trail as FHIR AuditEvents, after IHE Basic Audit Log Patterns (decision-rules D.4):
// https://profiles.ihe.net/ITI/BALP/. Ids, codes, rules and sentences of ours; no value of a
// patient. Only what meets a BALP profile in full names it in meta.profile: where a client called
// from is not recorded, so of the REST patterns only the form is kept.
#pragma once

#include <string>
#include <string_view>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/records.h"

namespace gateway {

enum class AuditTrail : unsigned char { kLedger, kJournal };

// A row of the ledger or of the access journal. `observer`: the gateway's address for partners.
fhir::Resource AuditEventOf(const store::AuditRow& row, AuditTrail trail,
                            std::string_view observer);

// A decision: AuthZconsent where a Consent was considered, else the same with a subtype of ours, as
// that profile is closed; of a disclosure the pattern PrivacyDisclosure.Source. kInternal when its
// record cannot be read.
fhir::Result<fhir::Resource> AuditEventOf(const store::DecisionRow& row, std::string_view observer);

// Whether the row only says that a decision was recorded, which its own event tells better.
bool TellsOfDecision(const store::AuditRow& row);

}  // namespace gateway
