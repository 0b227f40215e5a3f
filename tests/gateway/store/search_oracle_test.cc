// Random resources, random changes, random searches: the engine against the oracle, under limits
// small enough that little data takes every way through it. PSG_ORACLE_QUERIES asks for more pages,
// PSG_ORACLE_SEED for others.
#include "tests/gateway/store/search_oracle.h"

#include <cstdlib>
#include <random>
#include <sstream>

#include "gateway/store/patient_keys.h"
#include "gateway/store/schema.h"
#include "gateway/store/search_run.h"
#include "gateway/store/session.h"
#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

using namespace std::string_literals;
using Test = fhir::Criterion::Test;
using Kind = fhir::IndexEntry::Kind;

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoll(value);
}

const std::vector<std::string> kParameters = {"p", "q", "r"};
const std::vector<std::string> kTerms = {"", "a", "b", "s|1", "#present"};
const std::vector<std::string> kTexts = {"",
                                         "a",
                                         "ab",
                                         "abc\x1f",
                                         "b\x1f"
                                         "B\x1f",
                                         "ba\x1f"s,
                                         "a\0b"s,
                                         "\xff",
                                         "\xff\xff",
                                         "\xc3\xa9",
                                         "smith\x1f"s,
                                         "smi",
                                         "smithe",
                                         "mit"};
const std::vector<std::string> kBounds = {"",         "\0"s,  "\x10",     "\x10\0"s, "\x10\x01",
                                          "\x20\xff", "\x80", "\x80\x01", "\xff",    "\xff\xff"};

std::string Hex(const std::string& bytes) {
  std::ostringstream out;
  for (const char c : bytes) {
    if (c > ' ' && c < '\x7f') {
      out << c;
    } else {
      out << "\\x" << std::hex << int{static_cast<unsigned char>(c)};
    }
  }
  return "'" + out.str() + "'";
}

std::string Describe(const fhir::Criterion& c) {
  std::string text =
      "test " + std::to_string(static_cast<int>(c.test)) + " " + c.parameter + "=" + Hex(c.key);
  const std::pair<const char*, const std::optional<std::string>*> bounds[] = {
      {" low>=", &c.low_from},
      {" low<", &c.low_before},
      {" high>", &c.high_above},
      {" high<=", &c.high_to}};
  for (const auto& [name, bound] : bounds) {
    if (*bound) text += name + Hex(**bound);
  }
  return text;
}

std::string Describe(const SearchQuery& query) {
  std::ostringstream out;
  out << query.programme << "/" << query.type << " count " << query.count << "\n";
  for (const fhir::Clause& clause : query.all_of) {
    out << (clause.negated ? "  none of" : "  any of");
    for (const fhir::Criterion& c : clause.any_of) out << " {" << Describe(c) << "}";
    out << "\n";
  }
  for (const fhir::Span& span : query.last_updated) {
    out << "  updated [" << ToMs(span.begin) << ", " << ToMs(span.end) << ")\n";
  }
  for (const fhir::SortKey& key : query.sort) {
    const bool indexed = key.from == fhir::SortKey::From::kIndex;
    out << "  sort " << (key.descending ? "-" : "") << key.parameter
        << (indexed ? "" : " of the resource") << "\n";
  }
  return out.str();
}

