#include <set>

#include "fhir/search/keys.h"
#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {
namespace {

std::string Ids(const SearchPage& page) {
  std::string ids;
  for (const ResourceVersion& match : page.matches) ids += (ids.empty() ? "" : " ") + match.id;
  return ids;
}

Instant At(int64_t ms) { return Instant(std::chrono::milliseconds(ms)); }

}  // namespace

TEST_P(StoreContract, AllPartsMustHoldAndAnyOfTheirValues) {
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("a", 1, "a", {{"identifier", "s|1"}, {"status", "on"}})));
    Ok(t.Write(PatientWrite("b", 1, "b", {{"identifier", "s|2"}, {"status", "on"}})));
    Ok(t.Write(PatientWrite("c", 1, "c", {{"identifier", "s|3"}, {"status", "off"}})));
  });
  Look([](Reader& r) {
    const auto search = [&](const std::vector<AnyOf>& parts) {
      return Ids(Get(r.Search(PatientQuery(parts))));
    };
    EXPECT_EQ(search({}), "a b c");
    EXPECT_EQ(search({{"identifier", {"s|2"}}}), "b");
    EXPECT_EQ(search({{"status", {"on"}}}), "a b");
    EXPECT_EQ(search({{"status", {"on", "off"}}}), "a b c");
    EXPECT_EQ(search({{"identifier", {"s|1", "s|3", "s|9"}}}), "a c");
    EXPECT_EQ(search({{"identifier", {"s|1", "s|3"}}, {"status", {"off"}}}), "c");
    EXPECT_EQ(search({{"status", {"s|1"}}}), "");
    EXPECT_EQ(search({{"identifier", {}}}), "");
  });
}

TEST_P(StoreContract, AnUpdateMovesTheIndexRows) {
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("a", 1, "a", {{"identifier", "s|1"}, {"status", "on"}})));
  });
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("a", 2, "a", {{"identifier", "s|2"}, {"status", "on"}})));
  });
  Look([](Reader& r) {
    EXPECT_EQ(Ids(Get(r.Search(PatientQuery({{"identifier", {"s|1"}}})))), "");
    EXPECT_EQ(Ids(Get(r.Search(PatientQuery({{"identifier", {"s|2"}}})))), "a");
    EXPECT_EQ(Ids(Get(r.Search(PatientQuery({{"status", {"on"}}})))), "a");
  });
}

