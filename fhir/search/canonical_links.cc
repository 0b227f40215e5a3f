#include "fhir/search/canonical_links.h"

#include <algorithm>

#include "fhir/search/index_entries.h"

namespace fhir {

bool IsCanonical(const SearchParameter& parameter) {
  return parameter.kind == SearchKind::kReference &&
         std::any_of(parameter.parts.begin(), parameter.parts.end(),
                     [](const SearchPart& part) { return part.type == "canonical"; });
}

std::vector<Canonical> CanonicalsOf(const Resource& resource, const SearchParameter& parameter) {
  std::vector<Canonical> canonicals;
  if (!IsCanonical(parameter)) return canonicals;
  for (const std::string& term : ReferencesOf(resource, parameter)) {
    // Each is there as "url|version" or "url|", and as "url" alone besides.
    const size_t bar = term.find('|');
    if (bar == std::string::npos) continue;
    canonicals.push_back({term.substr(0, bar), term.substr(bar + 1)});
  }
  return canonicals;
}

bool IsMeant(const Canonical& canonical, const Resource& resource) {
  return resource["url"].text() == canonical.url &&
         (canonical.version.empty() || resource["version"].text() == canonical.version);
}

std::vector<std::string> CanonicalTermsTo(const Resource& resource) {
  const std::string& url = resource["url"].text();
  if (url.empty()) return {};
  std::vector<std::string> terms = {url + "|"};
  const std::string& version = resource["version"].text();
  if (!version.empty()) terms.push_back(url + "|" + version);
  return terms;
}

std::vector<std::string> UrlTargets(const SearchParameter& parameter, std::string_view type,
                                    const IndexPlan& plan) {
  std::vector<std::string> types;
  for (std::string_view one : IndexedTypes()) {
    const bool wanted = type.empty() || type == one;
    if (wanted && parameter.MayTarget(one) && plan.Has(one, "url")) types.emplace_back(one);
  }
  return types;
}

}  // namespace fhir
