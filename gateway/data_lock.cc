#include "gateway/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gateway {

fhir::Result<std::unique_ptr<DataLock>> DataLock::Take(const std::string& data_dir) {
  const std::string file = data_dir + "/serve.lock";
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return fhir::Fail(fhir::ErrorCode::kUnavailable, file + " cannot be opened (" +
                                                         std::strerror(errno) +
                                                         "); make data_dir writable for this user");
  }
  std::unique_ptr<DataLock> lock(new DataLock(fd));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fhir::Fail(fhir::ErrorCode::kConflict,
                      "another psgateway serves " + data_dir +
                          "; stop it first, or give this one a data_dir of its own");
  }
  return lock;
}

DataLock::~DataLock() { close(fd_); }

}  // namespace gateway
