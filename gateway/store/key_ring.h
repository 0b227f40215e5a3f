// The keys of one tenant: a random 256-bit data key, wrapped by the operator's wrapping key
// (AES-256-GCM, the tenant's name as associated data) and kept beside the data in `keys.json`.
// The sub-keys (store, journal, key file, index hashes, ledger, tenant sealing) are derived from it
// by HKDF-SHA256 (RFC 5869) with a label each.
#pragma once

#include <string>
#include <string_view>

#include "fhir/result.h"

namespace gateway::store {

// The wrapping key: 32 bytes, hex, one line, in a file that only its owner can read.
class WrappingKey {
 public:
  // kMalformed / kForbidden: the message names the file and what to do (e.g. chmod 600).
  static fhir::Result<WrappingKey> Load(const std::string& file);
  // Creates the file (mode 0600); kConflict when it exists.
  static fhir::Status Create(const std::string& file);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Key material is wiped on destruction.
class KeyRing {
 public:
  KeyRing() = default;
  ~KeyRing();
  KeyRing(KeyRing&&) = default;
  KeyRing& operator=(KeyRing&&) = default;

  // Makes a new data key and writes `dir`/keys.json; kConflict when it exists.
  static fhir::Status Create(const std::string& dir, std::string_view tenant,
                             const WrappingKey& wrapping);
  // kForbidden "the wrapping key does not open ..." when it is the wrong one.
  static fhir::Result<KeyRing> Open(const std::string& dir, std::string_view tenant,
                                    const WrappingKey& wrapping);

  // 32 bytes for one use: "store", "journal", "patient-keys", "index", "ledger", "tenant-seal",
  // "tokens", "links".
  std::string Derive(std::string_view label) const;

 private:
  std::string data_key_;
};

}  // namespace gateway::store
