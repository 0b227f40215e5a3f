#include "fhir/search/search_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/search/keys.h"

namespace fhir {
namespace {

using testing::HasSubstr;

Result<SearchPlan> Parse(std::string_view type, const SearchParameters& parameters,
                         Handling handling = Handling::kStrict) {
  SearchOptions options;
  options.handling = handling;
  return ParseSearch(type, parameters, IndexPlan::Default(), options);
}

Error Refused(std::string_view type, const SearchParameters& parameters) {
  auto plan = Parse(type, parameters);
  EXPECT_FALSE(plan.ok());
  return plan.ok() ? Error{} : plan.error();
}

TEST(SearchPlanTest, RepetitionIsAndAndACommaIsOr) {
  auto plan = Parse("Task", {{"status", "ready,accepted"}, {"code", "a"}, {"code", "b"}});
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->all_of.size(), 3U);
  EXPECT_EQ(plan->all_of[0].clause.any_of.size(), 2U);
}

TEST(SearchPlanTest, WhatIsUnknownOrNotIndexedIsRefusedInWords) {
  const Error unknown = Refused("Patient", {{"favourite-colour", "Secretvalue"}});
  EXPECT_EQ(unknown.code, ErrorCode::kMalformed);
  EXPECT_EQ(unknown.path, "favourite-colour");
  const Error unindexed = Refused("Patient", {{"address-city", "Secretvalue"}});
  EXPECT_THAT(unindexed.message, HasSubstr("search.index"));
  EXPECT_EQ(unindexed.path, "address-city");
  for (const Error& error : {unknown, unindexed}) {
    EXPECT_EQ(error.findings.front().code, "not-supported");
    EXPECT_EQ(error.message.find("Secretvalue"), std::string::npos);
  }
}

TEST(SearchPlanTest, LenientLeavesOutTheUnknownAndSaysSo) {
  auto plan =
      Parse("Patient", {{"favourite-colour", "x"}, {"identifier", "1"}}, Handling::kLenient);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->all_of.size(), 1U);
  ASSERT_EQ(plan->warnings.size(), 1U);
  EXPECT_EQ(plan->warnings.front().severity, Severity::kWarning);
  EXPECT_EQ(plan->warnings.front().expression, "favourite-colour");
  EXPECT_FALSE(Parse("Patient", {{"birthdate", "soon"}}, Handling::kLenient).ok())
      << "a known parameter with a bad value is an error all the same";
}

TEST(SearchPlanTest, NothingIsWithoutAnIdOrAnInstantOfUpdate) {
  for (const char* name : {"_id:missing", "_lastUpdated:missing"}) {
    auto without = Parse("Patient", {{name, "true"}});
    ASSERT_TRUE(without.ok()) << name;
    EXPECT_EQ(without->all_of.front().clause, Clause{}) << name;
    auto with = Parse("Patient", {{name, "false"}});
    ASSERT_TRUE(with.ok()) << name;
    EXPECT_EQ(with->all_of.front().clause, (Clause{{}, true})) << name;
    EXPECT_EQ(Refused("Patient", {{name, "maybe"}}).code, ErrorCode::kMalformed) << name;
  }
}

TEST(SearchPlanTest, AboutAnInstantOfUpdateIsATenthOfItsDistance) {
  SearchOptions options;
  options.now = ParseInstant("2026-01-11T00:00:00Z").value();
  auto plan =
      ParseSearch("Patient", {{"_lastUpdated", "ap2026-01-01"}}, IndexPlan::Default(), options);
  ASSERT_TRUE(plan.ok());
  const Span span = *plan->all_of.front().last_updated;
  EXPECT_EQ(FormatInstant(span.begin), "2025-12-31T00:00:00.000Z");
  EXPECT_EQ(FormatInstant(span.end), "2026-01-03T00:00:00.000Z");
}

TEST(SearchPlanTest, InstantsOfUpdateAreAListWithEveryPrefix) {
  auto plan = Parse("Patient", {{"_lastUpdated", "2019,ne2021,ge2026-01-01"}});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const Instant in2019 = ParseInstant("2019-01-01T00:00:00Z").value();
  const Instant in2020 = ParseInstant("2020-01-01T00:00:00Z").value();
  const Instant in2021 = ParseInstant("2021-01-01T00:00:00Z").value();
  const Instant in2022 = ParseInstant("2022-01-01T00:00:00Z").value();
  const Instant in2026 = ParseInstant("2026-01-01T00:00:00Z").value();
  std::vector<std::pair<std::string, std::string>> spans;
  for (const Criterion& one : plan->all_of.front().clause.any_of) {
    EXPECT_EQ(one.parameter, "_lastUpdated");
    spans.emplace_back(one.low_from.value(), one.low_before.value());
  }
  EXPECT_THAT(spans,
              testing::ElementsAre(testing::Pair(InstantKey(in2019), InstantKey(in2020)),
                                   testing::Pair(InstantKey(Instant::min()), InstantKey(in2021)),
                                   testing::Pair(InstantKey(in2022), InstantKey(Instant::max())),
                                   testing::Pair(InstantKey(in2026), InstantKey(Instant::max()))));
}

