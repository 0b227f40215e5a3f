#include "gateway/reindex.h"

#include <iostream>
#include <optional>

#include "gateway/cli/gateway_files.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/verbs.h"
#include "gateway/data_lock.h"

namespace gateway::cli {

int Reindex(const std::string& config_file, const std::string& tenant_name) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  // A gateway that runs writes rows of the plan it was started with.
  fhir::Result<std::unique_ptr<DataLock>> lock = DataLock::Take((*files)->config.data_dir);
  if (!lock.ok()) return Complain(lock.error());
  fhir::Result<std::vector<Tenant*>> tenants = (*files)->Chosen(tenant_name);
  if (!tenants.ok()) return Complain(tenants.error());
  for (Tenant* tenant : *tenants) {
    std::optional<Progress> progress;
    fhir::Status made = gateway::Reindex(*tenant->store, *(*files)->config.index_plan,
                                         [&](int64_t done, int64_t all) {
                                           if (!progress) {
                                             progress.emplace("reindex " + tenant->name, all);
                                           }
                                           progress->At(done);
                                         });
    progress.reset();
    if (!made.ok()) return Complain(made.error());
    std::cout << "tenant " << tenant->name << ": the search index was made anew\n";
  }
  return 0;
}

}  // namespace gateway::cli
