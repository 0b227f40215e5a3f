#include "consent/purpose.h"

#include "fhir/code_tree.h"

namespace consent {
namespace {

const fhir::CodeTree& Purposes() {
  static const fhir::CodeTree kPurposes("PurposeOfUse");
  return kPurposes;
}

}  // namespace

bool IsPurpose(std::string_view code) { return Purposes().Has(code); }

bool Covers(std::string_view wide, std::string_view narrow) {
  if (narrow == "BTG") return wide == "BTG";
  // The named purposes of this house stand in no tree: each covers itself.
  return wide == narrow || Purposes().Covers(wide, narrow);
}

bool IsTpo(std::string_view code) {
  return Covers("TREAT", code) || Covers("HPAYMT", code) || Covers("HOPERAT", code);
}

}  // namespace consent
