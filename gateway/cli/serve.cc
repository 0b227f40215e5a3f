#include <csignal>
#include <iostream>

#include "adapters/fhir_endpoint/fhir_endpoint.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"
#include "gateway/log.h"
#include "gateway/service.h"

namespace gateway::cli {

int Serve(const std::string& config_file) {
  // Blocked in every thread made from now on; this one waits for them below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  fhir::Result<Config> config = LoadConfig(config_file);
  if (!config.ok()) return Complain(config.error());
  log::SetLevel(config->log_level);
  adapters::PrepareClientThreads();
  static const SystemClock clock;
  auto service = Service::Start(*config, clock);
  if (!service.ok()) return Complain(service.error());

  std::cout << "psgateway is ready: " << config->partners_url << "/fhir/{programme}" << std::endl;
  log::Info("ready", {{"partners", config->partners_listen},
                      {"public", config->public_listen},
                      {"operations", config->operations_listen}});
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) break;
    (*service)->ReloadCertificates();
  }
  log::Info("stopping");
  (*service)->Stop();
  log::Info("stopped");
  return 0;
}

}  // namespace gateway::cli
