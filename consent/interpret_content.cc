// The words, the module that approved them, the products they describe, who pays, and the therapy.
#include <algorithm>

#include "consent/interpret.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Instant;
using fhir::json::Value;

// Whether `text` is the approved wording; {{name}} in the wording stands for at most 60 characters.
bool IsWording(std::string_view approved, std::string_view text) {
  constexpr size_t kMaxFilled = 60;
  approved = Trim(approved);
  text = Trim(text);
  size_t open = approved.find("{{");
  if (!text.starts_with(approved.substr(0, open))) return false;
  if (open == std::string_view::npos) return text.size() == approved.size();
  text.remove_prefix(open);
  while (open != std::string_view::npos) {
    const size_t close = approved.find("}}", open);
    if (close == std::string_view::npos) return false;
    approved.remove_prefix(close + 2);
    open = approved.find("{{");
    const std::string_view literal = approved.substr(0, open);
    if (open == std::string_view::npos) {
      return text.ends_with(literal) && text.size() - literal.size() <= kMaxFilled;
    }
    const size_t at = text.find(literal);
    if (at == std::string_view::npos || at > kMaxFilled) return false;
    text.remove_prefix(at + literal.size());
  }
  return true;
}

ModuleFacts ReadModule(const fhir::Resource& module, const EvaluationContext& context) {
  ModuleFacts facts;
  facts.reference = module.Versioned();
  const auto& zones = context.patient.zones;
  const auto approved_on = ReadMoment(module["approvalDate"], zones);
  facts.approved = module["status"].text() == "active" && approved_on &&
                   approved_on->sure.begin <= context.now &&
                   ReadPeriod(module["effectivePeriod"], zones).Surely(context.now) &&
                   !HasUnknownModifier(module.json());
  const std::string& kind = Fact(module.json(), "message-kind").text();
  if (kind == "safety") facts.kind = ModuleKind::kSafety;
  if (kind == "admin") facts.kind = ModuleKind::kAdministrative;
  if (kind == "opt-out-confirmation") facts.kind = ModuleKind::kConfirmation;
  facts.language = Lower(module["language"].text());
  for (const Value& topic : module["topic"].items()) {
    for (Coding& coding : CodingsOf(topic)) facts.topics.push_back(std::move(coding.code));
  }
  std::vector<std::string> approvers;
  for (const Value& endorser : module["endorser"].items()) {
    const std::string name = Lower(Trim(endorser["name"].text()));
    if (!name.empty() && !Contains(approvers, name)) approvers.push_back(name);
  }
  facts.approvers = static_cast<int>(approvers.size());
  const std::string& audience = Fact(module.json(), "audience").text();
  if (audience == "hcp" || audience == "care-team") facts.audience = Party::kHcp;
  const std::string& wording = Fact(module.json(), "content-text").text();
  facts.has_wording = !Trim(wording).empty();
  facts.covers_text = !context.request.has_payload || !facts.has_wording ||
                      IsWording(wording, context.request.text);
  return facts;
}

FundingFacts ReadContract(const Given& given, const std::string& reference) {
  FundingFacts facts;
  facts.reference = reference;
  const fhir::Resource* contract = given.Find(reference);
  if (contract == nullptr) return facts;
  facts.reference = contract->Versioned();
  // A contract that is not in force proves nothing (M6).
  if ((*contract)["status"].text() != "executed" || HasUnknownModifier(contract->json())) {
    return facts;
  }
  const Value& terms = OurExtension(contract->json(), "funding-terms");
  const std::string& form = Fact(terms, "form").text();
  if (form == "cash") facts.form = FundingFacts::Form::kCash;
  if (form == "in-kind") facts.form = FundingFacts::Form::kInKind;
  if (form == "none") facts.form = FundingFacts::Form::kNone;
  facts.payer = std::string(Trim(Fact(terms, "payer").text()));
  const std::string& payee = Fact(terms, "payee").text();
  if (payee == "CE") facts.payee = FundingFacts::Payee::kCe;
  if (payee == "BA") facts.payee = FundingFacts::Payee::kBa;
  const Value& amount = Fact(terms, "amount");
  const Value& cost = Fact(terms, "cost");
  facts.amount_micros = Micros(amount["value"]);
  facts.cost_micros = Micros(cost["value"]);
  facts.currency = amount["currency"].text();
  facts.same_currency = facts.currency == cost["currency"].text();
  facts.has_worksheet = !Fact(terms, "cost-worksheet").text().empty();
  facts.fair_market_value = Fact(terms, "fair-market-value").boolean();
  facts.volume_contingent = Fact(terms, "volume-contingent").boolean();
  return facts;
}

