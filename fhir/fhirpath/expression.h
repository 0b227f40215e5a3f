// The part of FHIRPath that search parameters, FHIRPath Patch and profiles' paths are written in.
// http://hl7.org/fhirpath/N1/
//
// Paths with or without the leading type, $this, %resource, [n], where(), exists(), empty(), not(),
// first(), last(), single(), count(), hasValue(), extension(url), resolve() (types only),
// is, as, ofType(), | and, or, xor, =, !=, literals. A choice is named without its type
// (Observation.value). Nothing else: an expression outside of it does not compile.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace fhir::fhirpath {

struct Node;

// One element of a result. Points into the resource, or into the expression for a literal; a value
// that was computed is one of two constants.
struct Item {
  const json::Value* value = nullptr;
  // The FHIR type where the path says it: of a choice, a cast, a resource, or what resolve() leads
  // to (then value is the reference). Else empty.
  std::string_view type;
  // Where it stands: the object, the member's name there, the place in the member's array.
  static constexpr size_t kNoIndex = static_cast<size_t>(-1);
  const json::Value* parent = nullptr;
  std::string_view member;
  size_t index = kNoIndex;
};

using Items = std::vector<Item>;

// Immutable; any thread. Copies are cheap.
class Expression {
 public:
  Expression() = default;  // leads to nothing
  // kMalformed (with the place in the text) for what does not parse, kNotSupported for a function
  // we do not have, kTooCostly past 2,000 characters or 40 levels.
  static Result<Expression> Compile(std::string_view text);

  // Evaluated on a whole resource. kTooCostly past 1,000,000 steps; never fails else: what is not
  // there is empty. REQUIRES: the resource and this expression outlive the items.
  Result<Items> Evaluate(const json::Value& resource) const;
  // The same on one element of it: the start of a relative path.
  Result<Items> Evaluate(const json::Value& resource, const Item& element) const;

  const std::string& text() const { return text_; }

 private:
  Expression(std::string text, std::shared_ptr<const Node> root);

  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace fhir::fhirpath
