#include "gateway/tenants.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "fhir/json/json.h"
#include "gateway/auth/token_endpoint.h"
#include "gateway/reindex.h"
#include "gateway/store/sqlcipher_store.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;
using fhir::ErrorCode;
using fhir::Fail;

constexpr int kLooksPerSecond = 50;

fs::path TenantsDir(const Config& config) { return fs::path(config.data_dir) / "tenants"; }

bool IsTenantName(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= 64 && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), allowed);
}

fhir::Error WithPrefix(const fhir::Error& error, const std::string& prefix) {
  return Fail(error.code, prefix + error.message, error.path);
}

fhir::Result<std::unique_ptr<Tenant>> OpenTenant(const Config& config, const fs::path& dir,
                                                 const store::WrappingKey& wrapping,
                                                 const Clock& clock) {
  auto tenant = std::make_unique<Tenant>();
  tenant->name = dir.filename().string();
  tenant->dir = dir.string();
  std::string prefix = "tenant " + tenant->name + ": ";
  if (std::error_code ignored; !fs::exists(dir / "keys.json", ignored)) {
    return Fail(ErrorCode::kNotFound, prefix + tenant->dir +
                                          " has no keys.json; restore it from its backup, or run "
                                          "psgateway tenant add if the tenant is new");
  }
  fhir::Result<store::KeyRing> keys = store::KeyRing::Open(tenant->dir, tenant->name, wrapping);
  if (!keys.ok()) return WithPrefix(keys.error(), prefix);
  store::SqlcipherOptions options;
  options.dir = tenant->dir;
  options.plan = config.index_plan;
  std::error_code unseen;
  const bool is_new = !fs::exists(dir / "data.db", unseen);
  // It is made before data.db is: alone it was lost, and a new one would open nothing.
  if (!is_new && !fs::exists(dir / "patients.db", unseen)) {
    return Fail(ErrorCode::kNotFound,
                prefix + tenant->dir +
                    " has no patients.db, which holds the keys of what data.db keeps; restore it "
                    "from its backup");
  }
  fhir::Result<std::unique_ptr<store::Store>> opened =
      store::OpenSqlcipherStore(options, *keys, clock);
  if (!opened.ok()) return WithPrefix(opened.error(), prefix);

  tenant->store = std::move(*opened);
  if (is_new) {
    fhir::Status remembered = RememberIndex(*tenant->store, *config.index_plan);
    if (!remembered.ok()) return WithPrefix(remembered.error(), prefix);
  }
  tenant->tokens =
      std::make_unique<auth::AccessTokens>(keys->Derive("tokens"), config.partners_url);
  tenant->clients = std::make_unique<auth::ClientRegistry>(*tenant->store);
  tenant->link_key = keys->Derive("links");
  tenant->page_key = keys->Derive("pages");
  fhir::Status restored = tenant->store->View([&](store::Reader& reader) {
    return auth::RestoreRevocations(reader, *tenant->tokens, clock.Now());
  });
  if (!restored.ok()) return WithPrefix(restored.error(), prefix);
  return tenant;
}

}  // namespace

fhir::Result<std::unique_ptr<Tenants>> Tenants::Open(const Config& config, const Clock& clock) {
  auto tenants = std::make_unique<Tenants>();
  std::error_code error;
  fs::path root = TenantsDir(config);
  if (!fs::exists(root, error)) return tenants;
  std::vector<fs::path> dirs;
  for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (it->is_directory() && IsTenantName(it->path().filename().string())) {
      dirs.push_back(it->path());
    }
  }
  if (error) {
    return Fail(ErrorCode::kForbidden, root.string() + " cannot be read: " + error.message());
  }
  if (dirs.empty()) return tenants;
  std::sort(dirs.begin(), dirs.end());

  fhir::Result<store::WrappingKey> wrapping = store::WrappingKey::Load(config.wrapping_key_file);
  if (!wrapping.ok()) return wrapping.error();
  for (const fs::path& dir : dirs) {
    fhir::Result<std::unique_ptr<Tenant>> tenant = OpenTenant(config, dir, *wrapping, clock);
    if (!tenant.ok()) return tenant.error();
    tenants->tenants_.push_back(std::move(*tenant));
  }
  return tenants;
}

