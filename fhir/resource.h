// One FHIR resource: its parsed view and the few elements that every resource has.
#pragma once

#include <string>
#include <string_view>

#include "fhir/date_time.h"
#include "fhir/json/json.h"
#include "fhir/result.h"

namespace fhir {

// A value type; const access from any thread.
class Resource {
 public:
  Resource() = default;

  // kMalformed / kInvalid unless a JSON object whose resourceType is an R4 type and whose id, if
  // any, has the grammar of an id.
  static Result<Resource> Parse(std::string_view bytes, const json::Limits& limits = {});
  static Result<Resource> From(json::Value value);

  const std::string& type() const { return json_["resourceType"].text(); }
  const std::string& id() const { return json_["id"].text(); }
  const std::string& version() const { return json_["meta"]["versionId"].text(); }
  std::string Relative() const { return type() + "/" + id(); }  // Patient/1
  std::string Versioned() const;                                // Patient/1/_history/3

  const json::Value& json() const { return json_; }
  json::Value& mutable_json() { return json_; }
  const json::Value& operator[](std::string_view element) const { return json_[element]; }

  // Stamps id, meta.versionId and meta.lastUpdated; the rest of meta stays. resourceType, id and
  // meta come first in the written form.
  void Stamp(std::string_view id, int64_t version, Instant last_updated);
  std::string Bytes() const { return json::Write(json_); }

 private:
  json::Value json_;
};

// The value of the extension `url` (its value[x] member), or the shared null.
const json::Value& ExtensionValue(const json::Value& element, std::string_view url);
// The extension itself (to reach nested ones), or the shared null.
const json::Value& Extension(const json::Value& element, std::string_view url);
// Whether a CodeableConcept or array of them has this coding; an empty system matches any.
bool HasCoding(const json::Value& codeable, std::string_view system, std::string_view code);

}  // namespace fhir
