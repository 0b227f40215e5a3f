#include "gateway/routes.h"

#include <algorithm>
#include <vector>

#include "fhir/reference.h"
#include "gateway/formats.h"

namespace gateway {
namespace {

using auth::Access;
using namespace interactions;  // NOLINT: this file is the table of them

constexpr Route kRoutes[] = {
    {"POST", "", Access::kCreate, Lane::kWorker, "", &Bundle},
    {"POST", "$pull-source", Access::kUpdate, Lane::kWorker, "pull-source", &PullSource},
    {"GET", "CommunicationRequest/{id}/$explain", Access::kRead, Lane::kWorker, "explain",
     &Explain},
    {"GET", "CommunicationRequest/{id}/$review", Access::kRead, Lane::kWorker, "review", &Review},
    {"POST", "CommunicationRequest/{id}/$approve", Access::kUpdate, Lane::kWorker, "", &Approve},
    {"POST", "CommunicationRequest/$evaluate", Access::kRead, Lane::kWorker, "evaluate", &Evaluate},
    {"POST", "CommunicationRequest/{id}/$evaluate", Access::kRead, Lane::kWorker, "evaluate",
     &Evaluate},
    {"POST", "{type}/$validate", Access::kCreate, Lane::kWorker, "validate", &Validate},
    {"POST", "{type}/{id}/$validate", Access::kRead, Lane::kWorker, "validate", &Validate},
    {"GET", "", Access::kSearch, Lane::kWorker, "search", &Search},
    {"POST", "_search", Access::kSearch, Lane::kWorker, "search", &Search},
    {"GET", "_search", Access::kSearch, Lane::kWorker, "search", &Search},  // as clients write it
    {"POST", "{type}/_search", Access::kSearch, Lane::kWorker, "search", &Search},
    {"GET", "{type}", Access::kSearch, Lane::kWorker, "search", &Search},
    {"POST", "{type}", Access::kCreate, Lane::kWorker, "", &Create},
    {"GET", "{type}/{id}", Access::kRead, Lane::kConnection, "read", &Read},
    {"PUT", "{type}/{id}", Access::kUpdate, Lane::kWorker, "", &Update},
    {"PUT", "{type}", Access::kUpdate, Lane::kWorker, "", &Update},
    {"PATCH", "{type}/{id}", Access::kUpdate, Lane::kWorker, "", &Patch},
    {"PATCH", "{type}", Access::kUpdate, Lane::kWorker, "", &Patch},
    {"DELETE", "{type}", Access::kDelete, Lane::kWorker, "", &Delete},
    {"GET", "$meta", Access::kSearch, Lane::kWorker, "meta", &MetaOfMany},
    {"GET", "{type}/$meta", Access::kSearch, Lane::kWorker, "meta", &MetaOfMany},
    {"GET", "{type}/{id}/$meta", Access::kRead, Lane::kConnection, "read", &Meta},
    {"POST", "{type}/{id}/$meta-add", Access::kUpdate, Lane::kWorker, "", &MetaAdd},
    {"POST", "{type}/{id}/$meta-delete", Access::kUpdate, Lane::kWorker, "", &MetaDelete},
    {"DELETE", "{type}/{id}", Access::kDelete, Lane::kWorker, "", &Delete},
    {"GET", "Patient/{id}/$everything", Access::kRead, Lane::kWorker, "everything", &Everything},
    {"GET", "_history", Access::kSearch, Lane::kWorker, "history", &History},
    {"GET", "{type}/_history", Access::kSearch, Lane::kWorker, "history", &History},
    {"GET", "{type}/{id}/_history", Access::kRead, Lane::kWorker, "history", &History},
    {"GET", "{type}/{id}/_history/{vid}", Access::kRead, Lane::kConnection, "vread", &VRead},
};

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  while (!path.empty()) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return segments;
}

bool Fits(std::string_view wanted, std::string_view segment) {
  if (!wanted.starts_with('{')) return wanted == segment;
  return !segment.empty() && segment.front() != '_' && segment.front() != '$';
}

bool Matches(std::string_view pattern, const std::vector<std::string_view>& path) {
  for (const std::string_view segment : path) {
    if (pattern.empty()) return false;
    const size_t slash = std::min(pattern.find('/'), pattern.size());
    if (!Fits(pattern.substr(0, slash), segment)) return false;
    pattern.remove_prefix(std::min(slash + 1, pattern.size()));
  }
  return pattern.empty();
}

}  // namespace

