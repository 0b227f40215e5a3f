// http://hl7.org/fhir/R4/http.html#transaction: a transaction is one commit and never split; each
// entry of a batch stands alone.
#include "fhir/bundle.h"

#include <algorithm>

#include "fhir/reference.h"
#include "gateway/http/http_error.h"
#include "gateway/interactions/interactions.h"
#include "gateway/routes.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostEntries = 500;

struct Step {
  const fhir::BundleEntry* entry;
  std::string type;
  std::string id;
  std::optional<int64_t> if_match;
  std::optional<fhir::Resource> resource;
};

fhir::Error At(fhir::Error error, size_t index) {
  const std::string place = "Bundle.entry[" + std::to_string(index) + "]";
  error.path = error.path.empty() ? place : place + ": " + error.path;
  for (fhir::Issue& finding : error.findings) {
    finding.expression = place + ".resource: " + finding.expression;
  }
  return error;
}

// Processing order of the specification: DELETE, POST, PUT, GET.
int Rank(const std::string& method) {
  if (method == "DELETE") return 0;
  if (method == "POST") return 1;
  if (method == "PUT") return 2;
  return 3;
}

fhir::Result<Step> Plan(const Call& call, const fhir::BundleEntry& entry) {
  Step step{&entry, "", "", std::nullopt, entry.resource};
  if (!entry.if_none_exist.empty()) {
    return Fail(ErrorCode::kNotSupported, "conditional create is not supported yet",
                "request.ifNoneExist");
  }
  const size_t slash = entry.url.find('/');
  step.type = entry.url.substr(0, slash);
  if (slash != std::string::npos) step.id = entry.url.substr(slash + 1);
  if (!fhir::IsResourceType(step.type)) {
    return Fail(ErrorCode::kNotSupported,
                "must be [type] or [type]/[id]; conditional forms are not supported yet",
                "request.url");
  }
  auth::Access access = auth::Access::kRead;
  if (entry.method == "POST") {
    access = auth::Access::kCreate;
    step.id = NewId(call.services.clock.Now());
  } else if (entry.method == "PUT") {
    access = auth::Access::kUpdate;
  } else if (entry.method == "DELETE") {
    access = auth::Access::kDelete;
  } else if (entry.method != "GET") {
    return Fail(ErrorCode::kNotSupported, "this method is not supported in a transaction",
                "request.method");
  }
  if (!call.caller.May(access, step.type)) {
    return Fail(ErrorCode::kForbidden, "the token's scopes do not cover this entry", "request");
  }
  if (entry.method != "POST" && !fhir::IsId(step.id)) {
    return Fail(ErrorCode::kMalformed, "must be [type]/[id]", "request.url");
  }
  auto if_match = IfMatch(entry.if_match);
  if (!if_match.ok()) return std::move(if_match).error();
  step.if_match = *if_match;
  if (entry.method == "POST" || entry.method == "PUT") {
    if (!step.resource) return Fail(ErrorCode::kInvalid, "the entry has no resource", "resource");
    if (step.resource->type() != step.type) {
      return Fail(ErrorCode::kInvalid, "the resource has another type than request.url",
                  "resource");
    }
    if (entry.method == "PUT" && step.resource->id() != step.id) {
      return Fail(ErrorCode::kInvalid, "the resource's id is not that of request.url",
                  "resource.id");
    }
    step.resource->mutable_json().Set("id", Value::String(step.id));
  }
  return step;
}

Value ResponseEntry(const Call& call, const Step& step, const Written* written,
                    std::optional<fhir::Resource> read) {
  Value entry = Value::Object();
  Value response = Value::Object();
  if (written != nullptr && step.entry->method != "DELETE") {
    entry.Set("fullUrl", Value::String(call.base() + "/" + written->resource.Relative()));
    response.Set("status", Value::String(written->created ? "201 Created" : "200 OK"));
    response.Set("location", Value::String(written->resource.Versioned()));
    response.Set("etag", Value::String("W/\"" + std::to_string(written->version) + "\""));
    response.Set("lastModified", Value::String(fhir::FormatInstant(written->last_updated)));
  } else if (step.entry->method == "DELETE") {
    response.Set("status", Value::String("204 No Content"));
  } else {
    response.Set("status", Value::String("200 OK"));
    if (read) entry.Set("resource", read->json());
  }
  entry.Set("response", std::move(response));
  return entry;
}

