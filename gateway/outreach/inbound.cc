#include "gateway/outreach/inbound.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "consent/channel_law.h"
#include "consent/context.h"
#include "consent/decide.h"
#include "consent/opt_out_of.h"
#include "consent/reply.h"
#include "consent/sent.h"
#include "consent/words.h"
#include "fhir/canonicals.h"
#include "fhir/channel.h"
#include "fhir/reference.h"
#include "gateway/clock.h"
#include "gateway/outreach/documents.h"
#include "gateway/outreach/opt_outs.h"
#include "gateway/outreach/outgoing.h"
#include "gateway/outreach/replies.h"
#include "gateway/tenants.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

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

// When it happened, as the partner has it; what lies ahead of us has happened by now.
fhir::Instant HappenedAt(const store::Transaction& tx, const std::string& text) {
  auto at = fhir::ParseInstant(text);
  return at.ok() ? std::min(*at, tx.Now()) : tx.Now();
}

// A request that says what the Communication says.
fhir::Result<fhir::Resource> RequestLike(const fhir::Resource& communication,
                                         const std::string& id) {
  Value json = Value::Object();
  json.Set("resourceType", Value::String("CommunicationRequest"));
  json.Set("id", Value::String(id));
  json.Set("status", Value::String("active"));
  for (const char* name : {"extension", "category", "priority", "medium", "subject", "about",
                           "payload", "recipient", "sender", "reasonCode"}) {
    if (const Value* found = communication.json().Find(name)) json.Set(name, *found);
  }
  return fhir::Resource::From(std::move(json));
}

// A partner says it has sent something: it is classified and counts like our own.
fhir::Status CountDelivered(store::Transaction& tx, const Scope& scope,
                            const fhir::Resource& communication, int64_t person) {
  if (person == 0) return {};
  store::Attempt attempt;
  attempt.id = NewId(tx.Now());
  attempt.vendor = "partner";
  attempt.programme = scope.programme;
  attempt.communication = communication.id();
  attempt.channel = ChannelOf(communication);
  attempt.person = person;
  attempt.state = store::AttemptState::kAccepted;
  attempt.started_at = HappenedAt(tx, communication["sent"].text());
  attempt.settled_at = tx.Now();
  auto request = RequestLike(communication, communication.id());
  if (!request.ok()) return std::move(request).error();
  auto gathered = Gather(tx, scope.programme, *request, attempt.started_at,
                         fhir::ChannelFromCode(attempt.channel));
  if (!gathered.ok()) return std::move(gathered).error();
  const consent::EvaluationContext context = consent::Interpret(gathered->given);
  consent::SentAs as = consent::CountsAs(context, consent::Decide(context).message_class);
  attempt.message_class = std::move(as.message_class);
  attempt.subject = std::move(as.subject);
  attempt.kind = std::move(as.kind);
  auto added = tx.AddAttempt(attempt);
  if (!added.ok()) return std::move(added).error();
  return tx.BumpEpoch({store::EpochKey::Kind::kPerson, std::to_string(person)});
}

// A Communication in preparation asks us to send: it becomes the request that it is.
fhir::Result<Written> AsRequest(store::Transaction& tx, const Scope& scope,
                                const fhir::Resource& communication) {
  auto request = RequestLike(communication, NewId(tx.Now()));
  if (!request.ok()) return std::move(request).error();
  Value origin = Value::Object();
  origin.Set("reference", Value::String(communication.Relative()));
  request->mutable_json().Set("basedOn", Value::Array({std::move(origin)}));
  return PutResource(tx, scope, std::move(*request), PutMode::kCreate);
}

// The message that the patient answers, where it is known.
fhir::Result<std::optional<store::Attempt>> Answered(store::Transaction& tx, const Reply& reply) {
  if (!reply.answers.empty()) return tx.AttemptOfCommunication(reply.programme, reply.answers);
  std::optional<store::Attempt> last;
  if (!reply.by_hook) return last;
  // A telephone says which number was answered, not which message.
  constexpr std::chrono::days kRemembered{90};
  auto attempts = tx.AttemptsSince(reply.person, tx.Now() - kRemembered);
  if (!attempts.ok()) return std::move(attempts).error();
  for (store::Attempt& attempt : *attempts) {
    if (attempt.programme == reply.programme && attempt.channel == reply.channel) {
      last = std::move(attempt);
    }
  }
  return last;
}

