// The patient's words that nobody has read yet: replies whose Task is open. While one is, it is a
// fact of every decision about the patient (consent/reply.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

inline constexpr char kReplyTask[] = "reply";  // of kTaskCodeSystem

struct UnreadReply {
  std::string text;
  std::string channel;  // a channel code; empty: not known
};

// Of several the one that means the strictest, of those the latest. `records`: ids of Patients.
fhir::Result<std::optional<UnreadReply>> UnreadReplyOf(store::Reader& reader,
                                                       const std::string& programme,
                                                       const std::vector<std::string>& records);

// The channel code of a Communication; empty: it names none.
std::string ChannelOf(const fhir::Resource& communication);
// Its words.
std::string TextOf(const fhir::Resource& communication);

}  // namespace gateway::outreach
