#include "gateway/interactions/call.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "fhir/json/json.h"
#include "fhir/operation_outcome.h"
#include "fhir/validate.h"
#include "gateway/http/media_type.h"
#include "gateway/interactions/field_items.h"
#include "gateway/outreach/intake.h"

namespace gateway::interactions {

using fhir::ErrorCode;
using fhir::Fail;

namespace {

bool IsSameWord(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string Call::base() const {
  return services.workshop.config.partners_url + "/fhir/" + caller.programme;
}

fhir::Status Call::View(const store::Store::Look& look) const {
  return on_connection ? tenant.store->Glance(look) : tenant.store->View(look);
}

std::string MediaType(const http::Request& request) {
  return http::ParseMediaType(request.field("Content-Type")).name;
}

fhir::Result<fhir::Resource> ReadBody(const http::Request& request, std::string_view type,
                                      const fhir::json::Limits& limits) {
  const std::string media_type = MediaType(request);
  if (media_type != "application/fhir+json" && media_type != "application/json") {
    return Fail(ErrorCode::kUnsupportedMediaType,
                "the body must be application/fhir+json; send that Content-Type", "Content-Type");
  }
  if (request.body.empty()) return Fail(ErrorCode::kMalformed, "the body is empty");
  auto resource = fhir::Resource::Parse(request.body, limits);
  if (resource.ok() && !type.empty() && resource->type() != type) {
    return Fail(ErrorCode::kMalformed, "the resource has another type than the address",
                "resourceType");
  }
  return resource;
}

fhir::Status CheckValid(const fhir::Resource& resource) {
  std::vector<fhir::Issue> findings = fhir::Validate(resource);
  if (!fhir::HasErrors(findings)) return {};
  fhir::Error error = Fail(ErrorCode::kInvalid, "the resource is not valid");
  error.findings = std::move(findings);
  return error;
}

bool IfNoneMatchNames(std::string_view field, int64_t version) {
  if (field == "*") return true;
  const std::string ours = "\"" + std::to_string(version) + "\"";
  while (!field.empty()) {
    std::string_view tag = Trimmed(field.substr(0, field.find(',')));
    field.remove_prefix(std::min(field.find(','), field.size() - 1) + 1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == ours) return true;
  }
  return false;
}

std::optional<int64_t> VersionOf(std::string_view text) {
  int64_t version = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, version);
  if (error != std::errc() || last != end || version < 1 || text.front() == '0') {
    return std::nullopt;
  }
  return version;
}

bool Prefers(const http::Request& request, std::string_view word) {
  const size_t equals = std::min(word.find('='), word.size());
  std::string_view field = request.field("Prefer");
  while (!field.empty()) {
    // A semicolon begins a parameter of a preference; many write it where a comma is meant.
    std::string_view value = TakeItem(field, ",;");
    const std::string_view name = TakeItem(value, "=");
    if (!IsSameWord(name, word.substr(0, equals))) continue;
    // Of one that is said twice the first counts.
    return IsSameWord(Unquoted(Trimmed(value)), word.substr(std::min(equals + 1, word.size())));
  }
  return false;
}

http::Response ResourceResponse(int status, std::string bytes, int64_t version,
                                fhir::Instant last_updated) {
  http::Response response;
  response.status = status;
  response.Set("Content-Type", "application/fhir+json; charset=utf-8");
  response.Set("ETag", "W/\"" + std::to_string(version) + "\"");
  response.Set("Last-Modified", fhir::FormatHttpDate(last_updated));
  response.body = std::move(bytes);
  return response;
}

http::Response JsonResponse(int status, const fhir::json::Value& json) {
  http::Response response;
  response.status = status;
  response.Set("Content-Type", "application/fhir+json; charset=utf-8");
  response.body = fhir::json::Write(json);
  return response;
}

fhir::json::Value OutcomeOf(const Written& written) {
  const std::string_view done = written.created   ? "the resource was created"
                                : written.changed ? "the resource was updated"
                                                  : "the resource was there";
  return fhir::OperationOutcome(
      {{fhir::Severity::kInformation, "informational", std::string(done), ""}});
}

http::Response WrittenResponse(const Call& call, int status, const Written& written) {
  std::string body;
  if (Prefers(call.request, "return=OperationOutcome")) {
    body = fhir::json::Write(OutcomeOf(written));
  } else if (!Prefers(call.request, "return=minimal")) {
    body = written.bytes.empty() ? written.resource.Bytes() : written.bytes;
  }
  http::Response response =
      ResourceResponse(status, std::move(body), written.version, written.last_updated);
  response.Set("Location", call.base() + "/" + written.resource.Versioned());
  return response;
}

fhir::Status Commit(
    Call& call, const std::function<fhir::Status(store::Transaction&, std::vector<Written>&)>& work,
    std::vector<Written>* kept) {
  const Services& services = call.services;
  outreach::Barrier barrier;
  const fhir::Status done =
      call.tenant.store->Update(call.caller.lane(), [&](store::Transaction& tx) -> fhir::Status {
        std::vector<Written> written;
        if (auto s = work(tx, written); !s.ok()) return s;
        outreach::Barrier stops;
        auto reacted =
            outreach::React(tx, services.workshop, call.tenant.name, call.scope(), written, stops);
        if (!reacted.ok()) return reacted;
        barrier = std::move(stops);
        if (kept != nullptr) *kept = std::move(written);
        return {};
      });
  if (!done.ok()) return done;
  services.dispatcher.Wake();
  return outreach::AwaitBarrier(services.in_flight, barrier, services.workshop.config);
}

}  // namespace gateway::interactions
