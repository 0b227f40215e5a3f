// What a patient's reply means for the channel it came in on. B1-16 to B1-18: any reasonable way of
// saying no counts; doubt goes to a human and stops marketing meanwhile.
#pragma once

#include <string_view>

namespace consent {

enum class ReplyMeaning {
  kOptOut,   // B1-17 words, or what a reasonable person would read so (B1-18)
  kUnclear,  // has such a word inside another intent: a human decides
  kHelp,     // HELP, INFO
  kOther,    // an answer or a question: a human reads it
};

ReplyMeaning ReadReply(std::string_view text);

// D.3: whether the text may speak of an adverse event or a product complaint. Generous on purpose.
bool MayBeAdverseEvent(std::string_view text);

}  // namespace consent
