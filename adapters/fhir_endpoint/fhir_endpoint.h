// A partner's FHIR server: a hub, an EHR or a nurse programme's queue. The only user of cpprestsdk.
// Operator-configured endpoints only; redirects off; bounded answers; our own JSON reader.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/vendors.h"
#include "fhir/resource.h"
#include "fhir/result.h"

namespace adapters {

struct FhirEndpointConfig {
  std::string name;
  std::string base_url;  // https://ehr.example/fhir/R4
  TlsTrust trust;
  // SMART Backend Services: all three set, or none (then bearer_token_file or nothing).
  std::string token_url;
  std::string client_id;
  std::string private_key_file;  // PEM, P-384 (ES384)
  std::string scope = "system/*.read";
  std::string bearer_token_file;
  size_t max_answer_bytes = 16 * 1024 * 1024;  // of one call, all its pages together
  int max_pages = 100;
  std::string key_id;  // kid of the client assertion; empty: the key's RFC 7638 thumbprint
};

// Any thread; calls block until `deadline`.
class FhirEndpoint {
 public:
  // kInvalid names the setting that cannot be used.
  static fhir::Result<std::unique_ptr<FhirEndpoint>> Make(FhirEndpointConfig config);
  virtual ~FhirEndpoint() = default;

  virtual const std::string& name() const = 0;

  // POST [base]/{type}/_search, so that no identifier of a patient stands in a URL we make; then
  // the next links of the same origin (the partner's own URLs) by GET; every matched resource.
  // `query` is percent-encoded already. Servers differ on bare ids: say patient=Patient/1.
  // kUnavailable, kTimeout, kUnauthenticated, kTooLarge, kMalformed say what went wrong.
  virtual fhir::Result<std::vector<fhir::Resource>> Search(std::string_view type,
                                                           std::string_view query,
                                                           std::chrono::milliseconds deadline) = 0;
  virtual fhir::Result<fhir::Resource> Read(std::string_view type, std::string_view id,
                                            std::chrono::milliseconds deadline) = 0;
  // PUT with our id (update-as-create): a repeat has one effect. Errors as Adapter::Deliver.
  virtual fhir::Result<fhir::Resource> Put(const fhir::Resource& resource,
                                           std::chrono::milliseconds deadline) = 0;
  // POST with If-None-Exist (a search for our identifier), for servers without update-as-create.
  virtual fhir::Result<fhir::Resource> Create(const fhir::Resource& resource,
                                              std::string_view if_none_exist,
                                              std::chrono::milliseconds deadline) = 0;
};

// Makes cpprestsdk's thread pool (four threads). Called once in main before any endpoint is made.
void PrepareClientThreads();

}  // namespace adapters
