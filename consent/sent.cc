#include "consent/sent.h"

#include <algorithm>

#include "consent/channel_law.h"

namespace consent {

SentAs CountsAs(const EvaluationContext& context, MessageClass c) {
  SentAs as;
  as.message_class = IsConfirmation(context) ? kConfirmationClass : Code(c);
  const auto& modules = context.content.modules;
  if (modules.size() == 1) {
    const std::string& reference = modules.front().reference;
    as.subject = reference.substr(0, reference.find("/_history/"));
  }
  as.kind = "informational";
  if (c == MessageClass::kMarketing) {
    as.kind = "marketing";
  } else if (NeedsExemption(context, c)) {
    as.kind = "exempted";
  }
  return as;
}

std::chrono::hours LongestLimit(const Policy& policy) {
  std::chrono::hours longest{7 * 24};
  for (const auto& row : policy.channels.same_subject) longest = std::max(longest, row.in);
  return longest;
}

}  // namespace consent
