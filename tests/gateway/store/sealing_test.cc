#include "gateway/store/sealing.h"

#include <gtest/gtest.h>

namespace gateway::store {
namespace {

const std::string kKey(32, 'k');

}  // namespace

TEST(SealingTest, OpensOnlyWithItsKeyInItsPlaceUnchanged) {
  Sealer sealer;
  const std::string sealed = sealer.Seal(kKey, "place", "text");
  EXPECT_EQ(sealed.size(), 4 + Sealer::kOverheadBytes);
  EXPECT_EQ(sealer.Open(kKey, "place", sealed), "text");
  EXPECT_FALSE(sealer.Open(std::string(32, 'x'), "place", sealed).has_value());
  EXPECT_FALSE(sealer.Open(kKey, "elsewhere", sealed).has_value());
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(sealer.Open(kKey, "place", changed).has_value()) << i;
    EXPECT_FALSE(sealer.Open(kKey, "place", sealed.substr(0, i)).has_value()) << i;
  }
  EXPECT_EQ(sealer.Open(kKey, "place", sealed), "text");
}

TEST(SealingTest, EmptyTextAndNoPlaceWork) {
  Sealer sealer;
  EXPECT_EQ(sealer.Open(kKey, "", sealer.Seal(kKey, "", "")), "");
}

TEST(SealingTest, EqualTextsAreSealedDifferently) {
  Sealer sealer;
  EXPECT_NE(sealer.Seal(kKey, "place", "text"), sealer.Seal(kKey, "place", "text"));
}

// RFC 4231 case 2 shows the primitive; the separators make it ours.
TEST(SealingTest, HashesDependOnKeyAndOnWhereThePartsEnd) {
  KeyedHash hash(kKey);
  const std::string ab_c = hash.Of128({"ab", "c"});
  EXPECT_EQ(ab_c.size(), 16u);
  EXPECT_EQ(ab_c, hash.Of128({"ab", "c"}));
  EXPECT_NE(ab_c, hash.Of128({"a", "bc"}));
  EXPECT_NE(ab_c, hash.Of128({"ab", "c", ""}));
  EXPECT_NE(ab_c, KeyedHash(std::string(32, 'x')).Of128({"ab", "c"}));
  EXPECT_NE(hash.Of64({"ab", "c"}), hash.Of64({"a", "bc"}));
}

}  // namespace gateway::store
