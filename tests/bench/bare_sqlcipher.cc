// The floor that durable creates are measured against: SQLCipher alone, one thread, prepared
// statements, writing the rows that one Create of the Patient in FILE writes (the version, its
// index rows, its person with identifier and link, the ledger leaf of its audit row, its patient
// key), ROWS of them in commits of GROUP, onto PRELOAD that are there, or more that an earlier run
// left. The index rows are the gateway's own, made between the commits with the clock stopped;
// bodies and leaves are random bytes of the same size: reading, sealing and hashing are the
// gateway's cost.
//
//   bare_sqlcipher DIR FILE ROWS GROUP [PRELOAD]
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "fhir/resource.h"
#include "fhir/search/index_entries.h"
#include "gateway/clock.h"
#include "gateway/store/index_rows.h"
#include "gateway/store/schema.h"
#include "gateway/store/sqlite.h"

namespace {

using gateway::store::Connection;

constexpr size_t kSealBytes = gateway::store::Sealer::kOverheadBytes;
constexpr size_t kLeafBytes = 228 + kSealBytes;  // the audit row of a create, as JSON
constexpr int kLogFrames = (32 << 20) / Connection::kPageBytes;

void Check(int code, sqlite3* db, const char* what) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
  std::exit(1);
}

class Database {
 public:
  Database(const std::string& file, const std::string& key, gateway::store::File kind) {
    auto connection = Connection::Open({.file = file, .key = key});
    if (!connection.ok() || !gateway::store::Migrate(**connection, kind).ok()) std::exit(1);
    connection->reset();
    Check(sqlite3_open(file.c_str(), &db_), db_, "open");
    std::string hex;
    for (const unsigned char c : key) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", c);
      hex += digits;
    }
    Run("PRAGMA key = \"x'" + hex + "'\"");
    Run("PRAGMA cipher_hmac_algorithm = HMAC_SHA256");
    Run("PRAGMA cipher_page_size = " + std::to_string(Connection::kPageBytes));
    Run("PRAGMA temp_store = MEMORY");
    Run("PRAGMA mmap_size = 0");
    Run("PRAGMA cache_size = -32768");
    Run("PRAGMA journal_mode = WAL");
    Run("PRAGMA synchronous = FULL");
    Run("PRAGMA wal_autocheckpoint = 0");
    Run("PRAGMA secure_delete = FAST");
    sqlite3_wal_hook(
        db_,
        [](void* frames, sqlite3*, const char*, int n) {
          *static_cast<int*>(frames) = n;
          return SQLITE_OK;
        },
        &frames_);
  }
  ~Database() { sqlite3_close_v2(db_); }

  void Run(const std::string& sql) {
    Check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), db_, sql.c_str());
  }
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    Check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr), db_,
          sql);
    return statement;
  }
  void Step(sqlite3_stmt* statement) {
    Check(sqlite3_step(statement), db_, "step");
    sqlite3_reset(statement);
  }
  void CheckpointIfLong() {
    if (frames_ < kLogFrames) return;
    sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  int64_t Count(const std::string& table) {
    sqlite3_stmt* count = Prepare(("SELECT count(*) FROM " + table).c_str());
    sqlite3_step(count);
    const int64_t rows = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    return rows;
  }
  int64_t LastKey() const { return sqlite3_last_insert_rowid(db_); }

 private:
  sqlite3* db_ = nullptr;
  int frames_ = 0;
};

