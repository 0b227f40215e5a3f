// Which search parameters are indexed, type by type. Every row of the index is paid for at every
// write, so the default is what our domain asks; the setting search.index changes it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"

namespace fhir {

// Immutable; any thread.
class IndexPlan {
 public:
  // As search.index: for a type the names of its parameters; "default" stands for those it has
  // without the setting, "*" for all that R4 gives it.
  using Setting = std::map<std::string, std::vector<std::string>>;

  static const IndexPlan& Default();
  // kInvalid, path "Type.name", for a type or parameter that R4 has not or that cannot be indexed.
  // What the gateway itself asks (identifier, patient, Patient.phone) is indexed always.
  static Result<IndexPlan> Make(const Setting& setting);

  bool Has(std::string_view type, std::string_view parameter) const;
  // The whole plan, and the version of how entries are made: an index that was made under another
  // text does not answer for this one.
  std::string Text() const;

  // In the order of names.
  const std::vector<std::string>& ParametersOf(std::string_view type) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> types_;
};

// The resource types of R4, in the order of names.
std::vector<std::string_view> IndexedTypes();

}  // namespace fhir