void ReadFunding(const Given& given, const fhir::Resource& module, ContentFacts& content) {
  const auto facts = Facts(module.json(), "funding");
  if (facts.empty()) content.funding.push_back({.reference = module.Versioned()});
  for (const Value* fact : facts) {
    if (fact->is_string() && fact->text() == "none") {
      content.funding.push_back(
          {.reference = module.Versioned(), .form = FundingFacts::Form::kNone});
    } else if (fact->is_object()) {
      content.funding.push_back(ReadContract(given, RelativeOf(*fact)));
    } else {
      content.funding.push_back({.reference = module.Versioned()});
    }
  }
}

void AddProduct(const Programme& programme, const Value& codeable, ContentFacts& content) {
  DescribedProduct product;
  product.codings = CodingsOf(codeable);
  product.catalogue = CatalogueIndex(programme, product.codings);
  for (const DescribedProduct& each : content.products) {
    if (each.codings == product.codings) return;
  }
  content.products.push_back(std::move(product));
}

// ---- drug names in the words (B6-1)

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

bool HasWord(const std::string& text, const std::string& word) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !IsWordChar(text[at - 1]);
    const size_t end = at + word.size();
    if (starts && (end == text.size() || !IsWordChar(text[end]))) return true;
  }
  return false;
}

void AddName(std::string_view display, std::vector<std::string>& names) {
  const std::string name = Lower(Trim(display));
  if (name.size() < 4) return;
  names.push_back(name);
  const std::string first = name.substr(0, name.find(' '));
  if (first.size() >= 4 && first != name) names.push_back(first);
}

void AddNames(const Value& codeable, std::vector<std::string>& names) {
  AddName(codeable["text"].text(), names);
  for (const Value& coding : codeable["coding"].items()) AddName(coding["display"].text(), names);
}

bool NamesDrug(std::string_view words, const Programme& programme,
               const std::vector<std::string>& names) {
  std::string text = Lower(words);
  // The sender may say who it is, even where that is the name of a brand.
  for (const std::string& own : {programme.name, programme.sender, programme.seller}) {
    const std::string sender = Lower(Trim(own));
    if (sender.empty()) continue;
    for (size_t at = text.find(sender); at != std::string::npos; at = text.find(sender, at)) {
      text.replace(at, sender.size(), " ");
    }
  }
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return HasWord(text, name); });
}

std::optional<fhir::DateTime> DayOf(const Value& value, const std::string& zone, int add_days) {
  const auto moment = fhir::DateTime::Parse(value.text());
  if (!value.is_string() || !moment.ok() || moment->precision() < fhir::Precision::kDay) {
    return std::nullopt;
  }
  const auto local = fhir::InZone(moment->Covers(zone).begin, zone);
  if (!local.ok()) return std::nullopt;
  const std::chrono::sys_days day =
      std::chrono::sys_days{std::chrono::year{local->year} / std::chrono::month{local->month} /
                            std::chrono::day{local->day}} +
      std::chrono::days{add_days};
  auto shifted = fhir::DateTime::Parse(
      fhir::FormatInstant(std::chrono::time_point_cast<std::chrono::milliseconds>(day))
          .substr(0, 10));
  if (!shifted.ok()) return std::nullopt;
  return *shifted;
}

constexpr fhir::Span kNever{Instant::max(), Instant::min()};

// M10: calendar days 0 to `days` after the lapse, in every zone the patient may be in.
Validity LapseWindow(const Value& lapse, int days, const std::vector<std::string>& zones) {
  Validity window;
  for (const std::string& zone : zones) {
    const auto first = DayOf(lapse, zone, 0);
    const auto after = DayOf(lapse, zone, days + 1);
    if (!first || !after) return {kNever, kNever};
    window.sure.begin = std::max(window.sure.begin, first->Covers(zone).begin);
    window.sure.end = std::min(window.sure.end, after->Covers(zone).begin);
  }
  window.possible = window.sure;
  return window;
}

}  // namespace

int CatalogueIndex(const Programme& programme, const std::vector<Coding>& codings) {
  for (size_t i = 0; i < programme.products.size(); ++i) {
    const Product& product = programme.products[i];
    for (const Coding& coding : codings) {
      if (coding.code == product.code && coding.system == product.system) {
        return static_cast<int>(i);
      }
    }
  }
  return -1;
}

