#include "fhir/narrative.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "fhir/value_set.h"

namespace fhir {
namespace {

// XHTML 1.0: the formatting of HTML 4 chapters 7 to 11 (without 9.4) and 15, links, names, images
// and style attributes.
constexpr std::string_view kElements =
    "a|abbr|acronym|address|area|b|bdo|big|blockquote|br|caption|cite|code|col|colgroup|dd|del|dfn|"
    "div|dl|dt|em|h1|h2|h3|h4|h5|h6|hr|i|img|ins|kbd|li|map|ol|p|pre|q|s|samp|small|span|strike|"
    "strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var";
constexpr std::string_view kAttributesOfAll =
    "abbr|accesskey|align|axis|bgcolor|border|cellpadding|cellspacing|char|charoff|class|colspan|"
    "dir|headers|id|lang|rowspan|scope|span|start|style|tabindex|title|type|valign|width|height|"
    "xml:lang|xmlns";
// element.attribute
constexpr std::string_view kAttributesOfSome =
    "a.charset|a.coords|a.href|a.hreflang|a.name|a.rel|a.rev|a.shape|area.alt|area.coords|area."
    "href|"
    "area.nohref|area.shape|blockquote.cite|del.cite|del.datetime|hr.size|img.alt|img.ismap|"
    "img.longdesc|img.src|img.usemap|ins.cite|ins.datetime|li.value|map.name|ol.compact|pre.space|"
    "pre.xml:space|q.cite|table.frame|table.rules|table.summary|td.nowrap|th.nowrap|ul.compact";
constexpr std::string_view kLinks = "cite|href|longdesc|src|usemap";
constexpr std::string_view kSchemes = "http|https|mailto|tel|urn";
constexpr size_t kMaxDepth = 100;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
         c == '-' || c == '_' || c == '.';
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// One entity after its '&', its ';' taken, too. Answers its code point, 0 when it is not allowed.
uint32_t TakeEntity(std::string_view& rest) {
  const size_t end = rest.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  std::string_view name = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "amp") return '&';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  if (!name.starts_with('#')) return 0;
  name.remove_prefix(1);
  const uint32_t base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  uint32_t code = 0;
  if (name.empty() || name.size() > 7) return 0;
  for (char c : name) {
    c = Lower(c);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (base == 10 || c < 'a' || c > 'f')) return 0;
    code = code * base + static_cast<uint32_t>(digit ? c - '0' : c - 'a' + 10);
  }
  const bool character = code == 9 || code == 10 || code == 13 || (code >= 32 && code <= 0xD7FF) ||
                         (code >= 0xE000 && code <= 0xFFFD) ||
                         (code >= 0x10000 && code <= 0x10FFFF);
  return character ? code : 0;
}

// As a browser reads it: entities resolved, white space dropped, small letters. What is not ASCII
// becomes a '?'. REQUIRES: entities are well-formed.
std::string Plain(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    uint32_t c = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    if (c == '&') c = TakeEntity(text);
    if (c <= 0x20) continue;
    plain += c < 0x7F ? Lower(static_cast<char>(c)) : '?';
  }
  return plain;
}

bool IsSafeLink(std::string_view element, std::string_view value) {
  const std::string link = Plain(value);
  const size_t end = link.find_first_of(":/?#");
  if (end == std::string::npos || link[end] != ':') return true;  // relative
  if (element == "img" && link.starts_with("data:image/")) return true;
  return IsListed(kSchemes, std::string_view(link).substr(0, end));
}

