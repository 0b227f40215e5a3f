#include "consent/programme.h"

#include <gtest/gtest.h>

#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Json;

constexpr std::string_view kWhole = R"({"id": "p-1", "name": "N", "seller": "S", "sender": "T",
  "regime": "BA_OF", "actsFor": "CE_PLAN",
  "products": [{"system": "s", "code": "c", "kind": "delivery-system", "deliveryFor": ["d"]}],
  "providerName": "P", "providerPhone": "1", "postalAddress": "A", "capPerDay": 2,
  "capPerWeek": 0, "vendors": {"sms": "v"}, "senders": {"sms": "+1"}, "nurseQueue": "q",
  "hubWebhook": "w", "writeBack": "e",
  "partners": [{"name": "e", "recipient": "Organization/o1", "kind": "provider",
                "purpose": "TREAT"}]})";

std::string PathOf(std::string_view text) {
  const auto programme = ReadProgramme(Json(text));
  return programme.ok() ? "ok" : programme.error().path;
}

TEST(ProgrammeTest, WrittenAndReadAgainIsTheSame) {
  const auto programme = ReadProgramme(Json(kWhole));
  ASSERT_TRUE(programme.ok()) << programme.error().path;
  const auto again = ReadProgramme(WriteProgramme(*programme));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(WriteProgramme(*again), WriteProgramme(*programme));
  EXPECT_EQ(again->acts_for, Regime::kCePlan);
  EXPECT_EQ(again->cap_per_week, 0);
  EXPECT_EQ(again->FindPartner("e")->kind, "provider");
  EXPECT_EQ(again->FindPartner("w"), nullptr);
}

TEST(ProgrammeTest, RefusesWithThePath) {
  const std::string head = R"({"id": "p", "seller": "S", "regime": "MANUFACTURER")";
  EXPECT_EQ(PathOf(head + "}"), "ok");
  EXPECT_EQ(PathOf(head + R"(, "sellr": "x"})"), "programme.sellr");
  EXPECT_EQ(PathOf(head + R"(, "capPerDay": -1})"), "programme.capPerDay");
  EXPECT_EQ(PathOf(head + R"(, "capPerDay": 1.5})"), "programme.capPerDay");
  EXPECT_EQ(PathOf(head + R"(, "vendors": {"pigeon": "x"}})"), "programme.vendors");
  EXPECT_EQ(PathOf(head + R"(, "products": [{"system": "s"}]})"), "programme.products[0].code");
  EXPECT_EQ(PathOf(head + R"(, "products": [{"system": "s", "code": "c", "kind": "x"}]})"),
            "programme.products[0].kind");
  EXPECT_EQ(
      PathOf(head + R"(, "products": [{"system": "s", "code": "c", "administeredBy": "x"}]})"),
      "programme.products[0].administeredBy");
  EXPECT_EQ(PathOf(head + R"(, "partners": [{"name": "e", "recipient": "R"}]})"),
            "programme.partners[0].purpose");
  EXPECT_EQ(PathOf(head + R"(, "partners": [{"name": "e", "recipient": "R", "purpose": "TREAT",
                             "kind": "wizard"}]})"),
            "programme.partners[0].kind");
  EXPECT_EQ(PathOf(head + R"(, "senders": {"pigeon": "x"}})"), "programme.senders");
  EXPECT_EQ(PathOf(head + R"(, "actsFor": "KING"})"), "programme.actsFor");
  EXPECT_EQ(PathOf(head + R"(, "telephone": {"free": true}})"), "programme.telephone.free");
  EXPECT_EQ(PathOf(head + R"(, "email": {"bulk": 1}})"), "programme.email.bulk");
  for (const char* id : {"p_1", "p/1", "p:1", "p{", "P", "p 1"}) {
    EXPECT_EQ(PathOf(R"({"id": ")" + std::string(id) + R"(", "seller": "S", "regime": "BA_OF"})"),
              "programme.id")
        << id;
  }
  const std::string longest(64, 'a');
  EXPECT_EQ(PathOf(R"({"id": ")" + longest + R"(", "seller": "S", "regime": "BA_OF"})"), "ok");
  EXPECT_EQ(PathOf(R"({"id": ")" + longest + R"(b", "seller": "S", "regime": "BA_OF"})"),
            "programme.id");
  EXPECT_EQ(PathOf(R"({"id": "P!", "seller": "S", "regime": "BA_OF"})"), "programme.id");
  EXPECT_EQ(PathOf(R"({"id": "p", "seller": "S", "regime": "KING"})"), "programme.regime");
  EXPECT_EQ(PathOf(R"({"id": "p", "regime": "BA_OF"})"), "programme.seller");
  EXPECT_EQ(PathOf("[]"), "programme");
}

}  // namespace
}  // namespace consent
