// What erasing a patient leaves behind on the connection and in the index tables.
#include "gateway/store/patient_keys.h"
#include "gateway/store/schema.h"
#include "gateway/store/session.h"
#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

constexpr int64_t kFast = 2;  // of PRAGMA secure_delete

class EraseTest : public testing::Test {
 protected:
  EraseTest() {
    keys_ = Get(PatientKeys::Open(dir_.path() + "/patients.db", key_, key_));
    auto connection = Get(Connection::Open({.file = dir_.path() + "/data.db", .key = key_}));
    Ok(Migrate(*connection, File::kData));
    session_ = std::make_unique<Session>(std::move(connection), *keys_, session_keys_);
    Ok(session_->BeginGroup());
    Ok(session_->BeginWork(Instant{}));
    for (const char* id : {"p1", "p2"}) {
      ResourceWrite write = PatientWrite(id, 1, "x", {{"c", "1"}});
      write.index.push_back({fhir::IndexEntry::Kind::kText, "name", "smith\x1f", "", ""});
      write.index.push_back({fhir::IndexEntry::Kind::kRange, "birthdate", "", "1", "2"});
      Ok(session_->Write(write));
    }
  }

  int64_t Number(const std::string& sql) {
    Statement row(&session_->connection(), sql);
    EXPECT_TRUE(row.Step()) << sql;
    return row.Int(0);
  }
  const std::string pragma_ = "PRAGMA secure_delete";

  const std::string key_ = std::string(32, 'k');
  TempDir dir_;
  std::unique_ptr<PatientKeys> keys_;
  const SessionKeys session_keys_{key_, key_, key_, nullptr};
  std::unique_ptr<Session> session_;
};

TEST_F(EraseTest, TheRowsInClearGoBeforeTheKey) {
  EXPECT_FALSE(Get(session_->Erase("alpha", "p1")));
  EXPECT_EQ(Number("SELECT count(*) FROM search_text"), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM search_range"), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM key_of_patient"), 2);
  EXPECT_EQ(Number("SELECT count(*) FROM resource WHERE instr(entries, CAST('smith' AS BLOB)) > 0"),
            1);
  EXPECT_TRUE(Get(session_->Erase("alpha", "p1")));
  EXPECT_EQ(Number("SELECT count(*) FROM key_of_patient"), 1);
  EXPECT_EQ(Number(pragma_), kFast);
}

TEST_F(EraseTest, AfterAFailureTheConnectionDeletesAsBefore) {
  Ok(session_->connection().Execute("DROP TABLE search_range"));
  EXPECT_FALSE(session_->Erase("alpha", "p1").ok());
  EXPECT_EQ(Number(pragma_), kFast);
}

}  // namespace
}  // namespace gateway::store
