// The public part of a decision record (decision-rules E.4): ids, versions, hashes and the
// decision, as canonical JSON. No word of the message, no address, no value of the patient; those
// stand in the context, sealed under the patient's key, of which this holds the hash.
//
// {"decisionId", "supersedesDecisionId", "stage": intake | recheck | send,
//  "programme", "request": with its version, "requestHash", "receivedAt", "decidedAt",
//  "evaluatedFor", "expiresAt", "clock", "tzdb", "terminology", "contextHash", "channel",
//  "subject": {"records": [...]}, "sender": {"entity", "regime", "onBehalfOf"}, "recipients":
//  [...], "purposeOfUse": [...], "modules": [{"reference", "hash"}], "overrides": [{"approvedBy":
//  [...], "rules": [...]}], "decision": { ... consent::ToJson ... }}
// Of a disclosure (gateway/disclosure.h) the stage is "disclosure", and "data", its references with
// their versions, stands in the place of what is said of the request and its modules.
// A decision that a model had part in will say so in "model": {"id", "version"}; none has today.
#pragma once

#include <string>
#include <string_view>

#include "consent/decision.h"
#include "fhir/date_time.h"
#include "gateway/outreach/gather.h"

namespace gateway::outreach {

struct RecordFacts {
  std::string id;
  std::string supersedes;  // empty: the first of its request
  std::string_view stage;
  fhir::Instant decided_at{};
  fhir::Instant expires_at{};  // after it nobody may act on a permit
  std::string_view channel;    // empty: none
  std::string_view context;    // as it is sealed
};
std::string RecordText(const Gathered& gathered, const consent::Decision& decision,
                       const RecordFacts& facts);

}  // namespace gateway::outreach
