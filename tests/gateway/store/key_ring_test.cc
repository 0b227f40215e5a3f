#include "gateway/store/key_ring.h"

#include <sys/stat.h>

#include <fstream>

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;

std::string Mode(const std::string& file) {
  struct stat info {};
  stat(file.c_str(), &info);
  return std::to_string(info.st_mode & 0777);
}

}  // namespace

TEST(KeyRingTest, SubKeysDependOnTheLabelAndTheRing) {
  TempDir a;
  TempDir b;
  const KeyRing ring = RingIn(a.path());
  EXPECT_EQ(ring.Derive("store").size(), 32u);
  EXPECT_EQ(ring.Derive("store"), RingIn(a.path()).Derive("store"));
  EXPECT_NE(ring.Derive("store"), ring.Derive("journal"));
  EXPECT_NE(ring.Derive("store"), RingIn(b.path()).Derive("store"));
}

TEST(KeyRingTest, FilesBelongToTheirOwnerOnly) {
  TempDir dir;
  (void)RingIn(dir.path());
  EXPECT_EQ(Mode(dir.path() + "/wrapping.key"), std::to_string(0600));
  EXPECT_EQ(Mode(dir.path() + "/keys.json"), std::to_string(0600));
  chmod((dir.path() + "/wrapping.key").c_str(), 0640);
  const auto open_to_others = WrappingKey::Load(dir.path() + "/wrapping.key");
  ASSERT_FALSE(open_to_others.ok());
  EXPECT_EQ(open_to_others.error().code, ErrorCode::kForbidden);
  EXPECT_NE(open_to_others.error().message.find("chmod 600"), std::string::npos);
}

TEST(KeyRingTest, NothingIsWrittenOver) {
  TempDir dir;
  (void)RingIn(dir.path());
  const std::string file = dir.path() + "/wrapping.key";
  EXPECT_EQ(WrappingKey::Create(file).error().code, ErrorCode::kConflict);
  EXPECT_EQ(KeyRing::Create(dir.path(), "acme", Get(WrappingKey::Load(file))).error().code,
            ErrorCode::kConflict);
}

TEST(KeyRingTest, TheWrongWrappingKeyOrTenantIsTold) {
  TempDir dir;
  (void)RingIn(dir.path());
  const std::string other = dir.path() + "/other.key";
  Ok(WrappingKey::Create(other));
  const auto wrong = KeyRing::Open(dir.path(), "acme", Get(WrappingKey::Load(other)));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kForbidden);
  EXPECT_NE(wrong.error().message.find("the wrapping key does not open"), std::string::npos);
  const auto right = Get(WrappingKey::Load(dir.path() + "/wrapping.key"));
  EXPECT_EQ(KeyRing::Open(dir.path(), "emca", right).error().code, ErrorCode::kForbidden);
}

TEST(KeyRingTest, MalformedFilesAreTold) {
  TempDir dir;
  const std::string file = dir.path() + "/wrapping.key";
  EXPECT_EQ(WrappingKey::Load(file).error().code, ErrorCode::kNotFound);
  for (const char* content : {"", "abc", "zz", "\n"}) {
    std::ofstream(file) << content;
    chmod(file.c_str(), 0600);
    EXPECT_EQ(WrappingKey::Load(file).error().code, ErrorCode::kMalformed) << content;
  }
}

}  // namespace gateway::store