TEST_P(StoreContract, IdsAndLastUpdatedConstrainToo) {
  Commit([](Transaction& t) {
    for (int i = 0; i < 10; ++i) {
      ResourceWrite write = PatientWrite("p" + std::to_string(i), 1, "x", {{"status", "on"}});
      write.last_updated = At(1'000 * i);
      Ok(t.Write(write));
    }
  });
  Look([](Reader& r) {
    SearchQuery query = PatientQuery();
    query.all_of = {AnyId({"p7", "p2", "nobody", "p2"})};
    EXPECT_EQ(Ids(Get(r.Search(query))), "p2 p7");
    query.last_updated = {{At(5'000), At(9'000)}};
    EXPECT_EQ(Ids(Get(r.Search(query))), "p7");
    query.all_of.clear();
    EXPECT_EQ(Ids(Get(r.Search(query))), "p5 p6 p7 p8");
    query.last_updated.push_back({At(0), At(6'001)});
    EXPECT_EQ(Ids(Get(r.Search(query))), "p5 p6");
    const auto any_of = [](std::vector<fhir::Span> spans) {
      fhir::Clause clause;
      for (const fhir::Span& span : spans) {
        fhir::Criterion& one = clause.any_of.emplace_back();
        one.test = fhir::Criterion::Test::kRange;
        one.parameter = "_lastUpdated";
        one.low_from = fhir::InstantKey(span.begin);
        one.low_before = fhir::InstantKey(span.end);
      }
      return clause;
    };
    query.last_updated.clear();
    query.all_of = {any_of({{At(6'000), At(7'001)}, {At(1'000), At(2'000)}, {At(500), At(1'500)}})};
    EXPECT_EQ(Ids(Get(r.Search(query))), "p1 p6 p7") << "in any of a list";
    query.with_total = true;
    EXPECT_EQ(Get(r.Search(query)).total, 3);
    query.sort = {{"_lastUpdated", true}};
    EXPECT_EQ(Ids(Get(r.Search(query))), "p7 p6 p1");
    query.sort.clear();
    query.all_of.push_back(any_of({{Instant::min(), At(7'000)}, {At(7'001), Instant::max()}}));
    EXPECT_EQ(Ids(Get(r.Search(query))), "p1 p6") << "and of each list";
    query.last_updated = {{At(2'000), At(9'000)}};
    EXPECT_EQ(Ids(Get(r.Search(query))), "p6");
    query.last_updated.clear();
    query.all_of = {AnyTerm("status", {"off"})};
    EXPECT_EQ(Ids(Get(r.Search(query))), "");
  });
}

TEST_P(StoreContract, PagesAreStableUnderInserts) {
  for (int i = 0; i < 25; ++i) {
    Commit([&](Transaction& t) {
      Ok(t.Write(PatientWrite("p" + std::to_string(i), 1, "x", {{"status", "on"}})));
    });
  }
  std::multiset<std::string> seen;
  SearchQuery query = PatientQuery({{"status", {"on"}}});
  query.count = 10;
  query.with_total = true;
  int inserted = 0;
  do {
    SearchPage page;
    Look([&](Reader& r) { page = Get(r.Search(query)); });
    EXPECT_EQ(page.total, 25 + inserted);
    for (const ResourceVersion& match : page.matches) seen.insert(match.id);
    query.after = page.next;
    if (inserted < 2) {
      Commit([&](Transaction& t) {
        Ok(t.Write(PatientWrite("new" + std::to_string(inserted), 1, "x", {{"status", "on"}})));
        // An update does not move a resource to another page.
        Ok(t.Write(PatientWrite("p0", inserted + 2, "y", {{"status", "on"}})));
      });
      ++inserted;
    }
  } while (!query.after.empty());
  EXPECT_EQ(seen.size(), 27u);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(seen.count("p" + std::to_string(i)), 1u) << i;
}

TEST_P(StoreContract, ThePageThatIsExactlyFullHasNoNext) {
  Commit([](Transaction& t) {
    for (int i = 0; i < 4; ++i) Ok(t.Write(PatientWrite("p" + std::to_string(i), 1, "x")));
  });
  Look([](Reader& r) {
    SearchQuery query = PatientQuery();
    query.count = 4;
    EXPECT_EQ(Get(r.Search(query)).next, "");
    query.count = 3;
    const SearchPage page = Get(r.Search(query));
    EXPECT_NE(page.next, "");
    query.after = page.next;
    EXPECT_EQ(Ids(Get(r.Search(query))), "p3");
    query.count = 0;
    query.after.clear();
    query.with_total = true;
    EXPECT_EQ(Get(r.Search(query)).total, 4);
  });
}

TEST_P(StoreContract, ManyMatchesOnOneSideFewOnTheOther) {
  Commit([](Transaction& t) {
    for (int i = 0; i < 3'000; ++i) {
      ResourceWrite write = PatientWrite("p" + std::to_string(i), 1, "x", {{"status", "on"}});
      write.patient.clear();
      write.last_updated = At(i);
      if (i % 1'000 == 500)
        write.index.push_back({fhir::IndexEntry::Kind::kTerm, "rare", "yes", "", ""});
      Ok(t.Write(write));
    }
  });
  Look([](Reader& r) {
    SearchQuery query = PatientQuery({{"status", {"on"}}, {"rare", {"yes"}}});
    EXPECT_EQ(Ids(Get(r.Search(query))), "p500 p1500 p2500");
    query.last_updated = {{At(1), At(2'999)}};
    EXPECT_EQ(Ids(Get(r.Search(query))), "p500 p1500 p2500");
    query = PatientQuery();
    query.last_updated = {{At(100), At(2'900)}};
    query.count = 2;
    query.with_total = true;
    const SearchPage page = Get(r.Search(query));
    EXPECT_EQ(Ids(page), "p100 p101");
    EXPECT_EQ(page.total, 2'800);
  });
}

TEST_P(StoreContract, ASortKeyFromTheResourceIsAskedOfTheCaller) {
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("a", 1, "blue", {{"status", "on"}})));
    Ok(t.Write(PatientWrite("b", 1, "amber", {{"status", "on"}})));
    Ok(t.Write(PatientWrite("c", 1, "", {{"status", "on"}})));
    Ok(t.Write(PatientWrite("d", 1, "amber", {{"status", "off"}})));
  });
  Look([](Reader& r) {
    SearchQuery query = PatientQuery({{"status", {"on", "off"}}});
    query.sort = {{"colour", false, fhir::SortKey::From::kResource}};
    query.sort_value = [](const ResourceVersion& match, const fhir::SortKey& key) {
      EXPECT_EQ(key.parameter, "colour");
      return match.bytes.empty() ? std::nullopt : std::optional(match.bytes);
    };
    EXPECT_EQ(Ids(Get(r.Search(query))), "b d a c");
    query.sort.front().descending = true;
    EXPECT_EQ(Ids(Get(r.Search(query))), "a b d c") << "what lacks one comes last either way";
    query.count = 2;
    const SearchPage first = Get(r.Search(query));
    EXPECT_EQ(Ids(first), "a b");
    query.after = first.next;
    EXPECT_EQ(Ids(Get(r.Search(query))), "d c");
  });
}

}  // namespace gateway::store
