// The FHIR API on one screen: method and path to interaction, with the access it needs.
#pragma once

#include <string>
#include <string_view>

#include "gateway/interactions/interactions.h"

namespace gateway {

// Where a request runs: what takes no longer than handing it over answers on the connection's
// thread; what may block or take long runs on a worker.
enum class Lane { kConnection, kWorker };

struct Route {
  std::string_view method;
  std::string_view pattern;  // segments; {type}, {id}, {vid} stand for themselves
  auth::Access access;
  Lane lane;
  std::string_view action;  // for the access journal; empty: the commit itself is audited
  interactions::Answer (*handle)(interactions::Call&);
};

// `path`: behind /fhir/{programme}/, without a leading slash. nullptr when nothing matches.
const Route* FindRoute(std::string_view method, std::string_view path);
// The methods of this path, as the Allow field of a 405 names them; empty for a 404.
std::string AllowedMethods(std::string_view path);

// The route's lane; of a search that an identifier, an id or a patient makes small, and that asks
// for no more than its usual first page, the connection's.
Lane LaneOf(const Route& route, const http::Request& request);

// Fills the call from the path, checks type, id and scopes, and runs the interaction.
// `audit_subject`, where not null, gets what the journal says it was about.
interactions::Answer RunRoute(const Route& route, Lane lane, const interactions::Services& services,
                              Tenant& tenant, const http::Request& request, std::string_view path,
                              const auth::Caller& caller, std::string* audit_subject);

}  // namespace gateway
