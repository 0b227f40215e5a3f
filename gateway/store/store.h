// The store of one tenant: domain verbs, no SQL. Implemented by SqlcipherStore; the same contract
// suite (tests/gateway/store/contract) is for every other one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"
#include "fhir/search/index_plan.h"
#include "gateway/store/records.h"

namespace gateway::store {

// A stable snapshot. Used by one thread, inside View or Update only. Errors: kInternal where the
// database itself failed; absence is not an error.
class Reader {
 public:
  virtual ~Reader() = default;

  // Which search parameters the resources of this store are indexed by.
  virtual const fhir::IndexPlan& Plan() const = 0;

  // Resources. A deleted one is answered (its deleted() says so), an unknown one is nullopt.
  virtual fhir::Result<std::optional<ResourceVersion>> Read(std::string_view programme,
                                                            std::string_view type,
                                                            std::string_view id) = 0;
  virtual fhir::Result<std::optional<ResourceVersion>> ReadVersion(std::string_view programme,
                                                                   std::string_view type,
                                                                   std::string_view id,
                                                                   int64_t version) = 0;
  // kMalformed when `after` is not a cursor of this query, kTooCostly past the limits of work.
  virtual fhir::Result<HistoryPage> History(const HistoryQuery& query) = 0;
  virtual fhir::Result<SearchPage> Search(const SearchQuery& query) = 0;
  // Every present resource that is sealed under the patient's key, which is what the compartment of
  // the Patient holds; in insertion order, at most `count`, after `after` of the page before.
  virtual fhir::Result<SearchPage> OfPatient(std::string_view programme,
                                             std::string_view patient_id, size_t count,
                                             std::string_view after) = 0;

  // The tenant's registry: programmes, clients, sources, policy packs; the newest version of each.
  virtual fhir::Result<std::optional<std::string>> Document(std::string_view kind,
                                                            std::string_view name) = 0;
  virtual fhir::Result<std::vector<std::pair<std::string, std::string>>> Documents(
      std::string_view kind) = 0;

  // The person that a Patient record belongs to; 0 when not linked.
  virtual fhir::Result<int64_t> PersonOf(std::string_view programme,
                                         std::string_view patient_id) = 0;
  // The Patient records of a person: (programme, patient id).
  virtual fhir::Result<std::vector<std::pair<std::string, std::string>>> PatientsOf(
      int64_t person) = 0;

  // Who has or had the identifier ("system|value") on some record.
  virtual fhir::Result<std::vector<int64_t>> PersonsWith(std::string_view identifier) = 0;

  // Suppressions of the person, of who was the same human when one was recorded (its `person` is
  // then another), or of any of the contact points; `contact` of a row is filled where one of
  // `contacts` matched it.
  virtual fhir::Result<std::vector<OptOutRow>> OptOuts(
      int64_t person, const std::vector<std::string>& contacts) = 0;

  virtual fhir::Result<uint64_t> Epoch(const EpochKey& key) = 0;

  virtual fhir::Result<std::optional<Outreach>> FindOutreach(int64_t key) = 0;
  virtual fhir::Result<std::vector<Outreach>> OutreachOfRequest(std::string_view programme,
                                                                std::string_view request_id) = 0;
  // kQueued and due at or before `now`, by due_at, at most `limit`.
  virtual fhir::Result<std::vector<Outreach>> DueOutreach(Instant now, size_t limit) = 0;
  // kQueued, of this person or to this contact point.
  virtual fhir::Result<std::vector<Outreach>> QueuedFor(
      int64_t person, const std::vector<std::string>& contacts) = 0;
  virtual fhir::Result<std::optional<Attempt>> FindAttempt(int64_t key) = 0;
  virtual fhir::Result<std::vector<Attempt>> AttemptsOf(int64_t outreach) = 0;
  virtual fhir::Result<std::vector<Attempt>> AttemptsSending() = 0;
  // The attempt a provider's id belongs to (for callbacks and replies).
  virtual fhir::Result<std::optional<Attempt>> AttemptByProviderId(
      std::string_view vendor, std::string_view provider_id) = 0;
  // The attempt that a Communication records.
  virtual fhir::Result<std::optional<Attempt>> AttemptOfCommunication(
      std::string_view programme, std::string_view communication_id) = 0;
  // Attempts of the person that were or may have been sent (sending, accepted, unknown) since then.
  virtual fhir::Result<std::vector<Attempt>> AttemptsSince(int64_t person, Instant since) = 0;
  virtual fhir::Result<std::vector<Outgoing>> DueOutgoing(Instant now, size_t limit) = 0;

  virtual fhir::Result<std::vector<DecisionRow>> DecisionsOf(std::string_view programme,
                                                             std::string_view request_id) = 0;
  // In ledger order, leaf > after, decided in [from, to), at most `limit`; contexts included.
  virtual fhir::Result<std::vector<DecisionRow>> Decisions(Instant from, Instant to, int64_t after,
                                                           size_t limit) = 0;

