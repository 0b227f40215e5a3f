// Random Givens out of the cases: each is one case with parts of others, at another instant, under
// another regime, on another channel. Most say something nobody thought of.
#pragma once

#include <random>
#include <vector>

#include "consent/given.h"
#include "tests/consent/case_files.h"

namespace consent::testing {

// The same numbers from the same seed, whatever the standard library.
class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  // REQUIRES: n > 0.
  int Below(int n) { return static_cast<int>(engine_() % static_cast<uint32_t>(n)); }
  bool OneIn(int n) { return Below(n) == 0; }
  template <class T>
  const T& Pick(const std::vector<T>& items) {
    return items[static_cast<size_t>(Below(static_cast<int>(items.size())))];
  }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

class GivenMaker {
 public:
  explicit GivenMaker(uint32_t seed);
  // An outreach, never a disclosure.
  Given Next();
  Dice& dice() { return dice_; }

 private:
  const std::vector<FiledCase>& cases_;
  Dice dice_;
};

bool IsAuthorization(const fhir::Resource& resource);
// An element that no reader knows, or a modifierExtension, somewhere in the resource.
void Inject(fhir::json::Value& json, Dice& dice);
// An element replaced by one of another JSON kind, somewhere in the resource; whether there was
// one.
bool ChangeKind(fhir::json::Value& json, Dice& dice);
// An element of the wrong type, somewhere in the resource.
void Scramble(fhir::json::Value& json, Dice& dice);

}  // namespace consent::testing
