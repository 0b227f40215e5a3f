// The public listener: unsubscribe links and the vendors' hooks. No token: the link and the
// signature are what is trusted.
#pragma once

#include "gateway/http/message.h"
#include "gateway/interactions/call.h"

namespace gateway {

//   GET  /u/{token}       a page that asks; changes nothing (RFC 8058: scanners prefetch links)
//   POST /u/{token}       stops e-mail to that address; idempotent; 200
//   POST /hooks/{vendor}  a reply from a patient (form: From, To, Body, MessageSid), signed
// Blocks until the opt-out is durable and nothing claimed before it is under way.
http::Response AnswerPublic(const interactions::Services& services, const http::Request& request);

}  // namespace gateway
