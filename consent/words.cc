#include "consent/words.h"

#include <algorithm>

#include "fhir/canonicals.h"
#include "fhir/reference.h"

namespace consent {
namespace {

using fhir::Instant;
using fhir::json::Value;

const Value kNull;

constexpr std::string_view kPrefix = "https://psgateway.example/fhir/StructureDefinition/";

bool IsOurs(const std::string& url, std::string_view name) {
  if (url == name) return true;
  return url.size() == kPrefix.size() + name.size() && url.starts_with(kPrefix) &&
         url.ends_with(name);
}

const Value& ValueOf(const Value& extension) {
  for (const auto& member : extension.members()) {
    if (std::string_view(member.name).starts_with("value")) return member.value;
  }
  return kNull;
}

char LowerChar(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

const Value& OurExtension(const Value& element, std::string_view name) {
  for (const Value& extension : element["extension"].items()) {
    if (IsOurs(extension["url"].text(), name)) return extension;
  }
  return kNull;
}

std::vector<const Value*> OurExtensions(const Value& element, std::string_view name) {
  std::vector<const Value*> extensions;
  for (const Value& extension : element["extension"].items()) {
    if (IsOurs(extension["url"].text(), name)) extensions.push_back(&extension);
  }
  return extensions;
}

const Value& Fact(const Value& element, std::string_view name) {
  return ValueOf(OurExtension(element, name));
}

std::vector<const Value*> Facts(const Value& element, std::string_view name) {
  std::vector<const Value*> values;
  for (const Value& extension : element["extension"].items()) {
    if (IsOurs(extension["url"].text(), name)) values.push_back(&ValueOf(extension));
  }
  return values;
}

OurFacts::OurFacts(const Value& element) {
  const auto& extensions = element["extension"].items();
  all_.reserve(extensions.size());
  for (const Value& extension : extensions) {
    std::string_view name = extension["url"].text();
    if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
    all_.push_back({name, &ValueOf(extension)});
  }
}

const Value& OurFacts::operator[](std::string_view name) const {
  for (const One& one : all_) {
    if (one.name == name) return *one.value;
  }
  return kNull;
}

std::vector<const Value*> OurFacts::All(std::string_view name) const {
  std::vector<const Value*> values;
  for (const One& one : all_) {
    if (one.name == name) values.push_back(one.value);
  }
  return values;
}

std::string RelativeOf(const Value& reference) {
  return fhir::RelativeReference(reference["reference"].text());
}

std::vector<Coding> CodingsOf(const Value& codeable) {
  std::vector<Coding> codings;
  for (const Value& coding : codeable["coding"].items()) {
    if (!coding["code"].text().empty()) {
      codings.push_back({coding["system"].text(), coding["code"].text()});
    }
  }
  return codings;
}

std::vector<std::string> ClassesOf(const Value& resource) {
  const std::string& type = resource["resourceType"].text();
  std::vector<std::string> classes = {type};
  for (const Value& profile : resource["meta"]["profile"].items()) {
    const std::string& url = profile.text();
    classes.push_back(url.substr(0, url.find('|')));
  }
  if (type == "DocumentReference" || type == "Composition") {
    for (Coding& coding : CodingsOf(resource["type"])) classes.push_back(std::move(coding.code));
  }
  return classes;
}

void AddLabels(const Value& resource, std::vector<std::string>& labels) {
  for (const Value& label : resource["meta"]["security"].items()) {
    const std::string& code = label["code"].text();
    if (label["system"].text().ends_with("/CodeSystem/data-origin")) continue;
    if (!code.empty() && !Contains(labels, code)) labels.push_back(code);
  }
}

bool Speaks(const Value& flag) { return !flag.is_null() && (!flag.is_bool() || flag.boolean()); }
bool Denies(const Value& flag) { return !flag.is_null() && (!flag.is_bool() || !flag.boolean()); }

std::optional<int64_t> Micros(const Value& number) {
  if (!number.is_number()) return std::nullopt;
  const std::string& text = number.text();
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++i;
  int64_t value = 0;
  int places = -1;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && places < 0) {
      places = 0;
    } else if (IsDigit(text[i]) && value < 100'000'000'000) {
      value = value * 10 + (text[i] - '0');
      if (places >= 0) ++places;
    } else {
      return std::nullopt;
    }
  }
  if (places > 6) return std::nullopt;
  for (int p = std::max(places, 0); p < 6; ++p) value *= 10;
  // Sums of such amounts stay far from overflow.
  if (value > 1'000'000'000'000'000) return std::nullopt;
  return negative ? -value : value;
}

bool HasUnknownModifier(const Value& resource) {
  const auto modified = [](const Value& element, const auto& self) -> bool {
    if (element.is_object()) {
      for (const auto& member : element.members()) {
        if (member.name == "modifierExtension" && member.value.size() > 0) return true;
        if (self(member.value, self)) return true;
      }
    } else if (element.is_array()) {
      for (const Value& item : element.items()) {
        if (self(item, self)) return true;
      }
    }
    return false;
  };
  return !resource["implicitRules"].text().empty() || modified(resource, modified);
}

std::optional<Validity> ReadMoment(const Value& text, const std::vector<std::string>& zones) {
  if (!text.is_string()) return std::nullopt;
  const auto moment = fhir::DateTime::Parse(text.text());
  if (!moment.ok()) return std::nullopt;
  Validity validity;
  for (const std::string& zone : zones) {
    const fhir::Span span = moment->Covers(zone);
    if (moment->has_offset()) return Validity{span, span};  // the same everywhere
    const bool first = &zone == &zones.front();
    validity.sure.begin = first ? span.begin : std::max(validity.sure.begin, span.begin);
    validity.sure.end = first ? span.end : std::min(validity.sure.end, span.end);
    validity.possible.begin = first ? span.begin : std::min(validity.possible.begin, span.begin);
    validity.possible.end = first ? span.end : std::max(validity.possible.end, span.end);
  }
  return validity;
}

Validity ReadPeriod(const Value& period, const std::vector<std::string>& zones) {
  Validity validity;
  const auto start = ReadMoment(period["start"], zones);
  const auto end = ReadMoment(period["end"], zones);
  if (start) {
    validity.sure.begin = start->sure.begin;
    validity.possible.begin = start->possible.begin;
  }
  if (end) {
    validity.sure.end = end->sure.end;
    validity.possible.end = end->possible.end;
  }
  const bool unreadable = (!start && !period["start"].is_null()) ||
                          (!end && !period["end"].is_null()) ||
                          (!period.is_null() && !period.is_object());
  if (unreadable) validity.sure = {Instant::max(), Instant::min()};
  return validity;
}

std::optional<Instant> Happened(const Value& date, const std::vector<std::string>& zones,
                                Instant now) {
  if (date.is_null()) return std::nullopt;
  const auto moment = ReadMoment(date, zones);
  return moment ? moment->possible.begin : now;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), LowerChar);
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\n' ||
                           text.front() == '\r')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n' ||
                           text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

