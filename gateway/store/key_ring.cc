#include "gateway/store/key_ring.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "fhir/json/json.h"
#include "gateway/clock.h"
#include "gateway/store/sealing.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

constexpr size_t kKeyBytes = 32;

std::string ToHex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    hex += kHex[static_cast<unsigned char>(c) >> 4];
    hex += kHex[static_cast<unsigned char>(c) & 0x0f];
  }
  return hex;
}

int Nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = Nibble(hex[i]);
    const int low = Nibble(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

// Creates `file` with mode 0600 and makes it durable, its directory entry too.
Status CreatePrivateFile(const std::string& file, std::string_view content) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    if (errno == EEXIST) return Fail(ErrorCode::kConflict, file + " exists already");
    return Fail(ErrorCode::kUnavailable, file + " cannot be created: " + std::strerror(errno));
  }
  const bool written =
      write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      fsync(fd) == 0;
  const int error = errno;
  close(fd);
  if (!written) {
    unlink(file.c_str());
    return Fail(ErrorCode::kUnavailable, file + " cannot be written: " + std::strerror(error));
  }
  const size_t slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  if (const int dir = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); dir >= 0) {
    fsync(dir);
    close(dir);
  }
  return {};
}

// The content of a file that nobody but its owner may touch.
Result<std::string> ReadPrivateFile(const std::string& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kForbidden,
                file + " cannot be read: " + std::strerror(errno));
  }
  struct stat info {};
  if (fstat(fd, &info) == 0 && (info.st_mode & 077) != 0) {
    close(fd);
    return Fail(ErrorCode::kForbidden, file + " can be read by others: run chmod 600 " + file);
  }
  char buffer[4096];
  const ssize_t size = read(fd, buffer, sizeof buffer);
  close(fd);
  if (size < 0) return Fail(ErrorCode::kUnavailable, file + " cannot be read");
  std::string content(buffer, static_cast<size_t>(size));
  OPENSSL_cleanse(buffer, sizeof buffer);
  return content;
}

std::string KeysFile(const std::string& dir) { return dir + "/keys.json"; }

std::string Associated(std::string_view tenant) { return Join({"psgateway data key", tenant}); }

}  // namespace

Result<WrappingKey> WrappingKey::Load(const std::string& file) {
  Result<std::string> content = ReadPrivateFile(file);
  if (!content.ok()) return content.error();
  std::string& text = *content;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::optional<std::string> bytes = FromHex(text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!bytes.has_value() || bytes->size() != kKeyBytes) {
    return Fail(ErrorCode::kMalformed,
                file + " is not a wrapping key: it must hold 64 hexadecimal digits on one line");
  }
  WrappingKey key;
  key.bytes_ = std::move(*bytes);
  return key;
}

Status WrappingKey::Create(const std::string& file) {
  std::string text = ToHex(RandomBytes(kKeyBytes)) + "\n";
  Status status = CreatePrivateFile(file, text);
  OPENSSL_cleanse(text.data(), text.size());
  return status;
}

KeyRing::~KeyRing() { OPENSSL_cleanse(data_key_.data(), data_key_.size()); }

Status KeyRing::Create(const std::string& dir, std::string_view tenant,
                       const WrappingKey& wrapping) {
  using fhir::json::Value;
  std::string data_key = RandomBytes(kKeyBytes);
  const std::string wrapped = Sealer().Seal(wrapping.bytes(), Associated(tenant), data_key);
  OPENSSL_cleanse(data_key.data(), data_key.size());
  Value file;
  file.Set("format", Value::Int(1));
  file.Set("tenant", Value::String(std::string(tenant)));
  file.Set("data_key", Value::String(ToHex(wrapped)));
  return CreatePrivateFile(KeysFile(dir), fhir::json::Pretty(file) + "\n");
}

Result<KeyRing> KeyRing::Open(const std::string& dir, std::string_view tenant,
                              const WrappingKey& wrapping) {
  const std::string file = KeysFile(dir);
  Result<std::string> content = ReadPrivateFile(file);
  if (!content.ok()) return content.error();
  const Result<fhir::json::Value> json = fhir::json::Parse(*content);
  if (!json.ok()) return Fail(ErrorCode::kMalformed, file + " is not JSON");
  if ((*json)["format"].text() != "1") {
    return Fail(ErrorCode::kNotSupported, file + " has a format that this version does not know");
  }
  if ((*json)["tenant"].text() != tenant) {
    return Fail(ErrorCode::kForbidden, file + " belongs to another tenant");
  }
  const std::optional<std::string> wrapped = FromHex((*json)["data_key"].text());
  if (!wrapped.has_value()) return Fail(ErrorCode::kMalformed, file + " has no data key");
  std::optional<std::string> data_key =
      Sealer().Open(wrapping.bytes(), Associated(tenant), *wrapped);
  if (!data_key.has_value() || data_key->size() != kKeyBytes) {
    return Fail(ErrorCode::kForbidden, "the wrapping key does not open " + file +
                                           ": give the wrapping key this tenant was made with");
  }
  KeyRing ring;
  ring.data_key_ = std::move(*data_key);
  return ring;
}

// https://www.rfc-editor.org/rfc/rfc5869; no salt: the data key is uniform already.
std::string KeyRing::Derive(std::string_view label) const {
  std::string info = "psgateway/" + std::string(label);
  std::string data_key = data_key_;
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, data_key.data(), data_key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_END};
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  EVP_KDF_CTX* context = kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf);
  std::string key(kKeyBytes, '\0');
  const bool ok =
      context != nullptr && EVP_KDF_derive(context, reinterpret_cast<unsigned char*>(key.data()),
                                           key.size(), parameters) == 1;
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  OPENSSL_cleanse(data_key.data(), data_key.size());
  if (!ok) std::abort();
  return key;
}

}  // namespace gateway::store