// B1-21: the answer to a confirmation keeps what is no marketing. Answers whether an opt-out was
// narrowed so.
fhir::Result<bool> TakeAnswer(store::Transaction& tx, const consent::Programme& programme,
                              const Reply& reply, const store::Attempt& answered) {
  if (answered.message_class != consent::kConfirmationClass) return false;
  if (!consent::KeepsInformational(reply.text)) return false;
  std::vector<std::string> contacts;
  if (!reply.contact.empty()) contacts.push_back(reply.contact);
  auto rows = tx.OptOuts(reply.person, contacts);
  if (!rows.ok()) return std::move(rows).error();
  const store::OptOutRow* latest = nullptr;
  for (const store::OptOutRow& row : *rows) {
    const bool asked_about = row.seller == programme.seller && !row.in_reply_to.empty() &&
                             row.received_at <= answered.started_at;
    if (asked_about && (latest == nullptr || row.received_at >= latest->received_at)) latest = &row;
  }
  if (latest == nullptr) return false;
  if (auto s = tx.KeepInformational(latest->key); !s.ok()) return s.error();
  auto s = tx.BumpEpoch({store::EpochKey::Kind::kPerson, std::to_string(reply.person)});
  if (!s.ok()) return s.error();
  return true;
}

store::OptOutRow RowOf(const consent::OptOut& opt_out, int64_t person) {
  store::OptOutRow row;
  row.person = person;
  row.contact = opt_out.contact;
  row.channel = opt_out.channel;
  row.message_class = opt_out.message_class;
  row.seller = opt_out.seller;
  row.source = opt_out.source;
  row.received_at = opt_out.received_at;
  row.programme = opt_out.programme;
  row.all_programmes = opt_out.all_programmes;
  row.in_reply_to = opt_out.in_reply_to;
  return row;
}

// The number or address that a Communication says it came from.
std::string ContactOf(const fhir::Resource& communication) {
  const std::string url = std::string(fhir::kBase) + "/StructureDefinition/contact-point";
  return consent::NormalContact(fhir::ExtensionValue(communication.json(), url)["value"].text());
}

bool IsFromPatient(const fhir::Resource& communication) {
  const auto sender = fhir::ParseReference(communication["sender"]["reference"].text());
  return sender && (sender->type == "Patient" || sender->type == "RelatedPerson");
}

// The patients whose words these are: whom they are about, and who sent them or for whom.
fhir::Result<std::vector<std::string>> SpeakersOf(store::Reader& reader, const Scope& scope,
                                                  const fhir::Resource& communication) {
  std::vector<std::string> patients;
  const auto add = [&](const std::string& text) {
    const auto reference = fhir::ParseReference(text);
    if (!reference || reference->type != "Patient") return;
    if (std::find(patients.begin(), patients.end(), reference->id) == patients.end()) {
      patients.push_back(reference->id);
    }
  };
  add(communication["subject"]["reference"].text());
  const std::string& by = communication["sender"]["reference"].text();
  add(by);
  const auto sender = fhir::ParseReference(by);
  if (!sender || sender->type != "RelatedPerson") return patients;
  auto related = LoadResource(reader, scope.programme, sender->type, sender->id);
  if (related.ok()) add((*related)["patient"]["reference"].text());
  if (!related.ok() && related.error().code == fhir::ErrorCode::kInternal) {
    return std::move(related).error();
  }
  return patients;
}

// One for each of the patients; one of nobody where no patient is known.
fhir::Result<std::vector<Reply>> RepliesIn(store::Transaction& tx, const Scope& scope,
                                           const fhir::Resource& communication) {
  Reply reply;
  reply.programme = scope.programme;
  reply.channel = ChannelOf(communication);
  reply.text = TextOf(communication);
  reply.contact = ContactOf(communication);
  reply.focus = communication.Relative();
  for (const Value& each : communication["inResponseTo"].items()) {
    const auto answers = fhir::ParseReference(each["reference"].text());
    if (answers && answers->type == "Communication") reply.answers = answers->id;
  }
  const std::string& received = communication["received"].text();
  reply.received_at = HappenedAt(tx, received.empty() ? communication["sent"].text() : received);
  auto speakers = SpeakersOf(tx, scope, communication);
  if (!speakers.ok()) return std::move(speakers).error();
  if (speakers->empty()) return std::vector<Reply>{std::move(reply)};
  std::vector<Reply> replies;
  for (const std::string& patient : *speakers) {
    auto person = tx.PersonOf(scope.programme, patient);
    if (!person.ok()) return std::move(person).error();
    replies.push_back(reply);
    replies.back().patient_id = patient;
    replies.back().person = *person;
  }
  return replies;
}

// The person of its subject; 0: none.
fhir::Result<int64_t> SubjectOf(store::Reader& reader, const Scope& scope,
                                const fhir::Resource& communication) {
  const auto subject = fhir::ParseReference(communication["subject"]["reference"].text());
  if (!subject || subject->type != "Patient") return 0;
  return reader.PersonOf(scope.programme, subject->id);
}

