#include "adapters/fhir_endpoint/fhir_endpoint.h"

#include <utility>

#include "adapters/fhir_endpoint/access_token.h"
#include "adapters/fhir_endpoint/rest_call.h"
#include "adapters/strict_text.h"
#include "fhir/reference.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kFhirJson[] = "application/fhir+json";

// Reading changes nothing, so no failure of it is uncertain.
fhir::Error ReadFailure(const fhir::Error& error, SteadyTime deadline) {
  if (error.code != ErrorCode::kUncertain) return error;
  if (steady_clock::now() >= deadline) {
    return Fail(ErrorCode::kTimeout, "the partner's server did not answer in time");
  }
  return Fail(ErrorCode::kUnavailable, error.message);
}

fhir::Status StatusOfRead(const RestAnswer& answer) {
  if (answer.status == 200) return {};
  if (answer.status == 401) {
    return Fail(ErrorCode::kUnauthenticated, "the partner's server refuses our credential");
  }
  if (answer.status == 404) {
    return Fail(ErrorCode::kNotFound, "the partner's server has no such resource");
  }
  if (answer.status == 410) {
    return Fail(ErrorCode::kGone, "the resource was deleted at the partner's server");
  }
  fhir::Status status = StatusOfAnswer(answer.status, answer.retry_after);
  if (status.ok()) {  // 201, 204 and the like make no sense here
    return Fail(ErrorCode::kMalformed, "the partner's answer has no content");
  }
  if (status.error().code == ErrorCode::kUncertain) {
    return Fail(ErrorCode::kUnavailable, "the partner's server failed");
  }
  return status;
}

std::string NextLink(const fhir::Resource& bundle) {
  for (const fhir::json::Value& link : bundle["link"].items()) {
    if (link["relation"].text() == "next") return link["url"].text();
  }
  return {};
}

class RestFhirEndpoint : public FhirEndpoint {
 public:
  explicit RestFhirEndpoint(FhirEndpointConfig config)
      : config_(std::move(config)), token_(config_) {}

  const std::string& name() const override { return config_.name; }

  fhir::Result<std::vector<fhir::Resource>> Search(std::string_view type, std::string_view query,
                                                   milliseconds limit) override {
    if (!fhir::IsResourceType(type)) return Fail(ErrorCode::kInvalid, "no resource type of R4");
    const SteadyTime deadline = steady_clock::now() + limit;
    const std::string url = config_.base_url + "/" + std::string(type);
    if (!IsHttpsUrl(url + "?" + std::string(query))) {
      return Fail(ErrorCode::kInvalid, "the search is not percent-encoded");
    }
    RestRequest request;
    request.method = "POST";
    request.url = url + "/_search";
    request.content_type = "application/x-www-form-urlencoded";
    request.body = query;
    std::vector<fhir::Resource> found;
    size_t budget = config_.max_answer_bytes;
    for (int page = 0; page < config_.max_pages; ++page) {
      fhir::Result<fhir::Resource> bundle = Fetch(std::move(request), budget, deadline);
      if (!bundle.ok()) return std::move(bundle).error();
      if (fhir::Status taken = TakeMatches(*bundle, found); !taken.ok()) return taken.error();
      const std::string next = NextLink(*bundle);
      if (next.empty()) return found;
      fhir::Result<std::string> resolved = ResolveNext(next);
      if (!resolved.ok()) return resolved.error();
      request = Getting(*std::move(resolved));
    }
    return Fail(ErrorCode::kTooLarge, "the search has more pages than may be read");
  }

  fhir::Result<fhir::Resource> Read(std::string_view type, std::string_view id,
                                    milliseconds limit) override {
    if (!fhir::IsResourceType(type) || !fhir::IsId(id)) {
      return Fail(ErrorCode::kInvalid, "no resource type or id of R4");
    }
    size_t budget = config_.max_answer_bytes;
    fhir::Result<fhir::Resource> resource =
        Fetch(Getting(config_.base_url + "/" + std::string(type) + "/" + std::string(id)), budget,
              steady_clock::now() + limit);
    if (resource.ok() && (resource->type() != type || resource->id() != id)) {
      return Fail(ErrorCode::kMalformed, "the partner answered with another resource");
    }
    return resource;
  }

  fhir::Result<fhir::Resource> Put(const fhir::Resource& resource, milliseconds limit) override {
    if (!fhir::IsId(resource.id())) {
      return Fail(ErrorCode::kInvalid, "the resource has no id to be put under");
    }
    return Write("PUT", config_.base_url + "/" + resource.Relative(), {}, resource, limit);
  }

  fhir::Result<fhir::Resource> Create(const fhir::Resource& resource,
                                      std::string_view if_none_exist, milliseconds limit) override {
    if (if_none_exist.empty()) {
      return Fail(ErrorCode::kInvalid, "a create needs a search that finds an earlier one");
    }
    return Write("POST", config_.base_url + "/" + resource.type(),
                 {{"If-None-Exist", std::string(if_none_exist)}}, resource, limit);
  }

 private:
  // With our credential; once more with a new token when the server no longer knows the old one.
  fhir::Result<RestAnswer> Call(RestRequest request, size_t max_bytes, SteadyTime deadline) {
    const std::vector<HttpHeader> headers = request.headers;
    for (bool again = true;; again = false) {
      const fhir::Result<std::string> authorization = token_.Authorization(deadline);
      if (!authorization.ok()) return authorization.error();
      request.headers = headers;
      request.headers.push_back({"Accept", kFhirJson});
      if (!authorization->empty()) request.headers.push_back({"Authorization", *authorization});
      fhir::Result<RestAnswer> answer = CallRest(request, config_.trust, max_bytes, deadline);
      const bool refused = answer.ok() && answer->status == 401;
      if (!refused || !token_.Forget() || !again) return answer;
    }
  }

