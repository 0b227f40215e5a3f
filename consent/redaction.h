// What of a resource may leave under a decision: its REDACT and MINEC obligations, done.
#pragma once

#include <optional>

#include "consent/decision.h"
#include "consent/disclosure_policy.h"
#include "fhir/resource.h"

namespace consent {

// REDACT takes out everything that carries the value, which is a label (and what lies below it; a
// confidentiality and what lies above it), a resource type, profile or type of document, a
// reference, or a code as "system|code": the whole resource, an entry of a Bundle, a contained
// resource, or an element with an inline label (http://hl7.org/fhir/uv/security-label-ds4p). A code
// hits where the value or the coding says no system. REDACT "exceptAnyOf A,B" takes out every
// resource that carries none of the listed: a listed sensitivity keeps what has no other one, a
// code what has it with exactly this system. MINEC leaves
// the elements that the policy declares for the type, and of Task.input the declared ones.
//
// nullopt when the decision does not permit, or when nothing of the resource may go.
std::optional<fhir::Resource> Redacted(const fhir::Resource& resource, const Decision& decision,
                                       const DisclosurePolicy& policy);

}  // namespace consent
