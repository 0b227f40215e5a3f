#include "gateway/config.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fhir/json/json.h"
#include "gateway/config_section.h"
#include "gateway/config_vendors.h"

namespace gateway {
namespace {

using Reach = ConfigSection::Reach;

constexpr std::uintmax_t kMaxBytes = 1024 * 1024;

// A listener's own URL, where its address can be called.
std::string UrlOf(const std::string& listen) { return "https://" + listen; }

void ReadListeners(ConfigSection& root, Config* config) {
  root.Section("listen", [config](ConfigSection& s) {
    s.Address("partners", &config->partners_listen, Reach::kAny);
    s.Address("public", &config->public_listen, Reach::kAny);
    s.Address("operations", &config->operations_listen, Reach::kLoopback);
  });
  struct Face {
    const char* key;
    const std::string& listen;
    std::string* url;
  };
  for (const Face& face :
       {Face{"partners_base_url", config->partners_listen, &config->partners_url},
        Face{"public_base_url", config->public_listen, &config->public_url}}) {
    root.HttpsUrl(face.key, face.url, ConfigSection::UrlKind::kOrigin, Presence::kOptional);
    if (!face.url->empty() || root.Has(face.key)) continue;
    if (face.listen.starts_with("0.0.0.0:") || face.listen.starts_with("[::]:")) {
      root.Add(face.key, "'" + std::string(face.key) +
                             "' is missing: a listener on every address does not say its name");
    }
    *face.url = UrlOf(face.listen);
  }
  root.Section("tls", [config](ConfigSection& s) {
    s.File("certificate_file", &config->certificate_file, FileKind::kReadable, Presence::kRequired);
    s.File("private_key_file", &config->private_key_file, FileKind::kSecret, Presence::kRequired);
    s.File("client_ca_file", &config->client_ca_file, FileKind::kReadable, Presence::kOptional);
  });
}

void ReadSearch(ConfigSection& root, Config* config) {
  root.Section("search", [config](ConfigSection& search) {
    search.Section("index", [config](ConfigSection& s) {
      fhir::IndexPlan::Setting setting;
      for (const std::string_view type : fhir::IndexedTypes()) {
        if (s.Has(type)) s.Texts(type, &setting[std::string(type)]);
      }
      auto plan = fhir::IndexPlan::Make(setting);
      if (plan.ok()) {
        config->index_plan = std::make_shared<fhir::IndexPlan>(std::move(*plan));
      } else {
        const std::string& path = plan.error().path;
        s.Add(path.substr(0, path.find('.')), path + ": " + plan.error().message);
      }
    });
  });
}

void ReadAll(ConfigSection& root, Config* config) {
  root.File("data_dir", &config->data_dir, FileKind::kFolder, Presence::kRequired);
  root.File("wrapping_key_file", &config->wrapping_key_file, FileKind::kSecret,
            Presence::kRequired);
  root.File("ledger_signing_key_file", &config->head_key_file, FileKind::kSecret,
            Presence::kRequired);
  ReadListeners(root, config);
  root.Integer("token_seconds", &config->token_seconds, 10, 300);
  root.Integer("send_deadline_ms", &config->send_deadline_ms, 100, 60'000);
  root.Integer("dispatch_interval_ms", &config->dispatch_interval_ms, 10, 60'000);
  root.Integer("send_threads", &config->send_threads, 1, 64);
  root.Integer("send_retry_hours", &config->send_retry_hours, 1, 24 * 30);
  root.Integer("drain_seconds", &config->drain_seconds, 0, 600);
  root.Integer("notification_tries", &config->notification_tries, 1, 1000);
  root.OneOf("log_level", &config->log_level, {"trace", "debug", "info", "warn", "error"});
  ReadSearch(root, config);
  ReadVendors(root, config);
  ReadEndpoints(root, config);
  ReadSources(root, config);
  ReadHooks(root, config);
}

}  // namespace

fhir::Result<Config> LoadConfig(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return fhir::Fail(fhir::ErrorCode::kNotFound,
                      file + " is not there; make a configuration with: psgateway init DIR");
  }
  if (std::filesystem::file_size(file, error) > kMaxBytes) {
    return fhir::Fail(fhir::ErrorCode::kTooLarge, file + " is longer than 1 MiB");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) {
    return fhir::Fail(fhir::ErrorCode::kForbidden, file + " cannot be read by this user");
  }
  fhir::Result<fhir::json::Value> json = fhir::json::ParseWithComments(text);
  if (!json.ok()) {
    std::string name = std::filesystem::path(file).filename().string();
    return fhir::Fail(json.error().code, name + ": " + json.error().message);
  }

  Config config;
  ConfigFile findings(file, text);
  ReadRoot(findings, *json, [&config](ConfigSection& root) { ReadAll(root, &config); });
  if (!findings.good()) return findings.ToError();
  return config;
}

}  // namespace gateway
