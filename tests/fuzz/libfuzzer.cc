// One target (PSG_FUZZ_TARGET) under clang's libFuzzer; see README.md.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::Target* const target = [] {
    for (const fuzz::Target& one : fuzz::Targets()) {
      if (one.name == PSG_FUZZ_TARGET) return &one;
    }
    std::fputs("there is no target " PSG_FUZZ_TARGET "\n", stderr);
    std::exit(2);
  }();
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
