#include "fhir/reference.h"

#include <gtest/gtest.h>

#include <string>

namespace fhir {
namespace {

TEST(ReferenceTest, RelativeReferenceIsTakenApart) {
  auto reference = ParseReference("Patient/p-1.a");
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->form, Reference::Form::kRelative);
  EXPECT_EQ(reference->type, "Patient");
  EXPECT_EQ(reference->id, "p-1.a");
  EXPECT_EQ(reference->base, "");
  EXPECT_EQ(reference->Relative(), "Patient/p-1.a");
}

TEST(ReferenceTest, VersionIsTakenOff) {
  auto reference = ParseReference("Patient/1/_history/3");
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->version, "3");
  EXPECT_EQ(reference->Relative(), "Patient/1");
}

TEST(ReferenceTest, AbsoluteReferenceHasABase) {
  auto reference = ParseReference("https://ehr.example:8443/a/fhir/Patient/1/_history/2");
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->form, Reference::Form::kAbsolute);
  EXPECT_EQ(reference->base, "https://ehr.example:8443/a/fhir");
  EXPECT_EQ(reference->type, "Patient");
  EXPECT_EQ(reference->id, "1");
  EXPECT_EQ(reference->version, "2");
}

TEST(ReferenceTest, FragmentAndUrnAreNotRestful) {
  EXPECT_EQ(ParseReference("#med1")->form, Reference::Form::kContained);
  EXPECT_EQ(ParseReference("#med1")->id, "med1");
  EXPECT_EQ(ParseReference("#")->id, "");
  const std::string urn = "urn:uuid:0b1a4b3e-6f0e-4b5e-9a3b-0f0d5b4f9f1e";
  EXPECT_EQ(ParseReference(urn)->form, Reference::Form::kUrn);
  EXPECT_EQ(ParseReference(urn)->id, urn);
}

TEST(ReferenceTest, WhatIsNoLiteralReferenceIsRefused) {
  for (const char* text : {"",
                           "Patient",
                           "Patient/",
                           "/Patient/1",
                           "patient/1",
                           "Alien/1",
                           "Resource/1",
                           "Patient/a_b",
                           "Patient/1/",
                           "Patient/1/_history",
                           "Patient/1/_history/",
                           "Patient/1/2",
                           "a/Patient/1",
                           "Patient?identifier=1",
                           "Patient/1#x",
                           "Patient/ 1",
                           "# x",
                           "urn:",
                           "ftp://x/Patient/1",
                           "https:///Patient/1",
                           "https://ehr.example/fhir/Alien/1",
                           "https://ehr.example/?q=Patient/1",
                           "javascript:alert(1)"}) {
    EXPECT_FALSE(ParseReference(text)) << text;
  }
}

TEST(ReferenceTest, IdsAreOfOneTo64Characters) {
  EXPECT_TRUE(IsId("a"));
  EXPECT_TRUE(IsId(std::string(64, 'x')));
  EXPECT_TRUE(IsId("A-9."));
  EXPECT_FALSE(IsId(""));
  EXPECT_FALSE(IsId(std::string(65, 'x')));
  EXPECT_FALSE(IsId("a b"));
  EXPECT_FALSE(IsId("a/b"));
  EXPECT_FALSE(IsId("\xC3\xA9"));
}

TEST(ReferenceTest, AbstractAndLaterTypesAreNotOfR4) {
  EXPECT_TRUE(IsResourceType("Account"));
  EXPECT_TRUE(IsResourceType("CommunicationRequest"));
  EXPECT_TRUE(IsResourceType("VisionPrescription"));
  EXPECT_FALSE(IsResourceType("Resource"));
  EXPECT_FALSE(IsResourceType("DomainResource"));
  EXPECT_FALSE(IsResourceType("SubscriptionStatus"));
  EXPECT_FALSE(IsResourceType("Transport"));
  EXPECT_FALSE(IsResourceType("patient"));
  EXPECT_FALSE(IsResourceType(""));
}

}  // namespace
}  // namespace fhir
