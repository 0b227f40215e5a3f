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

// A Reference in the text it was read from.
struct Parts {
  Reference::Form form = Reference::Form::kRelative;
  std::string_view base{};
  std::string_view type{};
  std::string_view id{};
  std::string_view version{};
};

// [base/]Type/id[/_history/version]
std::optional<Parts> ReadRestful(std::string_view text) {
  Parts parts;
  std::string_view rest = text;
  std::string_view last = PopSegment(rest);
  if (rest.ends_with("/_history")) {
    if (!IsId(last)) return std::nullopt;
    parts.version = last;
    PopSegment(rest);
    last = PopSegment(rest);
  }
  parts.type = PopSegment(rest);
  if (!IsId(last) || !IsResourceType(parts.type)) return std::nullopt;
  parts.id = last;
  parts.base = rest;
  return parts;
}

std::optional<Parts> ReadParts(std::string_view text) {
  if (text.empty() || HasSpace(text)) return std::nullopt;
  if (text.front() == '#') {
    // "#" alone is the resource that contains this one.
    if (text.size() > 1 && !IsId(text.substr(1))) return std::nullopt;
    return Parts{.form = Reference::Form::kContained, .id = text.substr(1)};
  }
  if (text.starts_with("urn:")) {
    if (text.size() == 4) return std::nullopt;
    return Parts{.form = Reference::Form::kUrn, .id = text};
  }
  if (text.find_first_of("?#") != std::string_view::npos) return std::nullopt;
  auto restful = ReadRestful(text);
  if (!restful) return std::nullopt;
  const std::string_view base = restful->base;
  if (base.empty()) {
    // "/Patient/1" is no relative reference.
    if (text.front() == '/') return std::nullopt;
    return restful;
  }
  const bool http = base.starts_with("http://") || base.starts_with("https://");
  if (!http || base.size() <= base.find("//") + 2) return std::nullopt;
  restful->form = Reference::Form::kAbsolute;
  return restful;
}

}  // namespace

std::optional<Reference> ParseReference(std::string_view text) {
  const auto parts = ReadParts(text);
  if (!parts) return std::nullopt;
  return Reference{parts->form, std::string(parts->base), std::string(parts->type),
                   std::string(parts->id), std::string(parts->version)};
}

std::string RelativeReference(std::string_view text) {
  const auto parts = ReadParts(text);
  if (!parts || parts->type.empty()) return {};
  std::string relative;
  relative.reserve(parts->type.size() + 1 + parts->id.size());
  relative.append(parts->type).append(1, '/').append(parts->id);
  return relative;
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