// A style that loads from elsewhere or runs; a backslash could spell either.
bool IsSafeStyle(std::string_view value) {
  const std::string style = Plain(value);
  for (const char* word :
       {"url(", "expression(", "@import", "behavior:", "-moz-binding", "\\", "/*"}) {
    if (style.find(word) != std::string::npos) return false;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::string_view Read() {
    SkipSpace();
    if (!rest_.starts_with("<div") || rest_.size() < 5 || IsNameCharacter(rest_[4])) {
      return "the narrative is not one div element";
    }
    do {
      const std::string_view defect = rest_.starts_with('<') ? Markup() : Text();
      if (!defect.empty()) return defect;
      if (!has_namespace_) return kNotXhtml;
    } while (!open_.empty() && !rest_.empty());
    if (!open_.empty()) return "the narrative has an element that is not closed";
    SkipSpace();
    if (!rest_.empty()) return "the narrative is not one div element";
    return has_content_ ? "" : "the narrative has no content (txt-2)";
  }

 private:
  static constexpr std::string_view kNotWellFormed = "the narrative is not well-formed XHTML";
  static constexpr std::string_view kNotXhtml = "the narrative is not in the namespace of XHTML";

  void SkipSpace() {
    while (!rest_.empty() && IsSpace(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view TakeName() {
    size_t end = 0;
    while (end < rest_.size() && IsNameCharacter(rest_[end])) ++end;
    const std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return name;
  }

  bool Take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string_view Text() {
    while (!rest_.empty() && rest_.front() != '<') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (!IsSpace(c)) has_content_ = true;
      if (c == '&' && TakeEntity(rest_) == 0)
        return "the narrative has an entity that is not XML's";
    }
    return "";
  }

  std::string_view Markup() {
    if (Take("<!--")) {
      const size_t end = rest_.find("--");
      if (end == std::string_view::npos) return kNotWellFormed;
      rest_.remove_prefix(end);
      return Take("-->") ? "" : kNotWellFormed;
    }
    if (Take("</")) return EndTag();
    rest_.remove_prefix(1);
    return StartTag();
  }

  std::string_view EndTag() {
    const std::string_view name = TakeName();
    SkipSpace();
    if (open_.empty() || open_.back() != name || !Take(">")) return kNotWellFormed;
    open_.pop_back();
    return "";
  }

  std::string_view StartTag() {
    const std::string_view name = TakeName();
    if (name.empty()) return kNotWellFormed;
    if (!IsListed(kElements, name)) return "the narrative has an element not allowed (txt-1)";
    if (open_.size() >= kMaxDepth) return "the narrative is nested too deeply";
    if (name == "img") has_content_ = true;
    std::vector<std::string_view> seen;
    for (;;) {
      const size_t before = rest_.size();
      SkipSpace();
      if (Take("/>")) return "";
      if (Take(">")) {
        open_.push_back(name);
        return "";
      }
      if (rest_.size() == before || seen.size() > 32) return kNotWellFormed;
      const std::string_view attribute = TakeName();
      if (std::find(seen.begin(), seen.end(), attribute) != seen.end()) return kNotWellFormed;
      seen.push_back(attribute);
      if (const auto defect = Attribute(name, attribute); !defect.empty()) return defect;
    }
  }

  std::string_view Attribute(std::string_view element, std::string_view name) {
    SkipSpace();
    if (name.empty() || !Take("=")) return kNotWellFormed;
    SkipSpace();
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return kNotWellFormed;
    const size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) return kNotWellFormed;
    const std::string_view value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    for (std::string_view tail = value; !tail.empty();) {
      const char c = tail.front();
      tail.remove_prefix(1);
      if (c == '<' || (c == '&' && TakeEntity(tail) == 0)) return kNotWellFormed;
    }
    if (!IsListed(kAttributesOfAll, name) &&
        !IsListed(kAttributesOfSome, std::string(element) + "." + std::string(name))) {
      return "the narrative has an attribute not allowed (txt-1)";
    }
    if (name == "xmlns") {
      if (value != "http://www.w3.org/1999/xhtml") return kNotXhtml;
      has_namespace_ = true;
    }
    if (IsListed(kLinks, name) && !IsSafeLink(element, value)) {
      return "the narrative has a link that is not allowed";
    }
    if (name == "style" && !IsSafeStyle(value)) {
      return "the narrative has a style that is not allowed";
    }
    return "";
  }

  std::string_view rest_;
  std::vector<std::string_view> open_;
  bool has_content_ = false;
  bool has_namespace_ = false;  // the div around all has it
};

}  // namespace

std::string_view DefectOfNarrative(std::string_view div) { return Reader(div).Read(); }

}  // namespace fhir
