#include "gateway/audit_event.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/canonicals.h"
#include "fhir/reference.h"

namespace gateway {
namespace {

using fhir::json::Value;

constexpr std::string_view kDicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kLifecycle = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
constexpr std::string_view kRest = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr std::string_view kInteraction = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view kEntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view kBalpAuthZ = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType";
constexpr std::string_view kAuthZconsent =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent";
constexpr std::string_view kOurAuthZ = "https://psgateway.example/fhir/CodeSystem/authz-subtype";

struct Code {
  std::string_view system;
  std::string_view code;
};

// What an action of the trail is to an auditor.
struct Kind {
  std::string_view action;
  Code type;
  Code subtype;
  std::string_view crude;  // AuditEvent.action: C, R, U, D or E
};

constexpr Code kTransmit{kLifecycle, "transmit"};
constexpr Code kSecurityAlert{kDicom, "110113"};
constexpr Code kSecurityConfiguration{kDicom, "110129"};
constexpr Code kUserAttributes{kDicom, "110137"};
constexpr Code kAuthentication{kDicom, "110114"};

constexpr std::array kKinds = {
    Kind{"create", {kRest, "rest"}, {kInteraction, "create"}, "C"},
    Kind{"update", {kRest, "rest"}, {kInteraction, "update"}, "U"},
    Kind{"patch", {kRest, "rest"}, {kInteraction, "patch"}, "U"},
    Kind{"delete", {kRest, "rest"}, {kInteraction, "delete"}, "D"},
    Kind{"read", {kRest, "rest"}, {kInteraction, "read"}, "R"},
    Kind{"vread", {kRest, "rest"}, {kInteraction, "vread"}, "R"},
    Kind{"history", {kRest, "rest"}, {kInteraction, "history"}, "R"},
    Kind{"search", {kRest, "rest"}, {kInteraction, "search"}, "E"},
    Kind{"send", kTransmit, {}, "E"},
    Kind{"nurse-task", kTransmit, {}, "E"},
    Kind{"write-back", kTransmit, {}, "E"},
    Kind{"notification", kTransmit, {}, "E"},
    Kind{"export", {kDicom, "110106"}, {}, "R"},
    Kind{"opt-out", {kLifecycle, "receive"}, {}, "C"},
    Kind{"approve-review", {kLifecycle, "attest"}, {}, "C"},
    Kind{"token", kAuthentication, {kDicom, "110122"}, "E"},
    Kind{"revoke", kAuthentication, {kDicom, "110123"}, "E"},
    Kind{"introspect", kAuthentication, {}, "E"},
    Kind{"tenant", kSecurityAlert, kSecurityConfiguration, "U"},
    Kind{"programme", kSecurityAlert, kSecurityConfiguration, "U"},
    Kind{"policy-propose", kSecurityAlert, kSecurityConfiguration, "U"},
    Kind{"policy-activate", kSecurityAlert, kSecurityConfiguration, "U"},
    Kind{"client", kSecurityAlert, kUserAttributes, "U"},
    Kind{"user", kSecurityAlert, kUserAttributes, "U"},
};

const Kind* FindKind(std::string_view action) {
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                 [&](const Kind& each) { return each.action == action; });
  return kind != kKinds.end() ? &*kind : nullptr;
}

Value Text(std::string_view text) { return Value::String(std::string(text)); }

Value Object(std::string_view name, Value value) {
  Value object = Value::Object();
  object.Set(name, std::move(value));
  return object;
}

Value List(Value item) { return Value::Array({std::move(item)}); }

Value CodingOf(const Code& code) {
  Value coding = Value::Object();
  coding.Set("system", Text(code.system));
  coding.Set("code", Text(code.code));
  return coding;
}

Value ConceptOf(const Code& code) { return Object("coding", List(CodingOf(code))); }

// A party that has no resource here.
Value Named(std::string_view system, std::string_view value) {
  Value identifier = Value::Object();
  identifier.Set("system", Text(system));
  identifier.Set("value", Text(value));
  return Object("identifier", std::move(identifier));
}

Value Observer(std::string_view observer) { return Named("urn:ietf:rfc:3986", observer); }

Value Network(std::string_view observer) {
  Value network = Value::Object();
  network.Set("address", Text(observer));
  network.Set("type", Text("5"));  // a URI
  return network;
}

Value Agent(const Code& type, Value who, bool requestor) {
  Value agent = Value::Object();
  agent.Set("type", ConceptOf(type));
  agent.Set("who", std::move(who));
  agent.Set("requestor", Value::Bool(requestor));
  return agent;
}

Value Event(std::string_view id, fhir::Instant recorded, const Code& type, const Code& subtype,
            std::string_view action) {
  Value event = Value::Object();
  event.Set("resourceType", Text("AuditEvent"));
  event.Set("id", Text(id));
  event.Set("type", CodingOf(type));
  if (!subtype.code.empty()) event.Set("subtype", List(CodingOf(subtype)));
  event.Set("action", Text(action));
  event.Set("recorded", Text(fhir::FormatInstant(recorded)));
  return event;
}

Value SourceOf(std::string_view observer, std::string_view type) {
  Value source = Object("observer", Observer(observer));
  source.Set("type",
             List(CodingOf({"http://terminology.hl7.org/CodeSystem/security-source-type", type})));
  return source;
}

Value PatientEntity(std::string_view reference) {
  Value entity = Object("what", Object("reference", Text(reference)));
  entity.Set("type", CodingOf({kEntityType, "1"}));
  entity.Set("role", CodingOf({"http://terminology.hl7.org/CodeSystem/object-role", "1"}));
  return entity;
}

Value DataEntity(std::string_view reference) {
  if (reference.starts_with("Patient/")) return PatientEntity(reference);
  Value entity = Object("what", Object("reference", Text(reference)));
  entity.Set("type", CodingOf({kEntityType, "2"}));
  entity.Set("role", CodingOf({"http://terminology.hl7.org/CodeSystem/object-role", "4"}));
  return entity;
}

Value ConsentEntity(std::string_view reference) {
  Value entity = Object("what", Object("reference", Text(reference)));
  entity.Set("type", CodingOf({"http://hl7.org/fhir/resource-types", "Consent"}));
  return entity;
}

// "X-Request-Id" of the call, or what else identifies it.
Value IdentifiedEntity(const Code& type, std::string_view value) {
  Value entity = Object("what", Object("identifier", Object("value", Text(value))));
  entity.Set("type", CodingOf(type));
  return entity;
}

fhir::Resource ToResource(Value event) {
  auto resource = fhir::Resource::From(std::move(event));
  return resource.ok() ? std::move(*resource) : fhir::Resource();
}

bool Permits(const Value& decision) { return decision["outcome"].text().starts_with("PERMIT"); }

// The rules that decided, in their sentences for staff: none of them holds a value.
std::string WhyOf(const Value& decision) {
  std::string why = decision["outcome"].text();
  for (const Value& reason : decision["reasons"].items()) {
    if (reason["effect"].text() != decision["outcome"].text()) break;
    why += "; " + reason["rule"].text() + ": " + reason["text"].text();
  }
  return why;
}

void AddPurposes(const Value& record, Value& element, std::string_view member) {
  Value purposes = Value::Array();
  for (const Value& purpose : record["purposeOfUse"].items()) {
    purposes.Add(ConceptOf({fhir::kActReason, purpose.text()}));
  }
  if (purposes.size() > 0) element.Set(member, std::move(purposes));
}

std::vector<std::string_view> ConsentsIn(const Value& decision) {
  std::vector<std::string_view> consents;
  for (const Value& basis : decision["basis"].items()) {
    const std::string& reference = basis["reference"].text();
    const bool known = std::find(consents.begin(), consents.end(), reference) != consents.end();
    if (reference.starts_with("Consent/") && !known) consents.push_back(reference);
  }
  return consents;
}

Value EventOfDecision(const store::DecisionRow& row, const Value& record,
                      std::string_view observer) {
  const Value& decision = record["decision"];
  const auto consents = ConsentsIn(decision);
  const bool by_consent = !consents.empty() && !row.patient_id.empty();
  Value event = Event(
      row.id, row.decided_at, kSecurityAlert,
      by_consent ? Code{kBalpAuthZ, "AuthZ-Consent"} : Code{kOurAuthZ, "AuthZ-NoConsent"}, "E");
  if (by_consent) event.Set("meta", Object("profile", List(Text(kAuthZconsent))));
  Value client = Agent({kDicom, "110150"}, Observer(observer), false);
  client.Set("network", Network(observer));
  Value user = Agent({"http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"},
                     Named(std::string(observer) + "/fhir", row.programme), true);
  AddPurposes(record, user, "purposeOfUse");
  Value agents = Value::Array({std::move(client), std::move(user)});
  agents.Add(Agent({"http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV"},
                   Object("display", record["sender"]["entity"]), false));
  agents.Add(Agent({"http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver"},
                   Observer(observer), false));
  event.Set("agent", std::move(agents));
  event.Set("source", SourceOf(observer, "6"));
  Value entities = Value::Array();
  if (!row.patient_id.empty()) entities.Add(PatientEntity("Patient/" + row.patient_id));
  for (const std::string_view consent : consents) entities.Add(ConsentEntity(consent));
  if (!by_consent) entities.Add(DataEntity(record["request"].text()));
  event.Set("entity", std::move(entities));
  return event;
}

Value EventOfDisclosure(const store::DecisionRow& row, const Value& record,
                        std::string_view observer) {
  Value event = Event(row.id, row.decided_at, {kDicom, "110106"}, {kLifecycle, "disclose"}, "R");
  AddPurposes(record, event, "purposeOfEvent");
  Value source = Agent({kDicom, "110153"}, Observer(observer), false);
  source.Set("network", Network(observer));
  const std::string& to = record["recipients"].at(0).text();
  Value who = Object(fhir::ParseReference(to) ? "reference" : "display", Text(to));
  event.Set("agent",
            Value::Array({std::move(source), Agent({kDicom, "110152"}, std::move(who), true)}));
  event.Set("source", SourceOf(observer, "4"));
  Value entities = Value::Array();
  if (!row.patient_id.empty()) entities.Add(PatientEntity("Patient/" + row.patient_id));
  for (const Value& data : record["data"].items()) entities.Add(DataEntity(data.text()));
  event.Set("entity", std::move(entities));
  return event;
}

}  // namespace

