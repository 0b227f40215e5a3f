// http://hl7.org/fhir/R4/http.html#transaction: each entry of a batch stands alone.
#include "gateway/interactions/batch.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>

#include "fhir/bundle.h"
#include "gateway/auth/jws.h"
#include "gateway/http/http_error.h"
#include "gateway/routes.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

// A piece is run in order, by one thread; the pieces of a batch side by side.
constexpr size_t kPieceEntries = 16;
constexpr size_t kMostAtOnce = 8;

enum class Body { kResource, kOutcome };

Value BatchEntry(http::Response response, Body kind = Body::kOutcome) {
  Value entry = Value::Object();
  Value told = Value::Object();
  told.Set("status", Value::String(std::to_string(response.status)));
  for (const http::Field& field : response.fields) {
    if (field.name == "Location") told.Set("location", Value::String(field.value));
    if (field.name == "ETag") told.Set("etag", Value::String(field.value));
    if (field.name != "Last-Modified") continue;
    const auto modified = fhir::ParseHttpDate(field.value);
    if (modified) told.Set("lastModified", Value::String(fhir::FormatInstant(*modified)));
  }
  if (!response.body.empty()) {
    Value body = Value::Written(std::move(response.body));
    if (kind == Body::kOutcome) {
      told.Set("outcome", std::move(body));
    } else {
      entry.Set("resource", std::move(body));
    }
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

http::Request RequestOf(const Call& call, const fhir::BundleEntry& item) {
  http::Request request;
  request.method = item.method;
  request.id = call.request.id;
  const size_t question = item.url.find('?');
  request.path = "/" + item.url.substr(0, question);
  if (question != std::string::npos) request.query = item.url.substr(question + 1);
  if (!item.if_match.empty()) request.fields.push_back({"If-Match", item.if_match});
  if (!item.if_none_match.empty()) request.fields.push_back({"If-None-Match", item.if_none_match});
  if (!item.if_none_exist.empty()) request.fields.push_back({"If-None-Exist", item.if_none_exist});
  if (item.if_modified_since) {
    request.fields.push_back({"If-Modified-Since", fhir::FormatHttpDate(*item.if_modified_since)});
  }
  const std::string_view prefer = call.request.field("Prefer");
  if (!prefer.empty()) request.fields.push_back({"Prefer", std::string(prefer)});
  return request;
}

// Shared with helpers on other threads, one of which may come when all is over.
class Pieces {
 public:
  Pieces(Call& call, const std::vector<fhir::BundleEntry>& entries)
      : call_(call), entries_(entries), answers_(entries.size()) {}

  size_t count() const { return (answers_.size() + kPieceEntries - 1) / kPieceEntries; }

  // Runs pieces as long as there are any.
  void Help() {
    std::unique_lock lock(mutex_);
    while (next_ < answers_.size()) {
      const size_t first = next_;
      next_ = std::min(first + kPieceEntries, answers_.size());
      const size_t last = next_;
      ++running_;
      lock.unlock();
      fhir::Status done = Run(first, last);
      lock.lock();
      if (!done.ok()) failed_ = std::move(done);
      --running_;
    }
    if (running_ == 0) over_.notify_all();
  }

  // Until all have been run.
  fhir::Result<std::vector<Value>> Wait() {
    std::unique_lock lock(mutex_);
    over_.wait(lock, [this] { return next_ == answers_.size() && running_ == 0; });
    if (!failed_.ok()) return std::move(failed_).error();
    return std::move(answers_);
  }

 private:
  fhir::Status Run(size_t first, size_t last) {
    Journal journal(call_);
    for (size_t i = first; i < last; ++i) answers_[i] = RunEntry(entries_[i], journal);
    return journal.Wait();
  }

  Value RunEntry(const fhir::BundleEntry& item, Journal& journal) {
    if (!item.findings.empty()) {
      fhir::Error error = Fail(ErrorCode::kInvalid, "the entry cannot be processed");
      error.findings = item.findings;
      return BatchEntry(http::ErrorResponse(error));
    }
    http::Request request = RequestOf(call_, item);
    if (fhir::Status taken = TakeBody(item, request); !taken.ok()) {
      return BatchEntry(http::ErrorResponse(taken.error()));
    }
    Answer answer = Fail(ErrorCode::kNotSupported, "a bundle cannot hold this request");
    const Route* route = FindRoute(request.method, request.path.substr(1));
    if (route != nullptr && route->handle != &Bundle) {
      std::string subject;
      answer = RunRoute(*route, Lane::kWorker, call_.services, call_.tenant, request,
                        request.path.substr(1), call_.caller, &subject);
      journal.Add(*route, std::move(subject), answer.ok());
    }
    if (!answer.ok()) return BatchEntry(http::ErrorResponse(answer.error()));
    const bool only_told = route->action.empty() && Prefers(request, "return=OperationOutcome");
    return BatchEntry(std::move(*answer), only_told ? Body::kOutcome : Body::kResource);
  }

  Call& call_;
  const std::vector<fhir::BundleEntry>& entries_;
  std::vector<Value> answers_;  // each written by the one who runs its piece

  std::mutex mutex_;  // guards what follows
  std::condition_variable over_;
  size_t next_ = 0;
  size_t running_ = 0;
  fhir::Status failed_;
};

}  // namespace

Answer RunBatch(Call& call, const fhir::BundleRequest& bundle) {
  const auto pieces = std::make_shared<Pieces>(call, bundle.entries);
  // Each piece waits its turn beside other clients' requests. Where nobody is free to help, this
  // thread does it alone.
  const size_t helpers = std::min(std::max<size_t>(pieces->count(), 1), kMostAtOnce) - 1;
  for (size_t i = 0; i < helpers; ++i) {
    if (!call.services.workers.Post(call.caller.lane(), [pieces] { pieces->Help(); })) break;
  }
  pieces->Help();
  auto entries = pieces->Wait();
  if (!entries.ok()) return std::move(entries).error();
  return JsonResponse(200, fhir::MakeBundle("batch-response", std::move(*entries), -1, {}));
}

}  // namespace gateway::interactions
