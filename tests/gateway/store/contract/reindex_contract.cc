// An index made anew answers as one that was made so from the start.
#include <random>

#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {
namespace {

using Kind = fhir::IndexEntry::Kind;
using Test = fhir::Criterion::Test;

Instant At(int64_t ms) { return Instant(std::chrono::milliseconds(1'800'000'000'000 + ms)); }

// What a resource with this body puts in, under one plan or another: parameters of their own, one
// of both, and one whose values differ.
std::vector<fhir::IndexEntry> EntriesOf(std::string_view plan, std::string_view body) {
  const std::string last(1, body.back());
  const std::string own = "of-" + std::string(plan);
  return {{Kind::kTerm, "both", last, "", ""},
          {Kind::kTerm, "other", std::string(plan) + last, "", ""},
          {Kind::kTerm, own, last, "", ""},
          {Kind::kText, own, last + std::string(body), "", ""},
          {Kind::kText, "both", std::string(body), "", ""},
          {Kind::kRange, own, "", last, last + "z"}};
}

// The same random creates, updates and deletes for every plan.
std::vector<ResourceWrite> Writes(std::string_view plan) {
  std::mt19937 random(11);
  std::vector<ResourceWrite> newest(30);
  std::vector<ResourceWrite> all;
  for (int i = 0; i < 150; ++i) {
    const size_t which = random() % newest.size();
    ResourceWrite& write = newest[which];
    const bool fresh = write.id.empty();
    write.programme = which % 5 == 4 ? "beta" : "alpha";
    write.type = which % 3 == 2 ? "Task" : "Patient";
    write.id = "r" + std::to_string(which);
    write.patient = "Patient/r" + std::to_string(which % 4);
    write.version = fresh ? 1 : write.version + 1;
    const bool gone = !fresh && write.method != WriteMethod::kDelete && random() % 4 == 0;
    write.method = fresh  ? WriteMethod::kCreate
                   : gone ? WriteMethod::kDelete
                          : WriteMethod::kUpdate;
    write.last_updated = At(i);
    write.bytes = gone ? "" : "v" + std::to_string(random() % 100);
    write.index = gone ? std::vector<fhir::IndexEntry>() : EntriesOf(plan, write.bytes);
    all.push_back(write);
  }
  return all;
}

std::vector<SearchQuery> EveryQuery() {
  std::vector<SearchQuery> queries;
  for (const char* programme : {"alpha", "beta"}) {
    for (const char* type : {"Patient", "Task"}) {
      SearchQuery query = PatientQuery();
      query.programme = programme;
      query.type = type;
      query.count = 4;
      query.with_total = true;
      queries.push_back(query);
      for (const char* parameter : {"both", "other", "of-old", "of-new"}) {
        for (const bool descending : {false, true}) {
          query.sort = {{parameter, descending}};
          queries.push_back(query);
        }
        query.sort.clear();
        for (const Test test : {Test::kTerm, Test::kPrefix, Test::kContains, Test::kRange}) {
          for (const char* key : {"", "1", "2", "new1", "old1", "v"}) {
            fhir::Criterion one;
            one.test = test;
            one.parameter = parameter;
            one.key = key;
            query.all_of = {{{one}, false}};
            queries.push_back(query);
            query.all_of.front().negated = true;
            queries.push_back(query);
          }
        }
        query.all_of.clear();
      }
    }
  }
  return queries;
}

// Page after page: the rows in their order.
std::string Answered(Reader& r, SearchQuery query) {
  std::string rows;
  do {
    const SearchPage page = Get(r.Search(query));
    rows += "total " + std::to_string(page.total) + ":";
    for (const ResourceVersion& match : page.matches) {
      rows += " " + match.id + "/" + std::to_string(match.version) + "=" + match.bytes;
    }
    query.after = page.next;
  } while (!query.after.empty());
  return rows;
}

std::vector<std::string> AnswersOf(Store& store) {
  std::vector<std::string> answers;
  Ok(store.View([&](Reader& r) -> fhir::Status {
    for (const SearchQuery& query : EveryQuery()) answers.push_back(Answered(r, query));
    return {};
  }));
  return answers;
}

void WriteAll(Store& store, std::string_view plan) {
  Ok(store.Update([&](Transaction& t) -> fhir::Status {
    for (const ResourceWrite& write : Writes(plan)) Ok(t.Write(write));
    return {};
  }));
}

// In pieces, as the verb's caller does it.
void MakeAnew(Store& store, std::string_view plan) {
  int64_t last = 0;
  int pieces = 0;
  do {
    int64_t reached = 0;
    Ok(store.Update([&](Transaction& t) -> fhir::Status {
      reached = Get(t.Reindex(
          last, 7, [&](const ResourceVersion& version) { return EntriesOf(plan, version.bytes); }));
      return {};
    }));
    last = reached;
    ASSERT_LT(++pieces, 20) << "it comes to an end";
  } while (last != 0);
  EXPECT_GT(pieces, 3);
}

}  // namespace

