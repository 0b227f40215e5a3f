#include "gateway/reindex.h"

#include "fhir/resource.h"
#include "fhir/search/index_entries.h"

namespace gateway {
namespace {

constexpr size_t kPerCommit = 100;
constexpr char kKind[] = "index";
constexpr char kName[] = "plan";

std::vector<fhir::IndexEntry> EntriesOf(const store::ResourceVersion& version,
                                        const fhir::IndexPlan& plan) {
  auto resource = fhir::Resource::Parse(version.bytes);
  if (!resource.ok()) return {};
  return fhir::IndexEntries(*resource, plan);
}

fhir::Status Remember(store::Store& store, const std::string& text) {
  return store.Update([&](store::Transaction& tx) { return tx.PutDocument(kKind, kName, text); });
}

}  // namespace

fhir::Status RememberIndex(store::Store& store, const fhir::IndexPlan& plan) {
  return Remember(store, plan.Text());
}

fhir::Status CheckIndex(store::Store& store, const fhir::IndexPlan& plan) {
  return store.View([&](store::Reader& reader) -> fhir::Status {
    auto made_under = reader.Document(kKind, kName);
    if (!made_under.ok()) return std::move(made_under).error();
    if (*made_under && **made_under == plan.Text()) return {};
    return fhir::Fail(
        fhir::ErrorCode::kPreconditionFailed,
        "the search index was made under another setting (search.index) or version: run "
        "psgateway reindex, then start again");
  });
}

fhir::Status Reindex(store::Store& store, const fhir::IndexPlan& plan,
                     const std::function<void(int64_t done, int64_t all)>& done) {
  // From here until the end it is an index of neither plan.
  if (auto s = Remember(store, "being made anew"); !s.ok()) return s;
  const auto entries = [&](const store::ResourceVersion& version) {
    return EntriesOf(version, plan);
  };
  int64_t last = 0;
  int64_t all = 0;
  do {
    int64_t reached = 0;
    auto some = store.Update([&](store::Transaction& tx) -> fhir::Status {
      auto last_of_all = tx.LastResource();
      if (!last_of_all.ok()) return std::move(last_of_all).error();
      all = *last_of_all;
      auto key = tx.Reindex(last, kPerCommit, entries);
      if (!key.ok()) return std::move(key).error();
      reached = *key;
      return {};
    });
    if (!some.ok()) return some;
    last = reached;
    if (last != 0) done(last, all);
  } while (last != 0);
  return RememberIndex(store, plan);
}

}  // namespace gateway
