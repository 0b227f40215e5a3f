// One object of the configuration file while it is read: what is taken from it is checked, what is
// left over is an unknown key. All findings are collected, so that one run of check-config shows
// them all.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace gateway {

// What the sections of one file share.
class ConfigFile {
 public:
  ConfigFile(std::string file, std::string_view text);

  // "gateway.jsonc:12: <sentence>", at the line of the key or of the nearest section around it.
  void Add(std::string_view path, std::string_view sentence);
  // A path of the file as this process can open it.
  std::string Resolve(const std::string& path) const;
  // One name per kind of thing; a second one is a finding.
  void Claim(std::string_view kind, const std::string& name, std::string_view path);

  bool good() const { return findings_.empty(); }
  // kInvalid; the findings a line each.
  fhir::Error ToError() const;

 private:
  std::string file_;
  std::map<std::string, int, std::less<>> lines_;
  std::map<int, std::vector<std::string>> findings_;  // by line
  std::map<std::string, std::set<std::string>, std::less<>> names_;
};

enum class Presence { kRequired, kOptional };
enum class FileKind { kReadable, kSecret, kFolder };

// One thread. An output keeps its value when the key is absent.
class ConfigSection {
 public:
  ConfigSection(ConfigFile& file, const fhir::json::Value& value, std::string path);

  void Text(std::string_view key, std::string* out, Presence presence);
  void Integer(std::string_view key, int* out, int min, int max);
  // [a-z0-9-]{1,64}, unique among its kind.
  void Name(std::string_view kind, std::string* out);
  void OneOf(std::string_view key, std::string* out, const std::vector<std::string_view>& words);
  void Texts(std::string_view key, std::vector<std::string>* out);
  // https://host[:port][/path]; kBase: no slash at the end, no query; kOrigin: no path either.
  enum class UrlKind { kAny, kBase, kOrigin };
  void HttpsUrl(std::string_view key, std::string* out, UrlKind kind, Presence presence);
  // "127.0.0.1:8443", "[::1]:8443".
  enum class Reach { kAny, kLoopback };
  void Address(std::string_view key, std::string* out, Reach reach);
  // Relative to the file's folder; must exist and be readable. A secret must not be open to
  // everyone.
  void File(std::string_view key, std::string* out, FileKind kind, Presence presence);

  using Read = std::function<void(ConfigSection&)>;
  void Section(std::string_view key, const Read& read);
  void Each(std::string_view key, const Read& read);  // an array of objects
  void EachMember(std::string_view key,
                  const std::function<void(const std::string& name, ConfigSection&)>& read);

  void Add(std::string_view key, std::string_view sentence);
  std::string PathOf(std::string_view key) const;
  bool Has(std::string_view key) const { return value_.Find(key) != nullptr; }

  // A finding for every key that was not asked for.
  void RefuseUnknown();

 private:
  const fhir::json::Value* Take(std::string_view key, Presence presence);
  const std::string* TakeText(std::string_view key, Presence presence);
  void Run(const fhir::json::Value& value, std::string path, const Read& read);

  ConfigFile& file_;
  const fhir::json::Value& value_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

// Reads the whole document with `read`.
void ReadRoot(ConfigFile& file, const fhir::json::Value& value, const ConfigSection::Read& read);

}  // namespace gateway
