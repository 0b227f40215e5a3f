#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "gateway/store/sqlite.h"
#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;

std::string ContentOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

// Bits per byte.
double Entropy(const std::string& bytes) {
  double counts[256] = {};
  for (const char c : bytes) ++counts[static_cast<unsigned char>(c)];
  double entropy = 0;
  for (const double count : counts) {
    if (count > 0) entropy -= count / bytes.size() * std::log2(count / bytes.size());
  }
  return entropy;
}

void WriteSomeOfEverything(Store& store) {
  Ok(store.Update([](Transaction& t) -> fhir::Status {
    for (int i = 0; i < 50; ++i) {
      Ok(t.Write(PatientWrite("MARKERid" + std::to_string(i), 1, "MARKERbody",
                              {{"identifier", "MARKERsystem|MARKERvalue"}})));
    }
    Ok(t.AppendAudit(AuditOf("MARKERsubject")));
    Outreach outreach;
    outreach.programme = "alpha";
    outreach.patient_id = "MARKERid1";
    outreach.contact = "MARKERcontact";
    EXPECT_GT(Get(t.AddOutreach(outreach)), 0);
    OptOutRow opt_out;
    opt_out.contact = "MARKERcontact";
    Ok(t.AddOptOut(opt_out));
    EXPECT_GT(Get(t.LinkPerson("alpha", "MARKERid1", {"MARKERidentifier"})), 0);
    return {};
  }));
  store.Journal(AuditOf("MARKERread"), [](const fhir::Status& s) { Ok(s); });
}

}  // namespace

TEST(EncryptionTest, NoFileShowsAnythingOfWhatIsStored) {
  SqlcipherHarness harness;
  WriteSomeOfEverything(harness.store());
  for (const bool open : {true, false}) {
    if (!open) harness.Close();
    int databases = 0;
    for (const auto& entry : std::filesystem::directory_iterator(harness.dir())) {
      const std::string content = ContentOf(entry.path());
      const std::string name = entry.path().filename();
      EXPECT_EQ(content.find("MARKER"), std::string::npos) << name;
      EXPECT_EQ(content.find("SQLite format"), std::string::npos) << name;
      EXPECT_EQ(content.find("CREATE TABLE"), std::string::npos) << name;
      if (entry.path().extension() != ".db" || content.size() < 2 * Connection::kPageBytes)
        continue;
      ++databases;
      EXPECT_GT(Entropy(content.substr(0, 8192)), 7.9) << name;
    }
    if (!open) {
      EXPECT_EQ(databases, 3);
    }
  }
}

TEST(EncryptionTest, AnotherKeyIsRefusedWithASentence) {
  SqlcipherHarness harness;
  WriteSomeOfEverything(harness.store());
  harness.Close();
  TempDir other;
  const KeyRing ring = RingIn(other.path());
  SqlcipherOptions options;
  options.dir = harness.dir();
  ManualClock clock;
  const auto store = OpenSqlcipherStore(options, ring, clock);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kForbidden);
  EXPECT_NE(store.error().message.find("does not open with this key"), std::string::npos)
      << store.error().message;
  harness.Reopen();
  EXPECT_TRUE(HasPatient(harness.store(), "MARKERid1", "MARKERbody"));
}

// Our provider of the page cipher keeps contexts, no more: it writes what SQLCipher 4 documents
// (https://www.zetetic.net/sqlcipher/design/), worked out here with OpenSSL alone.
TEST(EncryptionTest, APageIsSealedAsSqlcipherDocuments) {
  const std::string key = "0123456789abcdef0123456789abcdef";
  TempDir dir;
  const std::string file = dir.path() + "/plain.db";
  {
    auto connection = Get(Connection::Open({.file = file, .key = key}));
    Ok(connection->Execute("CREATE TABLE t (a TEXT)"));
    for (int i = 0; i < 50; ++i) Ok(connection->Run("INSERT INTO t VALUES (?1)", "a word to find"));
    Ok(connection->CheckpointAndTruncate());
  }
  constexpr size_t kPage = Connection::kPageBytes;
  constexpr size_t kIv = 16;
  constexpr size_t kMac = 32;
  constexpr size_t kText = kPage - kIv - kMac;
  const std::string bytes = ContentOf(file);
  ASSERT_GE(bytes.size(), 2 * kPage);
  const auto raw = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };

  std::string salt = bytes.substr(0, 16);
  for (char& c : salt) c = static_cast<char>(c ^ 0x3a);
  std::string mac_key(32, '\0');
  ASSERT_EQ(PKCS5_PBKDF2_HMAC(key.data(), 32, raw(salt), 16, 2, EVP_sha512(), 32,
                              reinterpret_cast<unsigned char*>(mac_key.data())),
            1);
  std::string page = bytes.substr(kPage, kPage);
  const std::string sealed = page.substr(0, kText + kIv) + std::string("\2\0\0\0", 4);
  std::string mac(kMac, '\0');
  ASSERT_NE(HMAC(EVP_sha256(), mac_key.data(), 32, raw(sealed), sealed.size(),
                 reinterpret_cast<unsigned char*>(mac.data()), nullptr),
            nullptr);
  EXPECT_EQ(page.substr(kText + kIv), mac);

  std::string text(kText, '\0');
  int size = 0;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  ASSERT_EQ(
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, raw(key), raw(page) + kText),
      1);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  ASSERT_EQ(EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char*>(text.data()), &size,
                              raw(page), static_cast<int>(kText)),
            1);
  EXPECT_NE(text.find("a word to find"), std::string::npos);
}

TEST(EncryptionTest, ADirectoryThatIsNotThereIsRefusedWithASentence) {
  TempDir dir;
  const KeyRing ring = RingIn(dir.path());
  SqlcipherOptions options;
  options.dir = dir.path() + "/nowhere";
  ManualClock clock;
  const auto store = OpenSqlcipherStore(options, ring, clock);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kUnavailable);
}

TEST(EncryptionDeathTest, ADamagedPageStopsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto damage_and_read = [] {
    SqlcipherHarness harness;
    const std::string body(3'000, 'x');
    for (int i = 0; i < 60; ++i) Ok(CreatePatient(harness.store(), "p" + std::to_string(i), body));
    harness.Close();
    const std::string file = harness.dir() + "/data.db";
    const auto size = static_cast<int64_t>(std::filesystem::file_size(file));
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    // Past the pages that opening reads: the middle of every page of the second half.
    constexpr int64_t kPage = Connection::kPageBytes;
    for (int64_t at = size / 2 / kPage * kPage + kPage / 2; at < size; at += kPage) {
      stream.seekp(at);
      stream.put('\x55');
      stream.put('\xaa');
    }
    stream.close();
    harness.Reopen();
    for (int i = 0; i < 60; ++i) {
      (void)CreatePatient(harness.store(), "q" + std::to_string(i), body);
      Ok(harness.store().View([&](Reader& r) -> fhir::Status {
        const auto found = r.Read("alpha", "Patient", "p" + std::to_string(i));
        if (!found.ok()) return found.error();
        return {};
      }));
    }
  };
  EXPECT_EXIT(damage_and_read(), testing::ExitedWithCode(70), "can no longer be trusted");
}

}  // namespace gateway::store
