#include "consent/representative.h"

#include <algorithm>

#include "consent/provision.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Instant;
using fhir::json::Value;

// ---- ages

// Full years between two days, as the calendar counts them.
int YearsBetween(const fhir::LocalTime& birth, const fhir::LocalTime& day) {
  const bool before_birthday =
      day.month < birth.month || (day.month == birth.month && day.day < birth.day);
  return day.year - birth.year - (before_birthday ? 1 : 0);
}

struct Years {
  int least;
  int most;
};

// A birth date may name only a year. nullopt when there is none that can be read.
std::optional<Years> AgeInYears(const Value& patient, const EvaluationContext& context,
                                Instant when) {
  const auto born = ReadMoment(patient["birthDate"], {"UTC"});
  if (!born) return std::nullopt;
  const auto first = fhir::InZone(born->sure.begin, "UTC");
  const auto last = fhir::InZone(born->sure.end - std::chrono::milliseconds{1}, "UTC");
  if (!first.ok() || !last.ok()) return std::nullopt;
  // Wherever the patient may be: a birthday begins in the east.
  std::optional<Years> age;
  for (const std::string& zone : context.patient.zones) {
    const auto day = fhir::InZone(when, zone);
    if (!day.ok()) return std::nullopt;
    const Years here{YearsBetween(*last, *day), YearsBetween(*first, *day)};
    age = age ? Years{std::min(age->least, here.least), std::max(age->most, here.most)} : here;
  }
  return age;
}

// The youngest and the oldest age of majority of the states where the patient may live.
Years Majority(const EvaluationContext& context) {
  const PermissionPolicy& policy = context.policy->permission;
  Years all{policy.age_of_majority, policy.age_of_majority};
  for (const auto& [name, law] : policy.states) {
    all.least = std::min(all.least, law.age_of_majority);
    all.most = std::max(all.most, law.age_of_majority);
  }
  std::optional<Years> here;
  const auto add = [&](Years years) {
    here =
        here ? Years{std::min(here->least, years.least), std::max(here->most, years.most)} : years;
  };
  for (const std::string& state : context.patient.states) {
    const auto row = policy.states.find(state);
    add(row == policy.states.end()
            ? all
            : Years{row->second.age_of_majority, row->second.age_of_majority});
  }
  return here.value_or(all);
}

// ---- minors and the services they may decide about alone (P2, P5)

AgreedBy AgreedByOf(const std::string& code) {
  if (code == "minor-alone") return AgreedBy::kMinorAlone;
  if (code == "court-or-other") return AgreedBy::kCourtOrOther;
  if (code == "parent-agreed-to-confidentiality") return AgreedBy::kParentLetsBe;
  if (code == "parent") return AgreedBy::kParent;
  return AgreedBy::kUnsaid;
}

// The services that the labels of a resource speak of.
std::vector<std::string> ServicesOf(const std::vector<std::string>& labels,
                                    const PermissionPolicy& policy) {
  std::vector<std::string> services;
  for (const auto& [service, codes] : policy.minor_services) {
    const bool spoken_of = std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
      return std::any_of(labels.begin(), labels.end(), [&](const std::string& label) {
        return LabelCovers(code, label, Provision::Type::kDeny);
      });
    });
    if (spoken_of) services.push_back(service);
  }
  // ADOL says that there is something, and not what.
  if (services.empty() && Contains(labels, "ADOL")) services.emplace_back();
  return services;
}

void AddServices(const Value& resource, EvaluationContext& context) {
  auto& all = context.patient.minor_services;
  const AgreedBy agreed_by = AgreedByOf(Fact(resource, "minor-consent").text());
  std::vector<std::string> labels;
  AddLabels(resource, labels);
  std::vector<std::string> services = ServicesOf(labels, context.policy->permission);
  if (const std::string& said = Fact(resource, "minor-service").text(); !said.empty()) {
    services = {said};
  }
  if (services.empty() && agreed_by != AgreedBy::kUnsaid) services.emplace_back();
  for (std::string& service : services) {
    MinorService one{std::move(service), agreed_by};
    if (!Contains(all, one)) all.push_back(std::move(one));
  }
}

// The product of an order, in it or in the Medication that it refers to.
std::vector<Coding> OrderedBy(const Given& given, const fhir::Resource& order) {
  const fhir::Resource* medication = given.Find(RelativeOf(order["medicationReference"]));
  return CodingsOf(medication != nullptr ? (*medication)["code"]
                                         : order["medicationCodeableConcept"]);
}

// What the table says about a minor of this age and one service: kMinorActs where the minor may
// decide alone in every state, kShown where in none, else kUnclear.
Authority ByTable(const std::string& service, const Years& age, const EvaluationContext& context) {
  const auto& states = context.policy->permission.states;
  bool may = false;
  bool may_not = false;
  for (const std::string& state : context.patient.states) {
    const auto row = states.find(state);
    if (row == states.end()) return Authority::kUnclear;
    const auto from = row->second.minor_consent.find(service);
    if (from == row->second.minor_consent.end()) return Authority::kUnclear;
    may = may || age.most >= from->second;
    may_not = may_not || age.least < from->second;
  }
  if (may == may_not) return Authority::kUnclear;
  return may ? Authority::kMinorActs : Authority::kShown;
}