TEST(SearchPlanTest, AColonNeedsItsModifier) {
  EXPECT_EQ(Refused("Patient", {{"family:", "x"}}).findings.front().code, "not-supported");
  EXPECT_FALSE(Parse("Patient", {{"_count:", "1"}}).ok());
}

TEST(SearchPlanTest, SaysWhatItHeeded) {
  const SearchParameters asked = {
      {"gender", "female"}, {"_sort", "birthdate,nope"}, {"colour", "red"}, {"_count", "5"}};
  auto plan = Parse("Patient", asked, Handling::kLenient);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->heeded, (SearchParameters{{"_count", "5"}}));
  EXPECT_TRUE(plan->sort.empty()) << "an order that is left out is left out wholly";
  EXPECT_EQ(plan->warnings.size(), 3U);
}

TEST(SearchPlanTest, CanonicalsAreFollowedWhereTheUrlOfTheirTargetsIsIndexed) {
  const SearchParameters include = {{"_include", "Communication:instantiates-canonical"}};
  const SearchParameters back = {{"_has:Communication:instantiates-canonical:status", "completed"}};
  EXPECT_TRUE(Parse("Communication", include).ok());
  EXPECT_TRUE(Parse("Questionnaire", back).ok());
  const auto plan = IndexPlan::Make({{"Questionnaire", {"status"}}});
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(ParseSearch("Communication", include, *plan, {}).ok()) << "other types have it";
  const auto to_one =
      ParseSearch("Communication",
                  {{"_include", "Communication:instantiates-canonical:Questionnaire"}}, *plan, {});
  ASSERT_FALSE(to_one.ok());
  EXPECT_THAT(to_one.error().message, HasSubstr("search.index"));
  EXPECT_FALSE(ParseSearch("Questionnaire", back, *plan, {}).ok());
}

TEST(SearchPlanTest, ContainedResourcesAreNotMatchesByThemselves) {
  EXPECT_TRUE(Parse("Patient", {{"_contained", "false"}}).ok());
  EXPECT_EQ(Refused("Patient", {{"_contained", "true"}}).findings.front().code, "not-supported");
}

TEST(SearchPlanTest, NameStandsForTheIndexedPartsOfNames) {
  auto plan = Parse("Patient", {{"name", "ada"}});
  ASSERT_TRUE(plan.ok());
  const auto& any_of = plan->all_of.front().clause.any_of;
  ASSERT_EQ(any_of.size(), 2U);
  EXPECT_EQ(any_of[0].parameter, "family");
  EXPECT_EQ(any_of[1].parameter, "given");
}

TEST(SearchPlanTest, ChainsNameTheTypesOnTheWay) {
  auto plan = Parse("MedicationRequest", {{"subject:Patient.family", "x"}});
  ASSERT_TRUE(plan.ok());
  const Join& join = *plan->all_of.front().join;
  EXPECT_FALSE(join.reverse);
  EXPECT_EQ(join.parameter, "subject");
  ASSERT_EQ(join.sides.size(), 1U);
  EXPECT_EQ(join.sides.front().type, "Patient");
  EXPECT_EQ(join.sides.front().condition.clause.any_of.front().parameter, "family");

  auto open = Parse("MedicationRequest", {{"subject.identifier", "x"}});
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->all_of.front().join->sides.size(), 2U) << "Group and Patient";
}

TEST(SearchPlanTest, ReverseChains) {
  auto plan = Parse("Patient", {{"_has:MedicationRequest:patient:status", "active"}});
  ASSERT_TRUE(plan.ok());
  const Join& join = *plan->all_of.front().join;
  EXPECT_TRUE(join.reverse);
  EXPECT_EQ(join.parameter, "patient");
  EXPECT_EQ(join.sides.front().type, "MedicationRequest");
  auto nested =
      Parse("Patient", {{"_has:Task:patient:_has:Provenance:target:agent:Practitioner", "p"}});
  EXPECT_TRUE(nested.ok()) << nested.error().message;
  for (const char* bad : {"_has:Task", "_has:Task:patient", "_has:Alien:patient:status",
                          "_has:PractitionerRole:practitioner:specialty"}) {
    EXPECT_EQ(Refused("Patient", {{bad, "x"}}).code, ErrorCode::kMalformed) << bad;
  }
}