// What stood there before this write; nullopt: nothing, or it was deleted.
fhir::Result<std::optional<fhir::Resource>> VersionBefore(store::Reader& reader, const Scope& scope,
                                                          const Written& written) {
  std::optional<fhir::Resource> none;
  if (written.created) return none;
  auto found = reader.ReadVersion(scope.programme, written.resource.type(), written.resource.id(),
                                  written.version - 1);
  if (!found.ok()) return std::move(found).error();
  if (!found->has_value() || (*found)->deleted() || (*found)->shredded) return none;
  auto parsed = fhir::Resource::Parse((*found)->bytes);
  if (!parsed.ok()) return std::move(parsed).error();
  return std::optional<fhir::Resource>(std::move(*parsed));
}

// Whether an update makes other words of it, or somebody else's: then they are words that nobody
// has taken yet.
bool SaysOtherwise(const fhir::Resource& before, const fhir::Resource& now) {
  const auto differs = [&](const char* name) {
    return before[name]["reference"].text() != now[name]["reference"].text();
  };
  return before["status"].text() == "entered-in-error" || differs("sender") || differs("subject") ||
         TextOf(before) != TextOf(now) || ContactOf(before) != ContactOf(now);
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
  auto answered = Answered(tx, reply);
  if (!answered.ok()) return std::move(answered).error();
  if (*answered) {
    auto taken = TakeAnswer(tx, *programme, reply, **answered);
    if (!taken.ok()) return std::move(taken).error();
    if (*taken) return {};
  }
  consent::Reply said;
  said.text = reply.text;
  said.channel = reply.channel;
  said.contact = reply.contact;
  said.received_at = reply.received_at == fhir::Instant{} ? tx.Now() : reply.received_at;
  if (*answered) said.in_reply_to = (*answered)->kind;
  said.seller = programme->seller;
  said.programme = programme->id;
  const consent::ReplyMeaning meaning = consent::ReadReply(reply.text);
  if (meaning == consent::ReplyMeaning::kOptOut) {
    const store::OptOutRow row = RowOf(consent::OptOutOf(said), reply.person);
    return RecordOptOut(tx, workshop, tenant, row, barrier);
  }
  const bool doubtful = MayMeanStop(reply.text);
  if (doubtful && reply.person == 0) {
    // Nobody's words are a fact of nobody's decision: the number is spared marketing.
    store::OptOutRow row = RowOf(consent::OptOutOf(said), 0);
    row.message_class = "marketing";
    if (auto s = RecordOptOut(tx, workshop, tenant, row, barrier); !s.ok()) return s;
  } else if (doubtful) {
    // While the Task below is open, the words are a fact of every decision (replies.h).
    if (auto s = HoldInFlight(tx, tenant, reply.person, barrier); !s.ok()) return s;
  }
  return AskPerson(tx, *programme, reply, kReplyTask, "routine",
                   doubtful ? "B1-18: the reply may mean stop; nothing is sent until it is clear"
                            : "the patient has answered");
}

fhir::Status TakeCommunication(store::Transaction& tx, const Workshop& workshop,
                               const std::string& tenant, const Scope& scope,
                               const Written& written, Barrier& barrier) {
  barrier.clear();
  const fhir::Resource& communication = written.resource;
  const std::string& status = communication["status"].text();
  if (status.empty() || status == "entered-in-error") return {};  // deleted, or withdrawn
  auto before = VersionBefore(tx, scope, written);
  if (!before.ok()) return std::move(before).error();
  if (IsFromPatient(communication)) {
    auto said = RepliesIn(tx, scope, communication);
    if (!said.ok()) return std::move(said).error();
    const bool fresh = !*before || SaysOtherwise(**before, communication);
    for (const Reply& reply : *said) {
      Barrier mine;
      // A repeated PUT is acknowledged like the first: it waits for the same attempts.
      auto done = fresh ? TakeReply(tx, workshop, tenant, reply, mine)
                        : DecideQueuedAgain(tx, workshop, tenant, reply.person, {}, mine);
      if (!done.ok()) return done;
      barrier.insert(barrier.end(), mine.begin(), mine.end());
    }
    return {};
  }
  if (status == "completed") {
    const bool counted = *before && (**before)["status"].text() == "completed";
    if (counted) return {};
    auto person = SubjectOf(tx, scope, communication);
    if (!person.ok()) return std::move(person).error();
    return CountDelivered(tx, scope, communication, *person);
  }
  if (status != "preparation" || *before) return {};
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
