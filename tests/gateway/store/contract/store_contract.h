// What every Store must do, whatever stands behind it. A store's own test instantiates the suite
// with a factory: INSTANTIATE_TEST_SUITE_P(Sqlcipher, StoreContract, testing::Values(factory)).
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/clock.h"
#include "gateway/store/store.h"

namespace gateway::store {

class ManualClock : public Clock {
 public:
  Instant Now() const override { return Instant(std::chrono::milliseconds(ms_)); }
  void Set(int64_t ms) { ms_ = ms; }
  void Advance(int64_t ms) { ms_ += ms; }

 private:
  std::atomic<int64_t> ms_{1'800'000'000'000};
};

// An empty store, and a way to close it and open it again.
class Harness {
 public:
  virtual ~Harness() = default;
  virtual Store& store() = 0;
  virtual void Reopen() = 0;
  virtual ManualClock& clock() = 0;
};

using HarnessFactory = std::function<std::unique_ptr<Harness>()>;

class StoreContract : public testing::TestWithParam<HarnessFactory> {
 protected:
  StoreContract() : harness_(GetParam()()) {}
  Store& store() { return harness_->store(); }
  ManualClock& clock() { return harness_->clock(); }
  void Reopen() { harness_->Reopen(); }

  // Runs `body(Transaction&)` as one work that succeeds.
  template <class Body>
  void Commit(Body body) {
    const fhir::Status status = store().Update([&](Transaction& t) -> fhir::Status {
      body(t);
      return {};
    });
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  template <class Body>
  void Look(Body body) {
    const fhir::Status status = store().View([&](Reader& r) -> fhir::Status {
      body(r);
      return {};
    });
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

 private:
  std::unique_ptr<Harness> harness_;
};

// The value of a Result, or a failed test.
template <class T>
T Get(fhir::Result<T> result) {
  if (!result.ok()) {
    ADD_FAILURE() << result.error().message;
    return T();
  }
  return std::move(*result);
}
inline void Ok(const fhir::Status& status) { EXPECT_TRUE(status.ok()) << status.error().message; }

struct Term {
  std::string parameter;
  std::string key;
};
struct AnyOf {
  std::string parameter;
  std::vector<std::string> keys;
};

inline ResourceWrite PatientWrite(std::string id, int64_t version, std::string bytes,
                                  std::vector<Term> terms = {}) {
  ResourceWrite write;
  write.programme = "alpha";
  write.type = "Patient";
  write.patient = "Patient/" + id;
  write.id = std::move(id);
  write.version = version;
  write.last_updated = Instant(std::chrono::milliseconds(1'800'000'000'000 + version));
  write.method = version == 1 ? WriteMethod::kCreate : WriteMethod::kUpdate;
  write.bytes = std::move(bytes);
  for (Term& term : terms) {
    write.index.push_back(
        {fhir::IndexEntry::Kind::kTerm, std::move(term.parameter), std::move(term.key), "", ""});
  }
  return write;
}

inline SearchQuery PatientQuery(const std::vector<AnyOf>& all_of = {}) {
  SearchQuery query;
  query.programme = "alpha";
  query.type = "Patient";
  for (const AnyOf& part : all_of) query.all_of.push_back(AnyTerm(part.parameter, part.keys));
  return query;
}

inline fhir::Clause AnyId(const std::vector<std::string>& ids) {
  fhir::Clause clause = AnyTerm("_id", ids);
  for (fhir::Criterion& criterion : clause.any_of) criterion.test = fhir::Criterion::Test::kId;
  return clause;
}

inline HistoryQuery PatientHistory(std::string id, size_t count, std::string after = {}) {
  HistoryQuery query;
  query.programme = "alpha";
  query.type = "Patient";
  query.id = std::move(id);
  query.count = count;
  query.after = std::move(after);
  return query;
}

inline AuditRow AuditOf(std::string subject) {
  AuditRow row;
  row.at = Instant(std::chrono::milliseconds(1'800'000'000'000));
  row.action = "create";
  row.client = "hub";
  row.programme = "alpha";
  row.subject = std::move(subject);
  row.outcome = "0";
  return row;
}

// The RFC 6962 root of stored leaves, computed as the RFC writes it.
std::string RootOf(const std::vector<std::string>& leaves);
// The store's ledger equals a recomputation from its leaves; answers its size.
int64_t CheckLedger(Store& store);

}  // namespace gateway::store
