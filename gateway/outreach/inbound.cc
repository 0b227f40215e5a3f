#include "gateway/outreach/inbound.h"

#include <utility>

#include "consent/reply.h"
#include "consent/words.h"
#include "fhir/channel.h"
#include "fhir/reference.h"
#include "gateway/clock.h"
#include "gateway/outreach/documents.h"
#include "gateway/outreach/opt_outs.h"
#include "gateway/outreach/outgoing.h"
#include "gateway/tenants.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

std::string ChannelOf(const fhir::Resource& communication) {
  for (const Value& medium : communication["medium"].items()) {
    if (auto channel = fhir::ChannelFromMedium(medium)) return std::string(fhir::Code(*channel));
  }
  return "";
}

std::string TextOf(const fhir::Resource& communication) {
  std::string text;
  for (const Value& payload : communication["payload"].items()) {
    if (!text.empty()) text += "\n";
    text += payload["contentString"].text();
  }
  return text;
}

fhir::Status AskPerson(store::Transaction& tx, const consent::Programme& programme,
                       const Reply& reply, std::string_view code, std::string_view priority,
                       std::string sentence) {
  TaskFacts facts;
  facts.code = std::string(code);
  facts.queue = "nurse";
  facts.focus = reply.focus;
  facts.priority = std::string(priority);
  if (!reply.patient_id.empty()) facts.patient = "Patient/" + reply.patient_id;
  facts.reasons = {std::move(sentence)};
  return PutTask(tx, programme, MakeTask(facts, NewId(tx.Now()), tx.Now()));
}

// A partner says it has sent something: it counts like our own.
fhir::Status CountDelivered(store::Transaction& tx, const fhir::Resource& communication,
                            int64_t person) {
  if (person == 0) return {};
  store::Attempt attempt;
  attempt.id = NewId(tx.Now());
  attempt.vendor = "partner";
  attempt.channel = ChannelOf(communication);
  attempt.person = person;
  attempt.state = store::AttemptState::kAccepted;
  auto sent = fhir::ParseInstant(communication["sent"].text());
  attempt.started_at = sent.ok() ? *sent : tx.Now();
  attempt.settled_at = tx.Now();
  auto added = tx.AddAttempt(attempt);
  if (!added.ok()) return std::move(added).error();
  return tx.BumpEpoch({store::EpochKey::Kind::kPerson, std::to_string(person)});
}

// A Communication in preparation asks us to send: it becomes the request that it is.
fhir::Result<Written> AsRequest(store::Transaction& tx, const Scope& scope,
                                const fhir::Resource& communication) {
  Value json = Value::Object();
  json.Set("resourceType", Value::String("CommunicationRequest"));
  json.Set("id", Value::String(NewId(tx.Now())));
  json.Set("status", Value::String("active"));
  for (const char* name : {"extension", "category", "priority", "medium", "subject", "about",
                           "payload", "recipient", "sender", "reasonCode"}) {
    if (const Value* found = communication.json().Find(name)) json.Set(name, *found);
  }
  Value origin = Value::Object();
  origin.Set("reference", Value::String(communication.Relative()));
  json.Set("basedOn", Value::Array({std::move(origin)}));
  auto request = fhir::Resource::From(std::move(json));
  if (!request.ok()) return std::move(request).error();
  return PutResource(tx, scope, std::move(*request), PutMode::kCreate);
}

}  // namespace

fhir::Status TakeReply(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                       const Reply& reply, Barrier& barrier) {
  auto programme = LoadProgramme(tx, reply.programme);
  if (!programme.ok()) return std::move(programme).error();
  if (consent::MayBeAdverseEvent(reply.text)) {
    auto s = AskPerson(tx, *programme, reply, "ae-intake", "asap",
                       "D.3: the patient's words may speak of an adverse event or a complaint");
    if (!s.ok()) return s;
  }
  const consent::ReplyMeaning meaning = consent::ReadReply(reply.text);
  if (meaning == consent::ReplyMeaning::kOptOut || meaning == consent::ReplyMeaning::kUnclear) {
    store::OptOutRow row;
    row.person = reply.person;
    row.contact = reply.contact;
    row.channel = reply.channel.empty() ? "all" : reply.channel;
    // B1-24 strict: a stop is a stop of everything on that channel; doubt stops marketing only.
    row.message_class = meaning == consent::ReplyMeaning::kOptOut ? "all" : "marketing";
    row.seller = programme->seller;
    row.source = reply.source;
    row.received_at = tx.Now();
    if (auto s = RecordOptOut(tx, workshop, tenant, row, barrier); !s.ok()) return s;
  }
  if (meaning == consent::ReplyMeaning::kOptOut) return {};
  return AskPerson(tx, *programme, reply, "reply", "routine",
                   meaning == consent::ReplyMeaning::kUnclear
                       ? "B1-18: the reply may mean stop; marketing is suppressed until it is clear"
                       : "the patient has answered");
}

fhir::Status TakeCommunication(store::Transaction& tx, const Workshop& workshop,
                               const std::string& tenant, const Scope& scope,
                               const Written& written, Barrier& barrier) {
  const fhir::Resource& communication = written.resource;
  const auto subject = fhir::ParseReference(communication["subject"]["reference"].text());
  const auto sender = fhir::ParseReference(communication["sender"]["reference"].text());
  const bool from_patient =
      sender && (sender->type == "Patient" || sender->type == "RelatedPerson");
  std::string patient_id = subject && subject->type == "Patient" ? subject->id : "";
  if (patient_id.empty() && sender && sender->type == "Patient") patient_id = sender->id;
  int64_t person = 0;
  if (!patient_id.empty()) {
    auto found = tx.PersonOf(scope.programme, patient_id);
    if (!found.ok()) return std::move(found).error();
    person = *found;
  }
  const std::string& status = communication["status"].text();
  if (from_patient) {
    // A repeated PUT is acknowledged like the first: it waits for the same attempts.
    if (!written.created) return DecideQueuedAgain(tx, workshop, tenant, person, {}, barrier);
    Reply reply;
    reply.programme = scope.programme;
    reply.patient_id = patient_id;
    reply.person = person;
    reply.channel = ChannelOf(communication);
    reply.text = TextOf(communication);
    reply.focus = communication.Relative();
    reply.source = "fhir";
    return TakeReply(tx, workshop, tenant, reply, barrier);
  }
  if (!written.created) return {};
  if (status == "completed") return CountDelivered(tx, communication, person);
  if (status != "preparation") return {};
  auto request = AsRequest(tx, scope, communication);
  if (!request.ok()) return std::move(request).error();
  auto verdict = Prepare(tx, workshop, scope.programme, request->resource, tx.Now());
  if (!verdict.ok()) return std::move(verdict).error();
  store::Outreach row;
  row.client = scope.client;
  auto applied = Apply(tx, workshop, tenant, *verdict, Stage::kIntake, row);
  if (!applied.ok()) return std::move(applied).error();
  return {};
}

}  // namespace gateway::outreach
