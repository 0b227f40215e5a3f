#include "consent/laid_over.h"

namespace consent {

fhir::json::Value LaidOver(fhir::json::Value base, const fhir::json::Value& over) {
  if (!base.is_object() || !over.is_object()) return over;
  for (const auto& member : over.members()) {
    if (member.value.is_null()) {
      base.Remove(member.name);
    } else {
      base.Set(member.name, LaidOver(base[member.name], member.value));
    }
  }
  return base;
}

}  // namespace consent
