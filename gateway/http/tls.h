// The one TLS context of a listener: TLS 1.2 and 1.3, ECDHE with AEAD only, the server's order of
// ciphers, no compression, no renegotiation, no early data; http/1.1 is the only protocol by ALPN.
#pragma once

#include <memory>
#include <string>

#include "fhir/result.h"

struct ssl_ctx_st;

namespace gateway::http {

// Immutable once made; any thread.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

struct TlsFiles {
  std::string certificate_chain;
  std::string private_key;
  std::string client_ca;  // empty: clients are not asked for a certificate, else they must show one
};

// kInvalid when a file cannot be read or key and certificate do not match; the message names the
// file.
fhir::Result<TlsContext> MakeTlsContext(const TlsFiles& files);

}  // namespace gateway::http
