// A patch as it comes, alone or in a Bundle.
#pragma once

#include <string_view>

#include "fhir/json/json.h"
#include "gateway/interactions/call.h"

namespace gateway::interactions {

struct PatchDocument {
  enum class Kind { kJsonPatch, kFhirPath };
  Kind kind = Kind::kJsonPatch;
  fhir::json::Value document;
};

// kUnsupportedMediaType, or what the JSON reader says.
fhir::Result<PatchDocument> ReadPatch(std::string_view media_type, std::string_view body);

// The resource with the patch done: of the same type and id, and valid.
fhir::Result<fhir::Resource> Patched(const fhir::Resource& resource, const PatchDocument& patch);

}  // namespace gateway::interactions