Answer Transaction(Call& call, const fhir::BundleRequest& bundle) {
  std::vector<Step> steps;
  std::vector<std::pair<std::string, std::string>> references;
  for (const fhir::BundleEntry& entry : bundle.entries) {
    auto step = Plan(call, entry);
    if (!step.ok()) return At(std::move(step).error(), entry.index);
    if (entry.resource && !entry.full_url.empty()) {
      references.emplace_back(entry.full_url, step->type + "/" + step->id);
    }
    steps.push_back(std::move(*step));
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].resource) {
      fhir::ReplaceReferences(steps[i].resource->mutable_json(), references);
      if (auto valid = CheckValid(*steps[i].resource); !valid.ok()) {
        return At(std::move(valid).error(), steps[i].entry->index);
      }
    }
    for (size_t j = 0; j < i; ++j) {
      const bool writes = Rank(steps[i].entry->method) < 3 && Rank(steps[j].entry->method) < 3;
      if (writes && steps[i].type == steps[j].type && steps[i].id == steps[j].id) {
        return At(Fail(ErrorCode::kInvalid, "two entries write the same resource"),
                  steps[i].entry->index);
      }
    }
  }
  std::vector<size_t> order(steps.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Rank(steps[a].entry->method) < Rank(steps[b].entry->method);
  });

  std::vector<Value> entries;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        entries.assign(steps.size(), Value());
        for (const size_t i : order) {
          const Step& step = steps[i];
          const std::string& method = step.entry->method;
          if (method == "GET") {
            auto read = LoadResource(tx, call.caller.programme, step.type, step.id);
            if (!read.ok()) return At(std::move(read).error(), step.entry->index);
            entries[i] = ResponseEntry(call, step, nullptr, std::move(*read));
            continue;
          }
          auto put = method == "DELETE"
                         ? DeleteResource(tx, call.scope(), step.type, step.id, step.if_match)
                         : PutResource(tx, call.scope(), *step.resource,
                                       method == "POST" ? PutMode::kCreate : PutMode::kEither,
                                       step.if_match);
          if (!put.ok()) return At(std::move(put).error(), step.entry->index);
          entries[i] = ResponseEntry(call, step, &*put, std::nullopt);
          written.push_back(std::move(*put));
        }
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  return JsonResponse(200, fhir::MakeBundle("transaction-response", std::move(entries), -1, {}));
}

Value BatchEntry(const http::Response& response) {
  Value entry = Value::Object();
  Value told = Value::Object();
  told.Set("status", Value::String(std::to_string(response.status)));
  for (const http::Field& field : response.fields) {
    if (field.name == "Location") told.Set("location", Value::String(field.value));
    if (field.name == "ETag") told.Set("etag", Value::String(field.value));
  }
  if (!response.body.empty()) {
    auto body = fhir::json::Parse(response.body);
    if (body.ok() && response.status >= 400)
      told.Set("outcome", std::move(*body));
    else if (body.ok())
      entry.Set("resource", std::move(*body));
  }
  entry.Set("response", std::move(told));
  return entry;
}

Answer Batch(Call& call, const fhir::BundleRequest& bundle) {
  std::vector<Value> entries;
  for (const fhir::BundleEntry& item : bundle.entries) {
    http::Request request;
    request.method = item.method;
    request.id = call.request.id;
    const size_t question = item.url.find('?');
    request.path = "/" + item.url.substr(0, question);
    if (question != std::string::npos) request.query = item.url.substr(question + 1);
    request.fields.push_back({"Content-Type", "application/fhir+json"});
    if (!item.if_match.empty()) request.fields.push_back({"If-Match", item.if_match});
    if (!item.if_none_match.empty())
      request.fields.push_back({"If-None-Match", item.if_none_match});
    if (!item.if_none_exist.empty())
      request.fields.push_back({"If-None-Exist", item.if_none_exist});
    if (item.resource) request.body = item.resource->Bytes();
    Answer answer = Fail(ErrorCode::kNotSupported, "a bundle cannot hold this request");
    const Route* route = FindRoute(request.method, request.path.substr(1));
    if (route != nullptr && route->handle != &Bundle) {
      answer = RunRoute(*route, call.services, call.tenant, request, request.path.substr(1),
                        call.caller, nullptr);
    }
    entries.push_back(
        BatchEntry(answer.ok() ? std::move(*answer) : http::ErrorResponse(answer.error())));
  }
  return JsonResponse(200, fhir::MakeBundle("batch-response", std::move(entries), -1, {}));
}

}  // namespace

Answer Bundle(Call& call) {
  auto body = ReadBody(call.request);
  if (!body.ok()) return std::move(body).error();
  if (body->type() != "Bundle") {
    return Fail(ErrorCode::kMalformed, "only a Bundle can be posted here", "resourceType");
  }
  auto bundle = fhir::ReadBundleRequest(*body);
  if (!bundle.ok()) return std::move(bundle).error();
  if (bundle->entries.size() > kMostEntries) {
    return Fail(ErrorCode::kTooCostly, "a bundle may have at most 500 entries", "Bundle.entry");
  }
  return bundle->type == fhir::BundleRequest::Type::kTransaction ? Transaction(call, *bundle)
                                                                 : Batch(call, *bundle);
}

}  // namespace gateway::interactions