bool SameName(std::string_view a, std::string_view b) {
  a = Trim(a);
  b = Trim(b);
  if (a.empty() || a.size() != b.size()) return false;
  if (a == b) return true;
  for (size_t i = 0; i < a.size(); ++i) {
    if (LowerChar(a[i]) != LowerChar(b[i])) return false;
  }
  return true;
}

std::string_view WithoutLegalForm(std::string_view name) {
  name = Trim(name);
  const size_t before = name.find_last_of(" ,");
  if (before == std::string_view::npos) return name;
  std::string last;
  for (char c : name.substr(before + 1)) {
    if (c != '.') last.push_back(LowerChar(c));
  }
  for (std::string_view form :
       {"inc", "incorporated", "llc", "ltd", "limited", "corp", "corporation", "co", "company",
        "lp", "llp", "plc", "gmbh", "ag", "sa", "nv", "bv", "pc", "pllc"}) {
    if (last != form) continue;
    name = name.substr(0, before);
    while (name.ends_with(',') || name.ends_with(' ')) name.remove_suffix(1);
    break;
  }
  return name;
}

namespace {

// "206-555-0100 ext. 5", "+12065550100;ext=5": a number and the extension behind it.
std::string_view WithoutExtension(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && IsDigit(text[end - 1])) --end;
  if (end == text.size()) return text;
  std::string before = Lower(text.substr(0, end));
  const auto cut = [&](std::string_view marks) {
    while (!before.empty() && marks.find(before.back()) != std::string_view::npos) {
      before.pop_back();
    }
  };
  cut(" .=:");
  for (std::string_view mark : {"extension", "ext", "x", "#"}) {
    if (!before.ends_with(mark)) continue;
    before.resize(before.size() - mark.size());
    cut(" ;,");
    const bool lettered =
        std::any_of(before.begin(), before.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    const bool number = !lettered && std::count_if(before.begin(), before.end(), IsDigit) >= 7;
    return number ? text.substr(0, before.size()) : text;
  }
  return text;
}

}  // namespace

