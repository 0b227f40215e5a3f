// Facts of the request and of what is given beside the resources.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"request.medium", "CommunicationRequest", "medium", "the channel, unless it is given beside",
     "v3-ParticipationMode or our channel codes", R"({"coding": [{"code": "sms"}]})"},
});

}  // namespace

std::span<const DeclaredFact> RequestFactTable() { return kFacts; }

}  // namespace consent
