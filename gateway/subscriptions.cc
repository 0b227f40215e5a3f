#include "gateway/subscriptions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/json/json.h"
#include "fhir/reference.h"
#include "fhir/search/search_plan.h"
#include "gateway/auth/client_registry.h"
#include "gateway/clock.h"
#include "gateway/http/message.h"
#include "gateway/tenants.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

// The active Subscriptions of a programme, in one document of the registry, so that a write looks
// at one row: {"id": {"type", "query", "base", "client", "vendor",
// "end"}}.
constexpr std::string_view kRegistry = "subscriptions";

constexpr std::string_view kFhirJson = "application/fhir+json";

Value Text(std::string_view text) { return Value::String(std::string(text)); }

std::string LineOf(const std::string& programme, const std::string& id) {
  return programme + "/Subscription/" + id;
}

fhir::Result<Value> ActiveOf(store::Reader& reader, const std::string& programme) {
  auto document = reader.Document(kRegistry, programme);
  if (!document.ok()) return std::move(document).error();
  if (!*document) return Value::Object();
  return fhir::json::Parse(**document);
}

// `entry` null: it is not active (any more).
fhir::Status Remember(store::Transaction& tx, const std::string& programme, const std::string& id,
                      Value entry) {
  auto active = ActiveOf(tx, programme);
  if (!active.ok()) return std::move(active).error();
  if (entry.is_null()) {
    if (active->Find(id) == nullptr) return {};
    active->Remove(id);
  } else {
    active->Set(id, std::move(entry));
  }
  return tx.PutDocument(kRegistry, programme, fhir::json::Write(*active));
}

Value EntryOf(const std::string& criteria, const Scope& scope) {
  const size_t mark = std::min(criteria.find('?'), criteria.size());
  Value entry = Value::Object();
  entry.Set("type", Text(criteria.substr(0, mark)));
  entry.Set("query", Text(mark == criteria.size() ? "" : criteria.substr(mark + 1)));
  entry.Set("base", Text(scope.base));
  entry.Set("client", Text(scope.client));
  return entry;
}

// The search that the criteria are, of what a resource says by itself.
fhir::Result<store::SearchQuery> QueryOf(store::Reader& reader, const std::string& programme,
                                         const Value& entry, fhir::Instant now) {
  const std::string& type = entry["type"].text();
  if (!fhir::IsResourceType(type)) {
    return Fail(ErrorCode::kInvalid,
                "must be a search like Patient?active=true: a type comes first",
                "Subscription.criteria");
  }
  auto plan = fhir::ParseSearch(type, http::ParseForm(entry["query"].text()), reader.Plan(),
                                {.now = now, .base = entry["base"].text()});
  if (!plan.ok()) {
    return Fail(ErrorCode::kInvalid, "cannot be searched for: " + plan.error().message,
                "Subscription.criteria");
  }
  store::SearchQuery query;
  query.programme = programme;
  query.type = type;
  bool joined = !plan->lists.empty();
  for (const fhir::Condition& condition : plan->all_of) {
    joined = joined || condition.join != nullptr;
    if (condition.last_updated) {
      query.last_updated.push_back(*condition.last_updated);
    } else if (condition.join == nullptr) {
      query.all_of.push_back(condition.clause);
    }
  }
  const bool shaped = !plan->sort.empty() || !plan->includes.empty() || plan->count ||
                      plan->with_total || plan->summary != fhir::Summary::kFalse ||
                      !plan->elements.empty();
  if (joined || shaped) {
    return Fail(ErrorCode::kInvalid,
                "must say what a resource is by itself: no chains, no lists, nothing of the form "
                "of an answer",
                "Subscription.criteria");
  }
  return query;
}

fhir::Result<bool> Matches(store::Reader& reader, store::SearchQuery query, const std::string& id) {
  fhir::Criterion own;
  own.test = fhir::Criterion::Test::kId;
  own.parameter = "_id";
  own.key = id;
  query.all_of.push_back({{std::move(own)}, false});
  query.count = 1;
  auto page = reader.Search(query);
  if (!page.ok()) return std::move(page).error();
  return !page->matches.empty();
}

