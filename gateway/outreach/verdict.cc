#include "gateway/outreach/verdict.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "consent/context.h"
#include "consent/decide.h"
#include "fhir/json/json.h"
#include "gateway/clock.h"
#include "gateway/outreach/compose.h"
#include "gateway/outreach/decision_record.h"
#include "gateway/outreach/documents.h"
#include "gateway/outreach/outgoing.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using consent::Decision;
using consent::Outcome;
using fhir::json::Value;
using store::OutreachState;

std::string_view Code(Stage stage) {
  switch (stage) {
    case Stage::kIntake:
      return "intake";
    case Stage::kRecheck:
      return "recheck";
    case Stage::kSend:
      return "send";
  }
  return "send";
}

const std::string* VendorFor(const consent::Programme& programme, fhir::Channel channel) {
  const auto it = programme.vendors.find(std::string(fhir::Code(channel)));
  return it == programme.vendors.end() ? nullptr : &it->second;
}

// The channel the request asks for: the first medium that names one.
std::optional<fhir::Channel> RequestedChannel(const Gathered& gathered) {
  for (const Value& medium : gathered.request["medium"].items()) {
    if (auto channel = fhir::ChannelFromMedium(medium)) return channel;
  }
  return std::nullopt;
}

// A permit is acted on within the send deadline or decided again.
fhir::Result<std::string> Record(store::Transaction& tx, const Workshop& workshop,
                                 const Verdict& verdict, const Decision& decision,
                                 std::optional<fhir::Channel> channel, std::string_view stage,
                                 const std::string& supersedes) {
  consent::Given given = verdict.gathered.given;
  given.channel = channel;
  store::DecisionRow row;
  row.id = NewId(tx.Now());
  row.programme = given.programme.id;
  row.request_id = verdict.gathered.request.id();
  row.patient_id = verdict.gathered.patient_id;
  row.decided_at = tx.Now();
  row.outcome = std::string(consent::Code(decision.outcome));
  row.stage = std::string(stage);
  row.context = fhir::json::Canonical(consent::WriteGiven(given));
  const auto deadline = std::chrono::milliseconds(workshop.config.send_deadline_ms);
  row.record = RecordText(verdict.gathered, decision,
                          {row.id, supersedes, stage, row.decided_at, row.decided_at + deadline,
                           channel ? fhir::Code(*channel) : std::string_view(), *row.context});
  if (auto added = tx.AddDecision(row); !added.ok()) return std::move(added).error();
  return row.id;
}

fhir::Status AddTask(store::Transaction& tx, const Verdict& verdict, std::string_view code,
                     const std::string& decision_id) {
  TaskFacts facts;
  facts.code = std::string(code);
  facts.queue = verdict.decision.review_queue.empty() ? "nurse" : verdict.decision.review_queue;
  facts.focus = verdict.gathered.request.Relative();
  if (!verdict.gathered.patient_id.empty())
    facts.patient = "Patient/" + verdict.gathered.patient_id;
  const std::string& priority = verdict.gathered.request["priority"].text();
  if (!priority.empty()) facts.priority = priority;
  for (const consent::Reason& reason : verdict.decision.reasons) {
    facts.reasons.push_back(reason.rule + ": " + reason.text);
  }
  facts.decision_id = decision_id;
  return PutTask(tx, verdict.gathered.given.programme, MakeTask(facts, NewId(tx.Now()), tx.Now()));
}

fhir::Status AddCommunication(store::Transaction& tx, const Verdict& verdict,
                              const std::string& decision_id) {
  CommunicationFacts facts;
  facts.status = "not-done";
  std::tie(facts.reason_system, facts.reason_code) = NotDoneReason(verdict.decision);
  facts.message_class = std::string(consent::Code(verdict.decision.message_class));
  facts.decision_id = decision_id;
  auto written = PutResource(tx, {verdict.gathered.given.programme.id, "psgateway", ""},
                             MakeCommunication(verdict.gathered.request, facts, NewId(tx.Now())),
                             PutMode::kCreate);
  if (!written.ok()) return std::move(written).error();
  return QueueWriteBack(tx, verdict.gathered.given.programme, written->resource.Relative());
}

fhir::Status Save(store::Transaction& tx, store::Outreach& row) {
  if (row.key != 0) return tx.UpdateOutreach(row);
  auto key = tx.AddOutreach(row);
  if (!key.ok()) return std::move(key).error();
  row.key = *key;
  return {};
}