std::string NormalContact(std::string_view text) {
  text = Trim(text);
  for (std::string_view scheme : {"tel:", "sms:", "mailto:"}) {
    if (Lower(text.substr(0, scheme.size())) == scheme) text.remove_prefix(scheme.size());
  }
  if (text.find('@') != std::string_view::npos) return Lower(text);
  text = WithoutExtension(text);
  std::string digits;
  size_t letters = 0;
  for (char c : text) {
    if (IsDigit(c)) digits.push_back(c);
    const char lower = LowerChar(c);
    if (lower >= 'a' && lower <= 'z') ++letters;
  }
  // An address of a street, a device token: no number.
  if (digits.size() < 7 || letters > 0) return Lower(text);
  if (!text.starts_with('+') && digits.size() == 10) digits.insert(digits.begin(), '1');
  digits.insert(digits.begin(), '+');
  return digits;
}

namespace {

bool EndsInLegalForm(std::string_view text) {
  return WithoutLegalForm(text).size() < Trim(text).size();
}

// What stands beside a name in a line of parties.
struct Edge {
  bool parts = false;         // it parts one party from the next
  bool by_word = false;       // "and", "or", "&": it may as well join two words of one name
  std::string_view beyond{};  // of it
};

Edge EdgeBefore(std::string_view text) {
  text = Trim(text);
  if (text.empty()) return {.parts = true};
  for (std::string_view word : {" and", " or", " &"}) {
    if (!text.ends_with(word)) continue;
    const std::string_view beyond = Trim(text.substr(0, text.size() - word.size()));
    return {true, !beyond.ends_with(',') && !beyond.ends_with(';'), beyond};
  }
  return {.parts = std::string_view(",;/").find(text.back()) != std::string_view::npos,
          .beyond = text};
}

Edge EdgeAfter(std::string_view text) {
  // A point may end the name's "Inc."
  while (text.starts_with('.')) text.remove_prefix(1);
  const bool spaced = text.starts_with(' ');
  text = Trim(text);
  if (text.empty()) return {.parts = true};
  for (std::string_view word : {"and ", "or ", "& "}) {
    if (spaced && text.starts_with(word)) return {true, true, text.substr(word.size())};
  }
  return {.parts = std::string_view(",;/").find(text.front()) != std::string_view::npos,
          .beyond = text};
}

// Whether the name that stands here is a party's, and not part of another name: "Bay and Harbor
// Clinics" does not name Bay, "A, B and C" and "HubOne LLC and B" name theirs.
bool IsWhole(std::string_view before, std::string_view name, std::string_view after) {
  const Edge left = EdgeBefore(before);
  const Edge right = EdgeAfter(after);
  if (!left.parts || !right.parts) return false;
  const bool long_enough = name.find(' ') != std::string_view::npos;
  const bool in_list = !left.by_word && !Trim(before).empty();
  if (right.by_word && !long_enough && !in_list && !EndsInLegalForm(name)) return false;
  const bool after_list = left.beyond.find(',') != std::string_view::npos;
  return !left.by_word || long_enough || after_list || EndsInLegalForm(left.beyond);
}

}  // namespace

bool NamesParty(const std::vector<std::string>& lines, std::string_view name) {
  name = Trim(name);
  if (name.empty()) return false;
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    if (line.size() <= name.size()) return SameName(line, name);
    std::string lower = Lower(line);
    std::replace(lower.begin(), lower.end(), '\n', ';');
    const std::string wanted = Lower(name);
    for (size_t at = lower.find(wanted); at != std::string::npos; at = lower.find(wanted, at + 1)) {
      const std::string_view text = lower;
      if (IsWhole(text.substr(0, at), wanted, text.substr(at + wanted.size()))) return true;
    }
    return false;
  });
}

}  // namespace consent
