// What the unit of a quantity says of ages (A.11): UCUM codes and how people write them.
// https://ucum.org/ucum
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace consent {

// How many of the unit make 90 years; nullopt for what is no unit of time that ages are told in.
std::optional<int64_t> NinetyYearsIn(std::string_view unit);

// Whether what is told in this unit is surely no age: "mg/dL", "mm[Hg]", "/min", "tablets".
bool MeasuresNoAge(std::string_view unit);

}  // namespace consent