fhir::Status Audit(store::Transaction& tx, const Verdict& verdict, const std::string& decision_id,
                   Stage stage) {
  store::AuditRow row;
  row.at = tx.Now();
  row.action = "decide-" + std::string(Code(stage));
  row.client = "psgateway";
  row.programme = verdict.gathered.given.programme.id;
  row.subject = verdict.gathered.request.Versioned();
  row.outcome = verdict.decision.permits() ? "0" : "8";
  row.detail = decision_id;
  return tx.AppendAudit(row);
}

fhir::Result<Claim> MakeClaim(store::Transaction& tx, const Workshop& workshop,
                              const std::string& tenant, const Verdict& verdict,
                              store::Outreach& row) {
  Claim claim;
  claim.tenant = tenant;
  row.state = OutreachState::kSending;
  ++row.attempts;
  // Where the provider deduplicates, a lost attempt goes out again under its own key.
  const adapters::Adapter* adapter = workshop.adapters.Find(verdict.vendor);
  if (adapter != nullptr && adapter->capabilities().honours_idempotency_key) {
    auto earlier = tx.AttemptsOf(row.key);
    if (!earlier.ok()) return std::move(earlier).error();
    for (const store::Attempt& attempt : *earlier) {
      if (attempt.state == store::AttemptState::kUnknown) claim.attempt = attempt;
    }
  }
  store::Attempt& attempt = claim.attempt;
  attempt.outreach = row.key;
  attempt.decision_id = row.decision_id;
  attempt.vendor = verdict.vendor;
  attempt.programme = row.programme;
  attempt.channel = row.channel;
  attempt.message_class = verdict.counts_as.message_class;
  attempt.subject = verdict.counts_as.subject;
  attempt.kind = verdict.counts_as.kind;
  attempt.person = row.person;
  attempt.state = store::AttemptState::kSending;
  attempt.started_at = tx.Now();
  if (attempt.key == 0) {
    attempt.id = NewId(tx.Now());
    auto key = tx.AddAttempt(attempt);
    if (!key.ok()) return std::move(key).error();
    attempt.key = *key;
  } else if (auto updated = tx.UpdateAttempt(attempt); !updated.ok()) {
    return std::move(updated).error();
  }
  // The reservation counts against the caps from now on.
  if (auto s = tx.BumpEpoch({store::EpochKey::Kind::kReserved, std::to_string(row.person)});
      !s.ok()) {
    return s.error();
  }
  claim.outreach = row;
  claim.request = verdict.gathered.request;
  claim.epochs = verdict.gathered.epochs;
  // A later claim of the person has counted this one.
  std::erase_if(claim.epochs, [](const auto& each) {
    return each.first.kind == store::EpochKey::Kind::kReserved;
  });
  return claim;
}

// What follows when nobody may or can send it now but a person must look.
fhir::Status HandToPerson(store::Transaction& tx, const Verdict& verdict, std::string_view code,
                          const std::string& rule, store::Outreach& row) {
  row.state = OutreachState::kHeld;
  if (auto s = AddTask(tx, verdict, code, row.decision_id); !s.ok()) return s;
  return SetRequestStatus(tx, row.programme, row.request_id, "on-hold", rule);
}

}  // namespace

bool TooOld(const store::Attempt& attempt, fhir::Instant now, std::chrono::milliseconds waited,
            std::chrono::milliseconds limit) {
  return now - attempt.started_at > limit || waited > limit;
}

fhir::Instant WhenToSend(const fhir::Resource& request, fhir::Instant now) {
  const std::string* text = &request["occurrenceDateTime"].text();
  if (text->empty()) text = &request["occurrencePeriod"]["start"].text();
  auto parsed = fhir::DateTime::Parse(*text);
  if (!parsed.ok()) return now;
  return std::max(now, parsed->Covers().begin);
}

