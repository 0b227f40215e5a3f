// The words and the address of a permitted message, with the texts that its obligations ask for.
#pragma once

#include <string>

#include "adapters/message.h"
#include "gateway/outreach/verdict.h"

namespace gateway::outreach {

// `unsubscribe_url`: the link of this attempt; used where an obligation asks for one.
adapters::Content Compose(const Verdict& verdict, const std::string& unsubscribe_url);

}  // namespace gateway::outreach
