// What an adapter is asked to deliver. A Message exists only where a send permit was committed: its
// constructor takes a SendPermit, and only the dispatcher's committed claim can make one. A way
// around does not compile.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fhir/channel.h"

namespace gateway::outreach {
class CommittedClaim;  // the one maker of send permits: built after COMMIT of the claim
}

namespace adapters {

namespace testing {
class PermitForTest;  // defined in tests/adapters only
}

class SendPermit {
 public:
  const std::string& decision_id() const { return decision_id_; }

 private:
  explicit SendPermit(std::string decision_id) : decision_id_(std::move(decision_id)) {}
  friend class gateway::outreach::CommittedClaim;
  friend class testing::PermitForTest;
  std::string decision_id_;
};

// The words and the address. Never logged.
struct Content {
  fhir::Channel channel = fhir::Channel::kEmail;
  std::string to;         // "pat@example.org", "+12065550100", an https URL, or a FHIR reference
  std::string from;       // sender address or number of the programme; may be empty
  std::string from_name;  // "Aurora Patient Support"
  std::string subject;
  std::string text;             // UTF-8, the obligations' texts already appended
  std::string unsubscribe_url;  // https; empty where the channel or class has none
  std::string content_type = "text/plain; charset=utf-8";  // for webhook and FHIR: the body's type
};

class Message {
 public:
  Message(SendPermit permit, std::string idempotency_key, Content content)
      : permit_(std::move(permit)),
        idempotency_key_(std::move(idempotency_key)),
        content_(std::move(content)) {}

  const SendPermit& permit() const { return permit_; }
  const std::string& idempotency_key() const { return idempotency_key_; }
  const Content& content() const { return content_; }

 private:
  SendPermit permit_;
  std::string idempotency_key_;
  Content content_;
};

}  // namespace adapters