fhir::Resource AuditEventOf(const store::AuditRow& row, AuditTrail trail,
                            std::string_view observer) {
  // Any other is an operation of ours, and told by its name.
  constexpr Kind kOperation{"", {kRest, "rest"}, {kInteraction, "operation"}, "E"};
  const Kind* listed = FindKind(row.action);
  const Kind& kind = listed != nullptr ? *listed : kOperation;
  const std::string id =
      (trail == AuditTrail::kLedger ? "ledger-" : "journal-") + std::to_string(row.place);
  Value event = Event(id, row.at, kind.type, kind.subtype, kind.crude);
  event.Set("outcome", Text(row.outcome));
  std::string description = listed != nullptr ? "" : row.action;
  if (!description.empty() && !row.detail.empty()) description += ": ";
  description += row.detail;
  if (!description.empty()) event.Set("outcomeDesc", Text(description));
  // BALP: what is read comes from the server, what is written and what is asked from the client.
  const bool reads = kind.crude == "R";
  const std::string system = std::string(observer) + "/fhir/" + row.programme;
  Value server = Agent({kDicom, reads ? "110153" : "110152"}, Observer(observer), false);
  server.Set("network", Network(observer));
  event.Set("agent",
            Value::Array({Agent({kDicom, reads ? "110152" : "110153"},
                                Named(system, row.client.empty() ? "unknown" : row.client), true),
                          std::move(server)}));
  event.Set("source", SourceOf(observer, "4"));
  Value entities = Value::Array();
  if (fhir::ParseReference(row.subject)) {
    entities.Add(DataEntity(row.subject));
  } else if (!row.subject.empty() && kind.type.code == kAuthentication.code) {
    entities.Add(IdentifiedEntity(
        {"https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes", "UserOauthAgent"},
        "urn:ietf:params:oauth:jti:" + row.subject));
  } else if (!row.subject.empty()) {
    entities.Add(IdentifiedEntity({kEntityType, "4"}, row.subject));
  }
  if (!row.request_id.empty()) {
    entities.Add(IdentifiedEntity(
        {"https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId"},
        row.request_id));
  }
  if (entities.size() > 0) event.Set("entity", std::move(entities));
  return ToResource(std::move(event));
}

fhir::Result<fhir::Resource> AuditEventOf(const store::DecisionRow& row,
                                          std::string_view observer) {
  auto record = fhir::json::Parse(row.record);
  if (!record.ok() || !(*record)["decision"].is_object()) {
    return fhir::Fail(fhir::ErrorCode::kInternal,
                      "the record of decision " + row.id + " cannot be read");
  }
  const Value& decision = (*record)["decision"];
  Value event = row.stage == "disclosure" ? EventOfDisclosure(row, *record, observer)
                                          : EventOfDecision(row, *record, observer);
  event.Set("outcome", Text(Permits(decision) ? "0" : "8"));
  event.Set("outcomeDesc", Text(WhyOf(decision)));
  return ToResource(std::move(event));
}

bool TellsOfDecision(const store::AuditRow& row) {
  return row.action.starts_with("decide-") || row.action == "disclose";
}

}  // namespace gateway
