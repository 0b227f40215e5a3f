// Whether decoded text is what FHIR lets a string be.
// http://hl7.org/fhir/R4/datatypes.html#string
#pragma once

#include <cstdint>
#include <string_view>

namespace fhir::json {

enum class TextDefect : uint8_t {
  kNone,
  kControl,    // below U+0020, except tab, line feed and carriage return
  kSurrogate,  // U+D800..U+DFFF written as UTF-8
  kEncoding,   // not UTF-8, overlong, or above U+10FFFF
};

// The first defect. Linear time.
TextDefect CheckUtf8(std::string_view text);

}  // namespace fhir::json
