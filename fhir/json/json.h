// The one boundary to RapidJSON: a strict reader and a writer that gives numbers back as they came.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace fhir::json {

struct Limits {
  size_t max_depth = 64;       // nested arrays and objects
  size_t max_nodes = 100'000;  // values of any kind
};

// Reads one JSON document (RFC 8259). kMalformed with the byte offset in the message when the text
// is not JSON, has a byte-order mark, a duplicate key, a lone surrogate, a NUL or a control
// character, or invalid UTF-8; kTooCostly past a limit. Linear time but for the sorting of a large
// object's names; no recursion on the input.
Result<Value> Parse(std::string_view text, const Limits& limits = {});

// Compact text, members in their order. `Pretty` indents by two spaces.
std::string Write(const Value& value);
std::string Pretty(const Value& value);

// RFC 8785-like canonical text: members sorted by name, no white space, numbers as their text.
// Equal documents up to member order give equal bytes: what hashes and replays stand on.
std::string Canonical(const Value& value);

// A JSON file with // and /* */ comments (our configuration). Errors name line and column.
Result<Value> ParseWithComments(std::string_view text);

}  // namespace fhir::json
