// Letters and what they are compared as. Generated: tables/generate_text_folding.mjs.
#pragma once

#include <cstdint>
#include <span>

namespace fhir {

struct Folding {
  uint16_t letter;  // code point
  char as[8];       // UTF-8, ends with NUL
};

std::span<const Folding> Foldings();  // ascending

}  // namespace fhir
