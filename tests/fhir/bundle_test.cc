#include "fhir/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace fhir {
namespace {

using testing::ElementsAre;

constexpr char kBase[] = "https://gateway.example:8443/fhir/p";

Result<BundleRequest> Read(std::string_view type, std::string_view entries) {
  auto bundle = Resource::Parse(R"({"resourceType":"Bundle","type":")" + std::string(type) +
                                R"(","entry":)" + std::string(entries) + "}");
  EXPECT_TRUE(bundle.ok());
  return ReadBundleRequest(*bundle, kBase);
}

std::vector<std::string> FindingsOf(std::string_view type, std::string_view entries) {
  auto request = Read(type, entries);
  std::vector<std::string> paths;
  if (request.ok()) {  // those of a batch are the entries'
    for (const BundleEntry& entry : request->entries) {
      for (const Issue& issue : entry.findings) paths.push_back(issue.expression);
    }
    return paths;
  }
  EXPECT_EQ(request.error().code, ErrorCode::kInvalid);
  for (const Issue& issue : request.error().findings) paths.push_back(issue.expression);
  return paths;
}

TEST(BundleTest, TransactionIsTakenApart) {
  auto request = Read("transaction", R"([
      {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},
       "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=s|1"}},
      {"resource":{"resourceType":"Task","id":"t1"},
       "request":{"method":"PUT","url":"Task/t1","ifMatch":"W/\"2\""}},
      {"request":{"method":"DELETE","url":"Task/t2"}},
      {"request":{"method":"GET","url":"Patient?identifier=1","ifNoneMatch":"W/\"1\""}}])");
  ASSERT_TRUE(request.ok()) << request.error().findings[0].message;
  EXPECT_EQ(request->type, BundleRequest::Type::kTransaction);
  ASSERT_EQ(request->entries.size(), 4u);
  EXPECT_EQ(request->entries[0].full_url, "urn:uuid:1");
  EXPECT_EQ(request->entries[0].if_none_exist, "identifier=s|1");
  EXPECT_EQ(request->entries[0].resource->type(), "Patient");
  EXPECT_EQ(request->entries[1].if_match, "W/\"2\"");
  EXPECT_EQ(request->entries[2].method, "DELETE");
  EXPECT_FALSE(request->entries[2].resource);
  EXPECT_EQ(request->entries[3].if_none_match, "W/\"1\"");
  EXPECT_EQ(request->entries[3].index, 3u);
}

TEST(BundleTest, OnlyTransactionAndBatchAreRequests) {
  EXPECT_FALSE(Read("searchset", "[]").ok());
  EXPECT_FALSE(Read("", "[]").ok());
  EXPECT_TRUE(Read("batch", "[]").ok());
  EXPECT_FALSE(ReadBundleRequest(*Resource::Parse(R"({"resourceType":"Patient"})"), kBase).ok());
}

TEST(BundleTest, AUrlOfThisServerIsRelativeToTheBase) {
  const std::string base = kBase;
  for (const std::string& url : {std::string("/Task/t2?x=/y"), base + "/Task/t2?x=/y"}) {
    for (const char* type : {"batch", "transaction"}) {
      auto request = Read(type, R"([{"request":{"method":"GET","url":")" + url + R"("}}])");
      ASSERT_TRUE(request.ok()) << url;
      EXPECT_EQ(request->entries[0].url, "Task/t2?x=/y");
      EXPECT_TRUE(request->entries[0].findings.empty());
    }
  }
  EXPECT_EQ(Read("batch", R"([{"request":{"method":"GET","url":")" + base + R"(?_type=Task"}}])")
                ->entries[0]
                .url,
            "?_type=Task");
  for (const std::string& url :
       {std::string("https://other.example/fhir/p/Task/t2"), base + "2/Task/t2", "/" + base,
        std::string("//other.example/Task/t2")}) {
    EXPECT_THAT(
        FindingsOf("transaction", R"([{"request":{"method":"DELETE","url":")" + url + R"("}}])"),
        ElementsAre("Bundle.entry[0].request.url"))
        << url;
  }
}

TEST(BundleTest, TheSameResourceUnderTwoSpellingsIsChangedTwice) {
  EXPECT_THAT(FindingsOf("transaction", R"([{"request":{"method":"DELETE","url":"Task/t2"}},
      {"request":{"method":"DELETE","url":"/Task/t2"}}])"),
              ElementsAre("Bundle.entry[1].request.url"));
}

TEST(BundleTest, EveryDefectIsAFinding) {
  EXPECT_THAT(FindingsOf("batch", R"([{}, {"request":{"method":"FETCH","url":"Patient/1"}},
      {"request":{"method":"GET"}}, {"request":{"method":"POST","url":"Patient"}},
      {"request":{"method":"GET","url":"https://other.example/Patient/1"}}])"),
              ElementsAre("Bundle.entry[0].request", "Bundle.entry[1].request.method",
                          "Bundle.entry[2].request.url", "Bundle.entry[3].resource",
                          "Bundle.entry[4].request.url"));
}

