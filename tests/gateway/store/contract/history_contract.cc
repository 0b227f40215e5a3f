// Histories of a resource, a type and a programme against a list of every version ever written.
#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <utility>

#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {
namespace {

constexpr int64_t kStart = 1'800'000'000'000;
constexpr int64_t kAlways = std::numeric_limits<int64_t>::max();

Instant At(int64_t ms) { return Instant(std::chrono::milliseconds(kStart + ms)); }
int64_t Ms(Instant t) { return t.time_since_epoch().count() - kStart; }

struct Version {
  ResourceWrite write;
  int64_t until = kAlways;
};

std::string Line(const std::string& type, const std::string& id, int64_t version, Instant at,
                 WriteMethod method, const std::string& bytes) {
  return std::to_string(1'000 - Ms(at)) + " " + type + "/" + id + " v" + std::to_string(version) +
         " " + std::to_string(static_cast<int>(method)) + " " + bytes;
}

// 120 versions of 8 resources of 2 types and 2 programmes, often several in one millisecond.
std::vector<Version> WriteVersions(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Version> all;
  std::map<std::string, size_t> newest;
  int64_t now = 0;
  for (int i = 0; i < 120; ++i) {
    now += random() % 3;
    const size_t which = random() % 8;
    ResourceWrite write;
    write.programme = which == 7 ? "beta" : "alpha";
    write.type = which % 3 == 2 ? "Consent" : "Patient";
    write.id = "r" + std::to_string(which);
    write.patient = which % 2 == 0 ? "Patient/r0" : "Patient/r1";
    const auto before = newest.find(write.id);
    if (before != newest.end()) {
      Version& old = all[before->second];
      old.until = now;
      write.version = old.write.version + 1;
      const bool gone = old.write.method != WriteMethod::kDelete && random() % 4 == 0;
      write.method = gone ? WriteMethod::kDelete : WriteMethod::kUpdate;
    }
    write.last_updated = At(now);
    if (write.method != WriteMethod::kDelete) write.bytes = "b" + std::to_string(i);
    newest[write.id] = all.size();
    all.push_back({write, kAlways});
  }
  return all;
}

bool Wanted(const HistoryQuery& query, const Version& version) {
  const ResourceWrite& w = version.write;
  if (w.programme != query.programme) return false;
  if (!query.type.empty() && w.type != query.type) return false;
  if (!query.id.empty() && w.id != query.id) return false;
  if (query.since && w.last_updated < *query.since) return false;
  if (!query.at) return true;
  const bool written = query.at->Contains(w.last_updated);
  const bool stood = w.last_updated < query.at->end && version.until > Ms(query.at->begin);
  return written || stood;
}

std::vector<std::string> Expected(const HistoryQuery& query, const std::vector<Version>& all) {
  std::vector<std::string> lines;
  for (const Version& v : all) {
    const ResourceWrite& w = v.write;
    if (!Wanted(query, v)) continue;
    lines.push_back(Line(w.type, w.id, w.version, w.last_updated, w.method, w.bytes));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Page after page to the end, checked to be newest first; sorted.
std::vector<std::string> Answered(Reader& r, HistoryQuery query) {
  std::vector<std::string> lines;
  Instant last = Instant::max();
  int64_t last_version = kAlways;
  do {
    const HistoryPage page = Get(r.History(query));
    EXPECT_LE(page.versions.size(), query.count);
    EXPECT_TRUE(page.next.empty() || page.versions.size() == query.count);
    for (const ResourceVersion& v : page.versions) {
      EXPECT_LE(v.last_updated, last);
      EXPECT_TRUE(query.id.empty() || v.version < last_version);
      last = v.last_updated;
      last_version = v.version;
      lines.push_back(Line(v.type, v.id, v.version, v.last_updated, v.method, v.bytes));
    }
    query.after = page.next;
  } while (!query.after.empty());
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string Ids(const HistoryPage& page) {
  std::string ids;
  for (const ResourceVersion& v : page.versions) {
    ids += (ids.empty() ? "" : " ") + v.id + "/" + std::to_string(v.version);
    if (v.deleted()) ids += "x";
  }
  return ids;
}

void CheckHistories(Store& store, unsigned seed) {
  const std::vector<Version> all = WriteVersions(seed);
  Ok(store.Update([&](Transaction& t) -> fhir::Status {
    for (const Version& version : all) Ok(t.Write(version.write));
    return {};
  }));
  const std::optional<Instant> since[] = {std::nullopt, At(0), At(37), At(38), At(500)};
  const std::optional<fhir::Span> at[] = {std::nullopt,
                                          fhir::Span{At(0), At(1)},
                                          fhir::Span{At(40), At(41)},
                                          fhir::Span{At(50), At(70)},
                                          fhir::Span{At(0), At(500)},
                                          fhir::Span{At(300), At(400)}};
  size_t found = 0;
  Ok(store.View([&](Reader& r) -> fhir::Status {
    for (const auto& [type, id] : {std::pair("", ""),
                                   {"Patient", ""},
                                   {"Consent", ""},
                                   {"Nothing", ""},
                                   {"Patient", "r0"},
                                   {"Consent", "r2"}}) {
      for (const auto& from : since) {
        for (const auto& span : at) {
          for (const size_t count : {1u, 3u, 1'000u}) {
            HistoryQuery query = PatientHistory(id, count);
            query.type = type;
            query.since = from;
            query.at = span;
            const auto answered = Answered(r, query);
            EXPECT_EQ(answered, Expected(query, all))
                << "seed " << seed << ": " << type << "/" << id << " since "
                << (from ? Ms(*from) : -1) << " at " << (span ? Ms(span->begin) : -1) << " count "
                << count;
            found += answered.size();
            if (testing::Test::HasFailure()) return {};
          }
        }
      }
    }
    return {};
  }));
  EXPECT_GT(found, 2'000u);
}

}  // namespace

TEST_P(StoreContract, HistoriesHaveEveryVersionThatWasAskedForOnce) {
  for (const unsigned seed : {7u, 8u, 9u, 10u}) {
    CheckHistories(GetParam()()->store(), seed);
  }
}

TEST_P(StoreContract, PagesOfATypesHistoryAreStableUnderWritesAndDeletes) {
  const auto write = [](Transaction& t, const char* id, int64_t version, int64_t ms,
                        WriteMethod method = WriteMethod::kUpdate) {
    ResourceWrite w = PatientWrite(id, version, "x");
    w.last_updated = At(ms);
    if (method == WriteMethod::kDelete) {
      w.method = method;
      w.bytes.clear();
    }
    Ok(t.Write(w));
  };
  Commit([&](Transaction& t) {
    write(t, "a", 1, 1);
    write(t, "b", 1, 2);
    write(t, "c", 1, 3);
    write(t, "b", 2, 4, WriteMethod::kDelete);
    write(t, "a", 2, 5);
  });
  HistoryQuery query = PatientHistory("", 2);
  Look([&](Reader& r) {
    const HistoryPage page = Get(r.History(query));
    EXPECT_EQ(Ids(page), "a/2 b/2x");
    query.after = page.next;
  });
  // What was present becomes past, and newer versions come before the first page.
  Commit([&](Transaction& t) {
    write(t, "c", 2, 6, WriteMethod::kDelete);
    write(t, "a", 3, 6);
    write(t, "d", 1, 7);
  });
  Look([&](Reader& r) {
    HistoryPage page = Get(r.History(query));
    EXPECT_EQ(Ids(page), "c/1 b/1");
    query.after = page.next;
    page = Get(r.History(query));
    EXPECT_EQ(Ids(page), "a/1");
    EXPECT_EQ(page.next, "");
  });
}

TEST_P(StoreContract, WhatIsNoCursorIsMalformed) {
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("p1", 1, "x"))); });
  Look([](Reader& r) {
    SearchQuery search = PatientQuery();
    SearchQuery sorted = PatientQuery();
    sorted.sort = {{"name", false}, {"_lastUpdated", true}};
    for (const char* after : {"x", "1x", "-1", "1.1", "9223372036854775807", "9223372036854775808",
                              "-.-.", "-.-.-1", "7.-.1", "zz.-.1", "00.-.1", "74.74.1"}) {
      search.after = sorted.after = after;
      for (const SearchQuery& query : {search, sorted}) {
        const auto page = r.Search(query);
        ASSERT_FALSE(page.ok()) << after;
        EXPECT_EQ(page.error().code, fhir::ErrorCode::kMalformed) << after;
      }
      if (std::string(after) == "74.74.1") continue;  // this one may be of a history
      const auto history = r.History(PatientHistory("p1", 5, after));
      ASSERT_FALSE(history.ok()) << after;
      EXPECT_EQ(history.error().code, fhir::ErrorCode::kMalformed) << after;
    }
  });
}

}  // namespace gateway::store
