// Signed tree heads, kept outside the database so that an old copy of it put back is noticed.
// A line of JSON each in <dir>/heads.jsonl: {"tenant","size","root","at","signature"}; ES384 over
// the canonical JSON of the first four.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/result.h"
#include "gateway/store/records.h"

namespace gateway::ledger {

struct SignedHead {
  std::string tenant;
  int64_t size = 0;
  std::string root;  // hex
  fhir::Instant at{};
  std::string signature;  // base64url
};

class HeadSigner {
 public:
  // PEM, P-384 private key. Errors name the file.
  static fhir::Result<HeadSigner> Load(const std::string& private_key_file);
  SignedHead Sign(std::string tenant, const store::LedgerState& state, fhir::Instant at) const;
  bool Verify(const SignedHead& head) const;

 private:
  std::string private_key_pem_;
};

fhir::Status AppendHead(const std::string& file, const SignedHead& head);  // fsynced
fhir::Result<std::vector<SignedHead>> ReadHeads(const std::string& file);

}  // namespace gateway::ledger
