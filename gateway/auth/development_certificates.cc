#include "gateway/auth/development_certificates.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace gateway::auth {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr mode_t kPrivate = 0600;
constexpr mode_t kPublic = 0644;

struct Subject {
  const char* common_name;
  std::chrono::days lifetime;
  bool is_ca;
};

fhir::Error Broken() {
  ERR_clear_error();
  return Fail(ErrorCode::kInternal, "OpenSSL could not make a key or a certificate");
}

fhir::Status WriteNew(const std::string& file, std::string_view content, mode_t mode) {
  int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) {
    bool there = errno == EEXIST;
    return Fail(there ? ErrorCode::kConflict : ErrorCode::kForbidden,
                file + (there ? " exists already" : " cannot be made: ") +
                    (there ? "" : std::strerror(errno)));
  }
  bool good = write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
              fsync(fd) == 0;
  good = close(fd) == 0 && good;
  if (!good) return Fail(ErrorCode::kInternal, file + " could not be written");
  return {};
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

std::string PrivatePem(EVP_PKEY* key) {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Text(bio.get());
}

std::string CertificatePem(X509* certificate) {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return Text(bio.get());
}

bool Extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetTimes(X509* certificate, fhir::Instant now, std::chrono::days lifetime) {
  auto seconds = [](fhir::Instant t) {
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
  };
  // An hour back: another clock of the machine room may be behind.
  return ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now - std::chrono::hours(1))) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + lifetime));
}

bool SetNames(X509* certificate, X509* issuer, const char* common_name) {
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return false;
  serial[0] = (serial[0] & 0x3f) | 0x40;  // positive, never shorter
  std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  X509_NAME* name = X509_get_subject_name(certificate);
  return BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1;
}

bool SetExtensions(X509* certificate, X509* issuer, bool is_ca) {
  bool named = Extend(certificate, issuer, NID_subject_key_identifier, "hash") &&
               Extend(certificate, issuer, NID_authority_key_identifier, "keyid");
  if (is_ca) {
    return named &&
           Extend(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           Extend(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  return named && Extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         Extend(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
         Extend(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
         Extend(certificate, issuer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
}

// Signed by `issuer` and its key, or by itself where they are null.
Certificate Make(const Subject& subject, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                 fhir::Instant now) {
  Certificate certificate(X509_new());
  X509* by = issuer ? issuer : certificate.get();
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_pubkey(certificate.get(), key) != 1 ||
      !SetTimes(certificate.get(), now, subject.lifetime) ||
      !SetNames(certificate.get(), by, subject.common_name) ||
      !SetExtensions(certificate.get(), by, subject.is_ca) ||
      X509_sign(certificate.get(), issuer_key ? issuer_key : key, EVP_sha256()) == 0) {
    return nullptr;
  }
  return certificate;
}

}  // namespace

fhir::Status CreatePrivateKey(const std::string& file) {
  Key key(EVP_EC_gen("P-384"));
  if (!key) return Broken();
  return WriteNew(file, PrivatePem(key.get()), kPrivate);
}

fhir::Status CreateDevelopmentCertificates(const std::string& dir, fhir::Instant now) {
  Key ca_key(EVP_EC_gen("P-256"));
  Key server_key(EVP_EC_gen("P-256"));
  if (!ca_key || !server_key) return Broken();
  Certificate ca = Make({"psgateway development CA", std::chrono::days(3 * 365), true},
                        ca_key.get(), nullptr, nullptr, now);
  if (!ca) return Broken();
  Certificate server = Make({"localhost", std::chrono::days(397), false}, server_key.get(),
                            ca.get(), ca_key.get(), now);
  if (!server) return Broken();
  std::string ca_pem = CertificatePem(ca.get());
  const std::pair<const char*, std::string> kSecrets[] = {
      {"/ca.key", PrivatePem(ca_key.get())}, {"/server.key", PrivatePem(server_key.get())}};
  const std::pair<const char*, std::string> kOpen[] = {
      {"/ca.pem", ca_pem}, {"/server.pem", CertificatePem(server.get()) + ca_pem}};
  for (const auto& [name, content] : kSecrets) {
    if (fhir::Status s = WriteNew(dir + name, content, kPrivate); !s.ok()) return s;
  }
  for (const auto& [name, content] : kOpen) {
    if (fhir::Status s = WriteNew(dir + name, content, kPublic); !s.ok()) return s;
  }
  return {};
}

}  // namespace gateway::auth
