// Commercial e-mail: what it must carry and how it must be signed (B.2, B3-1 to B3-5).
// 15 USC 7704; 16 CFR 316.3; RFC 8058
#include <algorithm>

#include "consent/channel_law.h"
#include "consent/words.h"

namespace consent {
namespace {

// 16 CFR 316.3: mail is commercial when its subject or its beginning reads so, whatever follows.
bool ReadsCommercial(const EvaluationContext& context) {
  const auto& words = context.policy->channels.commercial_words;
  const std::string& text = context.request.text;
  return HasOneOf(context.content.email_subject, words) ||
         HasOneOf(std::string_view(text).substr(0, text.find_first_of(".!\n")), words);
}

bool Signs(const EmailRoute& route, std::string_view header) {
  return std::any_of(route.dkim_signs.begin(), route.dkim_signs.end(),
                     [&](const std::string& name) { return SameName(name, header); });
}

void CheckRoute(const EmailRoute& route, int max_spam, Findings& findings) {
  if (!Lower(route.unsubscribe_uri).starts_with("https://") || !route.one_click_post) {
    findings.Deny("B3-1");
  }
  if (!route.dkim || !Signs(route, "List-Unsubscribe") || !Signs(route, "List-Unsubscribe-Post")) {
    findings.Deny("B3-2");
  }
  if (!route.opaque_token) findings.Deny("B3-3");
  const bool trusted = route.spf && route.dkim && route.dmarc_aligned;
  if (route.bulk && (!trusted || route.spam_per_100000 >= max_spam)) findings.Deny("B3-5");
  if (route.bulk && trusted && route.spam_per_100000 < max_spam) findings.Permit("B3-5");
}

}  // namespace

void CheckEmail(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (context.request.channel != fhir::Channel::kEmail || ToProfessional(context)) return;
  const bool safety = c == MessageClass::kSafety;
  if (c != MessageClass::kMarketing && (safety || !ReadsCommercial(context))) return;
  const EmailRoute& route = context.programme.email;
  if (route.described) CheckRoute(route, context.policy->channels.max_spam_per_100000, findings);
  if (context.programme.postal_address.empty()) return findings.Deny("B.2");
  findings.Oblige("B.2", "INCLUDE_OPT_OUT_TEXT");
  findings.Oblige("B.2", "INCLUDE_POSTAL_ADDRESS");
  findings.Oblige("B3-1", "ONE_CLICK_UNSUB");
}

}  // namespace consent
