#include "gateway/outreach/courier.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "gateway/disclosure.h"
#include "gateway/log.h"
#include "gateway/outreach/dispatcher.h"
#include "gateway/outreach/write_back.h"
#include "gateway/subscriptions.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kPerRound = 32;
constexpr int kCouriers = 8;
constexpr int kCouriersOfOne = 2;  // a target that hangs holds up nobody else

constexpr std::string_view kWebhook = "webhook";
constexpr std::string_view kNurseTask = "nurse-task";

std::chrono::seconds Backoff(int attempts) {
  return std::min<std::chrono::seconds>(std::chrono::seconds(1LL << std::min(attempts, 12)),
                                        std::chrono::hours(1));
}

// That a Task waits, and nothing of whom or what it is about.
fhir::Resource Notice(const fhir::Resource& task) {
  fhir::Resource notice = task;
  std::erase_if(*notice.mutable_json().mutable_members(), [](const fhir::json::Member& member) {
    for (std::string_view kept :
         {"resourceType", "id", "status", "intent", "priority", "code", "authoredOn"}) {
      if (member.name == kept) return false;
    }
    return true;
  });
  return notice;
}

// What became of data of a patient; status events hold none.
fhir::Status Audit(store::Transaction& tx, const store::Outgoing& row, std::string_view state) {
  if (row.kind == kWebhook) return {};
  store::AuditRow audit;
  audit.at = tx.Now();
  audit.action = row.kind;
  audit.client = "psgateway";
  audit.programme = row.programme;
  audit.subject = row.subject;
  audit.outcome = state == "sent" ? "0" : "8";
  audit.detail = std::string(state) + " " + row.target;
  return tx.AppendAudit(audit);
}

}  // namespace

adapters::Message CommittedClaim::MessageOf(const store::Outgoing& row, std::string body,
                                            std::string content_type) {
  adapters::Content content;
  content.text = std::move(body);
  content.content_type = std::move(content_type);
  return adapters::Message(adapters::SendPermit(row.id), row.id, std::move(content));
}

Courier::Courier(const Workshop& workshop, const Clock& clock, std::function<void()> more)
    : workshop_(workshop),
      clock_(clock),
      more_(std::move(more)),
      couriers_(kCouriers, 1024, kCouriersOfOne) {}

void Courier::SendDue(Tenant& tenant) {
  std::vector<store::Outgoing> due;
  const fhir::Status looked = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto rows = reader.DueOutgoing(clock_.Now(), kPerRound);
    if (!rows.ok()) return std::move(rows).error();
    due = std::move(*rows);
    return {};
  });
  if (!looked.ok()) return;
  for (const store::Outgoing& row : due) {
    const std::pair<std::string, int64_t> key{tenant.name, row.key};
    {
      const std::lock_guard lock(mutex_);
      if (!under_way_.insert(key).second) continue;
    }
    const auto over = [this, key] {
      const std::lock_guard lock(mutex_);
      under_way_.erase(key);
    };
    const bool taken = couriers_.Post(row.target, [this, &tenant, row, over] {
      Send(tenant, row);
      over();
      if (!row.line.empty()) more_();  // the next of the line
    });
    if (!taken) over();
  }
}

void Courier::Send(Tenant& tenant, const store::Outgoing& row) {
  const bool notification = row.kind == kNotification;
  const Parting parting = row.kind == kWebhook ? SendEvent(row)
                          : notification       ? SendNotification(tenant, row)
                                               : SendResource(tenant, row);
  const fhir::Status noted = tenant.store->Update([&](store::Transaction& tx) -> fhir::Status {
    if (parting.over) {
      if (auto s = Audit(tx, row, parting.state); !s.ok()) return s;
      return tx.RemoveOutgoing(row.key);
    }
    store::Outgoing later = row;
    ++later.attempts;
    if (notification && later.attempts >= workshop_.config.notification_tries) {
      return FailSubscription(tx, row, parting.why);
    }
    later.due_at = tx.Now() + Backoff(later.attempts);
    return tx.UpdateOutgoing(later);
  });
  workshop_.metrics.Count("psgateway_outgoing_total{kind=\"" + row.kind + "\",state=\"" +
                          std::string(parting.state) + "\"}");
  log::Info("outgoing", {{"tenant", tenant.name},
                         {"kind", row.kind},
                         {"subject", row.subject},
                         {"state", std::string(parting.state)},
                         {"why", parting.why},
                         {"noted", noted.ok() ? "yes" : noted.error().message}});
}

