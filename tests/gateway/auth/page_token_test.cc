#include "gateway/auth/page_token.h"

#include <gtest/gtest.h>

namespace gateway::auth {
namespace {

class PageTokenTest : public testing::Test {
 protected:
  const std::string key_ = std::string(32, 'k');
  const Caller hub_{"hub", "acme", "aurora", "t1", {}, {}, ""};
};

TEST_F(PageTokenTest, GivesTheSearchBackToItsCaller) {
  const std::string token = SealPage(key_, hub_, "Patient", "family=x&_after=7");
  EXPECT_EQ(OpenPage(key_, hub_, "Patient", token), "family=x&_after=7");
}

TEST_F(PageTokenTest, ShowsNothingOfTheSearch) {
  const std::string token = SealPage(key_, hub_, "Patient", "identifier=member-4711");
  EXPECT_EQ(token.find("4711"), std::string::npos);
}

TEST_F(PageTokenTest, IsOfNoUseToAnotherClientProgrammeTypeOrKey) {
  const std::string token = SealPage(key_, hub_, "Patient", "_count=1");
  Caller other = hub_;
  other.client = "ehr";
  EXPECT_FALSE(OpenPage(key_, other, "Patient", token));
  other = hub_;
  other.programme = "borealis";
  EXPECT_FALSE(OpenPage(key_, other, "Patient", token));
  EXPECT_FALSE(OpenPage(key_, hub_, "Task", token));
  EXPECT_FALSE(OpenPage(std::string(32, 'x'), hub_, "Patient", token));
}

TEST_F(PageTokenTest, ASingleChangedCharacterIsNoticed) {
  std::string token = SealPage(key_, hub_, "Patient", "_count=1");
  token[10] = token[10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(OpenPage(key_, hub_, "Patient", token));
  EXPECT_FALSE(OpenPage(key_, hub_, "Patient", ""));
}

}  // namespace
}  // namespace gateway::auth
