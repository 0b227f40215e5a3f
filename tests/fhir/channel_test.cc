#include "fhir/channel.h"

#include <gtest/gtest.h>

#include <string>

#include "fhir/canonicals.h"

namespace fhir {
namespace {

constexpr Channel kAll[] = {
    Channel::kEmail, Channel::kSms,  Channel::kVoiceLive, Channel::kVoiceRecorded, Channel::kPortal,
    Channel::kPush,  Channel::kMail, Channel::kFax,       Channel::kInPerson,      Channel::kVideo};

json::Value Medium(std::initializer_list<std::pair<const char*, const char*>> codings) {
  json::Value medium = json::Value::Object();
  json::Value& list = medium.Set("coding", json::Value::Array());
  for (const auto& [system, code] : codings) {
    json::Value& coding = list.Add(json::Value::Object());
    coding.Set("system", json::Value::String(system));
    coding.Set("code", json::Value::String(code));
  }
  return medium;
}

TEST(ChannelTest, CodesComeBackAsTheirChannel) {
  for (Channel channel : kAll) EXPECT_EQ(ChannelFromCode(Code(channel)), channel);
  EXPECT_EQ(Code(Channel::kVoiceRecorded), "voice-recorded");
  EXPECT_FALSE(ChannelFromCode("EMAIL"));
  EXPECT_FALSE(ChannelFromCode(""));
}

TEST(ChannelTest, WrittenMediumComesBackAsItsChannel) {
  for (Channel channel : kAll) {
    EXPECT_EQ(ChannelFromMedium(MediumOf(channel)), channel);
    EXPECT_EQ(ChannelFromMedium(json::Value::Array({MediumOf(channel)})), channel);
    EXPECT_EQ(MediumOf(channel)["coding"].size(), 2u);
  }
}

TEST(ChannelTest, V3CodesNameTheirChannel) {
  EXPECT_EQ(ChannelFromMedium(Medium({{kParticipationMode, "EMAILWRIT"}})), Channel::kEmail);
  EXPECT_EQ(ChannelFromMedium(Medium({{kParticipationMode, "PHONE"}})), Channel::kVoiceLive);
  EXPECT_EQ(ChannelFromMedium(Medium({{kParticipationMode, "DICTATE"}})), Channel::kVoiceRecorded);
  EXPECT_EQ(ChannelFromMedium(Medium({{kParticipationMode, "VIDEOCONF"}})), Channel::kVideo);
}

TEST(ChannelTest, ParentCodesAloneNameNoChannel) {
  EXPECT_FALSE(ChannelFromMedium(Medium({{kParticipationMode, "WRITTEN"}})));
  EXPECT_FALSE(ChannelFromMedium(Medium({{kParticipationMode, "SMSWRIT"}})));
  EXPECT_FALSE(ChannelFromMedium(Medium({{"urn:other", "EMAILWRIT"}})));
  EXPECT_FALSE(ChannelFromMedium(json::Value()));
}

TEST(ChannelTest, OurCodeWinsOverTheV3Code) {
  const json::Value medium = json::Value::Array(
      {Medium({{kParticipationMode, "EMAILWRIT"}}), Medium({{kChannelSystem, "push"}})});
  EXPECT_EQ(ChannelFromMedium(medium), Channel::kPush);
}

}  // namespace
}  // namespace fhir
