#include "fhir/reference.h"

#include <algorithm>
#include <span>

#include "fhir/schema_table.h"

namespace fhir {
namespace {

bool HasSpace(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c <= 0x20 || c == 0x7F; });
}

// Takes the last path segment off the end of `text`.
std::string_view PopSegment(std::string_view& text) {
  const size_t slash = text.rfind('/');
  std::string_view segment = text.substr(slash == std::string_view::npos ? 0 : slash + 1);
  text = slash == std::string_view::npos ? std::string_view{} : text.substr(0, slash);
  return segment;
}

// [base/]Type/id[/_history/version]
std::optional<Reference> ParseRestful(std::string_view text) {
  Reference reference;
  std::string_view rest = text;
  std::string_view last = PopSegment(rest);
  if (rest.ends_with("/_history")) {
    if (!IsId(last)) return std::nullopt;
    reference.version = last;
    PopSegment(rest);
    last = PopSegment(rest);
  }
  const std::string_view type = PopSegment(rest);
  if (!IsId(last) || !IsResourceType(type)) return std::nullopt;
  reference.id = last;
  reference.type = type;
  reference.base = rest;
  return reference;
}

}  // namespace

std::optional<Reference> ParseReference(std::string_view text) {
  if (text.empty() || HasSpace(text)) return std::nullopt;
  Reference reference;
  if (text.front() == '#') {
    // "#" alone is the resource that contains this one.
    if (text.size() > 1 && !IsId(text.substr(1))) return std::nullopt;
    reference.form = Reference::Form::kContained;
    reference.id = text.substr(1);
    return reference;
  }
  if (text.starts_with("urn:")) {
    if (text.size() == 4) return std::nullopt;
    reference.form = Reference::Form::kUrn;
    reference.id = text;
    return reference;
  }
  if (text.find_first_of("?#") != std::string_view::npos) return std::nullopt;
  auto restful = ParseRestful(text);
  if (!restful) return std::nullopt;
  if (restful->base.empty()) {
    // "/Patient/1" is no relative reference.
    if (text.front() == '/') return std::nullopt;
    return restful;
  }
  const std::string& base = restful->base;
  const bool http = base.starts_with("http://") || base.starts_with("https://");
  if (!http || base.size() <= base.find("//") + 2) return std::nullopt;
  restful->form = Reference::Form::kAbsolute;
  return restful;
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '-' || c == '.';
         });
}

bool IsResourceType(std::string_view name) {
  const std::span<const std::string_view> types = ResourceTypes();
  return std::binary_search(types.begin(), types.end(), name);
}

}  // namespace fhir
