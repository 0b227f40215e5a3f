// The verbs of the store on one connection. View hands a session out as a Reader (its connection is
// read-only), Update as a Transaction. The writer drives the group around the works: see writer.h.
// Private to this folder.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/clock.h"
#include "gateway/ledger/merkle_tree.h"
#include "gateway/store/index_rows.h"
#include "gateway/store/patient_keys.h"
#include "gateway/store/sealing.h"
#include "gateway/store/sqlite.h"
#include "gateway/store/store.h"

namespace gateway::store {

// The derived keys that sessions use; wiped on destruction.
struct SessionKeys {
  std::string index;
  std::string ledger;
  std::string tenant_seal;
  std::shared_ptr<const fhir::IndexPlan> plan;  // no key, but shared alike; null: the default
  const Clock* clock = nullptr;                 // nor is this; null: ClockLag is zero
  ~SessionKeys();

  const fhir::IndexPlan& Plan() const { return plan ? *plan : fhir::IndexPlan::Default(); }
};

// One thread at a time.
class Session final : public Transaction {
 public:
  // Both outlive the session.
  Session(std::unique_ptr<Connection> connection, PatientKeys& patient_keys,
          const SessionKeys& keys);

  // A snapshot, at most until the deadline.
  fhir::Status BeginView(std::chrono::steady_clock::time_point deadline);
  void EndView();

  // A group of works: one durable commit. A work that may be undone alone costs a savepoint,
  // and a copy of every page it touches.
  enum class Undo : uint8_t { kAlone, kWithGroup };
  fhir::Status BeginGroup();
  fhir::Status BeginWork(Instant now, Undo undo = Undo::kAlone);
  fhir::Status KeepWork();
  // False after a write of a work that was begun with kWithGroup.
  bool CanUndoWork() const;
  // REQUIRES: CanUndoWork().
  fhir::Status UndoWork();
  // `uncertain` becomes true when nobody can say whether it is on disk.
  fhir::Status CommitGroup(bool* uncertain);
  void AbandonGroup();
  // False after a failure (a full disk) for which SQLite has rolled back the whole group.
  bool GroupStands() const;
  // What failed in either file since BeginWork.
  fhir::Status StorageStatus() const;
  // Not empty once a file can no longer be trusted.
  std::string FatalSentence() const;
  // One step of erasing a patient, inside a group; false: commit and call it again. First the index
  // entries that stand in clear, then the key.
  fhir::Result<bool> Erase(std::string_view programme, std::string_view patient_id);

  Connection& connection() { return *db_; }

  const fhir::IndexPlan& Plan() const override { return keys_.Plan(); }

  // Reader
  fhir::Result<std::optional<ResourceVersion>> Read(std::string_view programme,
                                                    std::string_view type,
                                                    std::string_view id) override;
  fhir::Result<std::optional<ResourceVersion>> ReadVersion(std::string_view programme,
                                                           std::string_view type,
                                                           std::string_view id,
                                                           int64_t version) override;
  fhir::Result<HistoryPage> History(const HistoryQuery& query) override;
  fhir::Result<SearchPage> Search(const SearchQuery& query) override;
  fhir::Result<SearchPage> OfPatient(std::string_view programme, std::string_view patient_id,
                                     size_t count, std::string_view after) override;
  fhir::Result<std::optional<std::string>> Document(std::string_view kind,
                                                    std::string_view name) override;
  fhir::Result<std::vector<std::pair<std::string, std::string>>> Documents(
      std::string_view kind) override;
  fhir::Result<int64_t> PersonOf(std::string_view programme, std::string_view patient_id) override;
  fhir::Result<std::vector<int64_t>> PersonsWith(std::string_view identifier) override;
  fhir::Result<std::vector<std::pair<std::string, std::string>>> PatientsOf(
      int64_t person) override;
  fhir::Result<std::vector<OptOutRow>> OptOuts(int64_t person,
                                               const std::vector<std::string>& contacts) override;
  fhir::Result<uint64_t> Epoch(const EpochKey& key) override;
  fhir::Result<std::optional<Outreach>> FindOutreach(int64_t key) override;
  fhir::Result<std::optional<Attempt>> FindAttempt(int64_t key) override;
  fhir::Result<std::vector<Outreach>> OutreachOfRequest(std::string_view programme,
                                                        std::string_view request_id) override;
  fhir::Result<std::vector<Outreach>> DueOutreach(Instant now, size_t limit) override;
  fhir::Result<std::vector<Outreach>> QueuedFor(int64_t person,
                                                const std::vector<std::string>& contacts) override;
  fhir::Result<std::vector<Attempt>> AttemptsOf(int64_t outreach) override;
  fhir::Result<std::vector<Attempt>> AttemptsSending() override;
  fhir::Result<std::optional<Attempt>> AttemptByProviderId(std::string_view vendor,
                                                           std::string_view provider_id) override;
  fhir::Result<std::optional<Attempt>> AttemptOfCommunication(
      std::string_view programme, std::string_view communication_id) override;
  fhir::Result<std::vector<Attempt>> AttemptsSince(int64_t person, Instant since) override;
  fhir::Result<std::vector<Outgoing>> DueOutgoing(Instant now, size_t limit) override;
  fhir::Result<std::vector<DecisionRow>> DecisionsOf(std::string_view programme,
                                                     std::string_view request_id) override;
  fhir::Result<std::vector<DecisionRow>> Decisions(Instant from, Instant to, int64_t after,
                                                   size_t limit) override;
  fhir::Result<LedgerState> Ledger() override;
  fhir::Result<std::vector<std::string>> Leaves(int64_t from, size_t count) override;
  fhir::Result<std::vector<AuditRow>> Audit(int64_t after, size_t limit) override;

