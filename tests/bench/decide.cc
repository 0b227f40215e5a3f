// Decisions per second on one core, in process, and how long one takes: `decide CASES.json NOTE
// SECONDS`. Measures the whole decision (FHIR resources read into facts, then decided) and the
// rules alone on facts already read, with the case's own consents and with 10 and 50 of them.
#include "consent/decide.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "consent/case_file.h"
#include "consent/context.h"
#include "fhir/json/json.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Measured {
  double per_second;
  double p50_us;
  double p99_us;
};

template <class Work>
Measured Measure(double seconds, const Work& work) {
  const auto warm = Clock::now() + std::chrono::duration<double>(seconds / 10);
  while (Clock::now() < warm) work();
  std::vector<double> us;
  us.reserve(1 << 22);
  const auto begin = Clock::now();
  auto last = begin;
  double elapsed = 0;
  while (elapsed < seconds) {
    work();
    const auto now = Clock::now();
    us.push_back(std::chrono::duration<double, std::micro>(now - last).count());
    elapsed = std::chrono::duration<double>(now - begin).count();
    last = now;
  }
  std::sort(us.begin(), us.end());
  const auto at = [&](double share) {
    return us[static_cast<size_t>(share * static_cast<double>(us.size() - 1))];
  };
  return {static_cast<double>(us.size()) / elapsed, at(0.5), at(0.99)};
}

// The same facts with as many consents as asked: copies under other ids.
consent::Given WithConsents(consent::Given given, size_t wanted) {
  std::vector<fhir::Resource> consents;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() == "Consent") consents.push_back(resource);
  }
  for (size_t i = consents.size(); !consents.empty() && i < wanted; ++i) {
    fhir::Resource copy = consents[i % consents.size()];
    copy.mutable_json().Set("id", fhir::json::Value::String("copy-" + std::to_string(i)));
    given.resources.push_back(std::move(copy));
  }
  return given;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("decide CASES.json NOTE SECONDS\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1]);
  std::stringstream text;
  text << in.rdbuf();
  auto json = fhir::json::Parse(text.str());
  if (!json.ok()) return 1;
  auto cases = consent::ReadCases(*json);
  if (!cases.ok()) return 1;
  const double seconds = std::atof(argv[3]);
  for (const consent::Case& each : *cases) {
    if (each.note != argv[2]) continue;
    std::printf("[");
    const char* separator = "";
    for (const size_t consents : {size_t{1}, size_t{10}, size_t{50}}) {
      const consent::Given given = WithConsents(each.given, consents);
      const consent::EvaluationContext context = consent::Interpret(given);
      size_t reasons = 0;
      const Measured rules =
          Measure(seconds, [&] { reasons += consent::Decide(context).reasons.size(); });
      const Measured whole =
          Measure(seconds, [&] { reasons += consent::Decide(given).reasons.size(); });
      const auto print = [](const char* name, const Measured& m) {
        std::printf(",\"%s\":{\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f}", name, m.per_second,
                    m.p50_us, m.p99_us);
      };
      std::printf("%s{\"consents\":%zu", separator, consents);
      print("decide", rules);
      print("interpret_and_decide", whole);
      std::printf("}");
      separator = ",";
      if (reasons == 0) return 1;
    }
    std::printf("]\n");
    return 0;
  }
  std::fputs("no case has this note\n", stderr);
  return 1;
}
