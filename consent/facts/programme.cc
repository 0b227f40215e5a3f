// Facts of the programme and its tenant.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"programme.regime", "Programme", "regime", "under which law the sender holds the data",
     "CE_PROVIDER, CE_PLAN, BA_OF, SUBCONTRACTOR_BA, MANUFACTURER, HUB_NON_HIPAA", R"("BA_OF")"},
    {"product.classes", "Programme", "products[].classes",
     "what an authorization may call the product beside its brand (V18)", "strings",
     R"(["biologics"])"},
});

}  // namespace

std::span<const DeclaredFact> ProgrammeFactTable() { return kFacts; }

}  // namespace consent
