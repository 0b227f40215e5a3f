#include "gateway/routes.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

Lane LaneOfGet(std::string_view path, std::string query) {
  http::Request request;
  request.method = "GET";
  request.query = std::move(query);
  return LaneOf(*FindRoute("GET", path), request);
}

}  // namespace

TEST(LaneTest, AReadRunsOnTheConnection) {
  EXPECT_EQ(LaneOfGet("Patient/1", ""), Lane::kConnection);
}

TEST(LaneTest, ASearchThatFindsFewRunsOnTheConnection) {
  EXPECT_EQ(LaneOfGet("Patient", "identifier=urn%3Ax%7C1"), Lane::kConnection);
  EXPECT_EQ(LaneOfGet("MedicationRequest", "patient=1&status=active"), Lane::kConnection);
}

TEST(LaneTest, ASearchThatMayTakeLongRunsOnAWorker) {
  for (const char* query :
       {"", "status=active", "name=a", "patient=1&_count=1000", "patient=1&_include=*",
        "patient.name=a", "identifier=1,2,3", "patient=1&_revinclude=Consent:patient"}) {
    EXPECT_EQ(LaneOfGet("MedicationRequest", query), Lane::kWorker) << query;
  }
}

}  // namespace gateway