void BindBlob(sqlite3_stmt* statement, int at, std::string_view bytes) {
  sqlite3_bind_blob(statement, at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

class Loop {
 public:
  Loop(const std::string& dir, std::string patient)
      : patient_(std::move(patient)),
        data_(dir + "/data.db", std::string(32, 'd'), gateway::store::File::kData),
        patients_(dir + "/patients.db", std::string(32, 'p'), gateway::store::File::kPatients) {
    resource_ = data_.Prepare(
        "INSERT INTO resource (programme, type, id, version, updated, method, patient, entries, "
        "body)"
        " VALUES (1, 2, ?1, 1, ?2, 0, ?3, ?4, ?5)");
    term_ = data_.Prepare("INSERT INTO search_index (term, resource) VALUES (?1, ?2)");
    text_ = data_.Prepare("INSERT INTO search_text (scope, text, resource) VALUES (?1, ?2, ?3)");
    range_ = data_.Prepare(
        "INSERT INTO search_range (scope, low, high, resource) VALUES (?1, ?2, ?3, ?4)");
    ledger_ = data_.Prepare("INSERT INTO ledger (seq, kind, leaf) VALUES (?1, 2, ?2)");
    head_ = data_.Prepare("UPDATE head SET frontier = ?1, now = ?2, shreds = 0 WHERE one = 1");
    person_ = data_.Prepare("INSERT INTO person (at, epoch) VALUES (?1, 1)");
    identifier_ = data_.Prepare("INSERT INTO person_identifier (hash, person) VALUES (?1, ?2)");
    link_ = data_.Prepare(
        "INSERT INTO person_patient (programme, patient, person) VALUES ('aurora-support', ?1, "
        "?2)");
    key_of_ =
        data_.Prepare("INSERT INTO key_of_patient (programme, patient, number) VALUES (1, ?1, ?2)");
    key_ = patients_.Prepare("INSERT INTO patient_key (wrapped) VALUES (?1)");
    there_ = data_.Count("ledger");
    now_ += there_;
    leaf_ = keys_made_ = made_ = there_;
  }
  int64_t there() const { return there_; }
  ~Loop() {
    for (sqlite3_stmt* statement : {resource_, term_, text_, range_, ledger_, head_, person_,
                                    identifier_, link_, key_of_, key_}) {
      sqlite3_finalize(statement);
    }
  }

  double RowsPerSecond(int64_t rows, int group) {
    std::chrono::duration<double> seconds{};
    for (int64_t done = 0; done < rows; done += group) {
      std::vector<gateway::store::ResourceWrite> writes;
      for (int i = 0; i < group; ++i) writes.push_back(NextWrite());
      std::vector<gateway::store::IndexRows> index;
      for (const auto& write : writes) {
        index.push_back(gateway::store::IndexRows::Of(
            write, gateway::store::IndexNames(hash_, write.programme, write.type)));
      }
      const auto started = std::chrono::steady_clock::now();
      while (keys_made_ < leaf_ + group) MakeKeysAhead();
      data_.Run("BEGIN IMMEDIATE");
      for (int i = 0; i < group; ++i) Create(writes[i].bytes.size(), index[i]);
      BindBlob(head_, 1, random_.substr(0, 8 + 32 * 17));
      sqlite3_bind_int64(head_, 2, now_);
      data_.Step(head_);
      data_.Run("COMMIT");
      data_.CheckpointIfLong();
      patients_.CheckpointIfLong();
      seconds += std::chrono::steady_clock::now() - started;
    }
    return static_cast<double>(rows) / seconds.count();
  }

 private:
  // The next Patient as the gateway would give it to its store.
  gateway::store::ResourceWrite NextWrite() {
    std::string text = patient_;
    const std::string number = "bare-0-" + std::to_string(10'000'000 + made_++);
    for (size_t at = text.find("@ID@"); at != std::string::npos; at = text.find("@ID@")) {
      text.replace(at, 4, number);
    }
    auto resource = fhir::Resource::Parse(text);
    if (!resource.ok()) {
      std::fprintf(stderr, "%s\n", resource.error().message.c_str());
      std::exit(1);
    }
    const gateway::SystemClock clock;
    resource->Stamp(gateway::NewId(clock.Now()), 1, clock.Now());
    gateway::store::ResourceWrite write;
    write.programme = "aurora-support";
    write.type = resource->type();
    write.bytes = resource->Bytes();
    write.index = fhir::IndexEntries(*resource, fhir::IndexPlan::Default());
    return write;
  }

  // As the gateway does: many in one commit.
  void MakeKeysAhead() {
    patients_.Run("BEGIN IMMEDIATE");
    for (int i = 0; i < 256; ++i) {
      BindBlob(key_, 1, Random(32 + 28));
      patients_.Step(key_);
    }
    patients_.Run("COMMIT");
    keys_made_ += 256;
  }

  std::string Random(size_t size) {
    // A window into random bytes: they cannot be compressed, and making them costs nothing here.
    next_ = (next_ + 8191) % (random_.size() - size);
    return random_.substr(next_, size);
  }
  // Eight bytes that nobody else has, in no order (the finalizer of SplitMix64).
  static std::string UniqueBytes(int64_t number) {
    auto z = static_cast<uint64_t>(number);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return {reinterpret_cast<const char*>(&z), sizeof z};
  }

  void Create(size_t bytes, const gateway::store::IndexRows& index) {
    ++now_;
    std::string id(16, '\0');  // like a UUIDv7: time first
    for (int i = 0; i < 8; ++i) id[i] = static_cast<char>(now_ >> (56 - 8 * i));
    id.replace(8, 8, Random(8));
    BindBlob(key_of_, 1, id);
    sqlite3_bind_int64(key_of_, 2, now_);
    data_.Step(key_of_);
    BindBlob(resource_, 1, id);
    sqlite3_bind_int64(resource_, 2, now_);
    sqlite3_bind_int64(resource_, 3, now_);
    BindBlob(resource_, 4, index.Pack());
    BindBlob(resource_, 5, Random(bytes + kSealBytes));
    data_.Step(resource_);
    const int64_t key = data_.LastKey();
    for (const int64_t term : index.terms) {
      sqlite3_bind_int64(term_, 1, term);
      sqlite3_bind_int64(term_, 2, key);
      data_.Step(term_);
    }
    for (const gateway::store::TextRow& row : index.texts) {
      sqlite3_bind_int64(text_, 1, row.scope);
      BindBlob(text_, 2, row.text);
      sqlite3_bind_int64(text_, 3, key);
      data_.Step(text_);
    }
    for (const gateway::store::RangeRow& row : index.ranges) {
      sqlite3_bind_int64(range_, 1, row.scope);
      BindBlob(range_, 2, row.low);
      BindBlob(range_, 3, row.high);
      sqlite3_bind_int64(range_, 4, key);
      data_.Step(range_);
    }
    sqlite3_bind_int64(person_, 1, now_);
    data_.Step(person_);
    const int64_t person = data_.LastKey();
    BindBlob(identifier_, 1, UniqueBytes(person) + Random(8));
    sqlite3_bind_int64(identifier_, 2, person);
    data_.Step(identifier_);
    char text[37];  // as a UUID is written
    std::snprintf(text, sizeof text, "%036lld", static_cast<long long>(now_));
    sqlite3_bind_text(link_, 1, text, 36, SQLITE_TRANSIENT);
    sqlite3_bind_int64(link_, 2, person);
    data_.Step(link_);
    sqlite3_bind_int64(ledger_, 1, leaf_++);
    BindBlob(ledger_, 2, Random(kLeafBytes));
    data_.Step(ledger_);
  }

  const std::string patient_;
  gateway::store::KeyedHash hash_{std::string(32, 'h')};
  int64_t made_ = 0;
  Database data_;
  Database patients_;
  const std::string random_ = gateway::RandomBytes(1 << 20);
  size_t next_ = 0;
  int64_t now_ = 1'800'000'000'000;
  int64_t there_ = 0;
  int64_t leaf_ = 0;
  int64_t keys_made_ = 0;
  sqlite3_stmt* resource_ = nullptr;
  sqlite3_stmt* term_ = nullptr;
  sqlite3_stmt* text_ = nullptr;
  sqlite3_stmt* range_ = nullptr;
  sqlite3_stmt* ledger_ = nullptr;
  sqlite3_stmt* head_ = nullptr;
  sqlite3_stmt* person_ = nullptr;
  sqlite3_stmt* identifier_ = nullptr;
  sqlite3_stmt* link_ = nullptr;
  sqlite3_stmt* key_of_ = nullptr;
  sqlite3_stmt* key_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: bare_sqlcipher DIR FILE ROWS GROUP [PRELOAD]\n", stderr);
    return 2;
  }
  const std::string dir = argv[1];
  std::stringstream patient;
  patient << std::ifstream(argv[2]).rdbuf();
  const int64_t rows = std::atoll(argv[3]);
  const int group = std::atoi(argv[4]);
  const int64_t preload = argc > 5 ? std::atoll(argv[5]) : 100'000;
  if (rows < 1 || group < 1) return 2;
  std::filesystem::create_directories(dir);
  Loop loop(dir, patient.str());
  // At least some: the page cache shall be warm, as the gateway's is.
  loop.RowsPerSecond(std::max<int64_t>(preload - loop.there(), 5000), 1000);
  const double rate = loop.RowsPerSecond(rows, group);
  std::printf(
      "{\"rows\":%lld,\"group\":%d,\"preload\":%lld,\"page_bytes\":%d,\"rows_per_s\":%.0f}\n",
      static_cast<long long>(rows), group, static_cast<long long>(preload), Connection::kPageBytes,
      rate);
  return 0;
}
