// Facts of consents of every kind.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"consent.status", "Consent", "status", "whether it is in force",
     "active, inactive, draft, proposed, rejected, entered-in-error", ""},
});

}  // namespace

std::span<const DeclaredFact> ConsentFactTable() { return kFacts; }

}  // namespace consent