fhir::Status Tenants::Create(const Config& config, std::string_view name) {
  if (!IsTenantName(name)) {
    return Fail(ErrorCode::kInvalid,
                "a tenant's name is 1 to 64 characters of a-z 0-9 - and does not begin with -");
  }
  fhir::Result<store::WrappingKey> wrapping = store::WrappingKey::Load(config.wrapping_key_file);
  if (!wrapping.ok()) return wrapping.error();
  fs::path dir = TenantsDir(config) / name;
  std::error_code error;
  if (fs::exists(dir / "keys.json", error)) {
    return Fail(ErrorCode::kConflict, "the tenant " + std::string(name) + " exists already");
  }
  // A database without keys.json is a tenant that lost its keys, not a new one.
  if (fs::exists(dir / "data.db", error)) {
    return Fail(ErrorCode::kConflict, dir.string() +
                                          " holds a database but no keys.json; restore keys.json "
                                          "from its backup");
  }
  fs::create_directories(dir, error);
  if (!error) fs::permissions(dir, fs::perms::owner_all, error);
  if (error) {
    return Fail(ErrorCode::kForbidden, dir.string() + " cannot be made: " + error.message());
  }
  return store::KeyRing::Create(dir.string(), name, *wrapping);
}

Tenant* Tenants::Find(std::string_view name) const {
  for (const std::unique_ptr<Tenant>& tenant : tenants_) {
    if (tenant->name == name) return tenant.get();
  }
  return nullptr;
}

bool Tenants::MayLook() {
  auto now = std::chrono::steady_clock::now();
  if (now - filled_at_ >= std::chrono::seconds(1)) {
    filled_at_ = now;
    looks_left_ = kLooksPerSecond;
  }
  return looks_left_-- > 0;
}

Tenant* Tenants::OfProgramme(std::string_view programme) {
  {
    std::lock_guard lock(mutex_);
    auto it = by_programme_.find(programme);
    if (it != by_programme_.end()) return it->second;
    if (programme.empty() || programme.size() > 64 || !MayLook()) return nullptr;
  }
  // Every look takes in all programmes, so that a flood of guessed names cannot hide a new one.
  std::vector<std::pair<std::string, Tenant*>> found;
  for (const std::unique_ptr<Tenant>& tenant : tenants_) {
    // A store that cannot answer now is looked into again at the next miss.
    (void)tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto documents = reader.Documents("programme");
      if (!documents.ok()) return documents.error();
      for (auto& document : *documents) found.emplace_back(document.first, tenant.get());
      return {};
    });
  }
  std::lock_guard lock(mutex_);
  for (auto& [id, tenant] : found) by_programme_.try_emplace(std::move(id), tenant);
  auto it = by_programme_.find(programme);
  return it == by_programme_.end() ? nullptr : it->second;
}

namespace {

// Programmes as they were read, by their text: a decision must not parse one. A changed one has
// another text; who changes many pays for it by reading them again.
fhir::Result<consent::Programme> ReadOnce(const std::string& text) {
  constexpr size_t kMost = 256;
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const consent::Programme>> programmes;
  std::shared_ptr<const consent::Programme> kept;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = programmes.find(text); found != programmes.end()) kept = found->second;
  }
  if (kept) return *kept;
  fhir::Result<fhir::json::Value> json = fhir::json::Parse(text);
  if (!json.ok()) return json.error();
  fhir::Result<consent::Programme> programme = consent::ReadProgramme(*json);
  if (!programme.ok()) return programme;
  const std::lock_guard lock(mutex);
  if (programmes.size() >= kMost) programmes.clear();
  programmes.emplace(text, std::make_shared<const consent::Programme>(*programme));
  return programme;
}

}  // namespace

fhir::Result<consent::Programme> LoadProgramme(store::Reader& reader, std::string_view id) {
  fhir::Result<std::optional<std::string>> document = reader.Document("programme", id);
  if (!document.ok()) return document.error();
  if (!*document) return Fail(ErrorCode::kNotFound, "no such programme");
  return ReadOnce(**document);
}

}  // namespace gateway
