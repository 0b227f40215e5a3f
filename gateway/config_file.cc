#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "gateway/config_lines.h"
#include "gateway/config_section.h"

namespace gateway {

ConfigFile::ConfigFile(std::string file, std::string_view text)
    : file_(std::move(file)), lines_(LinesOfKeys(text)) {}

void ConfigFile::Add(std::string_view path, std::string_view sentence) {
  // A missing key has no line: then the section's.
  auto it = lines_.find(path);
  while (it == lines_.end() && !path.empty()) {
    size_t cut = path.find_last_of(".[");
    path = path.substr(0, cut == std::string_view::npos ? 0 : cut);
    it = lines_.find(path);
  }
  int line = it == lines_.end() ? 1 : it->second;
  std::string name = std::filesystem::path(file_).filename().string();
  findings_[line].push_back(name + ":" + std::to_string(line) + ": " + std::string(sentence));
}

std::string ConfigFile::Resolve(const std::string& path) const {
  std::filesystem::path folder = std::filesystem::path(file_).parent_path();
  return (folder / path).lexically_normal().string();
}

void ConfigFile::Claim(std::string_view kind, const std::string& name, std::string_view path) {
  if (!names_[std::string(kind)].insert(name).second) {
    Add(path, "the " + std::string(kind) + " '" + name + "' is there twice");
  }
}

fhir::Error ConfigFile::ToError() const {
  fhir::Error error = fhir::Fail(fhir::ErrorCode::kInvalid, "");
  for (const auto& [line, sentences] : findings_) {
    for (const std::string& sentence : sentences) {
      error.message += (error.message.empty() ? "" : "\n") + sentence;
      error.findings.push_back({fhir::Severity::kError, "value", sentence, ""});
    }
  }
  return error;
}

void ConfigSection::File(std::string_view key, std::string* out, FileKind kind, Presence presence) {
  const std::string* text = TakeText(key, presence);
  if (!text) return;
  *out = file_.Resolve(*text);
  std::string quoted = "'" + std::string(key) + "': " + *out;
  struct stat status = {};
  if (stat(out->c_str(), &status) != 0) {
    return Add(key, quoted + (errno == ENOENT ? " does not exist" : " cannot be read: ") +
                        (errno == ENOENT ? "" : std::strerror(errno)));
  }
  if (kind == FileKind::kFolder) {
    if (!S_ISDIR(status.st_mode)) return Add(key, quoted + " is not a folder");
    if (access(out->c_str(), R_OK | W_OK | X_OK) != 0) {
      return Add(key, quoted + " cannot be written by this user");
    }
    return;
  }
  if (!S_ISREG(status.st_mode)) return Add(key, quoted + " is not a regular file");
  if (kind == FileKind::kSecret && (status.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return Add(key, quoted + " is open to other users; run: chmod 600 " + *out);
  }
  if (access(out->c_str(), R_OK) != 0) Add(key, quoted + " cannot be read by this user");
}

}  // namespace gateway
