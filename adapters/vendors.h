// The configured vendors and what makes each adapter. One struct per kind; secrets are file paths.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapters/adapter.h"

namespace adapters {

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
  std::string user;           // empty: no AUTH
  std::string password_file;
  TlsTrust trust;             // STARTTLS is required and verified, always
};
std::unique_ptr<Adapter> MakeEmailAdapter(SmtpVendor vendor);

// Twilio Messages: POST form To, From, Body; answers JSON {sid,status}; no idempotency key.
struct SmsVendor {
  std::string name;
  std::string url;            // https only
  std::string account;
  std::string token_file;     // HTTP Basic account:token
  TlsTrust trust;
};
std::unique_ptr<Adapter> MakeSmsAdapter(SmsVendor vendor);

// POST of a JSON event, signed: X-PSG-Timestamp, X-PSG-Signature: v1=hex(HMAC-SHA256(key, ts.body)),
// Idempotency-Key. The receiver deduplicates on the key.
struct WebhookVendor {
  std::string name;
  std::string url;
  std::string signing_key_file;
  TlsTrust trust;
};
std::unique_ptr<Adapter> MakeWebhookAdapter(WebhookVendor vendor);

}  // namespace adapters
