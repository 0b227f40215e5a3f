// The minimum necessary: 45 CFR 164.502(b), N1 to N3.
#pragma once

#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/findings.h"

namespace consent {

// Adds MINEC, unless the disclosure is exempt; `authorized` says that an authorization permits it.
void CheckMinimumNecessary(const DataUse& use, bool authorized, Findings& findings);

}  // namespace consent
