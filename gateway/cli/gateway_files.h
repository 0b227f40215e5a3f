// What most verbs begin with: the configuration and the opened tenants; and how they end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fhir/result.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/tenants.h"

namespace gateway::cli {

struct GatewayFiles {
  Config config;
  SystemClock clock;
  std::unique_ptr<Tenants> tenants;

  // The named tenant, or all where the name is empty. kNotFound says which there are.
  fhir::Result<std::vector<Tenant*>> Chosen(const std::string& name) const;
  // kNotFound with what to do.
  fhir::Result<Tenant*> OfProgramme(const std::string& programme) const;
};

// A running gateway does not mind: the stores are made for several processes.
fhir::Result<std::unique_ptr<GatewayFiles>> OpenGateway(const std::string& config_file);

// "operator:alice": who acts, for the audit trail.
std::string Operator();

// Prints "psgateway: ..." to stderr, a line per line of the message; answers 1.
int Complain(const std::string& message);
int Complain(const fhir::Error& error);  // with its path

// A whole file; kNotFound or kForbidden with its name, kTooLarge above 16 MiB.
fhir::Result<std::string> ReadFile(const std::string& file);

}  // namespace gateway::cli
