#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {

INSTANTIATE_TEST_SUITE_P(Sqlcipher, StoreContract, testing::Values(HarnessFactory([] {
                           return std::make_unique<SqlcipherHarness>();
                         })));

}  // namespace gateway::store
