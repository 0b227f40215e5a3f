// What a message counts as once it has left: in the history that limits read, and for the reach of
// a STOP that answers it (B1-24).
#pragma once

#include <chrono>
#include <string>

#include "consent/context.h"
#include "consent/decision.h"

namespace consent {

struct SentAs {
  std::string message_class;  // Sent::message_class
  std::string subject;        // Sent::subject: the one module that it was made from
  std::string kind;           // OptOut::in_reply_to of a STOP that answers it
};
SentAs CountsAs(const EvaluationContext& context, MessageClass c);

// How far back any limit of the pack or of a programme looks.
std::chrono::hours LongestLimit(const Policy& policy);

}  // namespace consent