const Route* FindRoute(std::string_view method, std::string_view path) {
  const std::vector<std::string_view> segments = Segments(path);
  if (method == "HEAD") method = "GET";
  for (const Route& route : kRoutes) {
    if (route.method == method && Matches(route.pattern, segments)) return &route;
  }
  return nullptr;
}

std::string AllowedMethods(std::string_view path) {
  const std::vector<std::string_view> segments = Segments(path);
  std::string methods;
  for (const Route& route : kRoutes) {
    if (!Matches(route.pattern, segments)) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.method;
    if (route.method == "GET") methods += ", HEAD";
  }
  return methods;
}

Lane LaneOf(const Route& route, const http::Request& request) {
  if (route.handle != &Search || request.method != "GET") return route.lane;
  bool small = false;
  for (const auto& [name, value] : http::ParseForm(request.query)) {
    if (value.find(',') != std::string::npos) return route.lane;
    if (name == "identifier" || name == "_id" || name == "patient") {
      small = true;
    } else if (name != "status") {
      return route.lane;
    }
  }
  return small ? Lane::kConnection : route.lane;
}

Answer RunRoute(const Route& route, Lane lane, const Services& services, Tenant& tenant,
                const http::Request& request, std::string_view path, const auth::Caller& caller,
                std::string* audit_subject) {
  Call call{services,
            tenant,
            request,
            caller,
            "",
            "",
            "",
            http::ParseForm(request.query),
            lane == Lane::kConnection,
            ""};
  const std::vector<std::string_view> names = Segments(route.pattern);
  const std::vector<std::string_view> segments = Segments(path);
  for (size_t i = 0; i < names.size(); ++i) {
    if (i == 0 && names[i].front() != '$' && names[i].front() != '_')
      call.type = std::string(segments[i]);
    if (names[i] == "{id}") call.id = std::string(segments[i]);
    if (names[i] == "{vid}") call.version = std::string(segments[i]);
  }
  if (audit_subject != nullptr) *audit_subject = std::string(path);
  if (!call.type.empty() && !fhir::IsResourceType(call.type)) {
    if (audit_subject != nullptr) audit_subject->clear();
    return fhir::Fail(fhir::ErrorCode::kNotFound, "this is not a resource type of R4");
  }
  if (!call.id.empty() && !fhir::IsId(call.id)) {
    if (audit_subject != nullptr) *audit_subject = call.type;
    return fhir::Fail(fhir::ErrorCode::kNotFound, "this is not an id");
  }
  // A Bundle's entries are checked one by one.
  if (!call.type.empty() && !caller.May(route.access, call.type)) {
    return fhir::Fail(fhir::ErrorCode::kForbidden,
                      "the token's scopes do not cover this; ask for a scope on this type");
  }
  if (route.handle == &Search && request.method == "POST") {
    for (auto& parameter : http::ParseForm(request.body)) {
      call.parameters.push_back(std::move(parameter));
    }
  }
  if (auto accepted = CheckAccepted(request, call.parameters); !accepted.ok()) {
    return std::move(accepted).error();
  }
  if (!request.body.empty()) {
    if (auto readable = CheckEncoding(request); !readable.ok()) return std::move(readable).error();
  }
  if (auto spelled = CheckSpelling(request.query, call.parameters); !spelled.ok()) {
    return std::move(spelled).error();
  }
  Answer answer = route.handle(call);
  if (answer.ok()) Lay(*answer, call.parameters);
  if (audit_subject != nullptr && !call.audit_subject.empty()) *audit_subject = call.audit_subject;
  return answer;
}

}  // namespace gateway
