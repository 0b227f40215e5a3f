// Validates the files named on standard input, one a line; prints "file<TAB>severity<TAB>code<TAB>
// path<TAB>message" for every finding and "file<TAB>ok" for a file without errors.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "fhir/validate.h"

namespace {

const char* Word(fhir::Severity severity) {
  switch (severity) {
    case fhir::Severity::kFatal:
    case fhir::Severity::kError:
      return "error";
    case fhir::Severity::kWarning:
      return "warning";
    default:
      return "information";
  }
}

void ValidateFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto resource = fhir::Resource::Parse(text);
  if (!resource.ok()) {
    std::cout << path << "\terror\tstructure\t\tnot read: " << resource.error().message << '\n';
    return;
  }
  const auto issues = fhir::Validate(*resource);
  for (const fhir::Issue& issue : issues) {
    std::cout << path << '\t' << Word(issue.severity) << '\t' << issue.code << '\t'
              << issue.expression << '\t' << issue.message << '\n';
  }
  if (!fhir::HasErrors(issues)) std::cout << path << "\tok\n";
}

}  // namespace

int main() {
  std::string path;
  while (std::getline(std::cin, path)) ValidateFile(path);
}
