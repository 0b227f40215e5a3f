#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "fhir/bundle.h"
#include "fhir/date_time.h"
#include "fhir/decimal.h"
#include "fhir/fhirpath/expression.h"
#include "fhir/json/json.h"
#include "fhir/patch/fhirpath_patch.h"
#include "fhir/patch/json_patch.h"
#include "fhir/resource.h"
#include "fhir/search/index_entries.h"
#include "fhir/search/search_plan.h"
#include "fhir/validate.h"

namespace fuzz {
namespace {

// Fuzzing must stop at a broken word, also in a build without assertions.
void Hold(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", sentence);
  std::abort();
}

void Json(std::string_view input) {
  const auto value = fhir::json::Parse(input);
  if (!value.ok()) return;
  const std::string text = fhir::json::Write(*value);
  const auto again = fhir::json::Parse(text);
  Hold(again.ok() && *again == *value, "what was written is read as it was");
  Hold(fhir::json::Write(*again) == text, "writing is stable");
  Hold(fhir::json::Parse(fhir::json::Canonical(*value)).ok(), "canonical text is JSON");
}

void Resource(std::string_view input) {
  const auto resource = fhir::Resource::Parse(input);
  if (!resource.ok()) return;
  for (const fhir::Issue& issue : fhir::Validate(*resource)) {
    Hold(issue.expression.size() < 4'096, "a path stays a path");
  }
  (void)fhir::IndexEntries(*resource, fhir::IndexPlan::Default());
  (void)fhir::ReadBundleRequest(*resource, "https://host.example/fhir/p");
  fhir::json::Value elsewhere = resource->json();
  fhir::ReplaceReferences(elsewhere, {{"urn:uuid:1", "urn:uuid:2"}});
  Hold(fhir::json::Write(elsewhere).size() == fhir::json::Write(resource->json()).size(),
       "a reference is replaced and nothing else");
}

// "Type?a=b&c=d", not decoded: every byte may stand in a value.
void Search(std::string_view input) {
  const size_t question = input.find('?');
  if (question == std::string_view::npos) return;
  fhir::SearchParameters parameters;
  std::string_view rest = input.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('&'));
    const size_t equals = one.find('=');
    parameters.emplace_back(one.substr(0, equals), equals == std::string_view::npos
                                                       ? std::string_view()
                                                       : one.substr(equals + 1));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  for (const fhir::Handling handling : {fhir::Handling::kStrict, fhir::Handling::kLenient}) {
    fhir::SearchOptions options;
    options.handling = handling;
    (void)fhir::ParseSearch(input.substr(0, question), parameters, fhir::IndexPlan::Default(),
                            options);
  }
}

void Date(std::string_view input) {
  (void)fhir::ParseInstant(input);
  (void)fhir::ParseHttpDate(input);
  const auto date = fhir::DateTime::Parse(input);
  if (!date.ok()) return;
  const fhir::Span span = date->Covers();
  Hold(span.begin < span.end, "a date covers some time");
}

void Decimal(std::string_view input) {
  const auto decimal = fhir::Decimal::Parse(input);
  if (!decimal) return;
  const std::string low = decimal->ImpliedLow().Ordered();
  const std::string here = decimal->Ordered();
  const std::string high = decimal->ImpliedHigh().Ordered();
  Hold(low < here && here < high, "a decimal lies within its precision");
  Hold(fhir::LowestDecimal() < low && high < fhir::HighestDecimal(), "the ends are the ends");
}

// {"resource": ..., "patch": ...}
void Patch(std::string_view input) {
  const auto both = fhir::json::Parse(input);
  if (!both.ok()) return;
  for (const auto& apply : {fhir::ApplyJsonPatch, fhir::ApplyFhirPathPatch}) {
    const auto patched = apply((*both)["resource"], (*both)["patch"]);
    if (patched.ok()) Hold(fhir::json::Write(*patched).size() < (64u << 20), "patches are bounded");
  }
}

// The expression, a line end, the resource.
void FhirPath(std::string_view input) {
  const size_t end = input.find('\n');
  const auto expression = fhir::fhirpath::Expression::Compile(input.substr(0, end));
  if (!expression.ok() || end == std::string_view::npos) return;
  const auto value = fhir::json::Parse(input.substr(end + 1));
  if (value.ok()) (void)expression->Evaluate(*value);
}

constexpr Target kTargets[] = {{"json", Json},        {"resource", Resource}, {"search", Search},
                               {"date", Date},        {"decimal", Decimal},   {"json_patch", Patch},
                               {"fhirpath", FhirPath}};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

}  // namespace fuzz
