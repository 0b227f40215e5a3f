#include "gateway/ledger/signed_head.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "fhir/json/json.h"

namespace gateway::ledger {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;
using fhir::json::Value;

constexpr int kCoordinateBytes = 48;  // P-384; RFC 7518 section 3.4: the signature is r || s

template <class T, void (*free_it)(T*)>
struct Free {
  void operator()(T* thing) const { free_it(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG, ECDSA_SIG_free>>;

Key ReadKey(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  // A key with a passphrase would ask on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  Key key(PEM_read_bio_PrivateKey(bio, nullptr, no_passphrase, nullptr));
  BIO_free(bio);
  return key;
}

bool IsP384(const EVP_PKEY* key) {
  char group[32] = {};
  size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         std::strcmp(group, "secp384r1") == 0;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kHex[static_cast<unsigned char>(c) >> 4];
    hex += kHex[static_cast<unsigned char>(c) & 0x0f];
  }
  return hex;
}

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Of 96 bytes: a multiple of three, so never padded.
std::string Base64Url(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const uint32_t three = static_cast<unsigned char>(bytes[i]) << 16 |
                           static_cast<unsigned char>(bytes[i + 1]) << 8 |
                           static_cast<unsigned char>(bytes[i + 2]);
    for (int shift = 18; shift >= 0; shift -= 6) text += kBase64Url[three >> shift & 0x3f];
  }
  return text;
}

std::string FromBase64Url(std::string_view text) {
  std::string bytes;
  if (text.size() % 4 != 0) return bytes;
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t three = 0;
    for (size_t j = i; j < i + 4; ++j) {
      const size_t at = kBase64Url.find(text[j]);
      if (at == std::string_view::npos) return {};
      three = three << 6 | static_cast<uint32_t>(at);
    }
    for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>(three >> shift & 0xff);
  }
  return bytes;
}

Value Content(const SignedHead& head) {
  Value content;
  content.Set("tenant", Value::String(head.tenant));
  content.Set("size", Value::Int(head.size));
  content.Set("root", Value::String(head.root));
  content.Set("at", Value::String(fhir::FormatInstant(head.at)));
  return content;
}

Result<SignedHead> ParseHead(const std::string& line) {
  const Result<Value> json = fhir::json::Parse(line);
  if (!json.ok()) return json.error();
  SignedHead head;
  head.tenant = (*json)["tenant"].text();
  head.root = (*json)["root"].text();
  head.signature = (*json)["signature"].text();
  const std::string& size = (*json)["size"].text();
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), head.size);
  const Result<fhir::Instant> at = fhir::ParseInstant((*json)["at"].text());
  if (error != std::errc() || end != size.data() + size.size() || !at.ok()) {
    return Fail(ErrorCode::kMalformed, "a signed head lacks its size or time");
  }
  head.at = *at;
  return head;
}

// A crash can leave a line without its end; the next one must not grow onto it.
void RemoveCutOffLine(int fd) {
  const off_t size = lseek(fd, 0, SEEK_END);
  off_t end = size;
  for (char c = 0; end > 0; --end) {
    if (pread(fd, &c, 1, end - 1) != 1 || c == '\n') break;
  }
  if (end != size) (void)!ftruncate(fd, end);
}

}  // namespace

Result<HeadSigner> HeadSigner::Load(const std::string& private_key_file) {
  std::ifstream in(private_key_file, std::ios::binary);
  if (!in) return Fail(ErrorCode::kNotFound, private_key_file + " cannot be read");
  std::ostringstream content;
  content << in.rdbuf();
  HeadSigner signer;
  signer.private_key_pem_ = content.str();
  const Key key = ReadKey(signer.private_key_pem_);
  if (key == nullptr || !IsP384(key.get())) {
    return Fail(ErrorCode::kMalformed, private_key_file + " is not a P-384 private key in PEM");
  }
  return signer;
}

SignedHead HeadSigner::Sign(std::string tenant, const store::LedgerState& state,
                            fhir::Instant at) const {
  SignedHead head{std::move(tenant), state.size, Hex(state.root), at, {}};
  const std::string text = fhir::json::Canonical(Content(head));
  const Key key = ReadKey(private_key_pem_);
  const Digest digest(EVP_MD_CTX_new());
  unsigned char der[256];
  size_t size = sizeof der;
  // Load has seen the key work; what fails now is the library.
  if (key == nullptr ||
      EVP_DigestSignInit(digest.get(), nullptr, EVP_sha384(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), der, &size, reinterpret_cast<const unsigned char*>(text.data()),
                     text.size()) != 1) {
    std::abort();
  }
  const unsigned char* cursor = der;
  const Signature signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(size)));
  std::string raw(2 * kCoordinateBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinateBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinateBytes, kCoordinateBytes);
  head.signature = Base64Url(raw);
  return head;
}

bool HeadSigner::Verify(const SignedHead& head) const {
  const std::string raw = FromBase64Url(head.signature);
  if (raw.size() != 2 * kCoordinateBytes) return false;
  const auto* in = reinterpret_cast<const unsigned char*>(raw.data());
  const Signature signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(in, kCoordinateBytes, nullptr),
                 BN_bin2bn(in + kCoordinateBytes, kCoordinateBytes, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  const std::string text = fhir::json::Canonical(Content(head));
  const Key key = ReadKey(private_key_pem_);
  const Digest digest(EVP_MD_CTX_new());
  const bool ok =
      size > 0 && key != nullptr &&
      EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha384(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(digest.get(), der, static_cast<size_t>(size),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  OPENSSL_free(der);
  return ok;
}

Status AppendHead(const std::string& file, const SignedHead& head) {
  Value line = Content(head);
  line.Set("signature", Value::String(head.signature));
  const std::string text = fhir::json::Write(line) + "\n";
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Fail(ErrorCode::kUnavailable, file + " cannot be written: " + std::strerror(errno));
  }
  flock(fd, LOCK_EX);  // until close
  RemoveCutOffLine(fd);
  const bool ok =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const int error = errno;
  close(fd);
  if (ok) return {};
  return Fail(ErrorCode::kUnavailable, file + " cannot be written: " + std::strerror(error));
}

Result<std::vector<SignedHead>> ReadHeads(const std::string& file) {
  std::vector<SignedHead> heads;
  std::ifstream in(file, std::ios::binary);
  if (!in) return heads;
  std::string line;
  while (std::getline(in, line)) {
    const bool whole = !in.eof();  // a line without its end was cut off by a crash
    Result<SignedHead> head = ParseHead(line);
    if (head.ok()) {
      heads.push_back(std::move(*head));
    } else if (whole) {
      return Fail(ErrorCode::kMalformed,
                  file + " line " + std::to_string(heads.size() + 1) + " is not a signed head");
    }
  }
  return heads;
}

}  // namespace gateway::ledger
