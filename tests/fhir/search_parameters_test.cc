#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "fhir/search/index_plan.h"
#include "fhir/search/parameter_rows.h"
#include "fhir/search/parameters.h"

namespace fhir {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(SearchParametersTest, EveryTypeHasItsParametersAndEachPartCompiled) {
  size_t count = 0;
  const auto rows = AllParameterRows();
  EXPECT_EQ(rows.size(), 147U);  // 146 types, and Resource
  for (const ParameterRows& row : rows.subspan(1)) {
    const auto& parameters = SearchParametersOf(row.type);
    for (const SearchParameter& parameter : parameters) {
      EXPECT_FALSE(parameter.name.empty()) << row.type;
      EXPECT_FALSE(parameter.parts.empty()) << row.type << "." << parameter.name;
      for (const SearchComponent& component : parameter.components) {
        // Only at the end is a string compared by its beginning.
        EXPECT_TRUE(component.kind != SearchKind::kString || EndsWithString(parameter))
            << row.type << "." << parameter.name;
      }
      EXPECT_EQ(parameter.kind == SearchKind::kComposite, parameter.components.size() > 1)
          << row.type << "." << parameter.name;
    }
    count += parameters.size();
  }
  EXPECT_GT(count, 146U * 6U + 1'400U);
}

TEST(SearchParametersTest, OneIsFoundWithWhatItReads) {
  const SearchParameter* gender = FindSearchParameter("Patient", "gender");
  ASSERT_NE(gender, nullptr);
  EXPECT_EQ(gender->kind, SearchKind::kToken);
  EXPECT_EQ(gender->parts.front().type, "code");
  EXPECT_EQ(gender->parts.front().system, "http://hl7.org/fhir/administrative-gender");
  EXPECT_FALSE(gender->always_present);
  EXPECT_TRUE(FindSearchParameter("Task", "status")->always_present);
  const SearchParameter* patient = FindSearchParameter("MedicationRequest", "patient");
  ASSERT_NE(patient, nullptr);
  EXPECT_THAT(patient->targets, ElementsAre("Patient"));
  EXPECT_TRUE(FindSearchParameter("Task", "focus")->MayTarget("Claim"));
  EXPECT_EQ(FindSearchParameter("Observation", "code-value-quantity")->components.size(), 2U);
  EXPECT_NE(FindSearchParameter("Patient", "_tag"), nullptr);
  EXPECT_EQ(FindSearchParameter("Patient", "favourite-colour"), nullptr);
  EXPECT_EQ(FindSearchParameter("Alien", "_id"), nullptr);
}

TEST(SearchParametersTest, ManyThreadsMayBeTheFirst) {
  std::vector<std::thread> threads;
  std::atomic<int> found = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&] { found += FindSearchParameter("Encounter", "date") != nullptr ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 8);
}

TEST(IndexPlanTest, TheDefaultServesOurDomain) {
  const IndexPlan& plan = IndexPlan::Default();
  for (const auto& [type, name] :
       std::vector<std::pair<const char*, const char*>>{{"Patient", "identifier"},
                                                        {"Patient", "birthdate"},
                                                        {"Patient", "phone"},
                                                        {"Task", "owner"},
                                                        {"Communication", "based-on"},
                                                        {"MedicationRequest", "patient"},
                                                        {"Observation", "subject"},
                                                        {"Encounter", "status"},
                                                        {"Subscription", "url"}}) {
    EXPECT_TRUE(plan.Has(type, name)) << type << "." << name;
    EXPECT_NE(FindSearchParameter(type, name), nullptr) << type << "." << name;
  }
  EXPECT_FALSE(plan.Has("Patient", "address-city"));
  EXPECT_FALSE(plan.Has("Alien", "identifier"));
}

TEST(IndexPlanTest, ASettingReplacesATypeAndKeepsWhatTheGatewayAsks) {
  auto plan = IndexPlan::Make({{"Patient", {"address-city"}},
                               {"Observation", {"default", "value-quantity"}},
                               {"Group", {"*"}}});
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(plan->ParametersOf("Patient"),
              ElementsAre("address-city", "identifier", "link", "phone"));
  EXPECT_THAT(plan->ParametersOf("Observation"), Contains("value-quantity"));
  EXPECT_THAT(plan->ParametersOf("Observation"), Contains("status"));
  EXPECT_THAT(plan->ParametersOf("Group"), Contains("member"));
  EXPECT_THAT(plan->ParametersOf("Group"), Not(Contains("_id")));
  EXPECT_EQ(plan->ParametersOf("Task"), IndexPlan::Default().ParametersOf("Task"));
}

TEST(IndexPlanTest, AnUnknownNameIsRefusedByItsPlace) {
  EXPECT_EQ(IndexPlan::Make({{"Patient", {"colour"}}}).error().path, "Patient.colour");
  EXPECT_EQ(IndexPlan::Make({{"Alien", {"identifier"}}}).error().path, "Alien");
  EXPECT_EQ(IndexPlan::Make({{"Location", {"near"}}}).error().path, "Location.near");
}

}  // namespace
}  // namespace fhir