// A store of its own and what the oracle knows of it.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed), most_(60 + Below(120)) {
    keys_ = Get(PatientKeys::Open(dir_.path() + "/patients.db", key_, key_));
    auto connection = Get(Connection::Open({.file = dir_.path() + "/data.db", .key = key_}));
    Ok(Migrate(*connection, File::kData));
    session_ = std::make_unique<Session>(std::move(connection), *keys_, session_keys_);
  }

  size_t Below(size_t n) { return random_() % n; }
  bool Chance(int percent) { return static_cast<int>(Below(100)) < percent; }
  template <class T>
  const T& OneOf(const std::vector<T>& values) {
    return values[Below(values.size())];
  }
  size_t most() const { return most_; }
  size_t size() const { return oracle_.resources.size(); }

  void BeginWrites() {
    Ok(session_->BeginGroup());
    Ok(session_->BeginWork(Instant{}));
  }
  void EndWrites() {
    Ok(session_->KeepWork());
    bool uncertain = false;
    Ok(session_->CommitGroup(&uncertain));
  }
  void BeginLook() {
    Ok(session_->BeginView(std::chrono::steady_clock::now() + std::chrono::hours(1)));
  }
  void EndLook() { session_->EndView(); }

  void Write() {
    const bool fresh = size() < most_ && (size() < 3 || Chance(size() < most_ / 2 ? 70 : 30));
    const size_t at = fresh ? size() : Below(size());
    if (fresh) oracle_.resources.push_back(Created());
    ResourceWrite& now = oracle_.resources[at];
    if (!fresh) {
      ++now.version;
      const bool gone = now.method != WriteMethod::kDelete && Chance(30);
      now.method = gone ? WriteMethod::kDelete : WriteMethod::kUpdate;
    }
    now.last_updated = Moment();
    now.bytes = now.method == WriteMethod::kDelete ? "" : "v" + std::to_string(now.version);
    if (now.method == WriteMethod::kDelete || !Chance(20)) now.index = Entries(now.method);
    Ok(session_->Write(now));
  }

  SearchQuery Query() {
    SearchQuery query;
    query.programme = Chance(98) ? "alpha" : Chance(50) ? "beta" : "nowhere";
    query.type = Chance(90) ? "Patient" : Chance(80) ? "Observation" : "Nothing";
    for (size_t n = Below(4); n > 0; --n) query.all_of.push_back(OneClause());
    for (size_t n = Chance(30) ? 1 + Below(2) : 0; n > 0; --n) {
      const Instant begin = Moment();
      query.last_updated.push_back({begin, begin + std::chrono::milliseconds(Below(20))});
    }
    for (size_t n = Below(4); n > 0; --n) {
      query.sort.push_back(
          {OneOf<std::string>({"p", "q", "r", "p", "q", "r", "_lastUpdated", "_id", "none"}),
           Chance(50)});
      if (Chance(15)) query.sort.back().from = fhir::SortKey::From::kResource;
    }
    query.sort_value = [](const ResourceVersion& match, const fhir::SortKey& key) {
      return SearchOracle::SortValueOf(match.version, key);
    };
    query.count = Chance(3) ? 0 : Chance(20) ? 1'000 : 1 + Below(12);
    query.with_total = Chance(30);
    return query;
  }

  // Asks for the page after `cursor` and compares. Answers false after the last page, or when the
  // search was too costly where that is allowed.
  bool CheckPage(SearchQuery& query, std::optional<SearchOracle::Place>& cursor) {
    const std::vector<SearchOracle::Place> all = oracle_.Matches(query);
    std::vector<SearchOracle::Place> rest;
    for (const SearchOracle::Place& place : all) {
      if (!cursor || SearchOracle::Before(query, *cursor, place)) rest.push_back(place);
    }
    const bool more = query.count > 0 && rest.size() > query.count;
    if (rest.size() > query.count) rest.resize(query.count);

    bool may_fail = false;
    const fhir::Result<SearchPage> answer = Ask(query, &may_fail);
    if (!answer.ok()) {
      const bool costly = answer.error().code == fhir::ErrorCode::kTooCostly;
      EXPECT_TRUE(may_fail && costly) << answer.error().message;
      return false;
    }
    EXPECT_EQ(Written(*answer), Expected(rest));
    EXPECT_EQ(!answer->next.empty(), more);
    EXPECT_EQ(answer->total, query.with_total ? static_cast<int64_t>(all.size()) : -1);
    if (!more || answer->next.empty()) return false;
    query.after = answer->next;
    cursor = rest.back();
    return true;
  }

 private:
  Instant Moment() { return FromMs(static_cast<int64_t>(Below(24)) - 4); }

  ResourceWrite Created() {
    ResourceWrite write;
    write.programme = Chance(95) ? "alpha" : "beta";
    write.type = Chance(85) ? "Patient" : "Observation";
    const std::string number = std::to_string(1'000'000'000'000 + size());
    const std::string digit(1, "0123456789abcdef"[Below(16)]);
    switch (Below(4)) {
      case 0:
        write.id = digit + "199a0b1-c2d3-7e4f-8a5b-" + number.substr(1);
        break;
      case 1:
        write.id = digit + "199A0B1-C2D3-7E4F-8A5B-" + number.substr(1);
        break;
      default:
        write.id = digit + "-" + std::to_string(size());
    }
    write.id.resize(std::min<size_t>(write.id.size(), 36));
    return write;
  }

  std::vector<fhir::IndexEntry> Entries(WriteMethod method) {
    std::vector<fhir::IndexEntry> entries;
    if (method == WriteMethod::kDelete) return entries;
    for (size_t n = Below(8); n > 0; --n) {
      fhir::IndexEntry entry;
      entry.parameter = OneOf(kParameters);
      entry.kind = static_cast<Kind>(Below(3));
      entry.key = entry.kind == Kind::kTerm   ? OneOf(kTerms)
                  : entry.kind == Kind::kText ? OneOf(kTexts)
                                              : OneOf(kQualifiers);
      if (entry.kind == Kind::kRange) {
        entry.low = OneOf(kBounds);
        entry.high = Chance(30) ? entry.low : OneOf(kBounds);
        if (entry.high < entry.low) std::swap(entry.low, entry.high);
      }
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  fhir::Clause OneClause() {
    fhir::Clause clause;
    clause.negated = Chance(30);
    for (size_t n = Chance(5) ? 0 : 1 + Below(3); n > 0; --n) clause.any_of.push_back(Criterion());
    return clause;
  }

  fhir::Criterion Criterion() {
    fhir::Criterion c;
    c.test = static_cast<Test>(Below(5));
    c.parameter = Chance(97) ? OneOf(kParameters) : "none";
    switch (c.test) {
      case Test::kTerm:
        c.key = OneOf(kTerms);
        break;
      case Test::kId:
        c.parameter = "_id";
        c.key = size() > 0 && Chance(95) ? oracle_.resources[Below(size())].id : "nobody";
        break;
      case Test::kPrefix:
      case Test::kContains:
        c.key = OneOf(kTexts);
        break;
      case Test::kRange:
        c.key = OneOf(kQualifiers);
        for (auto* bound : {&c.low_from, &c.low_before, &c.high_above, &c.high_to}) {
          if (Chance(35)) *bound = OneOf(kBounds);
        }
        break;
    }
    return c;
  }

  // Through the store's own verb, or with limits that make it take another way to the same answer.
  fhir::Result<SearchPage> Ask(const SearchQuery& query, bool* may_fail) {
    SearchLimits limits;
    const size_t way = Below(6);
    if (way == 0) return session_->Search(query);
    if (way != 4) {
      limits.first_index_rows = Below(30);
      limits.first_rows = Below(30);
    }
    if (way == 2 || way == 3) limits.sorted_at_once = Below(4);
    if (way == 3) limits.sort_walk_rows = Below(60);
    if (way == 4) limits.keys = Below(10);
    if (way == 5) {
      limits.index_rows = Below(60);
      limits.keys = Below(60);
      limits.rows = Below(200);
      limits.sorted_at_once = Below(20);
      limits.sort_walk_rows = Below(60);
      limits.sorted = 20 + Below(100);
      limits.sorted_by_resource = 20 + Below(100);
      *may_fail = true;
    }
    return SearchRun(*session_, query, limits).Run();
  }

  std::vector<std::string> Expected(const std::vector<SearchOracle::Place>& places) const {
    std::vector<std::string> rows;
    for (const SearchOracle::Place& place : places) {
      const ResourceWrite& r = oracle_.resources[place.insertion];
      rows.push_back(r.type + "/" + r.id + " " + r.bytes + " " +
                     std::to_string(ToMs(r.last_updated)));
    }
    return rows;
  }

  static std::vector<std::string> Written(const SearchPage& page) {
    std::vector<std::string> rows;
    for (const ResourceVersion& r : page.matches) {
      rows.push_back(r.type + "/" + r.id + " " + r.bytes + " " +
                     std::to_string(ToMs(r.last_updated)));
    }
    return rows;
  }

  const std::vector<std::string> kQualifiers = {"", "", "|u"};

  std::mt19937_64 random_;
  const size_t most_;
  const std::string key_ = std::string(32, 'k');
  TempDir dir_;
  std::unique_ptr<PatientKeys> keys_;
  const SessionKeys session_keys_{key_, key_, key_, nullptr};
  std::unique_ptr<Session> session_;
  SearchOracle oracle_;
};

int64_t Seed() { return FromEnvironment("PSG_ORACLE_SEED", 1); }

}  // namespace

