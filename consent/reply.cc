#include "consent/reply.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace consent {
namespace {

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == '\'') continue;  // don't -> dont
    if (std::isalnum(static_cast<unsigned char>(c))) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

template <size_t N>
bool HasAny(const std::vector<std::string>& words, const std::array<std::string_view, N>& list) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  });
}

// 47 CFR 64.1200(a)(10), and the words carriers honour beside them; English and Spanish.
constexpr std::array<std::string_view, 14> kOptOutWords = {
    "stop", "quit",     "end",  "revoke", "cancel", "unsubscribe", "stopall",
    "alto", "cancelar", "pare", "parar",  "optout", "remove",      "baja"};
constexpr std::array<std::string_view, 7> kNegations = {"dont", "not",  "never",   "no",
                                                        "cant", "wont", "shouldnt"};
// What is being stopped, when it is the messages and nothing else.
constexpr std::array<std::string_view, 28> kMessages = {
    "text",     "texts",     "texting", "message",      "messages",      "messaging",  "me",
    "these",    "sms",       "contact", "call",         "calls",         "calling",    "emails",
    "email",    "emailing",  "mail",    "mails",        "mailing",       "contacting", "all",
    "reminder", "reminders", "alerts",  "notification", "notifications", "sending",    "bothering"};
constexpr std::array<std::string_view, 14> kFiller = {"please", "pls", "now", "just", "the",
                                                      "from",   "to",  "of",  "your", "my",
                                                      "thanks", "you", "i",   "want"};
constexpr std::array<std::string_view, 22> kAdverse = {
    "sick",     "hurt",     "hurts",    "pain",     "rash",      "dizzy",
    "vomit",    "vomiting", "nausea",   "bleeding", "hospital",  "emergency",
    "reaction", "allergic", "swelling", "breathe",  "breathing", "faint",
    "fever",    "headache", "broken",   "defective"};

}  // namespace

ReplyMeaning ReadReply(std::string_view text) {
  const std::vector<std::string> words = Words(text);
  if (words.size() == 1 && (words[0] == "help" || words[0] == "info" || words[0] == "ayuda")) {
    return ReplyMeaning::kHelp;
  }
  // "opt out" is two words in most hands.
  bool opt_out = HasAny(words, kOptOutWords);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    opt_out = opt_out || (words[i] == "opt" && words[i + 1] == "out") ||
              (words[i] == "leave" && words[i + 1] == "me") ||
              (words[i] == "take" && words[i + 1] == "me");
  }
  // "do not text me again": a negated message verb is a revocation as well (B1-18).
  const bool negated = HasAny(words, kNegations);
  const bool about_messages = HasAny(words, kMessages);
  if (!opt_out) {
    const bool refuses = negated && about_messages &&
                         std::any_of(words.begin(), words.end(), [](const std::string& w) {
                           return w == "text" || w == "contact" || w == "message" || w == "call" ||
                                  w == "email" || w == "texts" || w == "messages";
                         });
    return refuses ? ReplyMeaning::kOptOut : ReplyMeaning::kOther;
  }
  if (negated) return ReplyMeaning::kUnclear;  // "dont stop these, they help"
  // Only opt-out words, fillers and words for the messages: nothing else is meant.
  const bool only_that = std::all_of(words.begin(), words.end(), [](const std::string& word) {
    const auto in = [&](const auto& list) {
      return std::find(list.begin(), list.end(), word) != list.end();
    };
    return in(kOptOutWords) || in(kMessages) || in(kFiller) || word == "opt" || word == "out" ||
           word == "take" || word == "leave" || word == "off" || word == "alone";
  });
  return only_that ? ReplyMeaning::kOptOut : ReplyMeaning::kUnclear;
}

bool MayBeAdverseEvent(std::string_view text) { return HasAny(Words(text), kAdverse); }

}  // namespace consent
