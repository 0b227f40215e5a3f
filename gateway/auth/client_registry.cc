#include "gateway/auth/client_registry.h"

#include <chrono>
#include <optional>

#include "fhir/json/json.h"

namespace gateway::auth {
namespace {

constexpr std::chrono::seconds kFresh{1};
constexpr size_t kMaxEntries = 4096;

}  // namespace

fhir::Result<Client> LoadClient(store::Reader& reader, std::string_view id) {
  fhir::Result<std::optional<std::string>> document = reader.Document("client", id);
  if (!document.ok()) return document.error();
  if (!*document) return fhir::Fail(fhir::ErrorCode::kNotFound, "no such client");
  fhir::Result<fhir::json::Value> json = fhir::json::Parse(**document);
  if (!json.ok()) return json.error();
  return ReadClient(*json);
}

fhir::Status ClientRegistry::MayCall(std::string_view client, std::string_view programme,
                                     fhir::Instant now) {
  std::optional<Entry> entry;
  {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(std::string(client));
    if (it != entries_.end() && it->second.read_at <= now && now - it->second.read_at < kFresh) {
      entry = it->second;
    }
  }
  if (!entry) {
    entry.emplace();
    entry->read_at = now;
    fhir::Status viewed = store_.View([&](store::Reader& reader) -> fhir::Status {
      fhir::Result<Client> found = LoadClient(reader, client);
      if (found.ok()) {
        entry->known = true;
        entry->disabled = found->disabled;
        entry->programme = found->programme;
        return {};
      }
      if (found.error().code == fhir::ErrorCode::kNotFound) return {};
      return found.error();
    });
    if (!viewed.ok()) {
      return fhir::Fail(fhir::ErrorCode::kUnavailable, "the client registry cannot be read now");
    }
    std::lock_guard lock(mutex_);
    if (entries_.size() >= kMaxEntries) entries_.clear();
    entries_.insert_or_assign(std::string(client), *entry);
  }
  if (!entry->known || entry->disabled || entry->programme != programme) {
    return fhir::Fail(fhir::ErrorCode::kUnauthenticated, "the client is disabled or was removed");
  }
  return {};
}

}  // namespace gateway::auth
