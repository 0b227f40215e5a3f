#include "fhir/search/asked_text.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace fhir {

Prefix TakePrefix(std::string_view& text) {
  constexpr std::pair<std::string_view, Prefix> kPrefixes[] = {
      {"eq", Prefix::kEq}, {"ne", Prefix::kNe}, {"gt", Prefix::kGt},
      {"lt", Prefix::kLt}, {"ge", Prefix::kGe}, {"le", Prefix::kLe},
      {"sa", Prefix::kSa}, {"eb", Prefix::kEb}, {"ap", Prefix::kAp}};
  for (const auto& [word, prefix] : kPrefixes) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(2);
    return prefix;
  }
  return Prefix::kEq;
}

Result<Span> AskedSpan(std::string_view asked, std::string_view parameter) {
  std::string text(asked);
  // A plus that was not encoded arrives as a blank.
  std::replace(text.begin(), text.end(), ' ', '+');
  constexpr size_t kMinutes = std::string_view("2026-01-01T10:00").size();
  bool to_the_minute = false;
  if (text.size() >= kMinutes && text[10] == 'T') {
    if (text.size() == kMinutes || text[kMinutes] != ':') {
      text.insert(kMinutes, ":00");
      to_the_minute = true;
    }
    if (text.find_first_of("Z+-", kMinutes) == std::string::npos) text += 'Z';
  }
  const auto parsed = DateTime::Parse(text);
  if (!parsed.ok()) return Refusal("value", "the value is no date", parameter);
  Span span = parsed->Covers();
  if (to_the_minute) span.end = span.begin + std::chrono::minutes(1);
  return span;
}

Span About(const Span& asked, Instant now) {
  const auto gap = now > asked.begin ? now - asked.begin : asked.begin - now;
  const auto tenth = std::chrono::milliseconds(gap.count() / 10);
  return {asked.begin - tenth, asked.end + tenth};
}

std::vector<std::string_view> SplitUnescaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

Result<std::string> Unescape(std::string_view text, std::string_view parameter) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' &&
        (++i == text.size() || std::string_view(",|$\\").find(text[i]) == std::string_view::npos)) {
      return Refusal("value", "the value has an invalid escape", parameter);
    }
    result += text[i];
  }
  return result;
}

Error Refusal(std::string_view issue_code, std::string message, std::string_view parameter) {
  Error error = Fail(ErrorCode::kMalformed, std::move(message), std::string(parameter));
  error.findings.push_back({Severity::kError, std::string(issue_code), error.message, error.path});
  return error;
}

}  // namespace fhir
