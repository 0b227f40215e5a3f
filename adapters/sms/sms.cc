// SMS through a provider with the interface of Twilio's Messages resource.
#include <string>
#include <utility>

#include "adapters/digest.h"
#include "adapters/http_post.h"
#include "adapters/strict_text.h"
#include "adapters/vendors.h"
#include "fhir/json/json.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kMaxCharacters = 1600;  // Twilio error 21617 above it

// application/x-www-form-urlencoded
void AppendField(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form.append(name).append("=").append(PercentEncode(value));
}

bool IsWord(std::string_view text) {
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
          c == '_')) {
      return false;
    }
  }
  return !text.empty() && text.size() <= 64;
}

class SmsAdapter : public Adapter {
 public:
  explicit SmsAdapter(SmsVendor vendor) : vendor_(std::move(vendor)) {
    capabilities_.channel = fhir::Channel::kSms;
    capabilities_.obligations = {"INCLUDE_OPT_OUT_TEXT", "INCLUDE_PROVIDER_ID", "MAX_CHARS",
                                 "RECHECK_AT_SEND", "COUNT_AGAINST_CAP"};
    capabilities_.max_characters = kMaxCharacters;
  }

  std::string_view name() const override { return vendor_.name; }
  const Capabilities& capabilities() const override { return capabilities_; }

  Delivery Deliver(const Message& message, std::chrono::milliseconds deadline) override {
    const Content& content = message.content();
    if (!IsE164(content.to)) {
      return Fail(ErrorCode::kInvalid, "the recipient's number is not in E.164 form");
    }
    if (!IsSmsSender(content.from)) {
      return Fail(ErrorCode::kInvalid, "the programme's sender number is missing or not valid");
    }
    if (content.text.empty() || !IsCleanText(content.text, TextUse::kBody)) {
      return Fail(ErrorCode::kInvalid, "the text is empty or has control characters");
    }
    if (CountCharacters(content.text) > kMaxCharacters) {
      return Fail(ErrorCode::kInvalid, "the text is longer than an SMS may be");
    }
    const fhir::Result<std::string> token = ReadSecretFile(vendor_.token_file);
    if (!token.ok()) return token.error();

    HttpRequest request;
    request.url = vendor_.url;
    request.content_type = "application/x-www-form-urlencoded";
    request.headers = {{"Authorization", "Basic " + Base64(vendor_.account + ":" + *token)},
                       {"Accept", "application/json"}};
    request.trust = vendor_.trust;
    AppendField(request.body, "To", content.to);
    AppendField(request.body, "From", content.from);
    AppendField(request.body, "Body", content.text);
    const fhir::Result<HttpAnswer> answer = HttpPost(request, deadline);
    if (!answer.ok()) return answer.error();
    if (fhir::Status status = StatusOfVendor(*answer); !status.ok()) {
      Delivery failed = status.error();
      failed.retry_after = answer->wait;
      return failed;
    }
    return ReadReceipt(*answer);
  }

 private:
  static fhir::Result<Receipt> ReadReceipt(const HttpAnswer& answer) {
    const fhir::Result<fhir::json::Value> json = fhir::json::Parse(answer.body);
    if (answer.truncated || !json.ok() || !IsWord((*json)["sid"].text())) {
      return Fail(ErrorCode::kUncertain, "the provider's answer names no message");
    }
    const std::string& status = (*json)["status"].text();
    if (status == "failed" || status == "undelivered" || status == "canceled") {
      return Fail(ErrorCode::kInvalid, "the provider took the message and refused it at once");
    }
    return Receipt{(*json)["sid"].text(), IsWord(status) ? status : "accepted"};
  }

  const SmsVendor vendor_;
  Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<Adapter> MakeSmsAdapter(SmsVendor vendor) {
  return std::make_unique<SmsAdapter>(std::move(vendor));
}

}  // namespace adapters