TEST(SearchPlanTest, ChainsHaveThreeSteps) {
  EXPECT_TRUE(
      Parse("Task", {{"patient.general-practitioner:PractitionerRole.organization.name", "x"}})
          .ok());
  const Error deep = Refused("Task", {{"based-on:CommunicationRequest.patient.general-practitioner:"
                                       "PractitionerRole.organization.name",
                                       "x"}});
  EXPECT_EQ(deep.code, ErrorCode::kTooCostly);
}

TEST(SearchPlanTest, ChainsThatLeadNowhereAreRefused) {
  EXPECT_EQ(Refused("Task", {{"status.name", "x"}}).path, "status");
  EXPECT_EQ(Refused("Task", {{"focus.status", "x"}}).path, "focus") << "any type: say which";
  EXPECT_EQ(Refused("Task", {{"patient:Group.name", "x"}}).path, "patient");
  EXPECT_EQ(Refused("Task", {{"patient.colour", "x"}}).path, "colour");
  EXPECT_THAT(Refused("Task", {{"patient.address-city", "x"}}).message, HasSubstr("search.index"));
}

TEST(SearchPlanTest, ResultParameters) {
  auto plan = Parse("Task", {{"_sort", "-authored-on,_id"},
                             {"_count", "50"},
                             {"_total", "accurate"},
                             {"_summary", "data"},
                             {"_elements", "status,code"},
                             {"_list", "List/7"},
                             {"_include", "Task:owner:Practitioner"},
                             {"_revinclude:iterate", "Provenance:target"},
                             {"_format", "json"},
                             {"_lastUpdated", "ge2026"}});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->sort, (std::vector<SortKey>{{"authored-on", true}, {"_id", false}}));
  EXPECT_EQ(plan->count, 50U);
  EXPECT_TRUE(plan->with_total);
  EXPECT_EQ(plan->summary, Summary::kData);
  EXPECT_EQ(plan->elements, (std::vector<std::string>{"status", "code"}));
  EXPECT_EQ(plan->lists, (std::vector<std::string>{"7"}));
  ASSERT_EQ(plan->includes.size(), 2U);
  EXPECT_EQ(plan->includes[0].target, "Practitioner");
  EXPECT_TRUE(plan->includes[1].reverse);
  EXPECT_TRUE(plan->includes[1].iterate);
  ASSERT_TRUE(plan->all_of.front().last_updated);
}

TEST(SearchPlanTest, TokensAndReferencesAreSortedOutOfTheResources) {
  auto plan = Parse("Task", {{"_sort", "status,-patient,authored-on"}});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->sort, (std::vector<SortKey>{{"status", false, SortKey::From::kResource},
                                              {"patient", true, SortKey::From::kResource},
                                              {"authored-on", false}}));
}

TEST(SearchPlanTest, BadResultParametersAreRefusedByName) {
  for (const auto& [name, value] : SearchParameters{{"_count", "many"},
                                                    {"_count", "-1"},
                                                    {"_total", "some"},
                                                    {"_summary", "short"},
                                                    {"_sort", "-location"},
                                                    {"_sort", "colour"},
                                                    {"_include", "Task"},
                                                    {"_include", "Task:status"},
                                                    {"_include", "Alien:x"},
                                                    {"_revinclude", "*"},
                                                    {"_revinclude", "Task:location"},
                                                    {"_elements", "a,,b"},
                                                    {"_list", "a b"},
                                                    {"_lastUpdated", "2020,"},
                                                    {"_lastUpdated", "2020,soon"},
                                                    {"_text", "x"},
                                                    {"_content", "x"},
                                                    {"_query", "x"},
                                                    {"_filter", "x"}}) {
    EXPECT_EQ(Refused("Task", {{name, value}}).path, name) << name << "=" << value;
  }
  EXPECT_EQ(Refused("Task", {{"_summary", "text"}, {"_include", "Task:owner"}}).path, "_summary");
}

TEST(SearchPlanTest, SizesAreBounded) {
  EXPECT_EQ(Refused("Task", {{"code", std::string(4'097, 'a')}}).code, ErrorCode::kTooLarge);
  EXPECT_EQ(Refused("Task", SearchParameters(101, {"code", "a"})).code, ErrorCode::kTooCostly);
  std::string many = "a";
  for (int i = 0; i < 1'001; ++i) many += ",a";
  EXPECT_EQ(Refused("Task", {{"code", many}}).code, ErrorCode::kTooCostly);
}

}  // namespace
}  // namespace fhir
