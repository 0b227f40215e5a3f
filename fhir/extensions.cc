#include "fhir/extensions.h"

#include <algorithm>
#include <string>

#include "fhir/schema_table.h"
#include "fhir/value_set.h"

namespace fhir {
namespace {

constexpr std::string_view kOurs = "https://psgateway.example/fhir/StructureDefinition/";

// A required binding of the value. http://hl7.org/fhir/R4/terminologies.html#required
bool IsBound(const json::Value& value, const ValueSet& codes) {
  if (value.is_string()) return codes.Has(value.text());
  const auto in_set = [&](const json::Value& coding) {
    return codes.Has(coding["system"].text(), coding["code"].text());
  };
  if (value.Find("coding") == nullptr) return in_set(value);
  const auto& codings = value["coding"].items();
  return std::any_of(codings.begin(), codings.end(), in_set);
}

// One value of one of the types; none where there are no types.
void CheckValue(const json::Value& extension, std::string_view types, const ValueSet& codes,
                const std::string& at, std::vector<Breach>& breaches) {
  bool has_value = false;
  for (const json::Member& member : extension.members()) {
    std::string_view name = member.name;
    const bool beside = name.starts_with('_');
    if (beside) name.remove_prefix(1);
    if (!name.starts_with("value")) continue;
    has_value = true;
    if (!IsListed(types, name.substr(5))) {
      breaches.push_back(
          {"extension", "the extension's value has another type than it is defined with", at});
    } else if (!beside && codes.is_bound() && !IsBound(member.value, codes)) {
      breaches.push_back({"code-invalid", "the code is not one of the extension's required codes",
                          at.empty() ? "value" : at + ".value"});
    }
  }
  if (!has_value && !types.empty()) {
    breaches.push_back({"extension", "the extension needs a value", at});
  }
}

void CheckParts(const json::Value& extension, const ExtensionRow& row,
                std::vector<Breach>& breaches) {
  const std::span<const ExtensionPart> parts = row.parts;
  std::vector<size_t> counts(parts.size());
  const json::Value& inner = extension["extension"];
  for (size_t i = 0; i < inner.size(); ++i) {
    const std::string at = "extension[" + std::to_string(i) + "]";
    const std::string& url = inner.at(i)["url"].text();
    const auto part = std::find_if(parts.begin(), parts.end(),
                                   [&](const ExtensionPart& known) { return known.url == url; });
    if (part == parts.end()) {
      if (!row.closed) continue;
      breaches.push_back({"extension", "the extension has no such part", at + ".url"});
      continue;
    }
    if (++counts[static_cast<size_t>(part - parts.begin())] > part->max) {
      breaches.push_back({"extension", "the extension has this part more often than it may", at});
    }
    CheckValue(inner.at(i), part->types, ValueSet(part->codes), at, breaches);
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (counts[i] >= parts[i].min) continue;
    breaches.push_back(
        {"extension", "the extension lacks its part " + std::string(parts[i].url), "extension"});
  }
}

// Whether one of the contexts is the structure, or a more general one; Element is anywhere.
bool IsWithin(std::string_view contexts, std::string_view holder) {
  if (IsListed(contexts, "Element")) return true;
  const std::span<const StructureRow> rows = StructureRows();
  for (std::string_view name = holder; !name.empty();) {
    if (IsListed(contexts, name)) return true;
    const auto row = std::ranges::lower_bound(rows, name, {}, &StructureRow::name);
    if (row == rows.end() || row->name != name) return false;
    name = row->base;
  }
  return false;
}

}  // namespace

std::vector<Breach> CheckExtension(const json::Value& extension, std::string_view holder) {
  const std::string& url = extension["url"].text();
  const std::span<const ExtensionRow> rows = ExtensionRows();
  const auto row = std::ranges::lower_bound(rows, std::string_view(url), {}, &ExtensionRow::url);
  if (row == rows.end() || row->url != url) {
    if (!url.starts_with(kOurs)) return {};
    return {{"extension", "the gateway defines no such extension", "url"}};
  }
  std::vector<Breach> breaches;
  if (!row->contexts.empty() && !IsWithin(row->contexts, holder)) {
    breaches.push_back({"extension", "the extension is not defined for this element", "url"});
  }
  CheckValue(extension, row->types, ValueSet(row->codes), "", breaches);
  if (!row->parts.empty()) CheckParts(extension, *row, breaches);
  return breaches;
}

}  // namespace fhir
