// What a narrative may hold (txt-1, txt-2): well-formed XHTML of the basic formatting elements and
// attributes, nothing that runs, loads or hides. http://hl7.org/fhir/R4/narrative.html#xhtml
#pragma once

#include <string_view>

namespace fhir {

// What is wrong with the text, as one lower-case sentence without any of it; empty when nothing is.
// Linear time. No document type, processing instruction or CDATA; of entities only the five of XML
// and numbered ones. Links lead to http, https, mailto, tel or a relative place; styles load
// nothing.
std::string_view DefectOfNarrative(std::string_view div);

}  // namespace fhir
