// http://hl7.org/fhir/R4/http.html#patch: JSON Patch, and FHIRPath Patch as Parameters.
#include "gateway/interactions/patch.h"

#include "fhir/patch/fhirpath_patch.h"
#include "fhir/patch/json_patch.h"
#include "gateway/interactions/conditional.h"
#include "gateway/interactions/if_match.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {

using fhir::ErrorCode;
using fhir::Fail;

fhir::Result<PatchDocument> ReadPatch(std::string_view media_type, std::string_view body) {
  PatchDocument patch;
  if (media_type == "application/json-patch+json") {
    patch.kind = PatchDocument::Kind::kJsonPatch;
  } else if (media_type == "application/fhir+json") {
    patch.kind = PatchDocument::Kind::kFhirPath;
  } else {
    return Fail(ErrorCode::kUnsupportedMediaType,
                "a patch is application/json-patch+json, or Parameters as application/fhir+json",
                "Content-Type");
  }
  auto parsed = fhir::json::Parse(body);
  if (!parsed.ok()) return std::move(parsed).error();
  patch.document = std::move(*parsed);
  return patch;
}

fhir::Result<fhir::Resource> Patched(const fhir::Resource& resource, const PatchDocument& patch) {
  auto json = patch.kind == PatchDocument::Kind::kJsonPatch
                  ? fhir::ApplyJsonPatch(resource.json(), patch.document)
                  : fhir::ApplyFhirPathPatch(resource.json(), patch.document);
  if (!json.ok()) return std::move(json).error();
  auto patched = fhir::Resource::From(std::move(*json));
  if (!patched.ok()) return Fail(ErrorCode::kInvalid, "the patch leaves no valid resource");
  if (patched->type() != resource.type() || patched->id() != resource.id()) {
    return Fail(ErrorCode::kInvalid, "a patch must not change the type or the id");
  }
  if (auto valid = CheckValid(*patched); !valid.ok()) return std::move(valid).error();
  return patched;
}

Answer Patch(Call& call) {
  auto patch = ReadPatch(MediaType(call.request), call.request.body);
  if (!patch.ok()) return std::move(patch).error();
  auto if_match = IfMatch(call.request.field("If-Match"));
  if (!if_match.ok()) return std::move(if_match).error();
  auto condition = ConditionOf(call);
  if (!condition.ok()) return std::move(condition).error();
  Written changed;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        std::string id = call.id;
        if (*condition) {
          auto match = Match(tx, call, **condition);
          if (!match.ok()) return std::move(match).error();
          if (!*match) return Fail(ErrorCode::kNotFound, "nothing matches the condition");
          id = **match;
        }
        auto present = LoadResource(tx, call.caller.programme, call.type, id);
        if (!present.ok()) return std::move(present).error();
        auto patched = Patched(*present, *patch);
        if (!patched.ok()) return std::move(patched).error();
        auto wanted = if_match->Wanted(tx, call.caller.programme, call.type, id);
        if (!wanted.ok()) return std::move(wanted).error();
        auto put = PutResource(tx, call.scope(), std::move(*patched), PutMode::kUpdate, *wanted);
        if (!put.ok()) return std::move(put).error();
        changed = *put;
        written.push_back(std::move(*put));
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  return WrittenResponse(call, 200, changed);
}

}  // namespace gateway::interactions
