// The only other maker of send permits; it exists in tests alone.
#pragma once

#include <string>
#include <utility>

#include "adapters/message.h"

namespace adapters::testing {

class PermitForTest {
 public:
  static Message MakeMessage(std::string idempotency_key, Content content) {
    return Message(SendPermit("decision-of-a-test"), std::move(idempotency_key),
                   std::move(content));
  }
};

}  // namespace adapters::testing
