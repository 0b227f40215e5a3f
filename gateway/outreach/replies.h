// The patient's words that nobody has read yet: replies whose Task is open. While one is, it is a
// fact of every decision about the patient (consent/reply.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "consent/programme.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/outreach/identity.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

inline constexpr char kReplyTask[] = "reply";  // of kTaskCodeSystem

struct UnreadReply {
  std::string text;
  std::string channel;  // a channel code; empty: not known
};

// Of several the one that means the strictest, of those the latest. What was said to another
// programme of the same seller counts where it may mean stop (B1-25).
fhir::Result<std::optional<UnreadReply>> UnreadReplyOf(store::Reader& reader,
                                                       const consent::Programme& programme,
                                                       const Identity& identity);

// Whether the words may mean stop, or say the contrary in words of stopping: a person reads them
// before anything is sent (B1-18).
bool MayMeanStop(std::string_view text);

// The channel code of a Communication; empty: it names none.
std::string ChannelOf(const fhir::Resource& communication);
// Its words.
std::string TextOf(const fhir::Resource& communication);

}  // namespace gateway::outreach
