#include <iostream>

#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {

int TenantAdd(const std::string& config_file, const std::string& name) {
  fhir::Result<Config> config = LoadConfig(config_file);
  if (!config.ok()) return Complain(config.error());
  if (fhir::Status made = Tenants::Create(*config, name); !made.ok()) {
    return Complain(made.error());
  }
  // Opening makes the store's files now, so that a full disk shows itself here.
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  Tenant* tenant = (*files)->tenants->Find(name);
  if (!tenant) return Complain("the tenant was made but cannot be found; look into data_dir");
  fhir::Status audited = tenant->store->Update([](store::Transaction& tx) {
    store::AuditRow row;
    row.at = tx.Now();
    row.action = "tenant";
    row.client = Operator();
    row.outcome = "0";
    row.detail = "added";
    return tx.AppendAudit(row);
  });
  if (!audited.ok()) return Complain(audited.error());
  std::cout << "tenant " << name << " added (" << tenant->dir << ")\n"
            << "A gateway that runs already must be restarted to serve it.\n";
  return 0;
}

int TenantList(const std::string& config_file) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  for (const std::unique_ptr<Tenant>& tenant : (*files)->tenants->all()) {
    std::cout << tenant->name << "\n";
  }
  return 0;
}

}  // namespace gateway::cli
