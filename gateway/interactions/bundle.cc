// http://hl7.org/fhir/R4/http.html#transaction: a transaction is one commit (transaction.cc); each
// entry of a batch stands alone.
#include "fhir/bundle.h"

#include <future>
#include <memory>

#include "fhir/reference.h"
#include "gateway/auth/jws.h"
#include "gateway/http/http_error.h"
#include "gateway/interactions/interactions.h"
#include "gateway/interactions/transaction.h"
#include "gateway/routes.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostEntries = 500;
// One commit: while it runs, every other write of the tenant waits.
constexpr size_t kMostTransactionBytes = 4u << 20;

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

// http://hl7.org/fhir/R4/http.html#patch: a JSON Patch comes as a Binary.
fhir::Status TakeBody(const fhir::BundleEntry& item, http::Request& request) {
  std::string media_type = "application/fhir+json";
  if (item.resource && item.method == "PATCH" && item.resource->type() == "Binary") {
    media_type = (*item.resource)["contentType"].text();
    auto body = auth::Base64Decode((*item.resource)["data"].text());
    if (!body) return Fail(ErrorCode::kInvalid, "the data is not base64", "resource.data");
    request.body = std::move(*body);
  } else if (item.resource) {
    request.body = item.resource->Bytes();
  }
  request.fields.push_back({"Content-Type", std::move(media_type)});
  return {};
}

// One row of the access journal for what an entry looked at or was refused; a write has its audit
// row in its commit.
class Journal {
 public:
  explicit Journal(Call& call) : call_(call) {}

  void Add(const Route& route, std::string subject, bool ok) {
    if (route.action.empty() && ok) return;
    store::AuditRow row;
    row.at = call_.services.clock.Now();
    row.action = route.action.empty() ? route.method : route.action;
    row.client = call_.caller.client;
    row.programme = call_.caller.programme;
    row.subject = std::move(subject);
    row.outcome = ok ? "0" : "4";
    row.request_id = call_.request.id;
    auto kept = std::make_shared<std::promise<fhir::Status>>();
    waiting_.push_back(kept->get_future());
    call_.tenant.store->Journal(std::move(row),
                                [kept](fhir::Status done) { kept->set_value(std::move(done)); });
  }

  // Durable, all of them.
  fhir::Status Wait() {
    fhir::Status all;
    for (std::future<fhir::Status>& one : waiting_) {
      if (fhir::Status done = one.get(); !done.ok()) all = std::move(done);
    }
    if (all.ok()) return {};
    return Fail(ErrorCode::kUnavailable, "the access journal cannot be written; repeat later");
  }

 private:
  Call& call_;
  std::vector<std::future<fhir::Status>> waiting_;
};

Answer Batch(Call& call, const fhir::BundleRequest& bundle) {
  std::vector<Value> entries;
  Journal journal(call);
  for (const fhir::BundleEntry& item : bundle.entries) {
    http::Request request;
    request.method = item.method;
    request.id = call.request.id;
    const size_t question = item.url.find('?');
    request.path = "/" + item.url.substr(0, question);
    if (question != std::string::npos) request.query = item.url.substr(question + 1);
    if (!item.if_match.empty()) request.fields.push_back({"If-Match", item.if_match});
    if (!item.if_none_match.empty())
      request.fields.push_back({"If-None-Match", item.if_none_match});
    if (!item.if_none_exist.empty())
      request.fields.push_back({"If-None-Exist", item.if_none_exist});
    if (fhir::Status taken = TakeBody(item, request); !taken.ok()) {
      entries.push_back(BatchEntry(http::ErrorResponse(taken.error())));
      continue;
    }
    Answer answer = Fail(ErrorCode::kNotSupported, "a bundle cannot hold this request");
    const Route* route = FindRoute(request.method, request.path.substr(1));
    if (route != nullptr && route->handle != &Bundle) {
      std::string subject;
      answer = RunRoute(*route, call.services, call.tenant, request, request.path.substr(1),
                        call.caller, &subject);
      journal.Add(*route, std::move(subject), answer.ok());
    }
    entries.push_back(
        BatchEntry(answer.ok() ? std::move(*answer) : http::ErrorResponse(answer.error())));
  }
  if (fhir::Status kept = journal.Wait(); !kept.ok()) return std::move(kept).error();
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
  if (bundle->type == fhir::BundleRequest::Type::kTransaction &&
      call.request.body.size() > kMostTransactionBytes) {
    return Fail(ErrorCode::kTooLarge, "a transaction may have at most 4 MiB; it is never split",
                "Bundle");
  }
  return bundle->type == fhir::BundleRequest::Type::kTransaction ? RunTransaction(call, *bundle)
                                                                 : Batch(call, *bundle);
}

}  // namespace gateway::interactions
