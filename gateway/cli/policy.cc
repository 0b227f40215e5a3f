#include <iostream>

#include "fhir/json/json.h"
#include "gateway/auth/statement.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"
#include "gateway/policies.h"

namespace gateway::cli {
namespace {

using fhir::json::Value;

// The options that propose and activate share, made into a tenant and a signed statement.
struct Signed {
  std::unique_ptr<GatewayFiles> files;
  Tenant* tenant = nullptr;
};

fhir::Result<Signed> Open(const PolicyOptions& options) {
  Signed opened;
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(options.config_file);
  if (!files.ok()) return files.error();
  fhir::Result<std::vector<Tenant*>> chosen = (*files)->Chosen(options.tenant);
  if (!chosen.ok()) return chosen.error();
  opened.tenant = chosen->front();
  opened.files = std::move(*files);
  return opened;
}

fhir::Result<std::string> Sign(const PolicyOptions& options, const consent::Policy& policy,
                               const Clock& clock) {
  return auth::SignStatement(options.key_file,
                             PolicyStatement(policy, options.person, clock.Now()));
}

fhir::Result<std::shared_ptr<const consent::Policy>> Find(Tenant& tenant,
                                                          const std::string& version) {
  std::shared_ptr<const consent::Policy> policy;
  fhir::Status viewed = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto found = version.empty() ? ActivePolicy(reader) : FindPolicy(reader, version);
    if (!found.ok()) return found.error();
    policy = std::move(*found);
    return {};
  });
  if (!viewed.ok()) return viewed.error();
  if (!policy) {
    return fhir::Fail(fhir::ErrorCode::kNotFound,
                      "there is no policy pack " + version + "; see psgateway policy list");
  }
  return policy;
}

}  // namespace

fhir::Result<Value> ReadPolicyFile(const std::string& file) {
  fhir::Result<std::string> text = ReadFile(file);
  if (!text.ok()) return text.error();
  fhir::Result<Value> json = fhir::json::ParseWithComments(*text);
  if (!json.ok()) return fhir::Fail(json.error().code, file + ": " + json.error().message);
  auto policy = consent::ReadPolicy(*json);
  if (!policy.ok()) {
    return fhir::Fail(policy.error().code, file + ": " + policy.error().message,
                      policy.error().path);
  }
  return json;
}

int PolicyPropose(const PolicyOptions& options) {
  fhir::Result<Value> pack = ReadPolicyFile(options.file);
  if (!pack.ok()) return Complain(pack.error());
  fhir::Result<Signed> opened = Open(options);
  if (!opened.ok()) return Complain(opened.error());
  auto policy = consent::ReadPolicy(*pack);
  auto statement = Sign(options, **policy, opened->files->clock);
  if (!statement.ok()) return Complain(statement.error());
  fhir::Status done = opened->tenant->store->Update(
      [&](store::Transaction& tx) { return ProposePolicy(tx, *pack, *statement); });
  if (!done.ok()) return Complain(done.error());
  std::cout << "policy " << (*policy)->version << " proposed by " << options.person
            << "; it decides once another person has activated it\n";
  return 0;
}

int PolicyActivate(const PolicyOptions& options) {
  fhir::Result<Signed> opened = Open(options);
  if (!opened.ok()) return Complain(opened.error());
  auto policy = Find(*opened->tenant, options.version);
  if (!policy.ok()) return Complain(policy.error());
  auto statement = Sign(options, **policy, opened->files->clock);
  if (!statement.ok()) return Complain(statement.error());
  fhir::Status done = opened->tenant->store->Update(
      [&](store::Transaction& tx) { return ActivatePolicy(tx, options.version, *statement); });
  if (!done.ok()) return Complain(done.error());
  std::cout << "policy " << options.version << " decides from now on in tenant " << options.tenant
            << "\n";
  return 0;
}

int PolicyList(const std::string& config_file) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  for (const std::unique_ptr<Tenant>& tenant : (*files)->tenants->all()) {
    fhir::Status viewed = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto states = ListPolicies(reader);
      if (!states.ok()) return states.error();
      for (const PolicyState& state : *states) {
        std::cout << tenant->name << "\t" << state.version << "\t"
                  << (state.active ? "active" : (state.activated_by.empty() ? "proposed" : "idle"))
                  << "\t" << (state.proposed_by.empty() ? "built in" : state.proposed_by) << "\t"
                  << state.activated_by << "\n";
      }
      return {};
    });
    if (!viewed.ok()) return Complain(viewed.error());
  }
  return 0;
}

int PolicyShow(const std::string& file) {
  if (file.empty()) {
    std::cout << fhir::json::Pretty(consent::BuiltInPolicyJson()) << "\n";
    return 0;
  }
  fhir::Result<Value> pack = ReadPolicyFile(file);
  if (!pack.ok()) return Complain(pack.error());
  auto policy = consent::ReadPolicy(*pack);
  std::cout << "policy " << (*policy)->version << " can be read; its hash is " << (*policy)->hash
            << "\n";
  return 0;
}

}  // namespace gateway::cli
