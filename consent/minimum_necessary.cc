#include "consent/minimum_necessary.h"

namespace consent {

void CheckMinimumNecessary(const DataUse& use, bool authorized, Findings& findings) {
  if (use.recipient == RecipientKind::kIndividual) return findings.Permit("N1");
  // Breaking the glass is treatment too; TREAT does not reach it, so that no consent does in
  // silence.
  const bool treatment = use.AllFor("TREAT") || use.AllFor("BTG");
  if (use.recipient == RecipientKind::kProvider && treatment) {
    return findings.Permit("N3");
  }
  const bool exempt =
      authorized || use.required_by_law || use.recipient == RecipientKind::kOversight;
  if (exempt) return findings.Permit("A.10");
  findings.Oblige("N2", "MINEC");
}

}  // namespace consent
