// One gateway serves a data folder: two dispatchers on one store would send everything twice. Other
// verbs of the command line may run beside it.
#pragma once

#include <memory>
#include <string>

#include "fhir/result.h"

namespace gateway {

// Holds the folder until it is destroyed or the process ends, however it ends.
class DataLock {
 public:
  // kConflict when another gateway holds it.
  static fhir::Result<std::unique_ptr<DataLock>> Take(const std::string& data_dir);
  ~DataLock();
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace gateway
