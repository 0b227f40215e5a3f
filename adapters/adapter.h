// The contract of every way out. tests/adapters/contract_test.h runs the same suite on each
// adapter.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/message.h"
#include "fhir/result.h"

namespace adapters {

struct Capabilities {
  fhir::Channel channel = fhir::Channel::kEmail;
  // The provider deduplicates on our key: an attempt whose answer was lost may be sent again.
  bool honours_idempotency_key = false;
  // Obligation codes (consent/decision.h) this adapter can discharge, e.g. "ONE_CLICK_UNSUB".
  std::vector<std::string> obligations;
  size_t max_characters = 0;  // 0: no limit
};

struct Receipt {
  std::string provider_id;  // the provider's own id of the message; may be empty
  std::string detail;       // the provider's status word or code, without any value of a patient
};

// What came of a delivery: the receipt or how sure the failure is.
class Delivery : public fhir::Result<Receipt> {
 public:
  using fhir::Result<Receipt>::Result;
  Delivery(fhir::Result<Receipt> result) : Result(std::move(result)) {}  // NOLINT: implicit

  std::chrono::seconds retry_after{0};  // not before, says the provider; 0: it says nothing
};

// Any thread may call Deliver; several at once.
class Adapter {
 public:
  virtual ~Adapter() = default;
  virtual std::string_view name() const = 0;  // of the vendor in the configuration, "smtp-main"
  virtual const Capabilities& capabilities() const = 0;

  // Blocks for at most `deadline`. On success the provider has accepted the message. Errors say how
  // sure the failure is:
  //   kUnavailable, kThrottled  certainly not sent; may be tried again
  //   kInvalid, kForbidden      certainly not sent; will not be accepted as it is
  //   kUncertain                may have been sent (the answer was lost after the hand-over began)
  virtual Delivery Deliver(const Message& message, std::chrono::milliseconds deadline) = 0;
};

}  // namespace adapters
