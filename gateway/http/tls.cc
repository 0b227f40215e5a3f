#include "gateway/http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <fstream>
#include <string_view>

namespace gateway::http {
namespace {

constexpr char kCiphersTls12[] =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kCiphersTls13[] =
    "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

// A client that speaks only another protocol is refused in the handshake (RFC 7301 3.2).
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11) - 1, offered, offered_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Never ask a terminal for the pass phrase of a key.
int NoPassphrase(char*, int, int, void*) { return 0; }

fhir::Error Unusable(std::string_view what, const std::string& file) {
  ERR_clear_error();
  const bool readable = std::ifstream(file).good();
  return fhir::Fail(
      fhir::ErrorCode::kInvalid,
      std::string(what) + (readable ? " is not usable PEM: " : " cannot be read: ") + file);
}

bool SetPolicy(SSL_CTX* ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION |
                               SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Writes go out record by record; buffers of idle connections are given back.
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(ctx, 1);
  // Resumption by tickets only: no session memory here, keys live as long as this context.
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(ctx, 3600);
  SSL_CTX_set_num_tickets(ctx, 1);
  SSL_CTX_set_max_early_data(ctx, 0);
  SSL_CTX_set_alpn_select_cb(ctx, SelectProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(ctx, NoPassphrase);
  return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(ctx, kCiphersTls12) == 1 &&
         SSL_CTX_set_ciphersuites(ctx, kCiphersTls13) == 1 &&
         SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1;
}

fhir::Status SetClientCa(SSL_CTX* ctx, const std::string& file) {
  if (SSL_CTX_load_verify_file(ctx, file.c_str()) != 1) {
    return Unusable("the client CA file", file);
  }
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) return Unusable("the client CA file", file);
  SSL_CTX_set_client_CA_list(ctx, names);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // Without an id context OpenSSL refuses to resume sessions that had a client certificate.
  static constexpr unsigned char kIdContext[] = "psgateway";
  SSL_CTX_set_session_id_context(ctx, kIdContext, sizeof(kIdContext) - 1);
  return {};
}

}  // namespace

fhir::Result<TlsContext> MakeTlsContext(const TlsFiles& files) {
  ERR_clear_error();
  TlsContext ctx(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!ctx || !SetPolicy(ctx.get())) {
    ERR_clear_error();
    return fhir::Fail(fhir::ErrorCode::kInternal, "the TLS library refuses the TLS settings");
  }
  if (SSL_CTX_use_certificate_chain_file(ctx.get(), files.certificate_chain.c_str()) != 1) {
    return Unusable("the certificate chain file", files.certificate_chain);
  }
  // Loading a key compares it with the certificate, so a mismatch shows up here too.
  if (SSL_CTX_use_PrivateKey_file(ctx.get(), files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) == ERR_LIB_X509) {
      ERR_clear_error();
      return fhir::Fail(fhir::ErrorCode::kInvalid, "the private key in " + files.private_key +
                                                       " does not belong to the certificate in " +
                                                       files.certificate_chain);
    }
    return Unusable("the private key file", files.private_key);
  }
  if (!files.client_ca.empty()) {
    if (auto status = SetClientCa(ctx.get(), files.client_ca); !status.ok()) return status.error();
  }
  return ctx;
}

}  // namespace gateway::http
