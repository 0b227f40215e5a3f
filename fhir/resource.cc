#include "fhir/resource.h"

#include <utility>
#include <vector>

#include "fhir/reference.h"

namespace fhir {
namespace {

const json::Value& Null() {
  static const json::Value null;
  return null;
}

bool CodingMatches(const json::Value& coding, std::string_view system, std::string_view code) {
  return coding["code"].is_string() && coding["code"].text() == code &&
         (system.empty() || coding["system"].text() == system);
}

}  // namespace

Result<Resource> Resource::Parse(std::string_view bytes, const json::Limits& limits) {
  auto value = json::Parse(bytes, limits);
  if (!value) return std::move(value).error();
  return From(std::move(value).value());
}

Result<Resource> Resource::From(json::Value value) {
  if (!value.is_object()) return Fail(ErrorCode::kInvalid, "a resource must be a JSON object");
  const json::Value* type = value.Find("resourceType");
  if (type == nullptr) {
    return Fail(ErrorCode::kInvalid, "the resource type is missing", "resourceType");
  }
  if (!type->is_string() || !IsResourceType(type->text())) {
    return Fail(ErrorCode::kInvalid, "the resource type is not one of FHIR R4", "resourceType");
  }
  const json::Value* id = value.Find("id");
  if (id != nullptr && (!id->is_string() || !IsId(id->text()))) {
    return Fail(ErrorCode::kInvalid, "the id has not the grammar of an id", type->text() + ".id");
  }
  Resource resource;
  resource.json_ = std::move(value);
  return resource;
}

std::string Resource::Versioned() const {
  constexpr std::string_view kHistory = "/_history/";
  const std::string& own = version();
  std::string reference;
  reference.reserve(type().size() + 1 + id().size() + kHistory.size() + own.size());
  return reference.append(type()).append(1, '/').append(id()).append(kHistory).append(own);
}

void Resource::Stamp(std::string_view id, int64_t version, Instant last_updated) {
  json::Value meta = json_["meta"];
  if (!meta.is_object()) meta = json::Value::Object();
  meta.Set("versionId", json::Value::String(std::to_string(version)));
  meta.Set("lastUpdated", json::Value::String(FormatInstant(last_updated)));

  json::Value stamped = json::Value::Object();
  std::vector<json::Member>& members = *stamped.mutable_members();
  members.push_back({"resourceType", json::Value::String(type())});
  members.push_back({"id", json::Value::String(std::string(id))});
  members.push_back({"meta", std::move(meta)});
  if (auto* old = json_.mutable_members()) {
    for (json::Member& member : *old) {
      if (member.name == "resourceType" || member.name == "id" || member.name == "meta") continue;
      members.push_back(std::move(member));
    }
  }
  json_ = std::move(stamped);
}

const json::Value& ExtensionValue(const json::Value& element, std::string_view url) {
  for (const json::Member& member : Extension(element, url).members()) {
    if (member.name.starts_with("value")) return member.value;
  }
  return Null();
}

const json::Value& Extension(const json::Value& element, std::string_view url) {
  for (const json::Value& extension : element["extension"].items()) {
    if (extension["url"].text() == url) return extension;
  }
  return Null();
}

bool HasCoding(const json::Value& codeable, std::string_view system, std::string_view code) {
  if (codeable.is_array()) {
    for (const json::Value& item : codeable.items()) {
      if (!item.is_array() && HasCoding(item, system, code)) return true;
    }
    return false;
  }
  for (const json::Value& coding : codeable["coding"].items()) {
    if (CodingMatches(coding, system, code)) return true;
  }
  return CodingMatches(codeable, system, code);  // a Coding itself, as in meta.security
}

}  // namespace fhir
