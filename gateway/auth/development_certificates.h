// Key files and certificates for a gateway on one's own machine: what `psgateway init` makes. In
// production the certificate and its CA come from the operator (certs/README.md).
#pragma once

#include <string>

#include "fhir/date_time.h"
#include "fhir/result.h"

namespace gateway::auth {

// A P-384 private key, PKCS #8 in PEM, mode 0600. kConflict when the file exists.
fhir::Status CreatePrivateKey(const std::string& file);

// `dir`/ca.pem, ca.key (a P-256 CA, 3 years) and server.pem, server.key (localhost, 127.0.0.1, ::1;
// 397 days; the chain is in server.pem). Keys have mode 0600. kConflict when one of the files
// exists.
fhir::Status CreateDevelopmentCertificates(const std::string& dir, fhir::Instant now);

}  // namespace gateway::auth