void ReadTherapies(const Given& given, const std::vector<std::string>& person,
                   EvaluationContext& context) {
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "MedicationRequest") continue;
    const std::string& intent = resource["intent"].text();
    const bool prescribed = intent != "proposal" && intent != "plan" && intent != "option" &&
                            !resource["doNotPerform"].boolean();
    if (!prescribed || !Contains(person, RelativeOf(resource["subject"])) ||
        HasUnknownModifier(resource.json())) {
      continue;
    }
    Therapy therapy;
    therapy.reference = resource.Versioned();
    therapy.codings = CodingsOf(resource["medicationCodeableConcept"]);
    if (const fhir::Resource* medication =
            given.Find(RelativeOf(resource["medicationReference"]))) {
      therapy.codings = CodingsOf((*medication)["code"]);
    }
    therapy.catalogue = CatalogueIndex(given.programme, therapy.codings);
    const auto& zones = context.patient.zones;
    const Value& end = resource["dispenseRequest"]["validityPeriod"]["end"];
    const std::string& status = resource["status"].text();
    therapy.lapsed = LapseWindow(end, given.policy->classification.lapsed_days, zones);
    if (status == "active") {
      // An order nobody closed still lapses when its validity ends.
      Value until = Value::Object();
      if (!end.is_null()) until.Set("end", end);
      therapy.current = ReadPeriod(until, zones);
    } else if (status == "stopped" || status == "completed") {
      therapy.current = {kNever, kNever};
    } else {
      continue;
    }
    context.therapies.push_back(std::move(therapy));
  }
  std::sort(context.therapies.begin(), context.therapies.end(),
            [](const Therapy& a, const Therapy& b) { return a.reference < b.reference; });
}

void ReadContent(const Given& given, EvaluationContext& context) {
  ContentFacts& content = context.content;
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  std::vector<std::string> names;
  for (const Product& product : given.programme.products) {
    if (product.kind == "service") continue;
    AddName(product.display, names);
    AddName(product.ingredient, names);
  }
  const auto mention = [&](const Value& element) {
    for (const Value* codeable : Facts(element, "mentions-product")) {
      AddProduct(given.programme, *codeable, content);
      AddNames(*codeable, names);
    }
  };
  content.classes = {"Communication", "CommunicationRequest"};
  mention(request->json());
  content.email_subject = Fact(request->json(), "email-subject").text();
  AddLabels(request->json(), content.labels);
  std::vector<std::string> about;
  for (const Value& reference : (*request)["about"].items()) about.push_back(RelativeOf(reference));
  std::string wording;
  for (const std::string& reference : about) {
    const fhir::Resource* resource = given.Find(reference);
    if (reference.starts_with("ActivityDefinition/") && resource == nullptr) {
      content.modules.push_back({.reference = reference});
      content.funding.push_back({.reference = reference});
    }
    if (resource == nullptr) continue;
    AddLabels(resource->json(), content.labels);
    if (resource->type() == "ActivityDefinition") {
      content.modules.push_back(ReadModule(*resource, context));
      mention(resource->json());
      content.call_to_purchase =
          content.call_to_purchase || Fact(resource->json(), "call-to-purchase").boolean();
      ReadFunding(given, *resource, content);
      if (content.email_subject.empty()) {
        content.email_subject = Fact(resource->json(), "email-subject").text();
      }
      if (wording.empty()) wording = Fact(resource->json(), "content-text").text();
      const Value& gift = OurExtension(resource->json(), "gift");
      if (gift.is_object()) {
        content.gift =
            GiftFacts{Micros(Fact(gift, "value")["value"]), Fact(gift, "cash").boolean()};
      }
    } else if (resource->type() == "MedicationRequest") {
      content.sources.push_back(reference);
      content.classes.emplace_back("MedicationRequest");
      // A message about a therapy describes its product, whether or not the words name it.
      Value codeable = (*resource)["medicationCodeableConcept"];
      if (const fhir::Resource* medication =
              given.Find(RelativeOf((*resource)["medicationReference"]))) {
        codeable = (*medication)["code"];
      }
      AddProduct(given.programme, codeable, content);
      AddNames(codeable, names);
    } else {
      content.sources.push_back(reference);
      content.classes.push_back(resource->type());
    }
  }
  if (!context.request.has_payload) context.request.text = wording;
  content.names_drug = NamesDrug(context.request.text, given.programme, names);
}

}  // namespace consent