  virtual fhir::Result<LedgerState> Ledger() = 0;
  // How far the last commit lies ahead of the system's clock: it was ahead once, or has stepped
  // back. Zero where it does not.
  virtual std::chrono::milliseconds ClockLag() const = 0;
  // Stored leaf bytes (ciphertext) [from, from + count).
  virtual fhir::Result<std::vector<std::string>> Leaves(int64_t from, size_t count) = 0;
  // The audit rows among them, opened, in ledger order, place > after, at most `limit`.
  virtual fhir::Result<std::vector<AuditRow>> Audit(int64_t after, size_t limit) = 0;
};

// Reads see the writes before them. All writes of one work stand or fall together.
class Transaction : public Reader {
 public:
  // The store's clock at this run of the work; never before a commit already made.
  virtual Instant Now() const = 0;

  // REQUIRES write.version == the present version + 1 (1 for a new one); else kConflict.
  virtual fhir::Status Write(const ResourceWrite& write) = 0;

  virtual fhir::Status PutDocument(std::string_view kind, std::string_view name,
                                   std::string_view body) = 0;

  // Makes the index rows of the next `count` resources after the key `after` anew, of what
  // `entries` says of each. Answers the last key, 0 when there are no more.
  using EntriesOf = std::function<std::vector<fhir::IndexEntry>(const ResourceVersion&)>;
  virtual fhir::Result<int64_t> LastResource() = 0;  // its key; 0 when there is none
  virtual fhir::Result<int64_t> Reindex(int64_t after, size_t count, const EntriesOf& entries) = 0;

  // Links a Patient record to the person who has one of the identifiers ("system|value") in this
  // tenant, or to a new person. A record that is linked stays with its person; of an identifier
  // that another has PersonsWith then answers both. Idempotent. Answers the person.
  virtual fhir::Result<int64_t> LinkPerson(std::string_view programme, std::string_view patient_id,
                                           const std::vector<std::string>& identifiers) = 0;

  // The system's clock is right again: Now() follows it from this work on, also backwards.
  virtual void FollowClock() = 0;

  virtual fhir::Status AddOptOut(const OptOutRow& row) = 0;
  virtual fhir::Status KeepInformational(int64_t opt_out) = 0;  // by key
  virtual fhir::Status BumpEpoch(const EpochKey& key) = 0;

  virtual fhir::Result<int64_t> AddOutreach(const Outreach& row) = 0;
  virtual fhir::Status UpdateOutreach(const Outreach& row) = 0;  // by key
  virtual fhir::Result<int64_t> AddAttempt(const Attempt& row) = 0;
  virtual fhir::Status UpdateAttempt(const Attempt& row) = 0;  // by key
  virtual fhir::Result<int64_t> AddOutgoing(const Outgoing& row) = 0;
  virtual fhir::Status UpdateOutgoing(const Outgoing& row) = 0;  // due_at and attempts, by key
  // The next of its line is due now.
  virtual fhir::Status RemoveOutgoing(int64_t key) = 0;
  virtual fhir::Status RemoveOutgoingLine(std::string_view line) = 0;

  // Writes the decision and its ledger leaf.
  virtual fhir::Status AddDecision(const DecisionRow& row) = 0;
  // Writes the audit row and its ledger leaf.
  virtual fhir::Status AppendAudit(const AuditRow& row) = 0;
};

// Any thread may call any method.
class Store {
 public:
  using Work = std::function<fhir::Status(Transaction&)>;
  using Look = std::function<fhir::Status(Reader&)>;
  using Done = std::function<void(fhir::Status)>;

  virtual ~Store() = default;

  // As Reader::Plan.
  virtual const fhir::IndexPlan& Plan() const = 0;

  // Runs `work` serially with all other works of the tenant and answers when it is durable. An
  // error from `work` undoes it and is answered. `work` may run again from its start: it touches
  // only the transaction and its own locals. kThrottled when the queue is full, kUnavailable when
  // shutting down. The writer's time is shared out evenly among the clients that ask for it;
  // without a client it is the gateway's own work, which counts as one more.
  virtual fhir::Status Update(std::string_view client, Work work) = 0;
  fhir::Status Update(Work work) { return Update({}, std::move(work)); }
  // The same; `done` is called once, from the writer's thread, and must not block.
  virtual void UpdateAsync(std::string_view client, Work work, Done done) = 0;
  void UpdateAsync(Work work, Done done) { UpdateAsync({}, std::move(work), std::move(done)); }

  // A stable snapshot for at most 30 s.
  virtual fhir::Status View(const Look& look) = 0;
  // The same for a look of a few milliseconds, by a thread that others wait for: it never waits for
  // long views to end.
  virtual fhir::Status Glance(const Look& look) = 0;

  // One row of the access journal (its own encrypted file); `done` after its durable commit, from
  // the journal's thread, and must not block.
  virtual void Journal(AuditRow row, Done done) = 0;
  // In the order in which they were written, place > after, at most `limit`.
  virtual fhir::Result<std::vector<AuditRow>> ReadJournal(int64_t after, size_t limit) = 0;

  // Works committed and the commits that took them, since the store was opened.
  struct Counters {
    int64_t works = 0;
    int64_t commits = 0;
  };
  virtual Counters counters() const = 0;

  // Destroys the key of a patient, and before it what the search index holds in clear of the
  // resources sealed under it: they can never be read again, and are found by terms only.
  virtual fhir::Status Shred(std::string_view programme, std::string_view patient_id) = 0;
};

}  // namespace gateway::store
