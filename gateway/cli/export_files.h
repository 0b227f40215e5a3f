// The files of one export: an NDJSON file a type, each under a temporary name until all are whole.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "fhir/resource.h"
#include "fhir/result.h"

namespace gateway::cli {

// One thread; one at a time of a folder, over all processes. What was not finished is removed.
class ExportFiles {
 public:
  // Makes the folder (0700) where there is none. kConflict while another export writes there.
  static fhir::Result<std::unique_ptr<ExportFiles>> Open(const std::string& folder);
  ~ExportFiles();

  fhir::Status Add(const fhir::Resource& resource);
  // Everything is durable, then gets its name. Files of `types` (of any type where it is empty)
  // that an earlier export left, and for which there is nothing now, are removed.
  fhir::Status Finish(const std::set<std::string>& types);

 private:
  struct File {
    int fd = -1;
    std::string text;  // not yet written
  };

  explicit ExportFiles(std::string folder) : folder_(std::move(folder)) {}
  std::string Temporary(const std::string& type) const;
  std::string Named(const std::string& type) const;
  fhir::Status Write(File& file) const;

  const std::string folder_;
  int lock_ = -1;  // of the folder
  std::map<std::string, File> files_;
};

}  // namespace gateway::cli
