#include "gateway/import.h"

#include <chrono>
#include <thread>

#include "fhir/bundle.h"
#include "fhir/validate.h"
#include "gateway/outreach/intake.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kPerCommit = 64;  // the lock of the store is held for about 20 ms
constexpr size_t kMostBytes = 1u << 20;
constexpr fhir::json::Limits kBundleLimits{.max_depth = 64, .max_nodes = 1'000'000};
constexpr std::chrono::milliseconds kLook{20};

fhir::Status CheckResource(const fhir::Resource& resource) {
  if (resource.id().empty()) {
    return Fail(ErrorCode::kInvalid, "an id is needed, so that nothing is imported twice",
                resource.type() + ".id");
  }
  std::vector<fhir::Issue> findings = fhir::Validate(resource);
  if (!fhir::HasErrors(findings)) return {};
  fhir::Error error = Fail(ErrorCode::kInvalid, "the resource is not valid");
  error.findings = std::move(findings);
  return error;
}

// The disk, the lock, the process: nothing that the resource could help.
bool IsOfTheStore(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kUncertain ||
         code == ErrorCode::kInternal;
}

}  // namespace

Import::Import(Tenant& tenant, const outreach::Workshop& workshop, Scope scope, Refused refused)
    : tenant_(tenant),
      workshop_(workshop),
      scope_(std::move(scope)),
      refused_(std::move(refused)) {}

fhir::Status Import::Add(std::string_view json, Place place) {
  if (json.size() > kMostBytes) {
    Refuse(place, Fail(ErrorCode::kTooLarge, "a resource may have at most 1 MiB"));
    return {};
  }
  auto resource = fhir::Resource::Parse(json);
  if (!resource.ok()) {
    Refuse(place, resource.error());
    return {};
  }
  return Take(std::move(*resource), std::move(place));
}

fhir::Status Import::AddBundle(std::string_view json, const std::string& file) {
  auto bundle = fhir::Resource::Parse(json, kBundleLimits);
  if (bundle.ok() && bundle->type() != "Bundle") {
    return Take(std::move(*bundle), {file, 1});
  }
  if (!bundle.ok()) {
    Refuse({file, 1}, bundle.error());
    return {};
  }
  const std::vector<fhir::json::Value>& entries = (*bundle)["entry"].items();
  std::vector<std::pair<std::string, std::string>> names;
  for (const fhir::json::Value& entry : entries) {
    const fhir::json::Value& resource = entry["resource"];
    if (entry["fullUrl"].text().empty() || resource["id"].text().empty()) continue;
    names.emplace_back(entry["fullUrl"].text(),
                       resource["resourceType"].text() + "/" + resource["id"].text());
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    Place place{file, static_cast<int64_t>(i + 1)};
    auto resource = fhir::Resource::From(entries[i]["resource"]);
    if (!resource.ok()) {
      Refuse(place, resource.error());
      continue;
    }
    fhir::ReplaceReferences(resource->mutable_json(), names);
    if (auto s = Take(std::move(*resource), std::move(place)); !s.ok()) return s;
  }
  return {};
}

fhir::Status Import::Take(fhir::Resource resource, Place place) {
  if (auto checked = CheckResource(resource); !checked.ok()) {
    Refuse(place, checked.error());
    return {};
  }
  piece_.push_back(
      {MakeDraft(scope_, std::move(resource), tenant_.store->Plan()), std::move(place)});
  return piece_.size() < kPerCommit ? fhir::Status() : Flush();
}

void Import::Refuse(const Place& place, const fhir::Error& error) {
  ++counts_.refused;
  refused_(place, error);
}

fhir::Status Import::Flush() {
  fhir::Status together = Commit(0, piece_.size());
  // One of them is what does not fit: each for itself.
  for (size_t i = 0; !together.ok() && i < piece_.size(); ++i) {
    if (IsOfTheStore(together.error().code)) return together;
    fhir::Status alone = Commit(i, i + 1);
    if (alone.ok()) continue;
    if (IsOfTheStore(alone.error().code)) return alone;
    Refuse(piece_[i].place, alone.error());
  }
  piece_.clear();
  return {};
}

fhir::Status Import::Commit(size_t first, size_t last) {
  if (first == last) return {};
  Counts changed;
  outreach::Barrier barrier;
  const auto done = tenant_.store->Update([&](store::Transaction& tx) -> fhir::Status {
    changed = {};
    barrier.clear();
    for (size_t i = first; i < last; ++i) {
      auto put = PutResource(tx, scope_, piece_[i].draft, PutMode::kIfChanged);
      if (!put.ok()) return std::move(put).error();
      ++(!put->changed ? changed.unchanged : put->created ? changed.created : changed.updated);
      std::vector<Written> written;
      written.push_back(std::move(*put));
      outreach::Barrier stops;
      auto reacted = outreach::React(tx, workshop_, tenant_.name, scope_, written, stops);
      if (!reacted.ok()) return reacted;
      barrier.insert(barrier.end(), stops.begin(), stops.end());
    }
    return {};
  });
  if (!done.ok()) return done;
  counts_.created += changed.created;
  counts_.updated += changed.updated;
  counts_.unchanged += changed.unchanged;
  sending_.insert(sending_.end(), barrier.begin(), barrier.end());
  return {};
}

fhir::Result<bool> Import::StillSending() {
  bool sending = false;
  auto looked = tenant_.store->View([&](store::Reader& reader) -> fhir::Status {
    for (const auto& [tenant, key] : sending_) {
      auto attempt = reader.FindAttempt(key);
      if (!attempt.ok()) return std::move(attempt).error();
      sending = sending || (*attempt && (*attempt)->state == store::AttemptState::kSending);
    }
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return sending;
}

fhir::Status Import::AwaitSending() {
  const auto deadline = std::chrono::steady_clock::now() +
                        2 * std::chrono::milliseconds(workshop_.config.send_deadline_ms);
  for (;;) {
    auto sending = StillSending();
    if (!sending.ok()) return std::move(sending).error();
    if (!*sending) return {};
    if (std::chrono::steady_clock::now() > deadline) {
      return Fail(ErrorCode::kUnavailable,
                  "all is imported, but a message that was under way when its consent was "
                  "withdrawn has not ended; import again");
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace gateway