  static RestRequest Getting(std::string url) {
    RestRequest request;
    request.method = "GET";
    request.url = std::move(url);
    return request;
  }

  // A call that changes nothing at the partner's; its answer is taken off `budget`.
  fhir::Result<fhir::Resource> Fetch(RestRequest request, size_t& budget, SteadyTime deadline) {
    const fhir::Result<RestAnswer> answer = Call(std::move(request), budget, deadline);
    if (!answer.ok()) return ReadFailure(answer.error(), deadline);
    if (answer->too_large) {
      return Fail(ErrorCode::kTooLarge, "the partner's answer is over the limit");
    }
    if (!answer->complete) {
      return ReadFailure(Fail(ErrorCode::kUncertain, "the partner's answer broke off"), deadline);
    }
    if (fhir::Status status = StatusOfRead(*answer); !status.ok()) return status.error();
    budget -= answer->body.size();
    fhir::Result<fhir::Resource> resource = fhir::Resource::Parse(answer->body);
    if (!resource.ok()) {
      return Fail(ErrorCode::kMalformed, "the partner's answer is no FHIR resource");
    }
    return resource;
  }

  static fhir::Status TakeMatches(const fhir::Resource& bundle,
                                  std::vector<fhir::Resource>& found) {
    if (bundle.type() != "Bundle") {
      return Fail(ErrorCode::kMalformed, "the partner answered a search without a Bundle");
    }
    for (const fhir::json::Value& entry : bundle["entry"].items()) {
      const std::string& mode = entry["search"]["mode"].text();
      if (!mode.empty() && mode != "match") continue;
      fhir::Result<fhir::Resource> resource = fhir::Resource::From(entry["resource"]);
      if (!resource.ok()) {
        return Fail(ErrorCode::kMalformed, "an entry of the partner's answer is no FHIR resource",
                    "Bundle.entry.resource");
      }
      found.push_back(*std::move(resource));
    }
    return {};
  }

  fhir::Result<std::string> ResolveNext(const std::string& next) const {
    const bool absolute = next.find("://") != std::string::npos;
    const std::string url = absolute ? next : config_.base_url + "/" + next;
    if (!IsHttpsUrl(url) || !SameOrigin(url, config_.base_url)) {
      return Fail(ErrorCode::kMalformed, "a next link leaves the partner's server",
                  "Bundle.link.url");
    }
    return url;
  }

  fhir::Result<fhir::Resource> Write(const char* method, std::string url,
                                     std::vector<HttpHeader> headers,
                                     const fhir::Resource& resource, milliseconds limit) {
    RestRequest request;
    request.method = method;
    request.url = std::move(url);
    request.headers = std::move(headers);
    request.headers.push_back({"Prefer", "return=representation"});
    request.content_type = kFhirJson;
    request.body = resource.Bytes();
    const fhir::Result<RestAnswer> answer =
        Call(std::move(request), config_.max_answer_bytes, steady_clock::now() + limit);
    if (!answer.ok()) {
      // Adapter::Deliver knows no kTimeout, and a refused credential is the operator's to repair.
      const ErrorCode code = answer.error().code;
      if (code == ErrorCode::kTimeout || code == ErrorCode::kUnauthenticated) {
        return Fail(ErrorCode::kUnavailable, answer.error().message);
      }
      return answer.error();
    }
    if (fhir::Status status = StatusOfAnswer(answer->status, answer->retry_after); !status.ok()) {
      return status.error();
    }
    return Written(*answer, resource);
  }

  // What the server stored; what we sent where it shows nothing of it.
  static fhir::Resource Written(const RestAnswer& answer, const fhir::Resource& sent) {
    fhir::Result<fhir::Resource> stored = fhir::Resource::Parse(answer.body);
    if (stored.ok() && stored->type() == sent.type() && fhir::IsId(stored->id())) {
      return *std::move(stored);
    }
    fhir::Resource resource = sent;
    const std::string path = answer.location.substr(0, answer.location.find("/_history/"));
    const std::string id = path.substr(path.rfind('/') + 1);
    if (fhir::IsId(id)) resource.mutable_json().Set("id", fhir::json::Value::String(id));
    return resource;
  }

  const FhirEndpointConfig config_;
  AccessToken token_;
};

}  // namespace

fhir::Result<std::unique_ptr<FhirEndpoint>> FhirEndpoint::Make(FhirEndpointConfig config) {
  while (!config.base_url.empty() && config.base_url.back() == '/') config.base_url.pop_back();
  if (!IsHttpsUrl(config.base_url) || config.base_url.find('?') != std::string::npos) {
    return Fail(ErrorCode::kInvalid, "the endpoint's base is not an https URL", "base_url");
  }
  const bool smart = !config.token_url.empty();
  if (smart != !config.client_id.empty() || smart != !config.private_key_file.empty()) {
    return Fail(ErrorCode::kInvalid,
                "the token URL, the client id and the private key belong together", "token_url");
  }
  if (smart && !IsHttpsUrl(config.token_url)) {
    return Fail(ErrorCode::kInvalid, "the token URL is not an https URL", "token_url");
  }
  if (config.max_pages < 1 || config.max_answer_bytes == 0) {
    return Fail(ErrorCode::kInvalid, "the endpoint's limits must be above zero", "max_pages");
  }
  return std::unique_ptr<FhirEndpoint>(std::make_unique<RestFhirEndpoint>(std::move(config)));
}

}  // namespace adapters
