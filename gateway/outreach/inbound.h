// What comes back: Communications that partners and patients write, and replies from vendors'
// hooks.
#pragma once

#include <string>
#include <string_view>

#include "fhir/result.h"
#include "gateway/outreach/opt_outs.h"
#include "gateway/outreach/verdict.h"
#include "gateway/writes.h"

namespace gateway::outreach {

// Reads an inbound Communication as the house says: a patient's is a reply, `completed` happened
// and counts against the caps, `preparation` is a request and is gated like a CommunicationRequest.
fhir::Status TakeCommunication(store::Transaction& tx, const Workshop& workshop,
                               const std::string& tenant, const Scope& scope,
                               const Written& written, Barrier& barrier);

// A patient's words that came in on a channel.
struct Reply {
  std::string programme;
  std::string patient_id;  // empty: unknown, the contact point alone is known
  int64_t person = 0;
  std::string contact;  // normalised
  std::string channel;  // a channel code
  std::string text;
  std::string focus;     // "Communication/x"; may be empty
  std::string answers;   // id of the Communication it answers; empty: the last message on the
                         // channel where `by_hook`, else not known
  bool by_hook = false;  // as the vendor passed it on
  fhir::Instant received_at{};  // zero: now
};
// Opt-outs are recorded, adverse events and everything unclear become Tasks for a person.
fhir::Status TakeReply(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                       const Reply& reply, Barrier& barrier);

}  // namespace gateway::outreach
