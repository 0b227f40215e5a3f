// The primitive types of R4 and their grammars. http://hl7.org/fhir/R4/datatypes.html#primitive
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/json/value.h"

namespace fhir {

enum class Primitive : uint8_t {
  kBase64Binary,
  kBoolean,
  kCanonical,
  kCode,
  kDate,
  kDateTime,
  kDecimal,
  kId,
  kInstant,
  kInteger,
  kMarkdown,
  kOid,
  kPositiveInt,
  kString,
  kTime,
  kUnsignedInt,
  kUri,
  kUrl,
  kUuid,
  kXhtml,
};

std::optional<Primitive> PrimitiveFromName(std::string_view name);

// Exactly, without floating point: below, at or above 0 as `a` is less than, equal to or more than
// `b`. REQUIRES: both have JSON's grammar of a number.
int CompareDecimals(std::string_view a, std::string_view b);

// What is wrong with the value, as one lower-case sentence; empty when nothing is.
std::string_view DefectOf(Primitive primitive, const json::Value& value);

}  // namespace fhir
