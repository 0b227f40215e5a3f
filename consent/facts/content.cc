// Facts of the words, who approved them, who pays for them, and the therapy.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"module.call-to-purchase", "ActivityDefinition", "extension call-to-purchase",
     "the words ask to buy or use", "boolean", ""},
});

}  // namespace

std::span<const DeclaredFact> ContentFactTable() { return kFacts; }

}  // namespace consent
