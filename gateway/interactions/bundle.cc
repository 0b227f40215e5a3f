// http://hl7.org/fhir/R4/http.html#transaction: what may come, and to whom it goes.
#include "fhir/bundle.h"

#include "gateway/interactions/batch.h"
#include "gateway/interactions/interactions.h"
#include "gateway/interactions/transaction.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

// One commit, never split: while it runs, every other write of the tenant waits.
constexpr size_t kMostTransactionEntries = 500;
constexpr size_t kMostTransactionBytes = 4u << 20;
constexpr size_t kMostBatchEntries = 5000;
constexpr fhir::json::Limits kBundleLimits{.max_depth = 64, .max_nodes = 250'000};

fhir::Status CheckSize(const fhir::BundleRequest& bundle, size_t bytes) {
  if (bundle.type == fhir::BundleRequest::Type::kBatch) {
    if (bundle.entries.size() <= kMostBatchEntries) return {};
    return Fail(ErrorCode::kTooCostly, "a batch may have at most 5000 entries", "Bundle.entry");
  }
  if (bundle.entries.size() > kMostTransactionEntries) {
    return Fail(ErrorCode::kTooCostly, "a transaction may have at most 500 entries",
                "Bundle.entry");
  }
  if (bytes > kMostTransactionBytes) {
    return Fail(ErrorCode::kTooLarge, "a transaction may have at most 4 MiB; it is never split",
                "Bundle");
  }
  return {};
}

}  // namespace

Answer Bundle(Call& call) {
  auto body = ReadBody(call.request, {}, kBundleLimits);
  if (!body.ok()) return std::move(body).error();
  if (body->type() != "Bundle") {
    return Fail(ErrorCode::kMalformed, "only a Bundle can be posted here", "resourceType");
  }
  auto bundle = fhir::ReadBundleRequest(*body, call.base());
  if (!bundle.ok()) return std::move(bundle).error();
  if (auto fits = CheckSize(*bundle, call.request.body.size()); !fits.ok()) {
    return std::move(fits).error();
  }
  return bundle->type == fhir::BundleRequest::Type::kTransaction ? RunTransaction(call, *bundle)
                                                                 : RunBatch(call, *bundle);
}

}  // namespace gateway::interactions
