#include "gateway/store/schema.h"

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {

TEST(SchemaTest, AFileOfANewerVersionIsRefusedWithASentence) {
  SqlcipherHarness harness;
  Ok(CreatePatient(harness.store(), "p1", "one"));
  harness.Close();
  const KeyRing ring = RingIn(harness.dir());
  const auto set_version = [&](int64_t version) {
    auto connection =
        Get(Connection::Open({.file = harness.dir() + "/data.db", .key = ring.Derive("store")}));
    int64_t present = 0;
    {
      Statement before = connection->Query("PRAGMA user_version");
      EXPECT_TRUE(before.Step());
      present = before.Int(0);
    }
    Ok(connection->Execute("PRAGMA user_version = " + std::to_string(version)));
    return present;
  };
  const int64_t present = set_version(99);
  const auto store = OpenIn(harness.dir(), harness.clock());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, fhir::ErrorCode::kNotSupported);
  EXPECT_NE(store.error().message.find("schema version 99"), std::string::npos);
  set_version(present);
  harness.Reopen();
  EXPECT_TRUE(HasPatient(harness.store(), "p1", "one"));
}

TEST(SchemaTest, MigratingTwiceChangesNothing) {
  TempDir dir;
  auto connection =
      Get(Connection::Open({.file = dir.path() + "/data.db", .key = std::string(32, 'k')}));
  for (int i = 0; i < 2; ++i) Ok(Migrate(*connection, File::kData));
}

}  // namespace gateway::store
