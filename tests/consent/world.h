// A small world for the tests of the rules: one patient, one drug, one approved reminder, all in
// order; a test breaks one thing.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "consent/context.h"
#include "consent/decide.h"
#include "consent/given.h"
#include "fhir/json/json.h"

namespace consent::testing {

inline fhir::json::Value Json(std::string_view text) {
  auto json = fhir::json::Parse(text);
  EXPECT_TRUE(json.ok()) << text;
  return json.ok() ? *json : fhir::json::Value();
}

inline fhir::Resource Res(std::string_view text) {
  auto resource = fhir::Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  return resource.ok() ? *resource : fhir::Resource();
}

inline fhir::Instant At(std::string_view text) {
  auto instant = fhir::ParseInstant(text);
  EXPECT_TRUE(instant.ok()) << text;
  return instant.ok() ? *instant : fhir::Instant{};
}

// Noon in Seattle; a pharmacy reminds of a refill by text message and nobody pays.
Given Reminder();
// The same pharmacy promotes another product, paid by its maker, under a complete authorization.
Given Promotion();

bool HasReason(const Decision& decision, std::string_view rule);
std::string Written(const Decision& decision);

}  // namespace consent::testing
