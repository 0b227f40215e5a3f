#include "consent/content.h"

#include <algorithm>

#include "consent/classify.h"

namespace consent {
namespace {

using fhir::Channel;

// Where a patient is known before anything is shown or said.
bool Authenticated(Channel channel) { return channel == Channel::kPortal || Spoken(channel); }

// Neither described by the message nor part of the therapy.
bool IsForeign(const EvaluationContext& context, int place) {
  const auto& described = context.content.products;
  if (std::any_of(described.begin(), described.end(),
                  [&](const DescribedProduct& d) { return d.catalogue == place; })) {
    return false;
  }
  const Product& product = context.programme.products[static_cast<size_t>(place)];
  return Match(context, {{{product.system, product.code}}, place}) == ProductMatch::kOther;
}

// A name counts only when nothing that bears it is expected here.
bool NamesForeignProduct(const EvaluationContext& context) {
  const auto& named = context.content.named_products;
  return std::any_of(named.begin(), named.end(), [&](const std::vector<int>& bearers) {
    return !bearers.empty() && std::all_of(bearers.begin(), bearers.end(),
                                           [&](int place) { return IsForeign(context, place); });
  });
}

// A screen, a card or a machine that shows everything to whoever is near.
bool ShowsAll(const EvaluationContext& context, Channel channel) {
  return channel == Channel::kSms || channel == Channel::kPush ||
         channel == Channel::kVoiceRecorded ||
         (channel == Channel::kMail && context.content.postcard);
}

// A word of Latin and of Cyrillic or Greek letters looks like another word.
bool IsDisguised(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    bool latin = false;
    bool other = false;
    for (const char c : word) {
      latin = latin || (c >= 'a' && c <= 'z');
      other =
          other || (static_cast<unsigned char>(c) >= 0xCD && static_cast<unsigned char>(c) <= 0xD4);
    }
    return latin && other;
  });
}

// "f r e e  gift" as "free gift": letters that stand alone, three and more of them, are a word.
std::vector<std::string> Spelled(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  for (size_t i = 0; i < words.size();) {
    size_t end = i;
    std::string word;
    while (end < words.size() && words[end].size() == 1) word += words[end++];
    if (end - i < 3) {
      joined.push_back(words[i++]);
    } else {
      joined.push_back(std::move(word));
      i = end;
    }
  }
  return joined;
}

}  // namespace

bool Spoken(Channel channel) {
  return channel == Channel::kVoiceLive || channel == Channel::kInPerson ||
         channel == Channel::kVideo;
}

void CheckWording(const EvaluationContext& context, Findings& findings) {
  const auto& modules = context.content.modules;
  const bool approved = !modules.empty() && std::all_of(modules.begin(), modules.end(),
                                                        [](const auto& m) { return m.approved; });
  const bool spoken = context.request.channel && Spoken(*context.request.channel);
  const bool covered = std::any_of(modules.begin(), modules.end(), [&](const ModuleFacts& m) {
    return m.approved && (m.covers_text || (spoken && !m.has_wording));
  });
  const bool has_words = !context.request.text.empty() || spoken;
  if (!approved || !covered || !has_words || context.request.unread_payload) findings.Review("CM1");
}

void CheckRenderedText(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (c == MessageClass::kMarketing) return;
  const ContentFacts& content = context.content;
  const Lexicon& promotional = context.policy->content.promotional;
  if (promotional.In(content.words) || promotional.In(Spelled(content.words)) ||
      IsDisguised(content.words) || NamesForeignProduct(context)) {
    findings.Review("CM5");
  }
  if (context.request.channel == Channel::kEmail && promotional.In(content.subject_words)) {
    // Mail about an order or an account may carry an offer: it is commercial mail then (B.2). That
    // care does not sell is for a person to see.
    const bool transactional = c == MessageClass::kAdministrative || c == MessageClass::kGeneral;
    findings.Add("CM6", transactional ? Outcome::kPermit : Outcome::kReview);
  }
}

void CheckSensitivity(const EvaluationContext& context, Findings& findings) {
  if (!context.request.channel) return;
  const Channel channel = *context.request.channel;
  const ContentFacts& content = context.content;
  const ContentPolicy& policy = context.policy->content;
  const auto any = [&](auto is) {
    return std::any_of(content.labels.begin(), content.labels.end(), is);
  };
  if (any([&](const std::string& label) { return policy.IdentifiedOnly(label); })) {
    if (!Authenticated(channel)) findings.Reroute("B6-2", Channel::kPortal);
    if (channel == Channel::kVoiceLive || channel == Channel::kVideo) {
      findings.Oblige("B6-2", "VERIFY_IDENTITY_BEFORE_PHI");
    }
  }
  if (context.contact && context.contact->detailed_messages) return;
  const bool labelled = any([&](const std::string& label) { return policy.IsSensitivity(label); });
  const bool names = content.names_drug || policy.conditions.In(content.words);
  const bool shown = ShowsAll(context, channel) && (names || labelled);
  const bool in_subject =
      channel == Channel::kEmail &&
      (content.subject_names_drug || policy.conditions.In(content.subject_words));
  if (shown || in_subject) findings.Reroute("B6-1", Channel::kPortal);
}

}  // namespace consent
