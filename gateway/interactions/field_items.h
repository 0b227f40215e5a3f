// Header fields that are lists. RFC 9110, 5.6
#pragma once

#include <string_view>

namespace gateway::interactions {

// Without blanks and tabs at its ends.
std::string_view Trimmed(std::string_view text);

// What stands before the first of the separators that is in no quotes, trimmed; takes both off.
std::string_view TakeItem(std::string_view& rest, std::string_view separators);

std::string_view Unquoted(std::string_view text);

}  // namespace gateway::interactions
