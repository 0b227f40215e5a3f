// The rows that cross the store's boundary: plain values, clear text, no SQL. What is sealed or
// hashed at rest is said at each field; the store does it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/search/criteria.h"
#include "fhir/search/index_entry.h"

namespace gateway::store {

using fhir::Instant;

enum class WriteMethod : uint8_t { kCreate, kUpdate, kDelete };

// One version of one resource. bytes: sealed under its patient's key; empty when deleted.
struct ResourceVersion {
  std::string type;
  std::string id;
  int64_t version = 0;
  Instant last_updated{};
  WriteMethod method = WriteMethod::kCreate;
  std::string bytes;
  bool shredded = false;  // the patient's key is gone: bytes cannot be read any more
  bool deleted() const { return method == WriteMethod::kDelete; }
};

// What Transaction::Write is given; version and last_updated are already stamped into bytes.
struct ResourceWrite {
  std::string programme;
  std::string type;
  std::string id;
  int64_t version = 1;
  Instant last_updated{};
  WriteMethod method = WriteMethod::kCreate;
  std::string bytes;
  std::string patient;  // "Patient/p1" whose key seals it; empty: the tenant's own key
  std::vector<fhir::IndexEntry> index;  // empty on delete
};

// An entry of the parameter is one of these terms.
fhir::Clause AnyTerm(std::string parameter, std::vector<std::string> keys);

// Every clause must hold, and every span.
struct SearchQuery {
  std::string programme;
  std::string type;
  std::vector<fhir::Clause> all_of;
  std::vector<fhir::Span> last_updated;
  std::vector<fhir::SortKey> sort;  // empty: insertion order
  // The value of a match for a sort key that is from the resource; nullopt: it lacks one.
  std::function<std::optional<std::string>(const ResourceVersion&, const fhir::SortKey&)>
      sort_value;
  size_t count = 20;
  std::string after;  // SearchPage::next of the page before; empty: from the first
  bool with_total = false;
};

// Deleted resources left out. A page is stable under writes: what stood before `next` is neither
// repeated nor are its successors skipped. The total is exact; a search that cannot be counted or
// sorted within the limits of work fails with kTooCostly.
struct SearchPage {
  std::vector<ResourceVersion> matches;
  std::string next;  // empty: no further page. Holds values of a resource: seal it before it leaves
  int64_t total = -1;
};

// http://hl7.org/fhir/R4/http.html#history: of a resource, of a type, of the programme.
struct HistoryQuery {
  std::string programme;
  std::string type;                // empty: every type
  std::string id;                  // empty: every resource of the type
  std::optional<Instant> since{};  // _since: written then or later
  std::optional<fhir::Span> at{};  // _at: the present version at some instant of it
  size_t count = 50;
  std::string after;  // HistoryPage::next of the page before; empty: from the newest
};

// Newest first, deleted versions included; of one resource by version, else by last_updated. A page
// is stable under writes.
struct HistoryPage {
  std::vector<ResourceVersion> versions;
  std::string next;  // empty: no further page
};

// A suppression. contact is kept as a keyed hash and is empty in what is read back unless the
// reader named it; `other_contact` says then that there is one. Outlives the erasure of the person.
struct OptOutRow {
  int64_t key = 0;
  int64_t person = 0;         // 0: known by the contact point only
  std::string contact;        // normalised; empty: the whole person
  std::string channel;        // a channel code or "all"
  std::string message_class;  // "marketing" or "all"
  std::string seller;
  std::string source;  // "sms-reply", "one-click", "oral", ...
  Instant received_at{};
  std::string programme;             // only of this one; empty: of the seller
  bool all_programmes = false;       // whoever the seller is
  std::string in_reply_to;           // kind of the message that it answered; empty: not known
  bool keeps_informational = false;  // so the patient answered the confirmation
  bool other_contact = false;        // read back only: of a contact point that was not named
  // Persons that were one human with `person` when it was recorded. It is found by each of them;
  // not read back.
  std::vector<int64_t> also;
};

// queued -> sending -> sent | failed | unknown;  queued -> held | cancelled;  sending -> queued
// (retry)
enum class OutreachState : uint8_t {
  kQueued,
  kSending,
  kSent,
  kFailed,
  kUnknown,
  kHeld,
  kCancelled
};
std::string_view Code(OutreachState state);  // as "queued"

// One piece of outreach that intake let in. contact is sealed under the patient's key.
struct Outreach {
  int64_t key = 0;
  std::string programme;
  std::string request_id;  // of the CommunicationRequest
  std::string patient_id;
  int64_t person = 0;
  std::string channel;
  std::string contact;  // normalised address the intake chose
  std::string message_class;
  OutreachState state = OutreachState::kQueued;
  Instant due_at{};
  int attempts = 0;
  std::string decision_id;  // the latest decision
  std::string client;       // who asked, for the audit
};

// sending -> accepted | refused | not_sent | unknown | aborted
enum class AttemptState : uint8_t { kSending, kAccepted, kRefused, kNotSent, kUnknown, kAborted };
std::string_view Code(AttemptState state);  // as "not-sent"

struct Attempt {
  int64_t key = 0;
  int64_t outreach = 0;
  std::string id;  // also the idempotency key given to the provider
  std::string decision_id;
  std::string vendor;
  std::string programme;
  std::string channel;
  std::string message_class;  // as limits count it
  std::string subject;        // "ActivityDefinition/m1" that it was made from; empty: not one
  std::string kind;           // "marketing", "informational", "exempted": what a STOP to it answers
  std::string communication;  // id of the Communication that records it; empty: none yet
  int64_t person = 0;
  AttemptState state = AttemptState::kSending;
  Instant started_at{};
  Instant settled_at{};
  std::string provider_id;
  std::string detail;
};

// Something other than outreach that must leave: a webhook event, a Task for a nurse queue, a
// Communication for a partner's records, a notification of a Subscription.
struct Outgoing {
  int64_t key = 0;
  std::string programme;
  std::string kind;     // "webhook", "nurse-task", "write-back", "subscription"
  std::string target;   // vendor or endpoint of the configuration
  std::string subject;  // what it is about or what leaves: "Task/t1", "CommunicationRequest/cr1"
  std::string payload;  // ids and codes only, never PHI
  std::string id;       // idempotency key
  Instant due_at{};
  int attempts = 0;
  std::string line{};  // those of one line leave in their order: only the first is ever due
};

// A decision. record is the public part (hashes and ids) and a leaf of the ledger; context is the
// Given as canonical JSON, sealed under the patient's key; nullopt once shredded.
struct DecisionRow {
  std::string id;
  std::string programme;
  std::string request_id;  // of a disclosure what would leave: "Task/t1", "Patient/p1"
  std::string patient_id;
  Instant decided_at{};
  std::string outcome;
  std::string stage;  // "intake", "recheck", "send", "disclosure"
  std::string record;
  std::optional<std::string> context;
  int64_t leaf = -1;  // its place in the ledger
};

// One line of the audit trail. Ids and codes only.
struct AuditRow {
  Instant at{};
  std::string
      action;  // "create", "update", "delete", "send", "opt-out", "read", "search", "token", ...
  std::string client;
  std::string programme;
  std::string subject;  // "Patient/p1/_history/2"
  std::string outcome;  // "0", "4", "8", "12" (AuditEvent.outcome)
  std::string request_id;
  std::string detail;
  int64_t place = -1;  // in the ledger, or in the access journal; set when it is read
};

// Something whose change can change a decision.
struct EpochKey {
  // kReserved: what is under way to a person counts against the caps.
  enum class Kind : uint8_t { kPerson, kContact, kProgramme, kPolicy, kReserved };
  Kind kind = Kind::kPerson;
  std::string value;  // number of a person that there is, contact point, programme id
};

struct LedgerState {
  int64_t size = 0;
  std::string root;  // 32 bytes; RFC 6962 root of the first `size` leaves
};

}  // namespace gateway::store
