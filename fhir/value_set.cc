#include "fhir/value_set.h"

#include <algorithm>
#include <array>

namespace fhir {
namespace {

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool IsLetterOrDigit(char c) { return IsLetter(c) || (c >= '0' && c <= '9'); }

// RFC 6838 restricted-name-chars, and RFC 7230 token characters that occur in practice.
bool IsMimeName(std::string_view text) {
  return !text.empty() && text.size() <= 127 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsLetterOrDigit(c) || std::string_view("!#$&-^_.+*").find(c) != std::string_view::npos;
  });
}

// ISO 4217, list one, as of 2025. R4's definitions name the system without its codes.
constexpr std::string_view kCurrencies =
    "AED|AFN|ALL|AMD|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BOV|BRL|BSD|BTN|BWP|"
    "BYN|BZD|CAD|CDF|CHE|CHF|CHW|CLF|CLP|CNY|COP|COU|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|"
    "EUR|FJD|FKP|GBP|GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|"
    "JPY|KES|KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|"
    "MRU|MUR|MVR|MWK|MXN|MXV|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|"
    "RON|RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP|STN|SVC|SYP|SZL|THB|TJS|TMT|TND|"
    "TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|USN|UYI|UYU|UYW|UZS|VED|VES|VND|VUV|WST|XAD|XAF|XAG|XAU|XBA|"
    "XBB|XBC|XBD|XCD|XCG|XDR|XOF|XPD|XPF|XPT|XSU|XTS|XUA|XXX|YER|ZAR|ZMW|ZWG";
// Withdrawn since 2010: records speak of amounts of those years.
constexpr std::string_view kWithdrawnCurrencies =
    "ANG|BYR|CUC|EEK|HRK|LTL|LVL|MRO|SLL|STD|VEF|ZMK|ZWL";

struct Grammar {
  std::string_view set;
  std::string_view system;
  bool (*holds)(std::string_view);
};

constexpr auto kGrammars = std::to_array<Grammar>({
    {"all-languages", "urn:ietf:bcp:47", &IsLanguageTag},
    {"currencies", "urn:iso:std:iso:4217", &IsCurrency},
    {"mimetypes", "urn:ietf:bcp:13", &IsMimeType},
    {"ucum-units", "http://unitsofmeasure.org", &IsUcumUnit},
});

struct BySet {
  bool operator()(const CodesRow& row, std::string_view set) const { return row.set < set; }
  bool operator()(std::string_view set, const CodesRow& row) const { return set < row.set; }
};

}  // namespace

ValueSet::ValueSet(std::string_view name) {
  for (const Grammar& grammar : kGrammars) {
    if (grammar.set != name) continue;
    grammar_ = grammar.holds;
    grammar_system_ = grammar.system;
  }
  const std::span<const CodesRow> all = CodesRows();
  const auto [first, last] = std::equal_range(all.begin(), all.end(), name, BySet());
  rows_ = {first, last};
}

bool ValueSet::Has(std::string_view code) const {
  if (grammar_ != nullptr) return grammar_(code);
  return std::any_of(rows_.begin(), rows_.end(),
                     [&](const CodesRow& row) { return IsListed(row.codes, code); });
}

bool ValueSet::Has(std::string_view system, std::string_view code) const {
  if (grammar_ != nullptr) return system == grammar_system_ && grammar_(code);
  return std::any_of(rows_.begin(), rows_.end(), [&](const CodesRow& row) {
    return row.system == system && IsListed(row.codes, code);
  });
}

bool IsMimeType(std::string_view text) {
  if (text == "json" || text == "xml" || text == "ttl") return true;
  const std::string_view media = text.substr(0, text.find(';'));
  const size_t slash = media.find('/');
  if (slash == std::string_view::npos || !IsMimeName(media.substr(0, slash))) return false;
  std::string_view subtype = media.substr(slash + 1);
  while (subtype.ends_with(' ')) subtype.remove_suffix(1);
  if (!IsMimeName(subtype)) return false;
  return media.size() == text.size() ||
         text.substr(media.size()).find('=') != std::string_view::npos;
}

bool IsLanguageTag(std::string_view text) {
  bool first = true;
  for (;;) {
    const size_t dash = text.find('-');
    const std::string_view subtag = text.substr(0, dash);
    if (subtag.empty() || subtag.size() > 8) return false;
    if (!std::all_of(subtag.begin(), subtag.end(), first ? IsLetter : IsLetterOrDigit))
      return false;
    const bool alone = dash == std::string_view::npos;
    if (first && subtag.size() == 1 && (alone || IsListed("i|x|I|X", subtag) == false))
      return false;
    if (alone) return true;
    text.remove_prefix(dash + 1);
    first = false;
  }
}

bool IsCurrency(std::string_view text) {
  return IsListed(kCurrencies, text) || IsListed(kWithdrawnCurrencies, text);
}

bool IsUcumUnit(std::string_view text) {
  int parentheses = 0;
  char open = 0;  // '[' or '{' while inside one; these do not nest
  for (char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
    if (open != 0) {
      if (c == '[' || c == '{') return false;
      if (c == (open == '[' ? ']' : '}')) open = 0;
      if (open == '[' && c == ' ') return false;
    } else if (c == '[' || c == '{') {
      open = c;
    } else if (c == ' ' || c == ']' || c == '}') {
      return false;
    } else if (c == '(') {
      ++parentheses;
    } else if (c == ')' && --parentheses < 0) {
      return false;
    }
  }
  return !text.empty() && open == 0 && parentheses == 0 && text.back() != '/' && text.back() != '.';
}

bool IsListed(std::string_view list, std::string_view word) {
  if (word.empty()) return false;
  for (;;) {
    const size_t bar = list.find('|');
    if (list.substr(0, bar) == word) return true;
    if (bar == std::string_view::npos) return false;
    list.remove_prefix(bar + 1);
  }
}

}  // namespace fhir
