// What a search still finds of a patient whose key is gone.
#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {
namespace {

ResourceWrite Named(std::string id, int64_t version, const std::string& name,
                    const std::string& born) {
  ResourceWrite write = PatientWrite(std::move(id), version, "x", {{"gender", "female"}});
  write.index.push_back({fhir::IndexEntry::Kind::kText, "name", name + "\x1f", "", ""});
  write.index.push_back({fhir::IndexEntry::Kind::kRange, "birthdate", "", born, born + "1"});
  return write;
}

SearchQuery Having(fhir::Criterion::Test test, std::string parameter, std::string key) {
  fhir::Criterion criterion;
  criterion.test = test;
  criterion.parameter = std::move(parameter);
  criterion.key = std::move(key);
  SearchQuery query = PatientQuery();
  query.all_of = {{{criterion}, false}};
  query.with_total = true;
  return query;
}

std::string Found(Reader& r, const SearchQuery& query) {
  const SearchPage page = Get(r.Search(query));
  std::string ids;
  for (const ResourceVersion& match : page.matches) ids += (ids.empty() ? "" : " ") + match.id;
  EXPECT_EQ(page.total, query.with_total ? static_cast<int64_t>(page.matches.size()) : -1);
  return ids;
}

using Asks = fhir::Criterion::Test;

}  // namespace

TEST_P(StoreContract, ShreddingForgetsTextsAndRangesOfThatPatientOnly) {
  Commit([](Transaction& t) {
    Ok(t.Write(Named("p1", 1, "smith", "1970")));
    Ok(t.Write(Named("p2", 1, "smithers", "1970")));
    for (const char* patient : {"Patient/p1", "Patient/p2"}) {
      ResourceWrite consent = Named(std::string("of-") + (patient + 8), 1, "smith", "1999");
      consent.type = "Consent";
      consent.patient = patient;
      Ok(t.Write(consent));
    }
  });
  SearchQuery consents = Having(Asks::kPrefix, "name", "smith");
  consents.type = "Consent";
  SearchQuery sorted = PatientQuery();
  sorted.sort = {{"name", false}};
  Look([&](Reader& r) {
    EXPECT_EQ(Found(r, Having(Asks::kPrefix, "name", "smi")), "p1 p2");
    EXPECT_EQ(Found(r, Having(Asks::kContains, "name", "mith")), "p1 p2");
    EXPECT_EQ(Found(r, Having(Asks::kRange, "birthdate", "")), "p1 p2");
    EXPECT_EQ(Found(r, consents), "of-p1 of-p2");
    EXPECT_EQ(Found(r, sorted), "p1 p2");
  });
  Ok(store().Shred("alpha", "p1"));
  for (int round = 0; round < 2; ++round) {
    Look([&](Reader& r) {
      EXPECT_EQ(Found(r, Having(Asks::kPrefix, "name", "smi")), "p2");
      EXPECT_EQ(Found(r, Having(Asks::kContains, "name", "mith")), "p2");
      EXPECT_EQ(Found(r, Having(Asks::kRange, "birthdate", "")), "p2");
      EXPECT_EQ(Found(r, consents), "of-p2");
      EXPECT_EQ(Found(r, sorted), "p2 p1");
      EXPECT_EQ(Found(r, Having(Asks::kTerm, "gender", "female")), "p1 p2");
      EXPECT_EQ(Found(r, Having(Asks::kId, "_id", "p1")), "p1");
    });
    Reopen();
  }
  // Who comes back is indexed anew.
  Commit([](Transaction& t) { Ok(t.Write(Named("p1", 2, "smithson", "1970"))); });
  Look([&](Reader& r) {
    EXPECT_EQ(Found(r, Having(Asks::kPrefix, "name", "smith\x1f")), "");
    EXPECT_EQ(Found(r, Having(Asks::kPrefix, "name", "smiths")), "p1");
    EXPECT_EQ(Found(r, Having(Asks::kRange, "birthdate", "")), "p1 p2");
  });
}

}  // namespace gateway::store