Courier::Parting Courier::PartingOf(const fhir::Status& sent) {
  if (sent.ok()) return {"sent", true, ""};
  switch (sent.error().code) {
    case ErrorCode::kGone:
    case ErrorCode::kNotFound:
      return {"gone", true, sent.error().message};
    default:
      return {"not-sent", false, sent.error().message};
  }
}

Courier::Parting Courier::Withheld(const consent::Decision& decision) {
  return {"withheld", true, decision.deciding() == nullptr ? "" : decision.deciding()->rule};
}

Courier::Parting Courier::SendEvent(const store::Outgoing& row) {
  adapters::Adapter* adapter = workshop_.adapters.Find(row.target);
  if (adapter == nullptr) return {"not-sent", false, "the target is not configured"};
  const auto receipt =
      adapter->Deliver(CommittedClaim::MessageOf(row, row.payload, "application/json"), Deadline());
  return PartingOf(receipt.ok() ? fhir::Status() : fhir::Status(receipt.error()));
}

Courier::Parting Courier::SendNotification(Tenant& tenant, const store::Outgoing& row) {
  adapters::Adapter* adapter = workshop_.adapters.Find(row.target);
  if (adapter == nullptr) return {"not-sent", false, "the target is not configured"};
  Notification notification;
  const auto looked = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto found = NotificationOf(reader, workshop_.config, row, clock_.Now());
    if (!found.ok()) return std::move(found).error();
    notification = *found;
    return {};
  });
  if (!looked.ok()) return PartingOf(looked);
  if (!notification.due) return {"gone", true, "nobody waits for it any more"};
  std::string body;
  if (notification.with_resource) {
    auto disclosed = Disclosing(tenant, row);
    if (!disclosed.ok()) return PartingOf(disclosed.error());
    if (!disclosed->resource) return Withheld(disclosed->decision);
    body = disclosed->resource->Bytes();
  }
  const auto receipt = adapter->Deliver(
      CommittedClaim::MessageOf(row, std::move(body), "application/fhir+json"), Deadline());
  return PartingOf(receipt.ok() ? fhir::Status() : fhir::Status(receipt.error()));
}

fhir::Result<Disclosed> Courier::Disclosing(Tenant& tenant, const store::Outgoing& row) {
  auto disclosed = Disclose(*tenant.store, row.programme, row.subject, row.target, clock_.Now());
  if (disclosed.ok()) {
    workshop_.metrics.Count("psgateway_disclosures_total{outcome=\"" +
                            std::string(consent::Code(disclosed->decision.outcome)) + "\"}");
  }
  return disclosed;
}

Courier::Parting Courier::SendResource(Tenant& tenant, const store::Outgoing& row) {
  adapters::FhirEndpoint* endpoint = workshop_.adapters.Endpoint(row.target);
  if (endpoint == nullptr) return {"not-sent", false, "the target is not configured"};
  auto disclosed = Disclosing(tenant, row);
  if (!disclosed.ok()) return PartingOf(disclosed.error());
  const consent::Decision& decision = disclosed->decision;
  const bool nurse = row.kind == kNurseTask;
  // Where a person must look first, the person hears of it.
  if (nurse && decision.outcome == consent::Outcome::kReview) {
    disclosed->resource = Notice(disclosed->asked);
  }
  if (!disclosed->resource) return Withheld(decision);
  if (nurse) {
    const auto put = endpoint->Put(*disclosed->resource, Deadline());
    return PartingOf(put.ok() ? fhir::Status() : fhir::Status(put.error()));
  }
  return CreateAt(*endpoint, tenant, row, *std::move(disclosed->resource));
}

Courier::Parting Courier::CreateAt(adapters::FhirEndpoint& endpoint, Tenant& tenant,
                                   const store::Outgoing& row, fhir::Resource communication) {
  fhir::json::Value identifier;
  const auto looked = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto found = IdentifierAt(reader, workshop_.config, row.programme, row.target, communication);
    if (!found.ok()) return std::move(found).error();
    identifier = std::move(*found);
    return {};
  });
  if (!looked.ok()) return PartingOf(looked);
  const WriteBack form =
      WriteBackOf(std::move(communication),
                  workshop_.config.partners_url + "/fhir/" + row.programme, identifier);
  const auto created = endpoint.Create(form.communication, form.if_none_exist, Deadline());
  if (created.ok()) return PartingOf({});
  const ErrorCode code = created.error().code;
  // It will not be accepted as it is.
  if (code == ErrorCode::kInvalid || code == ErrorCode::kForbidden) {
    return {"refused", true, created.error().message};
  }
  return PartingOf(created.error());
}

}  // namespace gateway::outreach
