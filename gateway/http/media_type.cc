#include "gateway/http/media_type.h"

#include <algorithm>

namespace gateway::http {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view TakeUntil(std::string_view& text, char end) {
  const size_t size = std::min(text.find(end), text.size());
  const std::string_view taken = Trimmed(text.substr(0, size));
  text.remove_prefix(std::min(size + 1, text.size()));
  return taken;
}

}  // namespace

std::string_view MediaType::Parameter(std::string_view parameter) const {
  for (const auto& [key, value] : parameters) {
    if (key == parameter) return value;
  }
  return {};
}

MediaType ParseMediaType(std::string_view text) {
  MediaType type;
  type.name = Lower(TakeUntil(text, ';'));
  while (!text.empty()) {
    std::string_view value = TakeUntil(text, ';');
    const std::string_view key = TakeUntil(value, '=');
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (!key.empty()) type.parameters.emplace_back(Lower(key), Lower(value));
  }
  return type;
}

std::vector<MediaType> ParseAccept(std::string_view field) {
  std::vector<MediaType> types;
  while (!field.empty()) {
    MediaType type = ParseMediaType(TakeUntil(field, ','));
    const std::string_view weight = type.Parameter("q");
    const bool never = !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
    if (!type.name.empty() && !never) types.push_back(std::move(type));
  }
  return types;
}

}  // namespace gateway::http
