#include <iostream>

#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"
#include "gateway/ledger/signed_head.h"
#include "gateway/store/key_ring.h"

namespace gateway::cli {

int CheckConfig(const std::string& file) {
  fhir::Result<Config> config = LoadConfig(file);
  if (!config.ok()) return Complain(config.error());
  fhir::Result<store::WrappingKey> wrapping = store::WrappingKey::Load(config->wrapping_key_file);
  if (!wrapping.ok()) return Complain(wrapping.error());
  fhir::Result<ledger::HeadSigner> signer = ledger::HeadSigner::Load(config->head_key_file);
  if (!signer.ok()) return Complain(signer.error());
  std::cout << file << ": good\n"
            << "  partners   " << config->partners_listen << "  " << config->partners_url << "\n"
            << "  public     " << config->public_listen << "  " << config->public_url << "\n"
            << "  operations " << config->operations_listen << "\n"
            << "  vendors " << config->smtp.size() + config->sms.size() + config->webhook.size()
            << ", endpoints " << config->endpoints.size() << ", sources " << config->sources.size()
            << ", hooks " << config->hook_key_files.size() << "\n";
  return 0;
}

}  // namespace gateway::cli
