// The provisions of a Consent as a tree in which the root decides (C.2, C3).
#include <algorithm>
#include <array>

#include "consent/consent_readers.h"
#include "consent/words.h"
#include "fhir/canonicals.h"

namespace consent {
namespace {

using fhir::json::Value;

// How documents of other standards write v3-ActReason.
constexpr std::string_view kActReasonOid = "urn:oid:2.16.840.1.113883.5.8";

// Every reference that stands anywhere in `json`.
void AddReferences(const Value& json, std::vector<std::string>& out) {
  if (json.is_array()) {
    for (const Value& item : json.items()) AddReferences(item, out);
  }
  if (!json.is_object()) return;
  if (std::string relative = RelativeOf(json); !relative.empty()) out.push_back(relative);
  for (const auto& member : json.members()) AddReferences(member.value, out);
}

bool WrittenBy(const fhir::Resource& resource, const std::string& author) {
  for (std::string_view name : {"author", "recorder", "requester", "performer", "asserter"}) {
    std::vector<std::string> references;
    AddReferences(resource[name], references);
    if (Contains(references, author)) return true;
  }
  return false;
}

// provision.data: the resource itself, and what its meaning adds, as far as it is here.
void ReadData(const Given& given, const Value& data, Provision& provision) {
  const std::string reference = RelativeOf(data["reference"]);
  const std::string& meaning = data["meaning"].text();
  if (meaning == "authoredby") {
    for (const fhir::Resource& resource : given.resources) {
      if (WrittenBy(resource, reference)) provision.data.push_back(resource.Relative());
    }
    provision.data_open = true;  // of what is not here nobody knows the author
    return;
  }
  provision.data.push_back(reference);
  if (meaning == "related") {
    if (const fhir::Resource* resource = given.Find(reference)) {
      AddReferences(resource->json(), provision.data);
    } else {
      provision.data_open = true;
    }
  } else if (meaning == "dependents") {
    for (const fhir::Resource& resource : given.resources) {
      std::vector<std::string> references;
      AddReferences(resource.json(), references);
      if (Contains(references, reference)) provision.data.push_back(resource.Relative());
    }
  } else if (meaning != "instance" || reference.empty()) {
    provision.data_open = true;
  }
}

// `unsaid`: what one without a type is.
Provision ReadProvision(const Given& given, const Parties& parties, const Value& consent,
                        const Value& json, const std::vector<std::string>& zones,
                        Provision::Type unsaid, bool& typed) {
  Provision provision;
  const std::string& type = json["type"].text();
  const bool said = type == "permit" || type == "deny";
  provision.type = type == "permit" || (!said && unsaid == Provision::Type::kPermit)
                       ? Provision::Type::kPermit
                       : Provision::Type::kDeny;
  typed = typed && said;
  if (!json["period"].is_null()) provision.period = ReadPeriod(json["period"], zones);
  const bool denies = provision.type == Provision::Type::kDeny;
  provision.actor =
      MatchActors(given, denies ? parties.concerned : parties.receiving, consent, json);
  // What is said in words only may mean anything: it limits a permit to nothing, and a deny not at
  // all.
  const auto concepts = [&](std::string_view name) {
    std::vector<Coding> all;
    for (const Value& each : json[name].items()) {
      std::vector<Coding> codings = CodingsOf(each);
      if (codings.empty() && provision.type == Provision::Type::kDeny) return std::vector<Coding>();
      if (codings.empty()) codings.emplace_back();
      all.insert(all.end(), codings.begin(), codings.end());
    }
    return all;
  };
  for (Coding& coding : concepts("action")) provision.actions.push_back(std::move(coding.code));
  const auto codes = [&](std::string_view name, std::vector<std::string>& out) {
    for (const Value& coding : json[name].items()) {
      out.push_back(coding["code"].text());
    }
    if (denies && Contains(out, "")) out.clear();
  };
  for (const Value& coding : json["purpose"].items()) {
    const std::string& system = coding["system"].text();
    const bool ours = system.empty() || system == fhir::kActReason || system == kActReasonOid ||
                      system == fhir::kPurposeSystem;
    provision.purposes.push_back((ours ? "" : system + "|") + coding["code"].text());
  }
  codes("securityLabel", provision.labels);
  codes("class", provision.classes);
  provision.codes = concepts("code");
  for (const Value& data : json["data"].items()) ReadData(given, data, provision);
  if (!json["dataPeriod"].is_null()) provision.data_period = ReadPeriod(json["dataPeriod"], zones);
  for (const Value& child : json["provision"].items()) {
    provision.children.push_back(
        ReadProvision(given, parties, consent, child, zones, Provision::Type::kDeny, typed));
  }
  return provision;
}

enum class Directive : uint8_t { kNone, kPermit, kDeny, kEmergencyOnly, kBoth };

constexpr std::array<std::string_view, 4> kPermits = {"OPTIN", "OPTINR", "IMPLIED", "IMPLIEDD"};
constexpr std::array<std::string_view, 2> kDenies = {"OPTOUT", "OPTOUTE"};
constexpr std::string_view kEmergencyOnly = "EMRGONLY";

Directive DirectiveOf(const Value& consent) {
  const Value& rule = consent["policyRule"];
  const auto says = [&](std::string_view code) { return HasCode(rule, code); };
  const bool permits = std::any_of(kPermits.begin(), kPermits.end(), says);
  const bool emergency = says(kEmergencyOnly);
  const bool denies = emergency || std::any_of(kDenies.begin(), kDenies.end(), says);
  if (permits && denies) return Directive::kBoth;
  if (emergency) return Directive::kEmergencyOnly;
  if (denies) return Directive::kDeny;
  return permits ? Directive::kPermit : Directive::kNone;
}

Provision EmergencyPermit() {
  Provision emergency;
  emergency.type = Provision::Type::kPermit;
  emergency.purposes = {"ETREAT"};
  return emergency;
}

bool IsConstrained(const Value& provision) {
  for (const auto& member : provision.members()) {
    if (member.name != "id" && member.name != "extension") return true;
  }
  return false;
}

}  // namespace

bool IsDirective(std::string_view code) {
  return code == kEmergencyOnly ||
         std::find(kPermits.begin(), kPermits.end(), code) != kPermits.end() ||
         std::find(kDenies.begin(), kDenies.end(), code) != kDenies.end();
}

bool HasFormOfR5(const Value& consent) {
  for (std::string_view name :
       {"subject", "decision", "grantor", "grantee", "controller", "manager", "period", "date",
        "regulatoryBasis", "policyBasis", "policyText"}) {
    if (!consent[name].is_null()) return true;
  }
  const std::string& status = consent["status"].text();
  return consent["provision"].is_array() || status == "not-done" || status == "unknown";
}

std::optional<Provision> ReadTree(const Given& given, const Parties& parties, const Value& consent,
                                  const std::vector<std::string>& zones, std::string& doubt) {
  const Value& json = consent["provision"];
  if (HasFormOfR5(consent)) {
    doubt = "C.6";
    return Provision{};
  }
  const Directive directive = DirectiveOf(consent);
  const bool root_typed = !json["type"].is_null();
  bool typed = true;
  // Dialect A: the root is the exception to the directive.
  const bool exception_permits =
      directive == Directive::kDeny || directive == Directive::kEmergencyOnly;
  const auto unsaid = exception_permits ? Provision::Type::kPermit : Provision::Type::kDeny;
  Provision root = ReadProvision(given, parties, consent, json, zones, unsaid, typed);
  if (root_typed) {
    const bool permits = root.type == Provision::Type::kPermit;
    const bool disagrees = (directive == Directive::kPermit && !permits) ||
                           (directive == Directive::kDeny && permits) ||
                           (directive == Directive::kEmergencyOnly && permits);
    if (!typed || disagrees || directive == Directive::kBoth) doubt = "C3";
    if (directive == Directive::kEmergencyOnly && !permits) {
      root.children.push_back(EmergencyPermit());
    }
    return root;
  }
  if (directive == Directive::kNone) {
    if (!IsConstrained(json)) return std::nullopt;
    doubt = "C3";
    return root;
  }
  if (!root.children.empty() || directive == Directive::kBoth) doubt = "C3";
  Provision base;
  base.type = directive == Directive::kPermit ? Provision::Type::kPermit : Provision::Type::kDeny;
  if (IsConstrained(json)) base.children.push_back(std::move(root));
  if (directive == Directive::kEmergencyOnly) base.children.push_back(EmergencyPermit());
  return base;
}

}  // namespace consent