// Whoever imports files (no client) is the operator.
fhir::Result<bool> MayRead(store::Reader& reader, const std::string& client,
                           const std::string& programme, std::string_view type) {
  auto known = auth::LoadClient(reader, client);
  if (!known.ok()) {
    if (known.error().code != ErrorCode::kNotFound) return std::move(known).error();
    return client.starts_with("operator:");
  }
  if (known->disabled || known->programme != programme) return false;
  auth::Caller caller;
  caller.scopes = auth::ParseScopes(known->scope);
  return caller.May(auth::Access::kRead, type) && caller.May(auth::Access::kSearch, type);
}

// The vendor with this URL that is a partner of the programme; nullptr when there is none.
const adapters::WebhookVendor* VendorOf(const Config& config, const consent::Programme& programme,
                                        const std::string& endpoint) {
  for (const adapters::WebhookVendor& vendor : config.webhook) {
    if (vendor.url == endpoint && programme.FindPartner(vendor.name) != nullptr) return &vendor;
  }
  return nullptr;
}

// Answers the vendor that the channel leads to.
fhir::Result<std::string> CheckChannel(store::Reader& reader, const Config& config,
                                       const std::string& programme, const Value& channel) {
  if (channel["type"].text() != "rest-hook") {
    return Fail(ErrorCode::kInvalid, "must be rest-hook: no other channel is supported",
                "Subscription.channel.type");
  }
  if (channel["header"].size() > 0) {
    return Fail(ErrorCode::kInvalid,
                "is not supported: notifications are signed (X-PSG-Signature), with a key that the "
                "operator configures",
                "Subscription.channel.header");
  }
  const std::string& payload = channel["payload"].text();
  if (!payload.empty() && payload != kFhirJson) {
    return Fail(ErrorCode::kInvalid, "must be absent or application/fhir+json",
                "Subscription.channel.payload");
  }
  auto known = LoadProgramme(reader, programme);
  if (!known.ok()) return std::move(known).error();
  const auto* vendor = VendorOf(config, *known, channel["endpoint"].text());
  if (vendor == nullptr) {
    return Fail(ErrorCode::kInvalid,
                "is none of this programme's partners: the operator configures where notifications "
                "go (vendors.webhook), and the programme says who is there (partners)",
                "Subscription.channel.endpoint");
  }
  return vendor->name;
}

fhir::Status SetStatus(store::Transaction& tx, const std::string& programme,
                       const fhir::Resource& subscription, std::string_view status,
                       const std::string& error) {
  fhir::Resource changed = subscription;
  changed.mutable_json().Set("status", Text(status));
  changed.mutable_json().Remove("error");
  if (!error.empty()) changed.mutable_json().Set("error", Text(error));
  auto written =
      PutResource(tx, {programme, "psgateway", ""}, std::move(changed), PutMode::kUpdate);
  if (!written.ok()) return std::move(written).error();
  return {};
}

std::optional<fhir::Instant> EndOf(const Value& text) {
  auto end = fhir::ParseInstant(text.text());
  if (!end.ok()) return std::nullopt;
  return *end;
}

}  // namespace

fhir::Status TakeSubscription(store::Transaction& tx, const Config& config, const Scope& scope,
                              const Written& written) {
  const fhir::Resource& subscription = written.resource;
  const std::string& status = subscription["status"].text();
  // One that is off, in error, or deleted: then it has no status.
  if (status != "requested" && status != "active") {
    auto dropped = tx.RemoveOutgoingLine(LineOf(scope.programme, subscription.id()));
    if (!dropped.ok()) return dropped;
    return Remember(tx, scope.programme, subscription.id(), {});
  }
  auto vendor = CheckChannel(tx, config, scope.programme, subscription["channel"]);
  if (!vendor.ok()) return std::move(vendor).error();
  Value entry = EntryOf(subscription["criteria"].text(), scope);
  entry.Set("vendor", Text(*vendor));
  if (auto query = QueryOf(tx, scope.programme, entry, tx.Now()); !query.ok()) {
    return std::move(query).error();
  }
  auto may = MayRead(tx, scope.client, scope.programme, entry["type"].text());
  if (!may.ok()) return std::move(may).error();
  if (!*may) {
    return Fail(ErrorCode::kForbidden, "asks for a type that the client may not read",
                "Subscription.criteria");
  }
  const Value& end = subscription["end"];
  if (const auto ends = EndOf(end); ends && *ends <= tx.Now()) {
    return Fail(ErrorCode::kInvalid, "is over already", "Subscription.end");
  }
  if (!end.is_null()) entry.Set("end", end);
  if (auto s = Remember(tx, scope.programme, subscription.id(), std::move(entry)); !s.ok())
    return s;
  if (status == "active") return {};
  return SetStatus(tx, scope.programme, subscription, "active", "");
}