  // Transaction
  Instant Now() const override { return now_; }
  std::chrono::milliseconds ClockLag() const override;
  void FollowClock() override;
  fhir::Status Write(const ResourceWrite& write) override;
  fhir::Status PutDocument(std::string_view kind, std::string_view name,
                           std::string_view body) override;
  fhir::Result<int64_t> LastResource() override;
  fhir::Result<int64_t> Reindex(int64_t after, size_t count, const EntriesOf& entries) override;
  fhir::Result<int64_t> LinkPerson(std::string_view programme, std::string_view patient_id,
                                   const std::vector<std::string>& identifiers) override;
  fhir::Status AddOptOut(const OptOutRow& row) override;
  fhir::Status KeepInformational(int64_t opt_out) override;
  fhir::Status BumpEpoch(const EpochKey& key) override;
  fhir::Result<int64_t> AddOutreach(const Outreach& row) override;
  fhir::Status UpdateOutreach(const Outreach& row) override;
  fhir::Result<int64_t> AddAttempt(const Attempt& row) override;
  fhir::Status UpdateAttempt(const Attempt& row) override;
  fhir::Result<int64_t> AddOutgoing(const Outgoing& row) override;
  fhir::Status UpdateOutgoing(const Outgoing& row) override;
  fhir::Status RemoveOutgoing(int64_t key) override;
  fhir::Status RemoveOutgoingLine(std::string_view line) override;
  fhir::Status AddDecision(const DecisionRow& row) override;
  fhir::Status AppendAudit(const AuditRow& row) override;

 private:
  struct Sealed {
    int64_t patient = 0;  // whose key; 0: the tenant's
    std::string bytes;
  };

  // session.cc
  fhir::Status LoadHead();
  // 0 when the patient has none.
  fhir::Result<int64_t> KeyNumberOf(std::string_view programme, std::string_view patient_id);
  fhir::Result<PatientKey> KeyOf(std::string_view programme, std::string_view patient_id);
  // `patient` is "Patient/id"; empty: the tenant's key.
  fhir::Result<Sealed> SealFor(std::string_view programme, std::string_view patient,
                               std::string_view associated, std::string_view text);
  // nullopt: the patient's key is gone. kInternal: the bytes are not what was sealed there.
  fhir::Result<std::optional<std::string>> OpenOf(int64_t patient, std::string_view associated,
                                                  std::string_view sealed);
  // The number of a programme or type; 0 when it was never seen.
  fhir::Result<int64_t> NumberOf(std::string_view name);
  fhir::Result<int64_t> NumberFor(std::string_view name);

  // session_resources.cc
  fhir::Result<ResourceVersion> ToVersion(const Statement& row, int first_column,
                                          std::string_view programme, std::string_view type,
                                          std::string_view id);
  fhir::Status Insert(const ResourceWrite& write, int64_t programme, int64_t type);
  fhir::Status Replace(const ResourceWrite& write, int64_t programme, int64_t type);
  // From the rows that were packed to these.
  fhir::Status ChangeIndexRows(const std::string& packed, const IndexRows& rows, int64_t resource);
  fhir::Result<Sealed> SealBody(const ResourceWrite& write);
  IndexRows IndexRowsOf(const ResourceWrite& write);
  fhir::Status AddIndexRows(const IndexRows& rows, int64_t resource);
  fhir::Status RemoveIndexRows(const IndexRows& rows, int64_t resource);
  // Removes what the index holds in clear for resources sealed with this key; false: nothing.
  fhir::Result<bool> ForgetIndexOf(int64_t patient);

  // session_history.cc
  friend class HistoryRun;

  // session_search.cc
  friend class SearchRun;

  // session_people.cc
  std::string ContactHash(std::string_view contact);

  // session_outreach.cc
  fhir::Result<Outreach> ToOutreach(const Statement& row);
  fhir::Result<std::vector<Outreach>> AllOutreach(Statement rows);

  // session_ledger.cc
  fhir::Result<int64_t> AppendLeaf(int kind, std::string_view text);
  fhir::Result<std::string> OpenLeaf(int64_t seq, int kind, std::string_view sealed);
  fhir::Result<DecisionRow> ToDecision(const Statement& row);

  std::unique_ptr<Connection> db_;
  PatientKeys& patient_keys_;
  const SessionKeys& keys_;
  Sealer sealer_;
  KeyedHash hash_;
  std::map<std::string, int64_t, std::less<>> numbers_;

  bool in_group_ = false;
  Instant now_{};
  // The head row: as committed, as this work found it, as it is now.
  struct Head {
    ledger::Frontier frontier;
    Instant now{};
    int64_t shreds = 0;
  };
  Head committed_;
  Head before_work_;
  Head head_;
  std::vector<std::string> new_numbers_;  // of this work
  Undo undo_ = Undo::kAlone;              // of this work
  int64_t changes_before_work_ = 0;
  int64_t data_version_ = -1;
};

// A UUID is kept as its 16 bytes, any other id as text.
class StoredId {
 public:
  explicit StoredId(std::string_view id);
  void BindTo(Statement& statement, int at) const;
  static std::string ToText(const Statement& row, int column);

 private:
  std::string bytes_;
  bool is_uuid_ = false;
};

inline int64_t ToMs(Instant t) { return t.time_since_epoch().count(); }
inline Instant FromMs(int64_t ms) { return Instant(std::chrono::milliseconds(ms)); }

}  // namespace gateway::store
