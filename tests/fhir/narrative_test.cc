#include "fhir/narrative.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace fhir {
namespace {

std::string Div(const std::string& inside) {
  return "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + inside + "</div>";
}

bool Allows(const std::string& inside) { return DefectOfNarrative(Div(inside)).empty(); }

TEST(NarrativeTest, FormattingIsAllowed) {
  EXPECT_TRUE(Allows("<p class=\"x\">a <b>b</b><br/>&lt;&#160;&#xA9;</p><!-- why -->"));
  EXPECT_TRUE(Allows("<table border='1'><tr><td colspan=\"2\">x</td></tr></table>"));
  EXPECT_TRUE(Allows("<a href=\"https://x.example/?a=1&amp;b=2\">x</a>"));
  EXPECT_TRUE(Allows("<a href=\"#part\">x</a><a href=\"Patient/1\">y</a>"));
  EXPECT_TRUE(Allows("<img src=\"data:image/png;base64,AA==\" alt=\"x\"/>"));
  EXPECT_TRUE(Allows("<span style=\"color: red\">x</span>"));
}

TEST(NarrativeTest, TheDivIsInTheNamespaceOfXhtml) {
  EXPECT_FALSE(DefectOfNarrative("<div>x</div>").empty());
  EXPECT_FALSE(
      DefectOfNarrative("<div><p xmlns=\"http://www.w3.org/1999/xhtml\">x</p></div>").empty());
  EXPECT_TRUE(
      DefectOfNarrative("<div class='c' xmlns='http://www.w3.org/1999/xhtml'>x</div>").empty());
}

TEST(NarrativeTest, WhatRunsOrLoadsIsRefused) {
  EXPECT_FALSE(Allows("<script>x</script>"));
  EXPECT_FALSE(Allows("<object data=\"x\">x</object>"));
  EXPECT_FALSE(Allows("<iframe src=\"x\">x</iframe>"));
  EXPECT_FALSE(Allows("<form action=\"x\">x</form>"));
  EXPECT_FALSE(Allows("<p onclick=\"x()\">x</p>"));
  EXPECT_FALSE(Allows("<P>x</P>"));
  EXPECT_FALSE(Allows("<svg:script>x</svg:script>"));
  EXPECT_FALSE(Allows("<span style=\"background: url(http://x)\">x</span>"));
  EXPECT_FALSE(Allows("<span style=\"background: u\\72l(http://x)\">x</span>"));
  EXPECT_FALSE(Allows("<p xmlns=\"http://www.w3.org/2000/svg\">x</p>"));
}

TEST(NarrativeTest, LinkSchemesCannotBeDisguised) {
  EXPECT_FALSE(Allows("<a href=\"javascript:x()\">x</a>"));
  EXPECT_FALSE(Allows("<a href=\"JaVaScRiPt:x()\">x</a>"));
  EXPECT_FALSE(Allows("<a href=\"&#106;avascript:x()\">x</a>"));
  EXPECT_FALSE(Allows("<a href=\"&#x6A;avascript&#58;x()\">x</a>"));
  EXPECT_FALSE(Allows("<a href=\" java&#9;script:x()\">x</a>"));
  EXPECT_FALSE(Allows("<a href=\"data:text/html,x\">x</a>"));
  EXPECT_FALSE(Allows("<img src=\"data:text/html,x\"/>"));
  EXPECT_FALSE(Allows("<blockquote cite=\"vbscript:x\">x</blockquote>"));
}

TEST(NarrativeTest, EntitiesAreThoseOfXml) {
  EXPECT_FALSE(Allows("&nbsp;"));
  EXPECT_FALSE(Allows("a & b"));
  EXPECT_FALSE(Allows("&#0;"));
  EXPECT_FALSE(Allows("&#xD800;"));
  EXPECT_FALSE(Allows("&#99999999;"));
  EXPECT_FALSE(Allows("<p title=\"&lol;\">x</p>"));
  EXPECT_FALSE(DefectOfNarrative("<!DOCTYPE div [<!ENTITY a \"b\">]>" + Div("&a;")).empty());
  EXPECT_FALSE(Allows("<?php x ?>"));
  EXPECT_FALSE(Allows("<![CDATA[<script>]]>"));
}

TEST(NarrativeTest, ItIsOneWellFormedDiv) {
  EXPECT_FALSE(DefectOfNarrative("x").empty());
  EXPECT_FALSE(DefectOfNarrative("<p>x</p>").empty());
  EXPECT_FALSE(DefectOfNarrative(Div("x") + Div("y")).empty());
  EXPECT_FALSE(DefectOfNarrative(Div("x") + "tail").empty());
  EXPECT_FALSE(DefectOfNarrative("<div>x").empty());
  EXPECT_FALSE(DefectOfNarrative("<div").empty());
  EXPECT_FALSE(Allows("<p>x"));
  EXPECT_FALSE(Allows("<b><i>x</b></i>"));
  EXPECT_FALSE(Allows("<p class=x>x</p>"));
  EXPECT_FALSE(Allows("<p class=\"a\" class=\"b\">x</p>"));
  EXPECT_FALSE(Allows("<p title=\"a<b\">x</p>"));
  EXPECT_FALSE(Allows("<!-- a -- b -->x"));
  EXPECT_TRUE(DefectOfNarrative(" " + Div("x") + "\n").empty());
}

TEST(NarrativeTest, ItHasContent) {
  EXPECT_FALSE(Allows(""));
  EXPECT_FALSE(Allows(" \n <p> </p><!-- x -->"));
  EXPECT_TRUE(Allows("<img src=\"x.png\"/>"));
}

TEST(NarrativeTest, DepthIsBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<b>";
  EXPECT_FALSE(Allows(deep));
}

// A quadratic reader would take minutes.
TEST(NarrativeTest, AMebibyteOfAnythingIsReadInLinearTime) {
  const auto begun = std::chrono::steady_clock::now();
  for (const char* part : {"&#160;", "<b>x</b>", "<!--x-->", "<", "&", "<a href=\"", "<b ", " "}) {
    std::string text;
    while (text.size() < 1024 * 1024) text += part;
    Allows(text);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

}  // namespace
}  // namespace fhir
