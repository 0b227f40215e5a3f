#include "gateway/cli/gateway_files.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace gateway::cli {

fhir::Result<std::vector<Tenant*>> GatewayFiles::Chosen(const std::string& name) const {
  std::vector<Tenant*> chosen;
  std::string names;
  for (const std::unique_ptr<Tenant>& tenant : tenants->all()) {
    if (name.empty() || tenant->name == name) chosen.push_back(tenant.get());
    names += (names.empty() ? "" : ", ") + tenant->name;
  }
  if (chosen.empty() && !name.empty()) {
    return fhir::Fail(
        fhir::ErrorCode::kNotFound,
        "there is no tenant '" + name + "'; " +
            (names.empty() ? "make one with: psgateway tenant add NAME" : "there are: " + names));
  }
  return chosen;
}

fhir::Result<Tenant*> GatewayFiles::OfProgramme(const std::string& programme) const {
  if (Tenant* tenant = tenants->OfProgramme(programme)) return tenant;
  return fhir::Fail(fhir::ErrorCode::kNotFound,
                    "there is no programme '" + programme +
                        "'; add it with: psgateway programme add FILE --tenant NAME");
}

fhir::Result<std::unique_ptr<GatewayFiles>> OpenGateway(const std::string& config_file) {
  fhir::Result<Config> config = LoadConfig(config_file);
  if (!config.ok()) return config.error();
  auto files = std::make_unique<GatewayFiles>();
  files->config = std::move(*config);
  fhir::Result<std::unique_ptr<Tenants>> tenants = Tenants::Open(files->config, files->clock);
  if (!tenants.ok()) return tenants.error();
  files->tenants = std::move(*tenants);
  return files;
}

std::string Operator() {
  const passwd* user = getpwuid(getuid());
  return "operator:" + (user ? std::string(user->pw_name) : std::to_string(getuid()));
}

int Complain(const std::string& message) {
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) std::cerr << "psgateway: " << line << "\n";
  return 1;
}

int Complain(const fhir::Error& error) {
  return Complain(error.path.empty() ? error.message : error.path + ": " + error.message);
}

fhir::Result<std::string> ReadFile(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return fhir::Fail(fhir::ErrorCode::kNotFound, file + " is not there or is not a file");
  }
  if (std::filesystem::file_size(file, error) > 16u * 1024 * 1024) {
    return fhir::Fail(fhir::ErrorCode::kTooLarge, file + " is longer than 16 MiB");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) {
    return fhir::Fail(fhir::ErrorCode::kForbidden, file + " cannot be read by this user");
  }
  return text;
}

}  // namespace gateway::cli
