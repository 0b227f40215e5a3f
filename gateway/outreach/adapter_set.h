// The configured ways out, by vendor name.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/adapter.h"
#include "adapters/fhir_endpoint/fhir_endpoint.h"
#include "fhir/result.h"
#include "gateway/clock.h"
#include "gateway/config.h"

namespace gateway::outreach {

// Immutable after Make; any thread. The clock outlives it.
class AdapterSet {
 public:
  static fhir::Result<std::unique_ptr<AdapterSet>> Make(const Config& config, const Clock& clock);

  // nullptr when there is none of that name.
  adapters::Adapter* Find(std::string_view vendor) const;
  adapters::FhirEndpoint* Endpoint(std::string_view name) const;

 private:
  std::map<std::string, std::unique_ptr<adapters::Adapter>, std::less<>> adapters_;
  std::map<std::string, std::unique_ptr<adapters::FhirEndpoint>, std::less<>> endpoints_;
};

}  // namespace gateway::outreach
