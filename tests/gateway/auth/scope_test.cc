#include "gateway/auth/scope.h"

#include <gtest/gtest.h>

#include <string>

namespace gateway::auth {
namespace {

struct GrantCase {
  const char* note;
  const char* requested;
  const char* registered;
  const char* granted;
};

class GrantedScopesTest : public ::testing::TestWithParam<GrantCase> {};

TEST_P(GrantedScopesTest, IsWhatBothSay) {
  EXPECT_EQ(GrantedScopes(GetParam().requested, GetParam().registered), GetParam().granted);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GrantedScopesTest,
    ::testing::Values(
        GrantCase{"Whole", "system/Patient.rs", "system/*.cruds", "system/Patient.rs"},
        GrantCase{"NarrowedAccess", "system/Patient.cruds", "system/*.rs", "system/Patient.rs"},
        GrantCase{"NarrowedType", "system/*.rs", "system/Patient.rs system/Consent.r",
                  "system/Patient.rs system/Consent.r"},
        GrantCase{"V1KeepsItsWords", "system/Patient.read", "system/*.cruds",
                  "system/Patient.read"},
        GrantCase{"V1Narrowed", "system/*.*", "system/*.rs", "system/*.rs"},
        GrantCase{"OtherType", "system/Consent.rs", "system/Patient.cruds", ""},
        GrantCase{"NothingInCommon", "system/Patient.d", "system/*.rs", ""},
        GrantCase{"UserScopesAreNotOurs", "user/Patient.rs patient/*.rs openid", "system/*.cruds",
                  ""},
        GrantCase{"FiltersAreNotWidened", "system/Observation.rs?category=laboratory",
                  "system/*.cruds", ""},
        GrantCase{"LettersOutOfOrder", "system/Patient.sr", "system/*.cruds", ""},
        GrantCase{"LettersTwice", "system/Patient.rr", "system/*.cruds", ""},
        GrantCase{"NoLetters", "system/Patient.", "system/*.cruds", ""},
        GrantCase{"NoDot", "system/Patient", "system/*.cruds", ""},
        GrantCase{"BadType", "system/patient.rs system/.rs system/**.rs", "system/*.cruds", ""},
        GrantCase{"Twice", "system/Patient.rs  system/Patient.rs ", "system/*.cruds",
                  "system/Patient.rs"},
        GrantCase{"Empty", "", "system/*.cruds", ""}),
    [](const auto& c) { return std::string(c.param.note); });

TEST(CallerTest, MayDoWhatAScopeSays) {
  Caller caller;
  caller.scopes = ParseScopes("system/Patient.rs system/Consent.write nonsense system/*.s");
  EXPECT_TRUE(caller.May(Access::kRead, "Patient"));
  EXPECT_TRUE(caller.May(Access::kSearch, "Patient"));
  EXPECT_FALSE(caller.May(Access::kUpdate, "Patient"));
  EXPECT_TRUE(caller.May(Access::kCreate, "Consent"));
  EXPECT_TRUE(caller.May(Access::kUpdate, "Consent"));
  EXPECT_TRUE(caller.May(Access::kDelete, "Consent"));
  EXPECT_FALSE(caller.May(Access::kRead, "Consent"));
  EXPECT_TRUE(caller.May(Access::kSearch, "Task"));
  EXPECT_FALSE(caller.May(Access::kRead, "Task"));
}

TEST(CallerTest, WithoutScopesMayNothing) {
  for (Access access :
       {Access::kCreate, Access::kRead, Access::kUpdate, Access::kDelete, Access::kSearch}) {
    EXPECT_FALSE(Caller().May(access, "Patient"));
  }
}

}  // namespace
}  // namespace gateway::auth
