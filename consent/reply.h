// What a patient's reply means for the channel it came in on. B1-16 to B1-18: any reasonable way of
// saying no counts, in any of the languages that are common here; doubt goes to a human.
#pragma once

#include <string>
#include <string_view>

#include "consent/given.h"

namespace consent {

// The strictest first.
enum class ReplyMeaning : uint8_t {
  kOptOut,   // B1-17 words, or what a reasonable person would read so (B1-18)
  kUnclear,  // has such a word inside another intent: a human decides, no marketing meanwhile
  kKeeps,    // has such a word and says the contrary ("dont stop"): a human checks
  kHelp,     // HELP, INFO
  kOther,    // an answer or a question: a human reads it
};

ReplyMeaning ReadReply(std::string_view text);

// B1-17: whether the reply is one of the words themselves and nothing else.
bool IsStopWord(std::string_view text);

// B1-21: whether an answer to the confirmation text chooses to go on with what is no marketing
// ("keep refills", "only marketing").
bool KeepsInformational(std::string_view answer);
// Words that do, for who keeps the choice and not the words.
inline constexpr char kKeepsInformational[] = "keep informational";

// A patient's words and where they came from.
struct Reply {
  std::string text;
  std::string channel;  // a channel code; empty: not known
  std::string contact;  // the number or address that said it; empty: not known
  fhir::Instant received_at{};
  std::string in_reply_to;  // OptOut::in_reply_to
  std::string seller;       // of the programme that was answered, and
  std::string programme;    // its id
};

// The opt-out that the words are, where they mean stop (ReadReply): as wide as they say. "Everything"
// is every channel, "all programs" every seller, "only this program" the one; "only marketing" is
// marketing. What they do not narrow is everything on the channel (B1-24, strict).
OptOut OptOutOf(const Reply& reply);

// D.3: whether the text may speak of an adverse event or a product complaint. Generous on purpose.
bool MayBeAdverseEvent(std::string_view text);

}  // namespace consent
