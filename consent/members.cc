#include "consent/members.h"

#include <algorithm>
#include <charconv>

namespace consent {

using fhir::json::Value;

namespace {

constexpr int kMost = 1'000'000;

}  // namespace

Members::Members(const Value& json, std::string path) : json_(json), path_(std::move(path)) {
  if (!json_.is_object()) {
    status_ = fhir::Fail(fhir::ErrorCode::kInvalid, "must be an object", path_);
  }
}

std::string Members::Path(std::string_view name) const { return path_ + "." + std::string(name); }

void Members::Fail(std::string_view name, std::string message) {
  if (status_.ok()) {
    status_ = fhir::Fail(fhir::ErrorCode::kInvalid, std::move(message), Path(name));
  }
}

void Members::Refuse(fhir::Error error) {
  if (status_.ok()) status_ = std::move(error);
}

void Members::Present(std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (json_[name].is_null()) Fail(name, "is missing");
  }
}

const Value& Members::Take(std::string_view name) {
  known_.push_back(name);
  return json_[name];
}

void Members::Text(std::string_view name, std::string& out) {
  const Value& value = Take(name);
  if (value.is_null()) return;
  if (!value.is_string()) return Fail(name, "must be a string");
  out = value.text();
}

void Members::Required(std::string_view name, std::string& out) {
  Text(name, out);
  if (out.empty()) Fail(name, "is missing");
}

void Members::Bool(std::string_view name, bool& out) {
  const Value& value = Take(name);
  if (value.is_null()) return;
  if (!value.is_bool()) return Fail(name, "must be true or false");
  out = value.boolean();
}

void Members::Count(std::string_view name, int& out) {
  Whole(name, 0, "must be a whole number from 0 to 1000000", out);
}

void Members::Integer(std::string_view name, int& out) {
  Whole(name, -kMost, "must be a whole number", out);
}

void Members::Whole(std::string_view name, int least, std::string message, int& out) {
  const Value& value = Take(name);
  if (value.is_null()) return;
  int number = 0;
  const std::string& text = value.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!value.is_number() || !whole || number < least || number > kMost) {
    return Fail(name, std::move(message));
  }
  out = number;
}

void Members::Time(std::string_view name, fhir::Instant& out) {
  const Value& value = Take(name);
  if (value.is_null()) return;
  auto instant = fhir::ParseInstant(value.text());
  if (!value.is_string() || !instant.ok()) return Fail(name, "must be an instant with its offset");
  out = *instant;
}

void Members::MinuteOfDay(std::string_view name, int& out) {
  const Value& value = Take(name);
  if (value.is_null()) return;
  const std::string& text = value.text();
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  const bool shaped = value.is_string() && text.size() == 5 && digit(0) && digit(1) &&
                      text[2] == ':' && digit(3) && digit(4);
  const int hour = shaped ? (text[0] - '0') * 10 + (text[1] - '0') : 99;
  const int minute = shaped ? (text[3] - '0') * 10 + (text[4] - '0') : 99;
  if (minute > 59 || hour * 60 + minute > 24 * 60) return Fail(name, "must be a time like 08:00");
  out = hour * 60 + minute;
}

void Members::Texts(std::string_view name, std::vector<std::string>& out) {
  Each(name, [&](const Value& item, const std::string& path) -> fhir::Status {
    if (!item.is_string()) {
      return fhir::Fail(fhir::ErrorCode::kInvalid, "must be a string", path);
    }
    out.push_back(item.text());
    return {};
  });
}

void Members::Map(std::string_view name, std::map<std::string, std::string>& out) {
  const Value& value = Take(name);
  if (value.is_null()) return;
  if (!value.is_object()) return Fail(name, "must be an object");
  for (const auto& member : value.members()) {
    if (!member.value.is_string()) return Fail(name, "must hold strings only");
    out[member.name] = member.value.text();
  }
}

void Members::Each(std::string_view name,
                   const std::function<fhir::Status(const Value&, const std::string&)>& read) {
  const Value& value = Take(name);
  if (value.is_null() || !status_.ok()) return;
  if (!value.is_array()) return Fail(name, "must be an array");
  for (size_t i = 0; i < value.size(); ++i) {
    fhir::Status status = read(value.at(i), Path(name) + "[" + std::to_string(i) + "]");
    if (!status.ok()) {
      status_ = std::move(status);
      return;
    }
  }
}

fhir::Status Members::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& member : json_.members()) {
    if (std::find(known_.begin(), known_.end(), member.name) == known_.end()) {
      // The name is a key of the author's file, not a value of a patient.
      return fhir::Fail(fhir::ErrorCode::kInvalid, "is not a known key", Path(member.name));
    }
  }
  return {};
}

}  // namespace consent
