// A signed event to a partner's or vendor's https endpoint, which deduplicates on our key.
#include <string>
#include <utility>

#include "adapters/digest.h"
#include "adapters/http_post.h"
#include "adapters/strict_text.h"
#include "adapters/vendors.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kMinKeyBytes = 16;

class WebhookAdapter : public Adapter {
 public:
  WebhookAdapter(WebhookVendor vendor, Now now) : vendor_(std::move(vendor)), now_(std::move(now)) {
    capabilities_.channel = vendor_.channel;
    capabilities_.honours_idempotency_key = true;
    capabilities_.obligations = {"INCLUDE_OPT_OUT_TEXT", "INCLUDE_PROVIDER_ID", "RECHECK_AT_SEND",
                                 "COUNT_AGAINST_CAP"};
  }

  std::string_view name() const override { return vendor_.name; }
  const Capabilities& capabilities() const override { return capabilities_; }

  Delivery Deliver(const Message& message, std::chrono::milliseconds deadline) override {
    const Content& content = message.content();
    if (content.to.find("://") != std::string::npos && content.to != vendor_.url) {
      return Fail(ErrorCode::kInvalid, "the address is not this vendor's");
    }
    if (!IsPrintableAscii(message.idempotency_key(), 255)) {
      return Fail(ErrorCode::kInvalid, "the idempotency key has characters that it must not have");
    }
    const fhir::Result<std::string> key = ReadSecretFile(vendor_.signing_key_file);
    if (!key.ok()) return key.error();
    if (key->size() < kMinKeyBytes) {
      return Fail(ErrorCode::kUnavailable, "the vendor's signing key is too short");
    }

    const std::string timestamp = std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(now_().time_since_epoch()).count());
    HttpRequest request;
    request.url = vendor_.url;
    request.content_type = content.content_type;
    request.headers = {
        {"X-PSG-Timestamp", timestamp},
        {"X-PSG-Signature", "v1=" + Hex(HmacSha256(*key, timestamp + "." + content.text))},
        {"Idempotency-Key", message.idempotency_key()}};
    request.body = content.text;
    request.trust = vendor_.trust;
    const fhir::Result<HttpAnswer> answer = HttpPost(request, deadline);
    if (!answer.ok()) return answer.error();
    if (fhir::Status status = StatusOfVendor(*answer); !status.ok()) {
      Delivery failed = status.error();
      failed.retry_after = answer->wait;
      return failed;
    }
    return Receipt{"", "http-" + std::to_string(answer->status)};
  }

 private:
  const WebhookVendor vendor_;
  const Now now_;
  Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<Adapter> MakeWebhookAdapter(WebhookVendor vendor, Now now) {
  return std::make_unique<WebhookAdapter>(std::move(vendor), std::move(now));
}

}  // namespace adapters