fhir::Status Notify(store::Transaction& tx, const Scope& scope, const fhir::Resource& resource) {
  auto active = ActiveOf(tx, scope.programme);
  if (!active.ok()) return std::move(active).error();
  for (const fhir::json::Member& member : active->members()) {
    const Value& entry = member.value;
    if (entry["type"].text() != resource.type()) continue;
    if (const auto end = EndOf(entry["end"]); end && *end <= tx.Now()) continue;
    auto query = QueryOf(tx, scope.programme, entry, tx.Now());
    // What is indexed has changed since: nothing can be said of it (search.index).
    if (!query.ok()) continue;
    auto matches = Matches(tx, std::move(*query), resource.id());
    if (!matches.ok()) return std::move(matches).error();
    if (!*matches) continue;
    store::Outgoing row;
    row.programme = scope.programme;
    row.kind = kNotification;
    row.target = entry["vendor"].text();
    row.subject = resource.Relative();
    row.payload = member.name;
    row.line = LineOf(scope.programme, member.name);
    row.id = NewId(tx.Now());
    row.due_at = tx.Now();
    if (auto added = tx.AddOutgoing(row); !added.ok()) return std::move(added).error();
  }
  return {};
}

fhir::Result<Notification> NotificationOf(store::Reader& reader, const Config& config,
                                          const store::Outgoing& row, fhir::Instant now) {
  auto active = ActiveOf(reader, row.programme);
  if (!active.ok()) return std::move(active).error();
  const Value& entry = (*active)[row.payload];
  auto subscription = LoadResource(reader, row.programme, "Subscription", row.payload);
  if (entry.is_null() || !subscription.ok()) return Notification{};
  if (const auto end = EndOf(entry["end"]); end && *end <= now) return Notification{};
  const Value& channel = (*subscription)["channel"];
  auto programme = LoadProgramme(reader, row.programme);
  if (!programme.ok()) return std::move(programme).error();
  const adapters::WebhookVendor* vendor = VendorOf(config, *programme, channel["endpoint"].text());
  if (vendor == nullptr || vendor->name != row.target) return Notification{};
  auto may = MayRead(reader, entry["client"].text(), row.programme, entry["type"].text());
  if (!may.ok()) return std::move(may).error();
  if (!*may) return Notification{};
  auto query = QueryOf(reader, row.programme, entry, now);
  if (!query.ok()) return Notification{};
  auto matches = Matches(reader, std::move(*query), row.subject.substr(row.subject.find('/') + 1));
  if (!matches.ok()) return std::move(matches).error();
  return Notification{*matches, channel["payload"].text() == kFhirJson};
}

fhir::Status FailSubscription(store::Transaction& tx, const store::Outgoing& row,
                              const std::string& why) {
  auto subscription = LoadResource(tx, row.programme, "Subscription", row.payload);
  if (subscription.ok()) {
    auto s = SetStatus(tx, row.programme, *subscription, "error",
                       "notifications were not taken again and again; the last time: " + why);
    if (!s.ok()) return s;
  }
  if (auto s = Remember(tx, row.programme, row.payload, {}); !s.ok()) return s;
  return tx.RemoveOutgoingLine(row.line);
}

}  // namespace gateway
