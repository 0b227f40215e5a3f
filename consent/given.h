// Everything a decision stands on, gathered in one place: FHIR resources as they are stored, the
// programme, opt-outs, what was sent before, the instant. One JSON form serves the case files
// (conformance/cases), `psgateway evaluate`, and the sealed context of every decision record: any
// decision can be taken out and run again as a case.
//
// {
//   "now": "2026-11-22T16:00:00Z",
//   "policy": "us-federal-2026-08",        // optional: a pack by its version, or an object that is
//                                          // laid over the built-in pack; absent: the built-in one
//   "programme": { ... consent/programme.h ... },
//   "request": "CommunicationRequest/cr1",  // optional where "disclosure" is there
//   "subject": "Patient/p1",               // optional: of a disclosure without a request
//   "disclosure": { ... consent/disclosure_request.h ... },  // optional: not an outreach
//   "request": "CommunicationRequest/cr1",
//   "person": ["Patient/p1", "Patient/p2"],   // optional: records that are one person, beside
//   those
//                                          // that Patient.link joins
//   "channel": "sms",                      // optional: decide for this channel, not for the medium
//   "resources": [ ... Patient, CommunicationRequest, Consent, MedicationRequest, ... ],
//   "optOuts": [ {"channel": "sms", ... or "all",
//                 "contact": "+12065550100", "class": "marketing" or "all",
//                 "seller": "Aurora Pharma", "receivedAt": "...", "source": "sms-reply"} ],
//   "history": [ {"channel": "sms", "sentAt": "...", "class": "refill-2i"} ],
//                                          // optOuts also: "programme" (only of that one),
//                                          // "allProgrammes", "inReplyTo" marketing, informational
//                                          // or exempted, "answer" to the confirmation text,
//                                          // "pending", "unmerged"; history also: "subject"
//   "elsewhere": [ {"deceasedBoolean": true} ],  // optional: what records of the same human in
//                                          // other programmes say of his death (G1)
//   "reply": "STOP", "replyChannel": "sms",  // what the patient has just answered, if anything
//   "unresolvedIdentity": false,
//   "unavailable": ["opt-out-store"],      // optional: what could not be asked (G6)
//   "overrides": [ {"request": "CommunicationRequest/cr1", "rules": ["CM5"], "approvedBy": ["a",
//   "b"],
//                   "approvedAt": "...", "expires": "...", "textHash": "...",
//                   "module": "ActivityDefinition/m1/_history/2"} ],   // consent/override.h
//   "dischargeable": ["INCLUDE_OPT_OUT_TEXT", ...]   // optional: what the adapter can do (E.3)
// }
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consent/disclosure_request.h"
#include "consent/policy.h"
#include "consent/programme.h"
#include "fhir/channel.h"
#include "fhir/date_time.h"
#include "fhir/resource.h"
#include "fhir/result.h"

namespace consent {

struct OptOut {
  std::string channel;  // a channel code or "all"
  std::string contact;  // normalised address it was given for; empty: the whole person
  std::string message_class = "all";  // "marketing" or "all"
  std::string seller;
  fhir::Instant received_at{};
  std::string source;
  std::string programme{};      // only for this one; empty: for the seller
  bool all_programmes = false;  // "all programs": whoever the seller is
  std::string in_reply_to{};    // kind of message that was answered with STOP (B1-24); empty: none
  std::string answer{};         // to the confirmation text (B1-21)
  bool pending = false;         // received, not yet carried out (G3)
  bool unmerged = false;        // recorded while two persons were taken for one
};

struct Sent {
  std::string channel;
  fhir::Instant sent_at{};
  std::string message_class;
  std::string subject{};  // reference of the module; empty: not known
};

// A person's word that a REVIEW may go. Who put it here has verified who the persons are.
struct Override {
  std::string request;  // "CommunicationRequest/cr1"
  std::vector<std::string> rules;
  std::vector<std::string> approved_by;
  fhir::Instant approved_at{};
  fhir::Instant expires{};
  std::string text_hash;  // TextHash of the words that were approved
  std::string module;     // versioned reference; needed where a person speaks without a text
};

struct Given {
  fhir::Instant now{};
  std::shared_ptr<const Policy> policy = BuiltInPolicy();  // never null
  Programme programme;
  std::string request;  // "CommunicationRequest/cr1", one of resources
  std::string subject;  // "Patient/p1"; empty: the subject of the request
  std::optional<DisclosureRequest> disclosure;
  std::vector<std::string> person;           // references of Patients; the subject may be left out
  std::vector<fhir::json::Value> elsewhere;  // deceased[x] of records in other programmes (G1)
  std::optional<fhir::Channel> channel;
  std::vector<fhir::Resource> resources;
  std::vector<OptOut> opt_outs;
  std::vector<Sent> history;
  std::string reply;  // the patient's latest words, not yet acted on; empty: none
  std::string reply_channel;
  bool unresolved_identity = false;
  std::vector<std::string> unavailable;  // "consent-store", "opt-out-store", "clock"
  std::vector<Override> overrides;
  // Obligation codes that the adapter chosen for the channel can discharge (E3); absent: any.
  std::optional<std::vector<std::string>> dischargeable;

  const fhir::Resource* Find(std::string_view relative) const;  // "Patient/p1"
};

// The pack of a version; null when there is none.
using PolicyFinder = std::function<std::shared_ptr<const Policy>(std::string_view version)>;
// Knows the built-in pack only.
std::shared_ptr<const Policy> FindBuiltInPolicy(std::string_view version);

// kInvalid with the path ("given.optOuts[0].channel") on an unknown key or a bad value.
fhir::Result<Given> ReadGiven(const fhir::json::Value& json,
                              const PolicyFinder& find_policy = FindBuiltInPolicy);
fhir::json::Value WriteGiven(const Given& given);

}  // namespace consent
