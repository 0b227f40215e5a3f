#include "gateway/outreach/adapter_set.h"

#include <utility>

namespace gateway::outreach {

fhir::Result<std::unique_ptr<AdapterSet>> AdapterSet::Make(const Config& config,
                                                           const Clock& clock) {
  const auto now = [&clock] { return clock.Now(); };
  auto set = std::make_unique<AdapterSet>();
  for (const auto& vendor : config.smtp) {
    set->adapters_[vendor.name] = adapters::MakeEmailAdapter(vendor, now);
  }
  for (const auto& vendor : config.sms) {
    set->adapters_[vendor.name] = adapters::MakeSmsAdapter(vendor);
  }
  for (const auto& vendor : config.webhook) {
    set->adapters_[vendor.name] = adapters::MakeWebhookAdapter(vendor, now);
  }
  for (const auto& endpoint : config.endpoints) {
    auto made = adapters::FhirEndpoint::Make(endpoint);
    if (!made.ok()) return std::move(made).error();
    set->endpoints_[endpoint.name] = std::move(*made);
  }
  return set;
}

adapters::Adapter* AdapterSet::Find(std::string_view vendor) const {
  const auto it = adapters_.find(vendor);
  return it == adapters_.end() ? nullptr : it->second.get();
}

adapters::FhirEndpoint* AdapterSet::Endpoint(std::string_view name) const {
  const auto it = endpoints_.find(name);
  return it == endpoints_.end() ? nullptr : it->second.get();
}

}  // namespace gateway::outreach
