// What a patient's reply means for the channel it came in on. B1-16 to B1-18: any reasonable way of
// saying no counts, in any of the languages that are common here; doubt goes to a human.
#pragma once

#include <cstdint>
#include <string_view>

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

// Stands for words that no program reads: a picture, a sound, nothing at all. Unclear.
inline constexpr char kUnreadable[] = "(attachment)";

// B1-17: whether the reply is one of the words themselves and nothing else.
bool IsStopWord(std::string_view text);

// B1-21: whether an answer to the confirmation text chooses to go on with what is no marketing
// ("keep refills", "only marketing").
bool KeepsInformational(std::string_view answer);
// Words that do, for who keeps the choice and not the words.
inline constexpr char kKeepsInformational[] = "keep informational";

// How far a reply that means stop reaches, by its own words; what they do not narrow or widen is
// everything on its channel (B1-24, strict).
struct StopReach {
  bool every_channel = false;    // "everything", "all contact"
  bool every_programme = false;  // "all programs"
  bool this_programme = false;   // "only this program"
  bool marketing = false;        // "only the marketing"
};
StopReach ReachOfStop(std::string_view text);

// D.3: whether the text may speak of an adverse event or a product complaint. Generous on purpose.
bool MayBeAdverseEvent(std::string_view text);

}  // namespace consent
