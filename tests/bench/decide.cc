// Decisions per second on one core, in process: `decide CASES.json NOTE SECONDS`. Measures the
// whole decision (FHIR resources read into facts, then decided) and the rules alone on facts
// already read, with the case's own consents and with 10 and 50 of them.
#include "consent/decide.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "consent/case_file.h"
#include "consent/context.h"
#include "fhir/json/json.h"

namespace {

using Clock = std::chrono::steady_clock;

template <class Work>
double PerSecond(double seconds, const Work& work) {
  const auto begin = Clock::now();
  int64_t done = 0;
  double elapsed = 0;
  while (elapsed < seconds) {
    for (int i = 0; i < 64; ++i) work();
    done += 64;
    elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return static_cast<double>(done) / elapsed;
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
      const double rules =
          PerSecond(seconds, [&] { reasons += consent::Decide(context).reasons.size(); });
      const double whole =
          PerSecond(seconds, [&] { reasons += consent::Decide(given).reasons.size(); });
      std::printf("%s{\"consents\":%zu,\"decide\":%.0f,\"interpret_and_decide\":%.0f}", separator,
                  consents, rules, whole);
      separator = ",";
      if (reasons == 0) return 1;
    }
    std::printf("]\n");
    return 0;
  }
  std::fputs("no case has this note\n", stderr);
  return 1;
}
