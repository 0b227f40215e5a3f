#include "gateway/outreach/compose.h"

#include <algorithm>

#include "consent/words.h"
#include "fhir/json/json.h"

namespace gateway::outreach {
namespace {

using consent::Programme;

bool Owes(const consent::Decision& decision, std::string_view code) {
  return std::any_of(decision.obligations.begin(), decision.obligations.end(),
                     [&](const consent::Obligation& o) { return o.code == code; });
}

std::string At(const std::map<std::string, std::string>& map, std::string_view key) {
  const auto it = map.find(std::string(key));
  return it == map.end() ? std::string() : it->second;
}

// PHI stays out of the subject (B3): the line that was decided on, else the programme's name, never
// the module's title. The adapter refuses one that is too long or no single line of clean text.
std::string SubjectOf(const Verdict& verdict) {
  const std::string line(consent::Trim(verdict.email_subject));
  const bool unfilled = line.find("{{") != std::string::npos;
  const bool said = *verdict.channel == fhir::Channel::kEmail && !line.empty() && !unfilled;
  return said ? line : "A message from " + verdict.gathered.given.programme.name;
}

// A portal's inbox takes the message as an event: who it is for, from whom, the words.
void AsPortalEvent(adapters::Content& content) {
  fhir::json::Value event = fhir::json::Value::Object();
  event.Set("event", fhir::json::Value::String("portal.message"));
  event.Set("recipient", fhir::json::Value::String(content.to));
  event.Set("from", fhir::json::Value::String(content.from_name));
  event.Set("subject", fhir::json::Value::String(content.subject));
  event.Set("text", fhir::json::Value::String(content.text));
  content.text = fhir::json::Write(event);
  content.content_type = "application/json";
  content.to.clear();  // the vendor's own URL
}

}  // namespace

adapters::Content Compose(const Verdict& verdict, const std::string& unsubscribe_url) {
  const Programme& programme = verdict.gathered.given.programme;
  const consent::Decision& decision = verdict.decision;
  adapters::Content content;
  content.channel = *verdict.channel;
  content.to = verdict.contact;
  content.from = At(programme.senders, fhir::Code(*verdict.channel));
  content.from_name = programme.name;
  content.subject = SubjectOf(verdict);
  content.text = verdict.text;

  const bool short_text = *verdict.channel == fhir::Channel::kSms;
  const std::string gap = short_text ? " " : "\n\n";
  if (Owes(decision, "INCLUDE_PROVIDER_ID") && !programme.provider_name.empty()) {
    content.text += gap + programme.provider_name;
    if (!programme.provider_phone.empty()) content.text += " " + programme.provider_phone;
  }
  if (Owes(decision, "INCLUDE_POSTAL_ADDRESS")) content.text += gap + programme.postal_address;
  const bool one_click = Owes(decision, "ONE_CLICK_UNSUB");
  if (one_click) content.unsubscribe_url = unsubscribe_url;
  if (Owes(decision, "INCLUDE_OPT_OUT_TEXT")) {
    content.text +=
        short_text ? " Reply STOP to opt out." : gap + "To stop these messages: " + unsubscribe_url;
    if (!short_text) content.unsubscribe_url = unsubscribe_url;
  }
  if (*verdict.channel == fhir::Channel::kPortal) AsPortalEvent(content);
  return content;
}

}  // namespace gateway::outreach
