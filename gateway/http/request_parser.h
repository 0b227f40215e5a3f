// Beast's reading of a head, put straight into our Request.
#pragma once

#include <string_view>

#include "gateway/http/message.h"

namespace gateway::http {

// Fills method, target, path, query and fields. False when Beast refuses the head.
// REQUIRES: `head` passed CheckHead and holds `fields` fields.
bool ParseHead(std::string_view head, size_t fields, Request& request);

}  // namespace gateway::http
