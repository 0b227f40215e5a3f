// Names of fewer than four letters in the words of a message (B6-1, CM5): "Zyx" is one wherever it
// stands, "One" only where it is written as a name.
#pragma once

#include <string_view>

namespace consent {

// Whether `word`, in small letters, is an everyday word of English or Spanish of at most three
// letters, or a form of address.
bool IsEverydayWord(std::string_view word);

// Whether `name`, which has a capital letter, stands in `text` as a word of its own in exactly
// these letters, where no sentence begins. A text without small letters shows no names.
bool StandsAsName(std::string_view text, std::string_view name);

}  // namespace consent
