#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "gateway/auth/development_certificates.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/store/key_ring.h"

namespace gateway::cli {
namespace {

namespace fs = std::filesystem;

std::string PortOf(const std::string& listen) { return listen.substr(listen.rfind(':') + 1); }

std::string ConfigText(const InitOptions& options) {
  auto quoted = [](const std::string& text) { return "\"" + text + "\""; };
  return R"(// Configuration of psgateway. Check a change with: psgateway check-config gateway.jsonc
// Paths are relative to this folder. A secret is only ever a path.
{
  "data_dir": "data",
  // Losing this key loses every tenant's data: keep a copy of it away from the data.
  "wrapping_key_file": "keys/wrapping.key",
  "ledger_signing_key_file": "keys/ledger.pem",

  "listen": {
    "partners": )" +
         quoted(options.partners_listen) + R"(,      // FHIR and tokens
    "public": )" +
         quoted(options.public_listen) + R"(,        // unsubscribe links and vendors' hooks
    "operations": )" +
         quoted(options.operations_listen) + R"(     // /healthz /readyz /metrics; loopback only
  },
  "partners_base_url": )" +
         quoted("https://localhost:" + PortOf(options.partners_listen)) + R"(,
  "public_base_url": )" +
         quoted("https://localhost:" + PortOf(options.public_listen)) + R"(,
  "tls": {
    "certificate_file": "certs/server.pem",
    "private_key_file": "certs/server.key"
  },

  // The ways out. Names are what a programme's "vendors", "nurseQueue", "hubWebhook", "writeBack" and
  // "partners" refer to.
  "vendors": {
    "smtp": [],     // {"name", "host", "port", "user", "password_file", "trust": {"ca_file"}}
    "sms": [],      // {"name", "url", "account", "token_file", "trust"}
    "webhook": []   // {"name", "url", "signing_key_file", "trust"}
  },
  "endpoints": [],  // FHIR servers: {"name", "base_url", "trust", "token_url", "client_id", "private_key_file"}
  "sources": []     // {"name", "programme", "endpoint", "types", "identifier_system", "poll_seconds"}
}
)";
}

fhir::Status MakeFolder(const fs::path& dir) {
  std::error_code error;
  bool made = fs::create_directories(dir, error);
  if (made && !error) fs::permissions(dir, fs::perms::owner_all, error);
  if (error) {
    return fhir::Fail(fhir::ErrorCode::kForbidden,
                      dir.string() + " cannot be made: " + error.message());
  }
  return {};
}

fhir::Status WriteConfig(const std::string& file, const std::string& text) {
  int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) return fhir::Fail(fhir::ErrorCode::kForbidden, file + " cannot be made");
  bool good = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  good = close(fd) == 0 && good;
  if (!good) return fhir::Fail(fhir::ErrorCode::kInternal, file + " could not be written");
  return {};
}

// Runs `make` unless the file is there, and says which.
template <class Make>
fhir::Status Unless(const fs::path& file, Make make) {
  std::error_code ignored;
  if (fs::exists(file, ignored)) {
    std::cout << "kept     " << file.string() << "\n";
    return {};
  }
  fhir::Status status = make();
  if (status.ok()) std::cout << "made     " << file.string() << "\n";
  return status;
}

fhir::Status MakeAll(const fs::path& dir, const InitOptions& options) {
  for (const char* name : {"", "keys", "data", "certs"}) {
    if (fhir::Status s = MakeFolder(dir / name); !s.ok()) return s;
  }
  fs::path wrapping = dir / "keys" / "wrapping.key";
  std::error_code ignored;
  if (!fs::exists(wrapping, ignored) && fs::exists(dir / "data" / "tenants", ignored)) {
    return fhir::Fail(fhir::ErrorCode::kConflict, (dir / "data" / "tenants").string() +
                                                      " holds tenants but " + wrapping.string() +
                                                      " is missing: a new key would not open them; "
                                                      "restore it from its copy");
  }
  fhir::Status status =
      Unless(wrapping, [&] { return store::WrappingKey::Create(wrapping.string()); });
  if (!status.ok()) return status;
  fs::path ledger = dir / "keys" / "ledger.pem";
  status = Unless(ledger, [&] { return auth::CreatePrivateKey(ledger.string()); });
  if (!status.ok()) return status;
  fs::path certs = dir / "certs";
  status = Unless(certs / "server.pem", [&] {
    return auth::CreateDevelopmentCertificates(certs.string(), SystemClock().Now());
  });
  if (!status.ok()) return status;
  // Last, so that a folder with a configuration is a whole one.
  fs::path config = dir / "gateway.jsonc";
  return Unless(config, [&] { return WriteConfig(config.string(), ConfigText(options)); });
}

}  // namespace

int Init(const InitOptions& options) {
  fs::path dir = fs::path(options.dir).lexically_normal();
  std::string config = (dir / "gateway.jsonc").string();
  std::error_code ignored;
  bool had_config = fs::exists(config, ignored);
  if (fhir::Status status = MakeAll(dir, options); !status.ok()) return Complain(status.error());
  fhir::Result<Config> checked = LoadConfig(config);
  if (!checked.ok()) {
    // A wrong --partners-listen must not stay behind: the next init would keep it.
    if (!had_config) fs::remove(config, ignored);
    return Complain(checked.error());
  }
  std::cout << "\nNext:\n"
            << "  psgateway tenant add NAME --config " << config << "\n"
            << "  psgateway programme add FILE.json --tenant NAME --config " << config << "\n"
            << "  psgateway client add ID --programme P --key client.pem --config " << config
            << "\n"
            << "  psgateway serve --config " << config << "\n"
            << "Clients trust " << (dir / "certs" / "ca.pem").string()
            << ". It is for this machine only; certs/README.md tells of production.\n"
            << "Copy " << (dir / "keys" / "wrapping.key").string()
            << " to a safe place: without it nothing can be read.\n";
  return 0;
}

}  // namespace gateway::cli
