#include <iostream>
#include <iterator>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/statement.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {

int Sign(const SignOptions& options) {
  std::string text;
  if (options.file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    fhir::Result<std::string> read = ReadFile(options.file);
    if (!read.ok()) return Complain(read.error());
    text = std::move(*read);
  }
  fhir::Result<fhir::json::Value> statement = fhir::json::Parse(text);
  if (!statement.ok() || !statement->is_object()) {
    return Complain("the statement must be a JSON object, as $review answers it");
  }
  const fhir::Instant now = SystemClock().Now();
  statement->Set("iss", fhir::json::Value::String(options.person));
  statement->Set("iat", auth::NumericDate(now));
  statement->Set("exp", auth::NumericDate(now + std::chrono::hours(options.hours)));
  fhir::Result<std::string> jws = auth::SignStatement(options.key_file, *statement);
  if (!jws.ok()) return Complain(jws.error());
  std::cout << *jws << "\n";
  return 0;
}

}  // namespace gateway::cli
