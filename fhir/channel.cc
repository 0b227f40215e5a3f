#include "fhir/channel.h"

#include <array>
#include <utility>

#include "fhir/canonicals.h"

namespace fhir {
namespace {

struct Row {
  Channel channel;
  std::string_view code;
  std::string_view display;
  std::string_view v3;  // the nearest code of v3-ParticipationMode
  std::string_view v3_display;
  bool v3_names_it;  // whether the v3 code alone means this channel
};

constexpr auto kRows = std::to_array<Row>({
    {Channel::kEmail, "email", "E-mail", "EMAILWRIT", "email", true},
    {Channel::kSms, "sms", "Text message", "WRITTEN", "written", false},
    {Channel::kVoiceLive, "voice-live", "Telephone call", "PHONE", "telephone", true},
    {Channel::kVoiceRecorded, "voice-recorded", "Recorded call", "DICTATE", "dictated", true},
    {Channel::kPortal, "portal", "Patient portal", "ONLINEWRIT", "online written", false},
    {Channel::kPush, "push", "Push notification", "WRITTEN", "written", false},
    {Channel::kMail, "mail", "Postal mail", "MAILWRIT", "mail", true},
    {Channel::kFax, "fax", "Fax", "FAXWRIT", "telefax", true},
    {Channel::kInPerson, "in-person", "In person", "FACE", "face-to-face", true},
    {Channel::kVideo, "video", "Video call", "VIDEOCONF", "videoconferencing", true},
});

const Row& RowOf(Channel channel) {
  for (const Row& row : kRows) {
    if (row.channel == channel) return row;
  }
  return kRows.front();
}

json::Value MakeCoding(std::string_view system, std::string_view code, std::string_view display) {
  json::Value coding = json::Value::Object();
  coding.Set("system", json::Value::String(std::string(system)));
  coding.Set("code", json::Value::String(std::string(code)));
  coding.Set("display", json::Value::String(std::string(display)));
  return coding;
}

std::optional<Channel> FromV3(std::string_view code) {
  for (const Row& row : kRows) {
    if (row.v3_names_it && row.v3 == code) return row.channel;
  }
  return std::nullopt;
}

using Lookup = std::optional<Channel> (*)(std::string_view code);

// The first coding of `system` that names a channel. `medium` is a CodeableConcept or several.
std::optional<Channel> FirstOf(const json::Value& medium, std::string_view system, Lookup lookup) {
  if (medium.is_array()) {
    for (const json::Value& concept_ : medium.items()) {
      if (concept_.is_array()) continue;
      if (auto channel = FirstOf(concept_, system, lookup)) return channel;
    }
    return std::nullopt;
  }
  for (const json::Value& coding : medium["coding"].items()) {
    if (coding["system"].text() != system) continue;
    if (auto channel = lookup(coding["code"].text())) return channel;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Code(Channel channel) { return RowOf(channel).code; }

std::optional<Channel> ChannelFromCode(std::string_view code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row.channel;
  }
  return std::nullopt;
}

std::optional<Channel> ChannelFromMedium(const json::Value& medium) {
  if (auto channel = FirstOf(medium, kChannelSystem, ChannelFromCode)) return channel;
  return FirstOf(medium, kParticipationMode, FromV3);
}

json::Value MediumOf(Channel channel) {
  const Row& row = RowOf(channel);
  json::Value medium = json::Value::Object();
  json::Value& coding = medium.Set("coding", json::Value::Array());
  coding.Add(MakeCoding(kChannelSystem, row.code, row.display));
  coding.Add(MakeCoding(kParticipationMode, row.v3, row.v3_display));
  return medium;
}

}  // namespace fhir