TEST_P(StoreContract, AnIndexMadeAnewAnswersAsOneMadeSoFromTheStart) {
  WriteAll(store(), "old");
  const std::vector<std::string> before = AnswersOf(store());
  const std::unique_ptr<Harness> fresh = GetParam()();
  WriteAll(fresh->store(), "new");
  const std::vector<std::string> wanted = AnswersOf(fresh->store());
  ASSERT_NE(before, wanted) << "the plans differ";
  MakeAnew(store(), "new");
  EXPECT_EQ(AnswersOf(store()), wanted);
  MakeAnew(store(), "new");
  EXPECT_EQ(AnswersOf(store()), wanted) << "once more changes nothing";
  Reopen();
  EXPECT_EQ(AnswersOf(store()), wanted);
  MakeAnew(store(), "old");
  EXPECT_EQ(AnswersOf(store()), before) << "and back";
}

TEST_P(StoreContract, AnIndexMadeAnewFollowsLaterWrites) {
  WriteAll(store(), "old");
  MakeAnew(store(), "new");
  ResourceWrite write = PatientWrite("later", 1, "v77");
  write.index = EntriesOf("new", write.bytes);
  Commit([&](Transaction& t) { Ok(t.Write(write)); });
  write.version = 2;
  write.method = WriteMethod::kUpdate;
  write.bytes = "v78";
  write.index = EntriesOf("new", write.bytes);
  Commit([&](Transaction& t) { Ok(t.Write(write)); });
  Look([&](Reader& r) {
    SearchQuery query = PatientQuery({{"of-new", {"8"}}});
    query.all_of.push_back(AnyId({"later"}));
    EXPECT_EQ(Get(r.Search(query)).matches.size(), 1u);
    query.all_of.front() = AnyTerm("of-new", {"7"});
    EXPECT_EQ(Get(r.Search(query)).matches.size(), 0u);
  });
}

// What was erased has nothing to make entries of; it keeps the hashes it was found by.
TEST_P(StoreContract, AnIndexMadeAnewLeavesWhatWasErased) {
  ResourceWrite write = PatientWrite("gone", 1, "v71");
  write.index = EntriesOf("old", write.bytes);
  Commit([&](Transaction& t) { Ok(t.Write(write)); });
  Ok(store().Shred("alpha", "gone"));
  Commit([](Transaction& t) {
    const auto entries = [](const ResourceVersion&) { return EntriesOf("new", "v71"); };
    EXPECT_GT(Get(t.Reindex(0, 10, entries)), 0);
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Search(PatientQuery({{"of-new", {"1"}}}))).matches.size(), 0u);
    const SearchPage kept = Get(r.Search(PatientQuery({{"of-old", {"1"}}})));
    ASSERT_EQ(kept.matches.size(), 1u);
    EXPECT_TRUE(kept.matches.front().shredded);
  });
}

}  // namespace gateway::store
