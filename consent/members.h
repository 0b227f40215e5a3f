// Reads one JSON object of ours (a programme, a given, a case): every member has a kind, an unknown
// one is an error, and errors carry the path, never the value.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

// One thread at a time. The first error sticks; status() answers it. `json` must outlive the
// reader.
class Members {
 public:
  Members(const fhir::json::Value& json, std::string path);

  // Fails for each of `names` that is not there.
  void Present(std::initializer_list<std::string_view> names);
  void Text(std::string_view name, std::string& out);
  void Required(std::string_view name, std::string& out);
  void Bool(std::string_view name, bool& out);
  void Count(std::string_view name, int& out);    // 0..1,000,000
  void Integer(std::string_view name, int& out);  // -1,000,000..1,000,000
  void Time(std::string_view name, fhir::Instant& out);
  void MinuteOfDay(std::string_view name, int& out);  // "08:00" to "24:00"
  void Texts(std::string_view name, std::vector<std::string>& out);
  void Map(std::string_view name, std::map<std::string, std::string>& out);
  // Calls `read` with each item and its path ("given.optOuts[0]").
  void Each(std::string_view name,
            const std::function<fhir::Status(const fhir::json::Value&, const std::string&)>& read);
  // The member itself, marked as known; the shared null when absent.
  const fhir::json::Value& Take(std::string_view name);

  std::string Path(std::string_view name) const;
  void Fail(std::string_view name, std::string message);
  void Refuse(fhir::Error error);
  // The first error, or that a member is unknown.
  fhir::Status Finish();

 private:
  void Whole(std::string_view name, int least, std::string message, int& out);

  const fhir::json::Value& json_;
  std::string path_;
  std::vector<std::string_view> known_;
  fhir::Status status_;
};

}  // namespace consent
