// The parts of the configuration that name partners: vendors, endpoints, sources, hooks.
#pragma once

#include "gateway/config.h"
#include "gateway/config_section.h"

namespace gateway {

void ReadVendors(ConfigSection& root, Config* config);
void ReadEndpoints(ConfigSection& root, Config* config);
// REQUIRES: endpoints and vendors were read; what is named here must be among them.
void ReadSources(ConfigSection& root, Config* config);
void ReadHooks(ConfigSection& root, Config* config);

}  // namespace gateway