TEST(BundleTest, UrlAndResourceMustAgree) {
  EXPECT_THAT(FindingsOf("batch", R"([
      {"resource":{"resourceType":"Task"},"request":{"method":"POST","url":"Patient"}},
      {"resource":{"resourceType":"Task","id":"a"},"request":{"method":"PUT","url":"Task/b"}},
      {"resource":{"resourceType":"Task"},"request":{"method":"PUT","url":"Task?identifier=1"}},
      {"resource":{"resourceType":"Alien"},"request":{"method":"POST","url":"Patient"}}])"),
              ElementsAre("Bundle.entry[0].request.url", "Bundle.entry[1].resource.id",
                          "Bundle.entry[3].resource"));
}

TEST(BundleTest, TransactionTouchesAResourceOnce) {
  const char* entries = R"([{"request":{"method":"DELETE","url":"Task/1"}},
      {"resource":{"resourceType":"Task","id":"1"},"request":{"method":"PUT","url":"Task/1"}}])";
  EXPECT_THAT(FindingsOf("transaction", entries), ElementsAre("Bundle.entry[1].request.url"));
  EXPECT_TRUE(Read("batch", entries).ok());
}

TEST(BundleTest, AnEntryOfABatchKeepsWhatIsWrongWithItToItself) {
  auto request = Read(
      "batch", R"([{"resource":{"resourceType":"Task"},"request":{"method":"POST","url":"Task"}},
      {"request":{"method":"POST","url":"Task"}},{"request":{"method":"GET","url":"/Task/1"}}])");
  ASSERT_TRUE(request.ok());
  EXPECT_TRUE(request->entries[0].findings.empty());
  EXPECT_EQ(request->entries[1].findings.front().expression, "Bundle.entry[1].resource");
  EXPECT_EQ(request->entries[2].findings.front().expression, "Bundle.entry[2].request.url");
}

TEST(BundleTest, LinksAndImagesOfNarrativesAreRewritten) {
  const auto after = [](const std::string& div) {
    auto task = json::Value::Object();
    task.Mutable("text").Set("div", json::Value::String(div));
    ReplaceReferences(task, {{"urn:uuid:1", "Patient/a"}});
    return task["text"]["div"].text();
  };
  EXPECT_EQ(after(R"(<div>1=2 <a href="urn:uuid:1">urn:uuid:1</a><img src='urn:uuid:1'/></div>)"),
            R"(<div>1=2 <a href="Patient/a">urn:uuid:1</a><img src='Patient/a'/></div>)");
  for (const char* same : {"", "=", "<div>href=</div>", "href=\"urn:uuid:1", "href=\"urn:uuid:2\"",
                           "<p title=\"urn:uuid:1\">"}) {
    EXPECT_EQ(after(same), same);
  }
}

TEST(BundleTest, ReferencesAreRewrittenAndTextIsNot) {
  auto task = json::Parse(R"({"resourceType":"Task",
      "text":{"status":"generated","div":"urn:uuid:1"},"description":"urn:uuid:1",
      "for":{"reference":"urn:uuid:1","display":"urn:uuid:1"},
      "basedOn":[{"reference":"urn:uuid:2"},{"reference":"urn:uuid:3"}],
      "identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}],
      "input":[{"valueUri":"urn:uuid:1","valueCanonical":"urn:uuid:1"}]})");
  ASSERT_TRUE(task.ok());
  ReplaceReferences(*task, {{"urn:uuid:1", "Patient/a"}, {"urn:uuid:2", "Task/b"}});
  EXPECT_EQ((*task)["for"]["reference"].text(), "Patient/a");
  EXPECT_EQ((*task)["basedOn"].at(0)["reference"].text(), "Task/b");
  EXPECT_EQ((*task)["basedOn"].at(1)["reference"].text(), "urn:uuid:3");
  EXPECT_EQ((*task)["input"].at(0)["valueUri"].text(), "Patient/a");
  EXPECT_EQ((*task)["input"].at(0)["valueCanonical"].text(), "urn:uuid:1");
  EXPECT_EQ((*task)["text"]["div"].text(), "urn:uuid:1");
  EXPECT_EQ((*task)["description"].text(), "urn:uuid:1");
  EXPECT_EQ((*task)["for"]["display"].text(), "urn:uuid:1");
  EXPECT_EQ((*task)["identifier"].at(0)["value"].text(), "urn:uuid:1");
}

TEST(BundleTest, AnswerBundleLeavesOutWhatIsEmpty) {
  EXPECT_EQ(json::Write(MakeBundle("batch-response", {}, -1, {})),
            R"({"resourceType":"Bundle","type":"batch-response"})");
  EXPECT_EQ(json::Write(MakeBundle("searchset", {json::Value::Object()}, 0, {{"self", "u"}})),
            R"({"resourceType":"Bundle","type":"searchset","total":0,)"
            R"("link":[{"relation":"self","url":"u"}],"entry":[{}]})");
}

}  // namespace
}  // namespace fhir
