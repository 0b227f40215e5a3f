// What is fed with anything at all and must neither crash, hang nor break its word. A breach
// aborts.
#pragma once

#include <span>
#include <string_view>

namespace fuzz {

struct Target {
  std::string_view name;  // and its folder of tests/fuzz/corpus
  void (*run)(std::string_view input);
};

std::span<const Target> Targets();

}  // namespace fuzz
