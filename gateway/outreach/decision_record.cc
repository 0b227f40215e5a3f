#include "gateway/outreach/decision_record.h"

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/link_token.h"
#include "gateway/ledger/merkle_tree.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

Value Text(std::string_view text) { return Value::String(std::string(text)); }

std::string HashOf(const Value& json) {
  return auth::Hex(auth::Sha256(fhir::json::Canonical(json)));
}

Value Texts(const std::vector<std::string>& texts) {
  Value list = Value::Array();
  for (const std::string& text : texts) list.Add(Text(text));
  return list;
}

Value SenderOf(const consent::Programme& programme) {
  Value sender = Value::Object();
  sender.Set("entity", Text(programme.sender.empty() ? programme.seller : programme.sender));
  sender.Set("regime", Text(consent::Code(programme.regime)));
  sender.Set("onBehalfOf", Text(programme.seller));
  return sender;
}

// The approved modules that the request is about, each with the hash of what was approved.
Value ModulesOf(const Gathered& gathered) {
  Value modules = Value::Array();
  for (const fhir::Resource& resource : gathered.given.resources) {
    if (resource.type() != "ActivityDefinition") continue;
    Value module = Value::Object();
    module.Set("reference", Text(resource.Versioned()));
    module.Set("hash", Text(HashOf(resource.json())));
    modules.Add(std::move(module));
  }
  return modules;
}

Value PurposesOf(const fhir::Resource& request) {
  Value purposes = Value::Array();
  for (const Value& reason : request["reasonCode"].items()) {
    for (const Value& coding : reason["coding"].items()) {
      if (!coding["code"].text().empty()) purposes.Add(coding["code"]);
    }
  }
  return purposes;
}

// What was asked to leave and to whom, instead of a request.
void SetDisclosure(const Gathered& gathered, Value& record) {
  const consent::DisclosureRequest& asked = *gathered.given.disclosure;
  Value data = Value::Array();
  for (const std::string& reference : asked.data) {
    const fhir::Resource* resource = gathered.given.Find(reference);
    data.Add(Text(resource != nullptr ? resource->Versioned() : reference));
  }
  record.Set("data", std::move(data));
  record.Set("recipients", Texts({asked.recipient}));
  record.Set("purposeOfUse", Texts({asked.purpose}));
}

Value RecipientsOf(const fhir::Resource& request) {
  Value recipients = Value::Array();
  for (const Value& recipient : request["recipient"].items()) {
    const std::string& reference = recipient["reference"].text();
    if (!reference.empty()) recipients.Add(Text(reference));
  }
  return recipients;
}

void SetRequest(const Gathered& gathered, Value& record) {
  const fhir::Resource& request = gathered.request;
  record.Set("request", Text(request.Versioned()));
  record.Set("requestHash", Text(HashOf(request.json())));
  record.Set("receivedAt", request["meta"]["lastUpdated"]);
  record.Set("recipients", RecipientsOf(request));
  record.Set("purposeOfUse", PurposesOf(request));
  record.Set("modules", ModulesOf(gathered));
}

}  // namespace

std::string RecordText(const Gathered& gathered, const consent::Decision& decision,
                       const RecordFacts& facts) {
  // Read once: the zones in use are those that were loaded first.
  static const std::string tzdb = fhir::TzdbVersion();
  Value record = Value::Object();
  record.Set("decisionId", Text(facts.id));
  if (!facts.supersedes.empty()) record.Set("supersedesDecisionId", Text(facts.supersedes));
  record.Set("stage", Text(facts.stage));
  record.Set("programme", Text(gathered.given.programme.id));
  record.Set("decidedAt", Text(fhir::FormatInstant(facts.decided_at)));
  record.Set("evaluatedFor", Text(fhir::FormatInstant(gathered.given.now)));
  record.Set("expiresAt", Text(fhir::FormatInstant(facts.expires_at)));
  record.Set("clock", Text("system"));
  record.Set("tzdb", Text(tzdb));
  record.Set("terminology", Text("FHIR R4 4.0.1"));
  record.Set("contextHash", Text(auth::Hex(ledger::LeafHash(facts.context))));
  if (!facts.channel.empty()) record.Set("channel", Text(facts.channel));
  Value subject = Value::Object();
  subject.Set("records", Texts(gathered.given.person));
  record.Set("subject", std::move(subject));
  record.Set("sender", SenderOf(gathered.given.programme));
  if (gathered.given.disclosure) {
    SetDisclosure(gathered, record);
  } else {
    SetRequest(gathered, record);
  }
  record.Set("decision", consent::ToJson(decision));
  return fhir::json::Canonical(record);
}

}  // namespace gateway::outreach
