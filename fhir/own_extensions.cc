#include "fhir/own_extensions.h"

#include <algorithm>
#include <string>

#include "fhir/schema_table.h"
#include "fhir/value_set.h"

namespace fhir {
namespace {

constexpr std::string_view kOurs = "https://psgateway.example/fhir/StructureDefinition/";

// One value of one of the types; none where there are no types.
void CheckValue(const json::Value& extension, std::string_view types, const std::string& at,
                std::vector<Breach>& breaches) {
  bool has_value = false;
  for (const json::Member& member : extension.members()) {
    std::string_view name = member.name;
    if (name.starts_with('_')) name.remove_prefix(1);
    if (!name.starts_with("value")) continue;
    has_value = true;
    if (IsListed(types, name.substr(5))) continue;
    breaches.push_back(
        {"extension", "the extension's value has another type than it is defined with", at});
  }
  if (!has_value && !types.empty()) {
    breaches.push_back({"extension", "the extension needs a value", at});
  }
}

void CheckParts(const json::Value& extension, std::span<const ExtensionPart> parts,
                std::vector<Breach>& breaches) {
  std::vector<size_t> counts(parts.size());
  const json::Value& inner = extension["extension"];
  for (size_t i = 0; i < inner.size(); ++i) {
    const std::string at = "extension[" + std::to_string(i) + "]";
    const std::string& url = inner.at(i)["url"].text();
    const auto part = std::find_if(parts.begin(), parts.end(),
                                   [&](const ExtensionPart& known) { return known.url == url; });
    if (part == parts.end()) {
      breaches.push_back({"extension", "the extension has no such part", at + ".url"});
      continue;
    }
    if (++counts[static_cast<size_t>(part - parts.begin())] > part->max) {
      breaches.push_back({"extension", "the extension has this part more often than it may", at});
    }
    CheckValue(inner.at(i), part->types, at, breaches);
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (counts[i] >= parts[i].min) continue;
    breaches.push_back(
        {"extension", "the extension lacks its part " + std::string(parts[i].url), "extension"});
  }
}

}  // namespace

bool IsOwnExtension(const json::Value& extension) {
  return extension["url"].text().starts_with(kOurs);
}

std::vector<Breach> CheckOwnExtension(const json::Value& extension, std::string_view holder) {
  const std::string& url = extension["url"].text();
  const auto rows = ExtensionRows();
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const ExtensionRow& known) { return known.url == url; });
  if (row == rows.end()) return {{"extension", "the gateway defines no such extension", "url"}};
  std::vector<Breach> breaches;
  if (!IsListed(row->contexts, holder) && !IsListed(row->contexts, "Element")) {
    breaches.push_back({"extension", "the extension is not defined for this element", "url"});
  }
  CheckValue(extension, row->types, "", breaches);
  if (!row->parts.empty()) CheckParts(extension, row->parts, breaches);
  return breaches;
}

}  // namespace fhir
