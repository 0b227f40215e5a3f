// The ways a message can reach a person. R4 has codes for some (v3-ParticipationMode); SMS, push
// and portal have none, so they are ours (kChannelSystem).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/json/value.h"

namespace fhir {

enum class Channel : uint8_t {
  kEmail,
  kSms,
  kVoiceLive,
  kVoiceRecorded,
  kPortal,
  kPush,
  kMail,
  kFax,
  kInPerson,
  kVideo,
};

// "email", "sms", "voice-live", "voice-recorded", "portal", "push", "mail", "fax", "in-person",
// "video"
std::string_view Code(Channel channel);
std::optional<Channel> ChannelFromCode(std::string_view code);

// The channel that CommunicationRequest.medium / Communication.medium names: our own codes first,
// then EMAILWRIT, PHONE, DICTATE, MAILWRIT, FAXWRIT, FACE, VIDEOCONF. nullopt when it names none.
std::optional<Channel> ChannelFromMedium(const json::Value& medium);
// The CodeableConcept to write, with the v3 parent code beside ours.
json::Value MediumOf(Channel channel);

}  // namespace fhir
