#include "fhir/primitive.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fhir/date_time.h"
#include "fhir/reference.h"

namespace fhir {
namespace {

using enum Primitive;

constexpr auto kNames = std::to_array<std::pair<std::string_view, Primitive>>({
    {"base64Binary", kBase64Binary},
    {"boolean", kBoolean},
    {"canonical", kCanonical},
    {"code", kCode},
    {"date", kDate},
    {"dateTime", kDateTime},
    {"decimal", kDecimal},
    {"id", kId},
    {"instant", kInstant},
    {"integer", kInteger},
    {"markdown", kMarkdown},
    {"oid", kOid},
    {"positiveInt", kPositiveInt},
    {"string", kString},
    {"time", kTime},
    {"unsignedInt", kUnsignedInt},
    {"uri", kUri},
    {"url", kUrl},
    {"uuid", kUuid},
    {"xhtml", kXhtml},
});

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsBase64(std::string_view text) {
  size_t characters = 0;
  for (char c : text) {
    if (IsSpace(c)) continue;
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter && !IsDigit(c) && c != '+' && c != '/' && c != '=') return false;
    ++characters;
  }
  return characters > 0 && characters % 4 == 0;
}

// [^\s]+(\s[^\s]+)*
bool IsCode(std::string_view text) {
  if (text.empty() || IsSpace(text.front()) || IsSpace(text.back())) return false;
  return std::adjacent_find(text.begin(), text.end(),
                            [](char a, char b) { return IsSpace(a) && IsSpace(b); }) == text.end();
}

bool IsUri(std::string_view text) { return std::none_of(text.begin(), text.end(), IsSpace); }

// urn:oid:[0-2](\.(0|[1-9][0-9]*))+
bool IsOid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:oid:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
  text.remove_prefix(2);
  for (;;) {
    const size_t dot = text.find('.');
    const std::string_view arc = text.substr(0, dot);
    if (arc.empty() || !std::all_of(arc.begin(), arc.end(), IsDigit)) return false;
    if (arc.size() > 1 && arc.front() == '0') return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsUuid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:uuid:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = IsDigit(text[i]) || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

// A 32-bit integer of at least `least`.
bool IsInteger(std::string_view text, int64_t least) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > 10) return false;
  if (!std::all_of(digits.begin(), digits.end(), IsDigit)) return false;
  int64_t n = 0;
  for (char c : digits) n = n * 10 + (c - '0');
  if (negative) n = -n;
  return n >= least && n >= INT32_MIN && n <= INT32_MAX;
}

bool IsDate(std::string_view text) {
  const auto parsed = DateTime::Parse(text);
  return parsed.ok() && parsed->precision() <= Precision::kDay;
}

bool IsTime(std::string_view text) {
  if (text.size() < 8 || !IsDigit(text.back())) return false;  // no offset
  return DateTime::Parse("1970-01-01T" + std::string(text) + "Z").ok();
}

// The narrative's outer element; its inside is not looked at.
bool IsDiv(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text.starts_with("<div") && (text.ends_with("</div>") || text.ends_with("/>"));
}

std::string_view DefectOfText(Primitive primitive, std::string_view text) {
  switch (primitive) {
    case kBase64Binary:
      return IsBase64(text) ? "" : "the value is not base64";
    case kCode:
      return IsCode(text) ? "" : "the value has not the grammar of a code";
    case kDate:
      return IsDate(text) ? "" : "the value is not a date";
    case kDateTime:
      return DateTime::Parse(text).ok() ? "" : "the value is not a date or dateTime";
    case kInstant:
      return ParseInstant(text).ok() ? "" : "the value is not an instant";
    case kTime:
      return IsTime(text) ? "" : "the value is not a time";
    case kId:
      return IsId(text) ? "" : "the value has not the grammar of an id";
    case kOid:
      return IsOid(text) ? "" : "the value is not an oid";
    case kUuid:
      return IsUuid(text) ? "" : "the value is not a uuid";
    case kCanonical:
    case kUri:
    case kUrl:
      return IsUri(text) ? "" : "the value is not a uri";
    case kXhtml:
      return IsDiv(text) ? "" : "the narrative is not one div element";
    default:
      return "";
  }
}

}  // namespace

std::optional<Primitive> PrimitiveFromName(std::string_view name) {
  for (const auto& [known, primitive] : kNames) {
    if (known == name) return primitive;
  }
  return std::nullopt;
}

std::string_view DefectOf(Primitive primitive, const json::Value& value) {
  switch (primitive) {
    case kBoolean:
      return value.is_bool() ? "" : "the value must be true or false";
    case kDecimal:
      return value.is_number() ? "" : "the value must be a number";
    case kInteger:
    case kPositiveInt:
    case kUnsignedInt: {
      if (!value.is_number()) return "the value must be a number";
      const int64_t least = primitive == kPositiveInt   ? 1
                            : primitive == kUnsignedInt ? 0
                                                        : INT32_MIN;
      return IsInteger(value.text(), least) ? "" : "the value is not an integer of this range";
    }
    default:
      if (!value.is_string()) return "the value must be a string";
      return DefectOfText(primitive, value.text());
  }
}

}  // namespace fhir
