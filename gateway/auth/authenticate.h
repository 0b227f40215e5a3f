// Who sends this request: the bearer token on the way to /fhir/{programme}.
// https://www.rfc-editor.org/rfc/rfc6750#section-2.1
#pragma once

#include <string_view>

#include "fhir/date_time.h"
#include "fhir/result.h"
#include "gateway/auth/caller.h"
#include "gateway/http/message.h"
#include "gateway/tenants.h"

namespace gateway::auth {

// The caller, whose programme is that of the path. Errors:
//   kUnauthenticated  no token, not one of ours, expired, revoked, client disabled; an unknown
//                     programme too, so that nobody learns from outside which programmes there are
//   kForbidden        a good token of another programme of the same tenant
//   kUnavailable      the registry cannot be read now
// Any thread; looks into the store once a second and client, else into memory.
fhir::Result<Caller> Authenticate(const http::Request& request, Tenants& tenants,
                                  std::string_view programme, fhir::Instant now);

}  // namespace gateway::auth
