// The configured vendors and what makes each adapter. One struct per kind; secrets are file paths.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/adapter.h"
#include "fhir/date_time.h"

namespace adapters {

// The time that a Date header or a signature states; the gateway passes its Clock.
using Now = std::function<fhir::Instant()>;
fhir::Instant SystemNow();

// Trust and identity shared by every TLS client of ours.
struct TlsTrust {
  std::string ca_file;           // PEM; empty: the system's trust store
  std::string client_cert_file;  // PEM; empty: none
  std::string client_key_file;
};

struct SmtpVendor {
  std::string name;
  std::string host;
  int port = 587;
  std::string user;  // empty: no AUTH
  std::string password_file;
  TlsTrust trust;  // STARTTLS is required and verified, always
};
std::unique_ptr<Adapter> MakeEmailAdapter(SmtpVendor vendor, Now now = SystemNow);

// Twilio Messages: POST form To, From, Body; answers JSON {sid,status}; no idempotency key.
struct SmsVendor {
  std::string name;
  std::string url;  // https only
  std::string account;
  std::string token_file;  // HTTP Basic account:token
  TlsTrust trust;
};
std::unique_ptr<Adapter> MakeSmsAdapter(SmsVendor vendor);

// POST of a JSON event, signed: X-PSG-Timestamp, X-PSG-Signature: v1=hex(HMAC-SHA256(key,
// ts.body)), Idempotency-Key. The receiver deduplicates on the key. The body is Content.text as it
// is; it goes to `url` and nowhere else (a URL in Content.to must be that one).
struct WebhookVendor {
  std::string name;
  std::string url;
  std::string signing_key_file;  // the file's bytes without trailing line ends; at least 16
  TlsTrust trust;
  fhir::Channel channel = fhir::Channel::kPortal;  // what this vendor carries
};
std::unique_ptr<Adapter> MakeWebhookAdapter(WebhookVendor vendor, Now now = SystemNow);

}  // namespace adapters
