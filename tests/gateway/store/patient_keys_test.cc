#include "gateway/store/patient_keys.h"

#include <set>

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

class PatientKeysTest : public testing::Test {
 protected:
  std::unique_ptr<PatientKeys> Open() {
    const std::string key(32, 'k');
    return Get(PatientKeys::Open(dir_.path() + "/patients.db", key, key));
  }
  TempDir dir_;
};

TEST_F(PatientKeysTest, EveryKeyIsAnotherAndIsFoundAgain) {
  auto keys = Open();
  std::set<int64_t> numbers;
  std::set<std::string> secrets;
  for (int i = 0; i < 600; ++i) {  // more than are made ahead
    const PatientKey key = Get(keys->Take());
    EXPECT_EQ(key.key.size(), 32u);
    EXPECT_EQ(Get(keys->Find(key.number)), key.key);
    numbers.insert(key.number);
    secrets.insert(key.key);
  }
  EXPECT_EQ(numbers.size(), 600u);
  EXPECT_EQ(secrets.size(), 600u);
}

TEST_F(PatientKeysTest, AKeyIsDurableWhenItIsGiven) {
  auto keys = Open();
  const PatientKey key = Get(keys->Take());
  auto other = Open();
  EXPECT_EQ(Get(other->Find(key.number)), key.key);
}

TEST_F(PatientKeysTest, NoNumberIsGivenTwiceBySuccessorsOrNeighbours) {
  std::set<int64_t> numbers;
  for (int run = 0; run < 3; ++run) {
    auto keys = Open();
    auto neighbour = Open();
    for (PatientKeys* giver : {keys.get(), neighbour.get(), keys.get()}) {
      const PatientKey key = Get(giver->Take());
      EXPECT_TRUE(numbers.insert(key.number).second);
      Ok(giver->Destroy(key.number));
    }
  }
}

TEST_F(PatientKeysTest, ADestroyedKeyIsGoneAndItsNeighboursStay) {
  auto keys = Open();
  const PatientKey gone = Get(keys->Take());
  const PatientKey kept = Get(keys->Take());
  Ok(keys->Destroy(gone.number));
  Ok(keys->Destroy(gone.number));
  EXPECT_FALSE(Get(keys->Find(gone.number)).has_value());
  EXPECT_EQ(Get(keys->Find(kept.number)), kept.key);
}

// The crash: the key is destroyed, the data file still names it.
TEST_F(PatientKeysTest, APatientWhoseKeyIsGoneGetsANewOne) {
  SqlcipherHarness harness;
  Ok(CreatePatient(harness.store(), "p1", "one"));
  harness.Close();
  {
    const KeyRing ring = RingIn(harness.dir());
    auto keys =
        Get(PatientKeys::Open(harness.dir() + "/patients.db", ring.Derive("patient-key-file"),
                              ring.Derive("patient-keys")));
    Ok(keys->Destroy(1));
  }
  harness.Reopen();
  Ok(harness.store().View([](Reader& r) -> fhir::Status {
    EXPECT_TRUE(Get(r.Read("alpha", "Patient", "p1"))->shredded);
    return {};
  }));
  Ok(harness.store().Update([](Transaction& t) {
    ResourceWrite write;
    write.programme = "alpha";
    write.type = "Consent";
    write.id = "c1";
    write.bytes = "new";
    write.patient = "Patient/p1";
    return t.Write(write);
  }));
  Ok(harness.store().View([](Reader& r) -> fhir::Status {
    EXPECT_EQ(Get(r.Read("alpha", "Consent", "c1"))->bytes, "new");
    return {};
  }));
}

}  // namespace
}  // namespace gateway::store
