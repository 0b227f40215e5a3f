// FHIR decimals, exact: no binary floating point between what was written and what is compared.
// http://hl7.org/fhir/R4/datatypes.html#decimal
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fhir {

// Immutable: coefficient * 10^exponent, with the precision it was written in.
class Decimal {
 public:
  // -12.30, 5e-3. nullopt for anything else, past 400 digits or an exponent past 9,999.
  static std::optional<Decimal> Parse(std::string_view text);

  // Bytes whose memcmp order is the order of the values; equal for 1.0 and 1.00.
  std::string Ordered() const;

  // The ends of what the written precision covers: 100 is 99.5 to 100.5, 1e2 is 95 to 105.
  // http://hl7.org/fhir/R4/search.html#number
  Decimal ImpliedLow() const;
  Decimal ImpliedHigh() const;
  // The value less or more a tenth of it.
  Decimal TenthLess() const;
  Decimal TenthMore() const;

 private:
  Decimal() = default;
  Decimal Shifted(int half_units) const;

  bool negative_ = false;
  std::string digits_;  // without leading zeros; empty for zero
  int exponent_ = 0;
};

// Below and above every decimal in the order of Decimal::Ordered.
std::string LowestDecimal();
std::string HighestDecimal();

}  // namespace fhir