// P2: whether a parent stands for the minor in this matter.
Authority ParentFor(const Years& age, const EvaluationContext& context) {
  Authority worst = Authority::kShown;
  const auto found = [&](Authority authority) {
    // That the minor decides alone is certain; it outweighs what is unclear.
    if (worst != Authority::kMinorActs && authority != Authority::kShown) worst = authority;
  };
  for (const MinorService& service : context.patient.minor_services) {
    switch (service.agreed_by) {
      case AgreedBy::kParent:
        break;
      case AgreedBy::kCourtOrOther:
      case AgreedBy::kParentLetsBe:
        found(Authority::kMinorActs);
        break;
      case AgreedBy::kMinorAlone:
        found(ByTable(service.type, age, context));
        break;
      case AgreedBy::kUnsaid:
        // Nobody says who agreed: where the minor could have, a person must look.
        if (ByTable(service.type, age, context) != Authority::kShown) found(Authority::kUnclear);
        break;
    }
  }
  return worst;
}

// ---- representatives

bool HasRole(const Value& related, std::initializer_list<std::string_view> roles) {
  for (const Value& relationship : related["relationship"].items()) {
    for (const Coding& coding : CodingsOf(relationship)) {
      if (std::find(roles.begin(), roles.end(), coding.code) != roles.end()) return true;
    }
  }
  return false;
}

bool IsParent(const Value& related) {
  return HasRole(related, {"PRN", "FTH", "MTH", "NPRN", "NFTH", "NMTH", "ADOPTP", "ADOPTF",
                           "ADOPTM", "STPPRN", "PRNFOST"});
}

// P1: what the authority reaches. Health care where a power of attorney for it says no more.
std::vector<std::string> ScopeOf(const Value& related) {
  std::vector<std::string> scope;
  for (const Value* code : Facts(related, "representative-scope")) scope.push_back(code->text());
  const bool general = HasRole(related, {"GUARD", "POWATT", "DPOWATT"});
  if (scope.empty() && !general && HasRole(related, {"HPOWATT"})) {
    scope = {"TREAT", "HPAYMT", "HOPERAT", "PATRQT", "PUBHLTH"};
  }
  return scope;
}

Authority Appointed(const Value& related, const EvaluationContext& context) {
  const bool described = !Trim(Fact(related, "representative-authority").text()).empty();
  const bool any =
      HasRole(related, {"GUARD", "GUADLTM", "POWATT", "DPOWATT", "HPOWATT", "SPOWATT"});
  if (!any && !described) return Authority::kMissing;
  const bool evident = OurExtension(related, "representative-evidence").is_object();
  const auto& required = context.policy->permission.evidence_required;
  for (const std::string& role : required) {
    if (HasRole(related, {role}) && !HasRole(related, {"GUARD"}) && !evident) {
      return Authority::kMissing;
    }
  }
  const std::vector<std::string> scope = ScopeOf(related);
  // For one matter only: which, must be said.
  const bool special = HasRole(related, {"GUADLTM", "SPOWATT"}) &&
                       !HasRole(related, {"GUARD", "POWATT", "DPOWATT", "HPOWATT"});
  if (scope.empty()) return special ? Authority::kMissing : Authority::kShown;
  for (const std::string& purpose : context.request.purposes) {
    const bool covered = std::any_of(
        scope.begin(), scope.end(), [&](const std::string& wide) { return Covers(wide, purpose); });
    if (!covered) return Authority::kOutOfScope;
  }
  return Authority::kShown;
}

}  // namespace

Age AgeAt(const Given& given, const std::vector<std::string>& person,
          const EvaluationContext& context, Instant when) {
  const fhir::Resource* patient = given.Find(person.front());
  if (patient == nullptr) return Age::kAdult;
  const Value& emancipated = Fact(patient->json(), "emancipated");
  if (emancipated.boolean()) return Age::kAdult;
  const auto age = AgeInYears(patient->json(), context, when);
  if (!age) return (*patient)["birthDate"].is_null() ? Age::kAdult : Age::kUnclear;
  const Years majority = Majority(context);
  if (age->least >= majority.most) return Age::kAdult;
  return age->most < majority.least && !Speaks(emancipated) ? Age::kMinor : Age::kUnclear;
}

bool IsDeclined(const Value& related) {
  return Fact(related, "representative-doubt").text() == "declined";
}

bool BelongedTo(const Given& given, const std::string& reference,
                const std::vector<std::string>& person, const EvaluationContext& context,
                Instant when) {
  const fhir::Resource* related = given.Find(reference);
  if (related == nullptr) return true;
  return Contains(person, RelativeOf((*related)["patient"])) &&
         ReadPeriod((*related)["period"], context.patient.zones).Surely(when);
}

