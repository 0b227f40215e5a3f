// Feeds every target with its corpus, and with ROUNDS mutations of it: replay CORPUS [ROUNDS
// [SEED]]. The same seed feeds the same bytes. The input under way stands in ./fuzz-input until it
// is done, so that a crash leaves what made it.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/targets.h"

namespace {

constexpr auto kMostPerInput = std::chrono::seconds(2);

std::vector<std::string> Corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

std::string Mutated(const std::vector<std::string>& corpus, std::mt19937_64& random) {
  const auto below = [&](size_t n) { return n == 0 ? size_t{0} : random() % n; };
  static constexpr std::string_view kWords[] = {"\"",      "\\",
                                                "{",       "}",
                                                "[",       "]",
                                                ",",       ":",
                                                "null",    "\\u0000",
                                                "\\ud800", "1e9999",
                                                "-0",      "9999999999999999999",
                                                "%",       "|",
                                                "$",       "_",
                                                ".",       "resourceType",
                                                "\xff",    "\xf0\x9f\x98\x80"};
  std::string input = corpus[below(corpus.size())];
  for (size_t n = 1 + below(4); n > 0; --n) {
    const size_t at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        input.insert(at, kWords[below(std::size(kWords))]);
        break;
      case 1:
        input.erase(at, 1 + below(8));
        break;
      case 2:
        if (at < input.size()) input[at] = static_cast<char>(random());
        break;
      case 3: {  // a part of itself again
        const std::string part = input.substr(below(input.size() + 1), 1 + below(64));
        input.insert(at, part);
        break;
      }
      default: {  // the end of another
        const std::string& other = corpus[below(corpus.size())];
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }
  return input;
}

void Feed(const fuzz::Target& target, const std::string& input) {
  if (std::FILE* file = std::fopen("fuzz-input", "wb")) {
    std::fwrite(input.data(), 1, input.size(), file);
    std::fclose(file);
  }
  const auto started = std::chrono::steady_clock::now();
  target.run(input);
  if (std::chrono::steady_clock::now() - started > kMostPerInput) {
    std::fprintf(stderr, "%s: an input takes too long; it is in ./fuzz-input\n",
                 std::string(target.name).c_str());
    std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: fuzz_replay CORPUS [ROUNDS [SEED]]\n", stderr);
    return 2;
  }
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 1'000;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  for (const fuzz::Target& target : fuzz::Targets()) {
    const auto corpus = Corpus(std::filesystem::path(argv[1]) / target.name);
    if (corpus.empty()) return 2;
    for (const std::string& input : corpus) Feed(target, input);
    std::mt19937_64 random(seed);
    for (int i = 0; i < rounds; ++i) Feed(target, Mutated(corpus, random));
    std::printf("%s: %zu inputs and %d mutations of them\n", std::string(target.name).c_str(),
                corpus.size(), rounds);
  }
  std::remove("fuzz-input");
  return 0;
}
