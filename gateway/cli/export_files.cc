#include "gateway/cli/export_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "fhir/reference.h"

namespace gateway::cli {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kBuffer = 256u << 10;
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

}  // namespace

fhir::Result<std::unique_ptr<ExportFiles>> ExportFiles::Open(const std::string& folder) {
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return Fail(ErrorCode::kForbidden, folder + " cannot be made");
  }
  std::unique_ptr<ExportFiles> files(new ExportFiles(folder));
  files->lock_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (files->lock_ < 0) return Fail(ErrorCode::kForbidden, folder + " is no folder of this user's");
  if (flock(files->lock_, LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorCode::kConflict, "another export is writing to " + folder);
  }
  return files;
}

ExportFiles::~ExportFiles() {
  for (const auto& [type, file] : files_) {
    if (file.fd < 0) continue;
    close(file.fd);
    unlink(Temporary(type).c_str());
  }
  if (lock_ >= 0) close(lock_);
}

std::string ExportFiles::Temporary(const std::string& type) const {
  return folder_ + "/." + type + ".ndjson.unfinished";
}

std::string ExportFiles::Named(const std::string& type) const {
  return folder_ + "/" + type + ".ndjson";
}

fhir::Status ExportFiles::Write(File& file) const {
  std::string_view rest = file.text;
  while (!rest.empty()) {
    const ssize_t written = write(file.fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Fail(ErrorCode::kUnavailable, folder_ + " cannot be written to");
    rest.remove_prefix(static_cast<size_t>(written));
  }
  file.text.clear();
  return {};
}

fhir::Status ExportFiles::Add(const fhir::Resource& resource) {
  File& file = files_[resource.type()];
  if (file.fd < 0) {
    const std::string name = Temporary(resource.type());
    unlink(name.c_str());  // of an export that was killed
    file.fd = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
    if (file.fd < 0) return Fail(ErrorCode::kForbidden, name + " cannot be made");
  }
  file.text += resource.Bytes();
  file.text += '\n';
  return file.text.size() < kBuffer ? fhir::Status() : Write(file);
}

fhir::Status ExportFiles::Finish(const std::set<std::string>& types) {
  for (auto& [type, file] : files_) {
    if (auto s = Write(file); !s.ok()) return s;
    if (fsync(file.fd) != 0)
      return Fail(ErrorCode::kUnavailable, folder_ + " cannot be written to");
  }
  for (auto& [type, file] : files_) {
    if (rename(Temporary(type).c_str(), Named(type).c_str()) != 0) {
      return Fail(ErrorCode::kForbidden, Named(type) + " cannot be replaced");
    }
    close(std::exchange(file.fd, -1));
  }
  for (const std::string_view each : fhir::ResourceTypes()) {
    const std::string type(each);
    if (files_.contains(type) || (!types.empty() && !types.contains(type))) continue;
    if (unlink(Named(type).c_str()) != 0 && errno != ENOENT) {
      return Fail(ErrorCode::kForbidden, Named(type) + " cannot be removed");
    }
  }
  if (fsync(lock_) != 0) return Fail(ErrorCode::kUnavailable, folder_ + " cannot be written to");
  return {};
}

}  // namespace gateway::cli
