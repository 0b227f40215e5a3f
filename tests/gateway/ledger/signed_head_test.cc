#include "gateway/ledger/signed_head.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <fstream>

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::ledger {
namespace {

using store::Get;
using store::Ok;
using store::TempDir;

std::string MakeKey(const std::string& file, const char* curve) {
  EVP_PKEY* key = EVP_EC_gen(curve);
  FILE* out = std::fopen(file.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  EVP_PKEY_free(key);
  return file;
}

const fhir::Instant kAt{std::chrono::milliseconds(1'800'000'000'123)};

}  // namespace

TEST(SignedHeadTest, SignsVerifiesAndReadsBack) {
  TempDir dir;
  const auto signer = Get(HeadSigner::Load(MakeKey(dir.path() + "/head.key", "P-384")));
  const SignedHead head = signer.Sign("acme", {5, std::string(32, 'r')}, kAt);
  EXPECT_TRUE(signer.Verify(head));
  EXPECT_EQ(head.root.size(), 64u);
  EXPECT_EQ(head.signature.size(), 128u);

  for (const auto change : {0, 1, 2, 3, 4, 5}) {
    SignedHead other = head;
    if (change == 0) other.tenant = "emca";
    if (change == 1) other.size = 6;
    if (change == 2) other.root[0] = other.root[0] == '0' ? '1' : '0';
    if (change == 3) other.at += std::chrono::milliseconds(1);
    if (change == 4) other.signature[7] = other.signature[7] == 'A' ? 'B' : 'A';
    if (change == 5) other.signature.clear();
    EXPECT_FALSE(signer.Verify(other)) << change;
  }
  const auto stranger = Get(HeadSigner::Load(MakeKey(dir.path() + "/other.key", "P-384")));
  EXPECT_FALSE(stranger.Verify(head));

  const std::string file = dir.path() + "/heads.jsonl";
  EXPECT_TRUE(Get(ReadHeads(file)).empty());
  Ok(AppendHead(file, head));
  Ok(AppendHead(file, signer.Sign("acme", {6, std::string(32, 's')}, kAt)));
  const auto heads = Get(ReadHeads(file));
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[0].at, kAt);
  EXPECT_EQ(heads[1].size, 6);
  for (const SignedHead& each : heads) EXPECT_TRUE(signer.Verify(each));
}

TEST(SignedHeadTest, ALineCutOffByACrashIsReplacedByTheNext) {
  TempDir dir;
  const auto signer = Get(HeadSigner::Load(MakeKey(dir.path() + "/head.key", "P-384")));
  const std::string file = dir.path() + "/heads.jsonl";
  Ok(AppendHead(file, signer.Sign("acme", {1, std::string(32, 'r')}, kAt)));
  std::ofstream(file, std::ios::app) << R"({"tenant":"acme","si)";
  EXPECT_EQ(Get(ReadHeads(file)).size(), 1u);
  Ok(AppendHead(file, signer.Sign("acme", {2, std::string(32, 'r')}, kAt)));
  EXPECT_EQ(Get(ReadHeads(file)).size(), 2u);
  std::ofstream(file, std::ios::app) << "{}\n";
  EXPECT_FALSE(ReadHeads(file).ok());
}

TEST(SignedHeadTest, OnlyAP384KeySigns) {
  TempDir dir;
  EXPECT_FALSE(HeadSigner::Load(dir.path() + "/none.key").ok());
  const auto small = HeadSigner::Load(MakeKey(dir.path() + "/p256.key", "P-256"));
  ASSERT_FALSE(small.ok());
  EXPECT_EQ(small.error().code, fhir::ErrorCode::kMalformed);
}

}  // namespace gateway::ledger
