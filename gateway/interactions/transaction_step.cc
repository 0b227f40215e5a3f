#include "gateway/interactions/transaction_step.h"

#include <string_view>
#include <utility>

#include "fhir/reference.h"
#include "gateway/auth/jws.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

std::optional<Verb> VerbOf(std::string_view method) {
  if (method == "DELETE") return Verb::kDelete;
  if (method == "POST") return Verb::kPost;
  if (method == "PUT") return Verb::kPut;
  if (method == "PATCH") return Verb::kPatch;
  if (method == "GET") return Verb::kGet;
  return std::nullopt;
}

auth::Access AccessOf(Verb verb) {
  switch (verb) {
    case Verb::kDelete:
      return auth::Access::kDelete;
    case Verb::kPost:
      return auth::Access::kCreate;
    case Verb::kPut:
    case Verb::kPatch:
      return auth::Access::kUpdate;
    case Verb::kGet:
      break;
  }
  return auth::Access::kRead;
}

// http://hl7.org/fhir/R4/http.html#patch: JSON Patch comes as a Binary, FHIRPath Patch as itself.
fhir::Result<PatchDocument> PatchOf(const fhir::Resource& resource) {
  if (resource.type() == "Parameters") return ReadPatch("application/fhir+json", resource.Bytes());
  if (resource.type() != "Binary") {
    return Fail(ErrorCode::kInvalid, "a patch is a Binary or Parameters", "resource");
  }
  const auto body = auth::Base64Decode(resource["data"].text());
  if (!body) return Fail(ErrorCode::kInvalid, "the data is not base64", "resource.data");
  return ReadPatch(resource["contentType"].text(), *body);
}

fhir::Result<Step> WithResource(Step step) {
  if (step.verb == Verb::kDelete || step.verb == Verb::kGet) return step;
  const std::optional<fhir::Resource>& resource = step.entry->resource;
  if (!resource) return Fail(ErrorCode::kInvalid, "the entry has no resource", "resource");
  if (step.verb == Verb::kPatch) {
    auto patch = PatchOf(*resource);
    if (!patch.ok()) return std::move(patch).error();
    step.patch = std::move(*patch);
    return step;
  }
  if (resource->type() != step.type) {
    return Fail(ErrorCode::kInvalid, "the resource has another type than request.url", "resource");
  }
  if (!step.id.empty() && resource->id() != step.id) {
    return Fail(ErrorCode::kInvalid, "the resource's id is not that of request.url", "resource.id");
  }
  step.resource = *resource;
  return step;
}

}  // namespace

fhir::Result<Step> ReadStep(const Call& call, const fhir::BundleEntry& entry) {
  Step step;
  step.entry = &entry;
  const auto verb = VerbOf(entry.method);
  if (!verb) {
    return Fail(ErrorCode::kNotSupported, "this method is not supported in a transaction",
                "request.method");
  }
  step.verb = *verb;
  const size_t question = entry.url.find('?');
  const std::string path = entry.url.substr(0, question);
  const size_t slash = path.find('/');
  step.type = path.substr(0, slash);
  if (slash != std::string::npos) step.id = path.substr(slash + 1);
  if (!fhir::IsResourceType(step.type)) {
    return Fail(ErrorCode::kNotSupported, "must be [type], [type]/[id] or [type]?[query]",
                "request.url");
  }
  step.searches = step.verb == Verb::kGet && step.id.empty() && slash == std::string::npos;
  const auth::Access access = step.searches ? auth::Access::kSearch : AccessOf(step.verb);
  if (!call.caller.May(access, step.type)) {
    return Fail(ErrorCode::kForbidden, "the token's scopes do not cover this entry", "request");
  }
  std::string condition = entry.if_none_exist;
  if (question != std::string::npos && step.verb != Verb::kPost && step.verb != Verb::kGet) {
    condition = entry.url.substr(question + 1);
  }
  if (!condition.empty()) {
    auto parsed = ParseCondition(call.caller, step.type, condition);
    if (!parsed.ok()) return std::move(parsed).error();
    step.condition = std::move(*parsed);
  }
  if (step.verb == Verb::kPut && !entry.if_none_match.empty()) {
    if (entry.if_none_match != "*") {
      return Fail(ErrorCode::kMalformed, "an update takes * alone here: only if there is none",
                  "request.ifNoneMatch");
    }
    step.only_new = true;
  }
  const bool addressed = step.verb != Verb::kPost && !step.condition && !step.searches;
  if (addressed ? !fhir::IsId(step.id) : !step.id.empty()) {
    return Fail(ErrorCode::kMalformed, "must be [type]/[id], or [type] with a condition",
                "request.url");
  }
  auto if_match = IfMatch(entry.if_match);
  if (!if_match.ok()) {
    return Fail(ErrorCode::kMalformed, if_match.error().message, "request.ifMatch");
  }
  step.if_match = *if_match;
  return WithResource(std::move(step));
}

std::string PlaceOf(size_t index) { return "Bundle.entry[" + std::to_string(index) + "]"; }

fhir::Error At(fhir::Error error, size_t index) {
  error.path = PlaceOf(index) + (error.path.empty() ? "" : "." + error.path);
  return error;
}

}  // namespace gateway::interactions
