// Requests for confidential communications, 45 CFR 164.522(b) (R5).
#include "consent/consent_readers.h"
#include "consent/words.h"

namespace consent {

using fhir::json::Value;

ConfidentialCommunication ReadConfidential(const Given& given, const fhir::Resource& resource,
                                           const std::vector<std::string>& zones) {
  using fhir::Channel;
  const Value& consent = resource.json();
  ConfidentialCommunication asked;
  asked.reference = resource.Versioned();
  for (const Value* channel : Facts(consent, "channel")) {
    if (const auto known = fhir::ChannelFromCode(channel->text())) asked.channels.push_back(*known);
  }
  const Value& point = Fact(consent, "contact-point");
  const Value& address = Fact(consent, "contact-address");
  asked.contact = address.is_object() ? AddressLine(address) : point["value"].text();
  if (asked.channels.empty()) {
    const std::string& system = point["system"].text();
    if (address.is_object()) asked.channels = {Channel::kMail};
    if (system == "email") asked.channels = {Channel::kEmail};
    if (system == "sms") asked.channels = {Channel::kSms};
    if (system == "fax") asked.channels = {Channel::kFax};
    if (system == "phone") asked.channels = {Channel::kVoiceLive};
  }
  asked.period = ReadPeriod(consent["provision"]["period"], zones);
  if (!HasUnreadableSignature(given, resource, zones)) {
    asked.asked = SignedAt(given, resource, zones);
  }
  return asked;
}

}  // namespace consent
