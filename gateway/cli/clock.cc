#include <iostream>

#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {

int ClockAccept(const std::string& config_file, const std::string& tenant_name) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<std::vector<Tenant*>> tenants = (*files)->Chosen(tenant_name);
  if (!tenants.ok()) return Complain(tenants.error());
  for (Tenant* tenant : *tenants) {
    std::chrono::milliseconds lag{};
    fhir::Status accepted = tenant->store->Update([&](store::Transaction& tx) -> fhir::Status {
      lag = tx.ClockLag();
      if (lag.count() == 0) return {};
      tx.FollowClock();
      store::AuditRow row;
      row.at = tx.Now();
      row.action = "clock-accept";
      row.client = Operator();
      row.outcome = "0";
      row.detail = std::to_string(lag.count()) + " ms";
      return tx.AppendAudit(row);
    });
    if (!accepted.ok()) return Complain(accepted.error());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lag).count();
    std::cout << "tenant " << tenant->name << ": "
              << (lag.count() == 0 ? "the clock is not behind the last commit\n"
                                   : "the last commit lay " + std::to_string(seconds) +
                                         " s ahead; decisions follow the clock again\n");
  }
  return 0;
}

}  // namespace gateway::cli
