// The one configuration file: JSON with comments, relative paths from the file's own folder, units
// in key names, a secret is only ever a path. An unknown key is an error with its line.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/fhir_endpoint/fhir_endpoint.h"
#include "adapters/vendors.h"
#include "fhir/result.h"
#include "fhir/search/index_plan.h"

namespace gateway {

// A partner whose records are pulled: one of `endpoints`, seen from one programme.
struct SourceConfig {
  std::string name;  // "ehr-main"
  std::string programme;
  std::string endpoint;            // name in endpoints
  std::vector<std::string> types;  // e.g. ["MedicationRequest"]
  std::string identifier_system;   // which Patient.identifier finds the patient there
  int poll_seconds = 0;            // 0: on request only
};

struct Config {
  std::string data_dir;           // "data_dir"
  std::string wrapping_key_file;  // "wrapping_key_file"
  std::string head_key_file;      // "ledger_signing_key_file"

  std::string partners_listen = "127.0.0.1:8443";  // "listen.partners"
  std::string public_listen = "127.0.0.1:8444";    // "listen.public": /u/ and /hooks/
  std::string operations_listen =
      "127.0.0.1:8445";          // "listen.operations": plain HTTP, loopback only
  std::string partners_url;      // "partners_base_url": "https://gateway.example:8443", no slash
  std::string public_url;        // "public_base_url"
  std::string certificate_file;  // "tls.certificate_file"
  std::string private_key_file;  // "tls.private_key_file"
  std::string client_ca_file;    // "tls.client_ca_file", optional

  // "search.index": {"Observation": ["default", "category"], "Group": ["*"]}; see fhir::IndexPlan
  std::shared_ptr<const fhir::IndexPlan> index_plan = std::make_shared<fhir::IndexPlan>();

  int token_seconds = 300;         // "token_seconds", at most 300
  int send_deadline_ms = 5000;     // "send_deadline_ms"
  int dispatch_interval_ms = 200;  // "dispatch_interval_ms"
  int send_threads = 4;            // "send_threads"
  int send_retry_hours = 24;       // "send_retry_hours": how long a provider that is down is tried
  int drain_seconds = 20;          // "drain_seconds"
  int notification_tries = 12;     // "notification_tries": then a Subscription is in error; 2.3 h
  std::string log_level = "info";  // "log_level"

  std::vector<adapters::SmtpVendor> smtp;               // "vendors.smtp": [{...}]
  std::vector<adapters::SmsVendor> sms;                 // "vendors.sms"
  std::vector<adapters::WebhookVendor> webhook;         // "vendors.webhook"
  std::vector<adapters::FhirEndpointConfig> endpoints;  // "endpoints"
  std::vector<SourceConfig> sources;                    // "sources"
  // Inbound hooks: vendor name -> file with the key that signs its calls. "hooks": {"sms-main":
  // {...}}
  std::map<std::string, std::string> hook_key_files;
};

// Reads and checks. Errors name file, line and key: "gateway.jsonc:12: unknown key 'lisen'".
fhir::Result<Config> LoadConfig(const std::string& file);

}  // namespace gateway
