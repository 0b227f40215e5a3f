#include "adapters/fhir_endpoint/access_token.h"

#include <algorithm>
#include <cstdlib>

#include "adapters/digest.h"
#include "adapters/fhir_endpoint/client_assertion.h"
#include "adapters/strict_text.h"
#include "fhir/json/json.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr int kMarginSeconds = 30;  // a token is not used in the last half minute of its life

}  // namespace

fhir::Result<std::string> AccessToken::Authorization(SteadyTime deadline) {
  if (!config_.bearer_token_file.empty()) {
    const fhir::Result<std::string> token = ReadSecretFile(config_.bearer_token_file);
    if (!token.ok()) return token.error();
    return "Bearer " + *token;
  }
  if (config_.token_url.empty()) return std::string();
  const std::unique_lock lock(mutex_, deadline);
  if (!lock.owns_lock()) {
    return Fail(ErrorCode::kTimeout, "the authorization server did not answer in time");
  }
  if (!header_.empty() && std::chrono::steady_clock::now() < renew_at_) return header_;
  return Ask(deadline);
}

bool AccessToken::Forget() {
  if (config_.token_url.empty()) return false;
  // When another thread holds it, it is asking for a new token already.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock.owns_lock()) header_.clear();
  return true;
}

fhir::Result<std::string> AccessToken::Ask(SteadyTime deadline) {
  header_.clear();
  const fhir::Result<std::string> assertion = SignClientAssertion(
      {config_.client_id, config_.token_url, config_.private_key_file, config_.key_id},
      SystemNow());
  if (!assertion.ok()) return assertion.error();
  RestRequest request;
  request.method = "POST";
  request.url = config_.token_url;
  request.headers = {{"Accept", "application/json"}};
  request.content_type = "application/x-www-form-urlencoded";
  request.body = "grant_type=client_credentials&scope=" + PercentEncode(config_.scope) +
                 "&client_assertion_type="
                 "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                 "&client_assertion=" +
                 *assertion;
  const auto asked_at = std::chrono::steady_clock::now();
  const fhir::Result<RestAnswer> answer = CallRest(request, config_.trust, 64 * 1024, deadline);
  if (!answer.ok()) {
    // Asking for a token changes nothing: a lost answer is not uncertain.
    if (answer.error().code == ErrorCode::kTimeout) return answer.error();
    return Fail(ErrorCode::kUnavailable, "the authorization server cannot be reached");
  }
  if (answer->status >= 400 && answer->status < 500 && answer->status != 429) {
    return Fail(ErrorCode::kUnauthenticated, "the authorization server refuses our client");
  }
  if (answer->status != 200 || !answer->complete) {
    return Fail(ErrorCode::kUnavailable, "the authorization server gave no token");
  }
  const fhir::Result<fhir::json::Value> json = fhir::json::Parse(answer->body);
  const std::string token = json.ok() ? (*json)["access_token"].text() : "";
  if (!IsPrintableAscii(token, 8000)) {
    return Fail(ErrorCode::kUnavailable, "the authorization server's answer has no token");
  }
  const long life = std::strtol((*json)["expires_in"].text().c_str(), nullptr, 10);
  header_ = "Bearer " + token;
  renew_at_ = asked_at + std::chrono::seconds(std::clamp(life - kMarginSeconds, 0L, 3600L));
  return header_;
}

}  // namespace adapters
