#include "fhir/bundle.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>

#include "fhir/reference.h"

namespace fhir {
namespace {

constexpr auto kMethods =
    std::to_array<std::string_view>({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"});

// Elements whose type is uri, url, oid or uuid where R4 could mean a link to a resource. Canonicals
// are versioned names, not links, and stay.
constexpr auto kUriElements = std::to_array<std::string_view>(
    {"authority", "definitionUri", "derivedFromUri", "detail", "instantiatesUri", "policy",
     "protocol", "reference", "source", "uri", "url", "valueOid", "valueUri", "valueUrl",
     "valueUuid"});

bool IsOneOf(std::string_view name, const auto& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The narrative with the links and images that `target` knows replaced by what it answers.
template <class Target>
std::string WithLinks(std::string_view div, const Target& target) {
  std::string text;
  for (size_t equals = div.find('='); equals != std::string_view::npos; equals = div.find('=')) {
    const std::string_view before = div.substr(0, equals + 1);
    text.append(before);
    div.remove_prefix(before.size());
    if (!before.ends_with("href=") && !before.ends_with("src=")) continue;
    const size_t end = div.empty() ? std::string_view::npos : div.find(div.front(), 1);
    if (end == std::string_view::npos) break;
    const std::string_view link = div.substr(1, end - 1);
    const std::string_view known = target(link);
    text.append(1, div.front()).append(known.empty() ? link : known);
    div.remove_prefix(end);
  }
  return text.append(div);
}

// Collects the findings of one bundle.
class Reader {
 public:
  explicit Reader(std::string_view base) : base_(base) {}

  void Add(std::string code, std::string message, std::string path) {
    findings_.push_back({Severity::kError, std::move(code), std::move(message), std::move(path)});
  }

  BundleEntry ReadEntry(const json::Value& entry, size_t index) {
    const std::string path = "Bundle.entry[" + std::to_string(index) + "]";
    BundleEntry result;
    result.index = index;
    result.full_url = entry["fullUrl"].text();
    const json::Value& request = entry["request"];
    if (!request.is_object()) {
      Add("required", "the entry has no request", path + ".request");
      return result;
    }
    result.method = request["method"].text();
    result.url = request["url"].text();
    result.if_match = request["ifMatch"].text();
    result.if_none_match = request["ifNoneMatch"].text();
    result.if_none_exist = request["ifNoneExist"].text();
    if (const json::Value* since = request.Find("ifModifiedSince")) {
      const auto instant = ParseInstant(since->text());
      if (instant.ok()) result.if_modified_since = *instant;
      if (!instant.ok()) Add("value", "must be an instant", path + ".request.ifModifiedSince");
    }
    if (!IsOneOf(result.method, kMethods)) {
      Add("code-invalid", "the method is not an HTTP method of FHIR", path + ".request.method");
    }
    result.url = RelativeUrl(result.url, path);
    ReadResource(entry, path, result);
    return result;
  }

  // A transaction may touch a resource once only.
  void CheckOverlap(const std::vector<BundleEntry>& entries) {
    std::set<std::string_view> full_urls;
    std::set<std::string_view> targets;
    for (const BundleEntry& entry : entries) {
      const std::string path = "Bundle.entry[" + std::to_string(entry.index) + "]";
      if (!entry.full_url.empty() && !full_urls.insert(entry.full_url).second) {
        Add("duplicate", "another entry has the same full url", path + ".fullUrl");
      }
      const bool writes =
          entry.method == "PUT" || entry.method == "PATCH" || entry.method == "DELETE";
      if (writes && !targets.insert(entry.url).second) {
        Add("duplicate", "another entry changes the same resource", path + ".request.url");
      }
    }
  }

  std::vector<Issue> Take() { return std::exchange(findings_, {}); }

 private:
  // What stands behind the base, or behind a slash: many clients mean the base by it.
  std::string RelativeUrl(std::string_view url, const std::string& path) {
    if (url.empty()) {
      Add("required", "the request has no url", path + ".request.url");
      return "";
    }
    if (!base_.empty() && url.starts_with(base_)) {
      const std::string_view behind = url.substr(base_.size());
      if (behind.empty() || behind.front() == '/' || behind.front() == '?') url = behind;
    }
    if (url.starts_with('/')) url.remove_prefix(1);
    const std::string_view path_of_url = url.substr(0, url.find('?'));
    if (path_of_url.starts_with('/') || path_of_url.find("://") != std::string_view::npos) {
      Add("value", "the request url is of another server; it must be relative to the base",
          path + ".request.url");
    }
    return std::string(url);
  }

  void ReadResource(const json::Value& entry, const std::string& path, BundleEntry& result) {
    const json::Value* body = entry.Find("resource");
    const bool takes_body =
        result.method == "POST" || result.method == "PUT" || result.method == "PATCH";
    if (body == nullptr) {
      if (takes_body) Add("required", "the entry has no resource", path + ".resource");
      return;
    }
    if (!takes_body) {
      Add("structure", "this method takes no resource", path + ".resource");
      return;
    }
    auto resource = Resource::From(*body);
    if (!resource) {
      Add("structure", resource.error().message, path + ".resource");
      return;
    }
    CheckTarget(*resource, path, result);
    result.resource = std::move(resource).value();
  }

  void CheckTarget(const Resource& resource, const std::string& path, const BundleEntry& entry) {
    if (entry.method != "PUT" && entry.method != "POST") return;
    const std::string_view target = std::string_view(entry.url).substr(0, entry.url.find('?'));
    const std::string_view type = target.substr(0, target.find('/'));
    if (!IsResourceType(type)) return;  // an operation, or the router's refusal
    if (type != resource.type()) {
      Add("value", "the request url names another resource type", path + ".request.url");
      return;
    }
    if (entry.method != "PUT" || target.size() <= type.size() + 1) return;
    if (target.substr(type.size() + 1) != resource.id()) {
      Add("value", "the request url and the resource differ in id", path + ".resource.id");
    }
  }

  const std::string_view base_;
  std::vector<Issue> findings_;
};

}  // namespace

Result<BundleRequest> ReadBundleRequest(const Resource& bundle, std::string_view base) {
  if (bundle.type() != "Bundle") {
    return Fail(ErrorCode::kInvalid, "a bundle is expected", "resourceType");
  }
  BundleRequest request;
  const std::string& type = bundle["type"].text();
  if (type == "transaction") {
    request.type = BundleRequest::Type::kTransaction;
  } else if (type != "batch") {
    return Fail(ErrorCode::kInvalid, "the bundle must be a transaction or a batch", "Bundle.type");
  }
  Reader reader(base);
  if (bundle.json().Find("entry") != nullptr && !bundle["entry"].is_array()) {
    reader.Add("structure", "the entries must be an array", "Bundle.entry");
  }
  const std::vector<json::Value>& entries = bundle["entry"].items();
  const bool whole = request.type == BundleRequest::Type::kTransaction;
  for (size_t i = 0; i < entries.size(); ++i) {
    BundleEntry& entry = request.entries.emplace_back(reader.ReadEntry(entries[i], i));
    if (!whole) entry.findings = reader.Take();
  }
  if (whole) reader.CheckOverlap(request.entries);
  if (auto findings = reader.Take(); !findings.empty()) {
    return Error{ErrorCode::kInvalid, "the bundle cannot be processed", findings[0].expression,
                 std::move(findings)};
  }
  return request;
}

void ReplaceReferences(json::Value& resource,
                       const std::vector<std::pair<std::string, std::string>>& map) {
  if (map.empty()) return;
  const std::unordered_map<std::string_view, std::string_view> targets(map.begin(), map.end());
  const auto target = [&targets](std::string_view text) {
    const auto found = targets.find(text);
    return found != targets.end() ? found->second : std::string_view();
  };
  const auto replace = [&target](json::Value& value) {
    const std::string_view known = value.is_string() ? target(value.text()) : std::string_view();
    if (!known.empty()) value = json::Value::String(std::string(known));
  };
  std::vector<json::Value*> open = {&resource};
  while (!open.empty()) {
    json::Value* value = open.back();
    open.pop_back();
    if (auto* items = value->mutable_items()) {
      for (json::Value& item : *items) open.push_back(&item);
    }
    if (auto* members = value->mutable_members()) {
      for (json::Member& member : *members) {
        if (IsOneOf(member.name, kUriElements)) {
          replace(member.value);
          if (auto* items = member.value.mutable_items()) {
            for (json::Value& item : *items) replace(item);
          }
        } else if (member.name == "div" && member.value.is_string()) {
          member.value = json::Value::String(WithLinks(member.value.text(), target));
        }
        open.push_back(&member.value);
      }
    }
  }
}

json::Value MakeBundle(std::string_view type, std::vector<json::Value> entries, int64_t total,
                       const std::vector<BundleLink>& links) {
  json::Value bundle = json::Value::Object();
  bundle.Set("resourceType", json::Value::String("Bundle"));
  bundle.Set("type", json::Value::String(std::string(type)));
  if (total >= 0) bundle.Set("total", json::Value::Int(total));
  if (!links.empty()) {
    json::Value& list = bundle.Set("link", json::Value::Array());
    for (const BundleLink& link : links) {
      json::Value& item = list.Add(json::Value::Object());
      item.Set("relation", json::Value::String(link.relation));
      item.Set("url", json::Value::String(link.url));
    }
  }
  if (!entries.empty()) bundle.Set("entry", json::Value::Array(std::move(entries)));
  return bundle;
}

}  // namespace fhir