TEST(SearchOracleTest, EveryPageIsWhatTheContractSays) {
  const int64_t queries = FromEnvironment("PSG_ORACLE_QUERIES", 50'000);
  int64_t asked = 0;
  for (int64_t seed = Seed(); asked < queries && !HasFailure(); ++seed) {
    SCOPED_TRACE("PSG_ORACLE_SEED=" + std::to_string(seed));
    World world(static_cast<uint64_t>(seed));
    for (int round = 0; round < 5 && asked < queries && !HasFailure(); ++round) {
      world.BeginWrites();
      for (size_t i = 0; i < world.most() / 2; ++i) world.Write();
      world.EndWrites();
      world.BeginLook();
      for (int i = 0; i < 500 && !HasFailure(); ++i) {
        SearchQuery query = world.Query();
        SCOPED_TRACE(Describe(query));
        std::optional<SearchOracle::Place> cursor;
        do {
          ++asked;
        } while (world.CheckPage(query, cursor) && !HasFailure());
      }
      world.EndLook();
    }
  }
}

TEST(SearchOracleTest, PagesStayInOrderWhileResourcesChange) {
  const int64_t queries = FromEnvironment("PSG_ORACLE_QUERIES", 50'000) / 10;
  int64_t asked = 0;
  for (int64_t seed = Seed() + 1'000'000; asked < queries && !HasFailure(); ++seed) {
    SCOPED_TRACE("PSG_ORACLE_SEED=" + std::to_string(seed - 1'000'000));
    World world(static_cast<uint64_t>(seed));
    world.BeginWrites();
    while (world.size() < world.most()) world.Write();
    for (int i = 0; i < 300 && asked < queries && !HasFailure(); ++i) {
      SearchQuery query = world.Query();
      query.count = 1 + query.count % 20;
      SCOPED_TRACE(Describe(query));
      std::optional<SearchOracle::Place> cursor;
      for (++asked; world.CheckPage(query, cursor) && !HasFailure(); ++asked) {
        for (size_t n = world.Below(4); n > 0; --n) world.Write();
      }
    }
    world.EndWrites();
  }
}

}  // namespace gateway::store
