// A SqlcipherStore in a directory of its own, removed afterwards.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/store/key_ring.h"
#include "gateway/store/sqlcipher_store.h"
#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {

class TempDir {
 public:
  explicit TempDir(std::string base = "/tmp") {
    path_ = base + "/psg-store-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no directory under " << base;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A key ring in `dir`; made when there is none.
inline KeyRing RingIn(const std::string& dir) {
  const std::string file = dir + "/wrapping.key";
  if (!std::filesystem::exists(file)) {
    Ok(WrappingKey::Create(file));
    Ok(KeyRing::Create(dir, "acme", Get(WrappingKey::Load(file))));
  }
  return Get(KeyRing::Open(dir, "acme", Get(WrappingKey::Load(file))));
}

inline fhir::Result<std::unique_ptr<Store>> OpenIn(const std::string& dir, const Clock& clock) {
  SqlcipherOptions options;
  options.dir = dir;
  options.readers = 2;
  return OpenSqlcipherStore(options, RingIn(dir), clock);
}

class SqlcipherHarness : public Harness {
 public:
  SqlcipherHarness() { SqlcipherHarness::Reopen(); }
  Store& store() override { return *store_; }
  ManualClock& clock() override { return clock_; }
  const std::string& dir() const { return dir_.path(); }
  void Close() { store_.reset(); }
  void Reopen() override {
    store_.reset();
    store_ = Get(OpenIn(dir_.path(), clock_));
  }

 private:
  TempDir dir_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
};

// One acknowledged create with its audit row, as an interaction makes it.
inline fhir::Status CreatePatient(Store& store, const std::string& id, const std::string& bytes) {
  return store.Update([&](Transaction& t) -> fhir::Status {
    if (auto s = t.Write(PatientWrite(id, 1, bytes, {{"identifier", "s|" + id}})); !s.ok()) {
      return s;
    }
    return t.AppendAudit(AuditOf("Patient/" + id));
  });
}

inline bool HasPatient(Store& store, const std::string& id, const std::string& bytes) {
  bool has = false;
  Ok(store.View([&](Reader& r) -> fhir::Status {
    const auto found = Get(r.Read("alpha", "Patient", id));
    has = found.has_value() && found->bytes == bytes;
    return {};
  }));
  return has;
}

}  // namespace gateway::store
