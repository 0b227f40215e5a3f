#include "fhir/primitive.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fhir/date_time.h"
#include "fhir/narrative.h"
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

// RFC 4648 with white space between: whole groups of four, at most two = at the end.
bool IsBase64(std::string_view text) {
  size_t characters = 0;
  size_t padding = 0;
  for (char c : text) {
    if (IsSpace(c)) continue;
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (c == '=') {
      ++padding;
    } else if (padding > 0 || (!letter && !IsDigit(c) && c != '+' && c != '/')) {
      return false;
    }
    ++characters;
  }
  return characters > 0 && characters % 4 == 0 && padding <= 2;
}

// At most 1 MiB; of control characters only tab, line feed and carriage return; not only blanks.
// http://hl7.org/fhir/R4/datatypes.html#string
std::string_view DefectOfString(std::string_view text) {
  if (text.size() > 1024 * 1024) return "the value is longer than 1 MiB";
  bool blank = true;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && !IsSpace(c)) {
      return "the value holds a control character";
    }
    blank = blank && IsSpace(c);
  }
  return blank ? "the value is only white space" : "";
}

// [^\s]+(\s[^\s]+)*, and of white space only single blanks, as the words beside the expression say.
bool IsCode(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  const bool only_blanks =
      std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || !IsSpace(c); });
  return only_blanks && text.find("  ") == std::string_view::npos;
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
      return DefectOfNarrative(text);
    case kMarkdown:
    case kString:
      return DefectOfString(text);
    default:
      return "";
  }
}

// A decimal as its sign, its digits without zeros at either end, and the power of ten of the point
// before the first digit.
struct Decimal {
  int sign = 0;
  std::string digits;
  int64_t exponent = 0;

  explicit Decimal(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const size_t e = text.find_first_of("eE");
    if (e != std::string_view::npos) exponent = Exponent(text.substr(e + 1));
    text = text.substr(0, e);
    const size_t point = text.find('.');
    exponent += static_cast<int64_t>(std::min(point, text.size()));
    for (char c : text) {
      if (c != '.') digits += c;
    }
    const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    exponent -= static_cast<int64_t>(zeros);
    digits.erase(0, zeros);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (!digits.empty()) sign = negative ? -1 : 1;
  }

  // Past a million it only matters that it is far away.
  static int64_t Exponent(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    int64_t n = 0;
    for (char c : text) n = std::min<int64_t>(n * 10 + (c - '0'), 1'000'000'000);
    return negative ? -n : n;
  }
};

}  // namespace

int CompareDecimals(std::string_view a, std::string_view b) {
  const Decimal left(a);
  const Decimal right(b);
  if (left.sign != right.sign || left.sign == 0) return left.sign - right.sign;
  const int size = left.exponent != right.exponent ? (left.exponent < right.exponent ? -1 : 1)
                                                   : left.digits.compare(right.digits);
  return size * left.sign;
}

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