Authority AuthorityOf(const Given& given, const std::string& reference,
                      const std::vector<std::string>& person, const EvaluationContext& context,
                      Instant when) {
  const fhir::Resource* resource = given.Find(reference);
  if (resource == nullptr || HasUnknownModifier(resource->json())) return Authority::kMissing;
  const Value& related = resource->json();
  if (IsDeclined(related)) return Authority::kDeclined;
  const Value& doubt = Fact(related, "representative-doubt");
  if (!doubt.is_null() && doubt.text() != "cleared") return Authority::kSuspected;
  const Value& active = related["active"];
  const bool acts =
      (active.is_null() || active.boolean()) && BelongedTo(given, reference, person, context, when);
  if (!acts) return Authority::kMissing;
  const Age age = AgeAt(given, person, context, when);
  const Authority appointed = Appointed(related, context);
  const bool parent = IsParent(related);
  if (age == Age::kAdult) {
    return appointed == Authority::kMissing && parent ? Authority::kFormer : appointed;
  }
  if (!parent && appointed != Authority::kShown) return appointed;
  if (age == Age::kUnclear && parent && appointed != Authority::kShown) return Authority::kUnclear;
  const auto years = AgeInYears(given.Find(person.front())->json(), context, when);
  return years ? ParentFor(*years, context) : Authority::kUnclear;
}

namespace {

// Of the data that is handed over, and of what it holds.
void AddServicesOf(const Given& given, const DisclosureRequest& asked, EvaluationContext& context) {
  const auto add = [&](const Value& record, const auto& self) -> void {
    AddServices(record, context);
    for (const Value& entry : record["entry"].items()) self(entry["resource"], self);
    if (const auto* drug = given.Find(RelativeOf(record["medicationReference"]))) {
      AddServices(drug->json(), context);
    }
  };
  for (const std::string& reference : asked.data) {
    if (const fhir::Resource* record = given.Find(reference)) add(record->json(), add);
  }
  for (std::string& service : ServicesOf(asked.labels, context.policy->permission)) {
    context.patient.minor_services.push_back({std::move(service), AgreedBy::kUnsaid});
  }
}

}  // namespace

void ReadMinorServices(const Given& given, const std::vector<std::string>& person,
                       EvaluationContext& context) {
  if (given.disclosure) AddServicesOf(given, *given.disclosure, context);
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  std::vector<Coding> products;
  const auto mentions = [&](const Value& element) {
    for (const Value* product : Facts(element, "mentions-product")) {
      for (Coding& coding : CodingsOf(*product)) products.push_back(std::move(coding));
    }
  };
  AddServices(request->json(), context);
  mentions(request->json());
  std::vector<std::string> about;
  for (const Value& each : (*request)["about"].items()) {
    about.push_back(RelativeOf(each));
    if (const fhir::Resource* resource = given.Find(about.back())) {
      AddServices(resource->json(), context);
      mentions(resource->json());
    }
  }
  // The order behind a product that the message names, even when the message does not refer to it.
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "MedicationRequest" || Contains(about, resource.Relative())) continue;
    const std::vector<Coding> ordered = OrderedBy(given, resource);
    const bool named = std::any_of(ordered.begin(), ordered.end(), [&](const Coding& coding) {
      return Contains(products, coding);
    });
    if (named) AddServices(resource.json(), context);
  }
  const fhir::Resource* patient = given.Find(person.front());
  if (patient == nullptr) return;
  if (const auto age = AgeInYears(patient->json(), context, context.now)) {
    context.patient.parent_stands = ParentFor(*age, context);
  } else if (!(*patient)["birthDate"].is_null()) {
    context.patient.parent_stands = Authority::kUnclear;
  }
}

void JudgeAuthority(Authority authority, MessageClass c, Findings& findings) {
  switch (authority) {
    case Authority::kNotNeeded:
      return;
    case Authority::kShown:
      return findings.Permit("P1");
    case Authority::kFormer:
      findings.Doubt("P4", c);
      return findings.Doubt("P1", c);
    case Authority::kMissing:
    case Authority::kOutOfScope:
      return findings.Doubt("P1", c);
    case Authority::kMinorActs:
      return findings.Deny("P2");
    case Authority::kUnclear:
      return findings.Review("P5");
    case Authority::kDeclined:
      return findings.Deny("P3");
    case Authority::kSuspected:
      return findings.Review("P3");
  }
}

void CheckWhoAnswers(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const PatientFacts& patient = context.patient;
  const bool to_patient =
      std::any_of(context.request.recipients.begin(), context.request.recipients.end(),
                  [](const Recipient& recipient) { return recipient.party == Party::kPatient; });
  if (!to_patient || !context.contact || !context.contact->held_by_other) return;
  if (patient.age == Age::kAdult) return findings.Doubt("P4", c);
  // B6-5: what the minor decides about alone does not go to an address that the parent answers.
  switch (patient.parent_stands) {
    case Authority::kMinorActs:
      return findings.Reroute("B6-5", fhir::Channel::kPortal);
    case Authority::kUnclear:
      return findings.Review("P5");
    default:
      return;
  }
}

}  // namespace consent
