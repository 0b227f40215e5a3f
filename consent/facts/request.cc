// Facts of the request and of what is given beside the resources.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"request.medium", "CommunicationRequest", "medium", "the channel, unless it is given beside",
     "v3-ParticipationMode or our channel codes", R"({"coding": [{"code": "sms"}]})"},
    {"request.priority", "CommunicationRequest", "priority", "whether it may ring at night",
     "routine, urgent, asap, stat", R"("stat")"},
    {"given.opt-outs", "Given", "optOuts",
     "what the patient stopped: channel, contact, class, seller, programme, allProgrammes, "
     "receivedAt, source, inReplyTo, answer, pending, unmerged",
     "case file", R"({"channel": "sms", "class": "all", "inReplyTo": "marketing"})"},
    {"given.history", "Given", "history", "what was sent: channel, sentAt, class, subject",
     "case file", ""},
    {"given.reply", "Given", "reply", "the patient's latest words and the channel they came on",
     "text, replyChannel", R"("Please quit texting me")"},
});

}  // namespace

std::span<const DeclaredFact> RequestFactTable() { return kFacts; }

}  // namespace consent