fhir::Result<Verdict> Prepare(store::Reader& reader, const Workshop& workshop,
                              const std::string& programme, const fhir::Resource& request,
                              fhir::Instant at) {
  auto gathered = Gather(reader, programme, request, at, std::nullopt);
  if (!gathered.ok()) return std::move(gathered).error();
  Verdict verdict;
  verdict.gathered = std::move(*gathered);
  verdict.channel = RequestedChannel(verdict.gathered);
  verdict.gathered.given.channel = verdict.channel;
  consent::Given& given = verdict.gathered.given;
  const auto decide = [&] {
    given.dischargeable.reset();
    verdict.vendor.clear();
    if (verdict.channel) {
      const std::string* vendor = VendorFor(given.programme, *verdict.channel);
      const adapters::Adapter* adapter =
          vendor == nullptr ? nullptr : workshop.adapters.Find(*vendor);
      if (adapter != nullptr) {
        verdict.vendor = *vendor;
        given.dischargeable = adapter->capabilities().obligations;
      }
    }
    const consent::EvaluationContext context = consent::Interpret(given);
    verdict.contact = context.contact ? context.contact->key : std::string();
    // A portal knows its users by the Patient, not by an address.
    if (verdict.channel == fhir::Channel::kPortal && !verdict.gathered.patient_id.empty()) {
      verdict.contact = "Patient/" + verdict.gathered.patient_id;
    }
    verdict.decision = consent::Decide(context);
    verdict.text = context.request.text;
    verdict.email_subject = context.content.email_subject;
    verdict.counts_as = consent::CountsAs(context, verdict.decision.message_class);
  };
  decide();
  if (verdict.decision.outcome == Outcome::kReroute && verdict.decision.reroute_to &&
      verdict.decision.reroute_to != verdict.channel) {
    verdict.before_reroute = verdict.decision;
    verdict.channel = verdict.decision.reroute_to;
    given.channel = verdict.channel;
    decide();
  }
  return verdict;
}

fhir::Result<std::optional<Claim>> Apply(store::Transaction& tx, const Workshop& workshop,
                                         const std::string& tenant, const Verdict& verdict,
                                         Stage stage, store::Outreach row) {
  const std::string stage_code(Code(stage));
  std::string supersedes = row.decision_id;
  if (verdict.before_reroute) {
    auto first = Record(tx, workshop, verdict, *verdict.before_reroute,
                        RequestedChannel(verdict.gathered), stage_code, supersedes);
    if (!first.ok()) return std::move(first).error();
    supersedes = *first;
  }
  auto decision_id =
      Record(tx, workshop, verdict, verdict.decision, verdict.channel, stage_code, supersedes);
  if (!decision_id.ok()) return std::move(decision_id).error();
  if (auto s = Audit(tx, verdict, *decision_id, stage); !s.ok()) return s.error();

  const Decision& decision = verdict.decision;
  row.programme = verdict.gathered.given.programme.id;
  row.request_id = verdict.gathered.request.id();
  row.patient_id = verdict.gathered.patient_id;
  row.person = verdict.gathered.person;
  row.decision_id = *decision_id;
  row.message_class = std::string(consent::Code(decision.message_class));
  if (verdict.channel) row.channel = std::string(fhir::Code(*verdict.channel));
  row.contact = verdict.contact;
  const std::string rule = decision.deciding() == nullptr ? "" : decision.deciding()->rule;

  std::optional<Claim> claim;
  fhir::Status done;
  switch (decision.outcome) {
    case Outcome::kPermit:
    case Outcome::kPermitWithObligations:
      if (verdict.vendor.empty() || verdict.contact.empty()) {
        done = HandToPerson(tx, verdict, "contact-patient", "no-automatic-channel", row);
        break;
      }
      row.due_at = std::max(tx.Now(), verdict.gathered.given.now);
      if (stage != Stage::kSend) {
        row.state = OutreachState::kQueued;
        break;
      }
      if (auto made = MakeClaim(tx, workshop, tenant, verdict, row); made.ok()) {
        claim = std::move(*made);
      } else {
        done = std::move(made).error();
      }
      break;
    case Outcome::kDefer:
      row.state = OutreachState::kQueued;
      row.due_at = decision.not_before.value_or(tx.Now() + std::chrono::minutes(15));
      done = SetRequestStatus(tx, row.programme, row.request_id, "on-hold", rule);
      break;
    case Outcome::kReroute:
    case Outcome::kReview:
      done = HandToPerson(tx, verdict, "review-outreach", rule, row);
      break;
    case Outcome::kDeny:
      row.state = OutreachState::kCancelled;
      done = SetRequestStatus(tx, row.programme, row.request_id, "revoked", rule);
      if (done.ok()) done = AddCommunication(tx, verdict, *decision_id);
      break;
  }
  if (!done.ok()) return std::move(done).error();
  if (auto s = Save(tx, row); !s.ok()) return s.error();
  // The hub hears of every end and every hand-over; of a send when it has settled.
  if (row.state == OutreachState::kHeld || row.state == OutreachState::kCancelled) {
    auto s = QueueWebhook(tx, verdict.gathered.given.programme, row, decision, "");
    if (!s.ok()) return s.error();
  }
  return claim;
}

}  // namespace gateway::outreach
