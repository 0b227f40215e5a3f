// The syntax tree of an expression; for parse.cc and evaluate.cc only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace fhir::fhirpath {

enum class Op : uint8_t {
  kThis,      // $this, and the start of every path
  kResource,  // %resource
  kType,      // a leading type: what is of it
  kMember,    // .text
  kLiteral,
  kIndex,  // [number]
  kWhere,
  kExists,
  kEmpty,
  kNot,
  kFirst,
  kLast,
  kSingle,
  kCount,
  kHasValue,
  kExtension,
  kResolve,
  kIs,  // text: the type
  kAs,
  kUnion,
  kAnd,
  kOr,
  kXor,
  kEqual,
  kNotEqual,
};

// args[0] is what the step is taken from; the operators have two.
struct Node {
  Op op = Op::kThis;
  std::string text;
  size_t number = 0;
  json::Value literal;
  std::vector<Node> args;
};

Result<Node> Parse(std::string_view text);

}  // namespace fhir::fhirpath
