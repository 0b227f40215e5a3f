#include "gateway/import.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "fhir/json/json.h"
#include "fhir/operation_outcome.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/verbs.h"
#include "gateway/http/http_error.h"
#include "gateway/outreach/adapter_set.h"
#include "gateway/reindex.h"

namespace gateway::cli {
namespace {

namespace fs = std::filesystem;
using fhir::ErrorCode;
using fhir::Fail;

bool IsImportable(const fs::path& file) {
  return file.extension() == ".ndjson" || file.extension() == ".json";
}

// Patients first, so that the rest finds its persons; what asks for a message last, when the
// consents are there.
int Turn(const fs::path& file) {
  const std::string name = file.filename().string();
  if (name.starts_with("CommunicationRequest")) return 2;
  return name.starts_with("Patient") ? 0 : 1;
}

fhir::Result<std::vector<fs::path>> FilesOf(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      files.emplace_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      if (IsImportable(it->path())) found.push_back(it->path());
    }
    if (error) return Fail(ErrorCode::kNotFound, path + " cannot be read: " + error.message());
    if (found.empty()) {
      return Fail(ErrorCode::kNotFound, path + " holds no .ndjson or .json file");
    }
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
      return std::pair(Turn(a), a) < std::pair(Turn(b), b);
    });
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

// An OperationOutcome a line, made when there is a first one.
class ErrorFile {
 public:
  explicit ErrorFile(std::string file) : file_(std::move(file)) {
    std::error_code ignored;
    fs::remove(file_, ignored);
  }

  void Add(const gateway::Import::Place& place, fhir::Error error) {
    const std::string where = place.file + ", line " + std::to_string(place.line) + ": ";
    error.message = where + error.message;
    for (fhir::Issue& finding : error.findings) finding.message = where + finding.message;
    if (!out_.is_open()) out_.open(file_, std::ios::trunc);
    out_ << fhir::json::Write(fhir::OperationOutcome(error, http::ToHttp(error.code).issue_code))
         << "\n";
  }

  bool good() {
    out_.flush();
    return out_.good();
  }

 private:
  const std::string file_;
  std::ofstream out_;
};

// Reads the files in their order, and shows how far it is.
class Reading {
 public:
  Reading(gateway::Import& import, const std::vector<fs::path>& files)
      : import_(import), files_(files), progress_("import", BytesOf(files)) {}

  fhir::Status Run() {
    for (const fs::path& file : files_) {
      auto read = file.extension() == ".json" ? Whole(file) : Lines(file);
      if (!read.ok()) return read;
    }
    return import_.Flush();
  }

 private:
  static int64_t BytesOf(const std::vector<fs::path>& files) {
    int64_t bytes = 0;
    std::error_code ignored;
    for (const fs::path& file : files) bytes += static_cast<int64_t>(fs::file_size(file, ignored));
    return bytes;
  }

  fhir::Status Whole(const fs::path& file) {
    auto text = ReadFile(file.string());
    if (!text.ok()) return std::move(text).error();
    if (auto s = import_.AddBundle(*text, file.filename().string()); !s.ok()) return s;
    progress_.At(done_ += static_cast<int64_t>(text->size()));
    return {};
  }

  fhir::Status Lines(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      return Fail(ErrorCode::kForbidden, file.string() + " cannot be read by this user");
    }
    std::string line;
    for (int64_t number = 1; std::getline(in, line); ++number) {
      done_ += static_cast<int64_t>(line.size()) + 1;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      if (auto s = import_.Add(line, {file.filename().string(), number}); !s.ok()) return s;
      progress_.At(done_);
    }
    if (in.bad()) return Fail(ErrorCode::kUnavailable, file.string() + " cannot be read on");
    return {};
  }

  gateway::Import& import_;
  const std::vector<fs::path>& files_;
  Progress progress_;
  int64_t done_ = 0;
};

}  // namespace

int Import(const ImportOptions& options) {
  auto files = FilesOf(options.paths);
  if (!files.ok()) return Complain(files.error());
  auto gateway = OpenGateway(options.config_file);
  if (!gateway.ok()) return Complain(gateway.error());
  const Config& config = (*gateway)->config;
  auto tenant = (*gateway)->OfProgramme(options.programme);
  if (!tenant.ok()) return Complain(tenant.error());
  auto indexed = CheckIndex(*(*tenant)->store, *config.index_plan);
  if (!indexed.ok()) return Complain(indexed.error());
  auto adapters = outreach::AdapterSet::Make(config, (*gateway)->clock);
  if (!adapters.ok()) return Complain(adapters.error());
  Metrics metrics;
  const outreach::Workshop workshop{config, **adapters, metrics};
  ErrorFile errors(options.errors);
  Scope scope{options.programme, Operator(), "import",
              config.partners_url + "/fhir/" + options.programme};
  gateway::Import import(**tenant, workshop, std::move(scope),
                         [&](const gateway::Import::Place& place, const fhir::Error& error) {
                           errors.Add(place, error);
                         });
  fhir::Status done = Reading(import, *files).Run();
  if (done.ok()) done = import.AwaitSending();
  const gateway::Import::Counts& counts = import.counts();
  std::cout << counts.created << " created, " << counts.updated << " updated, " << counts.unchanged
            << " unchanged, " << counts.refused << " refused\n";
  if (!done.ok()) return Complain(done.error());
  if (counts.refused == 0) return 0;
  return Complain(errors.good() ? "what was refused stands in " + options.errors
                                : options.errors + " cannot be written");
}

}  // namespace gateway::cli
