// The words, the module that approved them, the products they describe, who pays, and the therapy.
#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>

#include "consent/content.h"
#include "consent/interpret.h"
#include "consent/interpret_health_data.h"
#include "consent/lexicon.h"
#include "consent/short_names.h"
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
  if (audience == "hcp" || audience == "care-team") {
    facts.audience = Party::kHcp;
  } else if (audience != "patient" && OurExtension(module.json(), "audience").is_object()) {
    facts.audience = Party::kUnknown;
  }
  const std::string& wording = Fact(module.json(), "content-text").text();
  facts.has_wording = !Trim(wording).empty();
  facts.covers_text = !context.request.has_payload || IsWording(wording, context.request.text);
  return facts;
}

GiftFacts ReadGift(const Value& gift) {
  const Value& value = Fact(gift, "value");
  GiftFacts facts;
  if (value["currency"].text() == "USD") facts.value_micros = Micros(value["value"]);
  const std::string& kind = Fact(gift, "kind").text();
  const Value& cash = Fact(gift, "cash");
  // A kind that is no thing, or a word about money that cannot be read.
  facts.cash =
      (!kind.empty() && kind != "item") || (!cash.is_null() && !cash.is_bool()) || cash.boolean();
  facts.giver = std::string(Trim(Fact(gift, "giver").text()));
  return facts;
}

void ReadFunding(const Given& given, const fhir::Resource& module, EvaluationContext& context) {
  ContentFacts& content = context.content;
  const auto facts = Facts(module.json(), "funding");
  if (facts.empty()) content.funding.push_back({.reference = module.Versioned()});
  for (const Value* fact : facts) {
    if (fact->is_string() && fact->text() == "none") {
      content.funding.push_back(
          {.reference = module.Versioned(), .form = FundingFacts::Form::kNone});
    } else if (fact->is_object()) {
      content.funding.push_back(ReadContract(given, RelativeOf(*fact), context));
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

// ---- names in the words (B6-1, CM5)

// A short word of every day is a name only as it is written (short_names.h).
bool IsTelling(std::string_view name) {
  if (name.size() >= 4) return true;
  return name.size() >= 2 && name.front() >= 'a' && !IsEverydayWord(name);
}

// A name, and the words before its strength: "Aurora XR 20 MG" is also called "Aurora" and
// "Aurora XR".
std::vector<std::string> NamesOf(const std::vector<std::string>& display) {
  std::vector<std::string> names;
  std::string name;
  for (const std::string& word : display) {
    if (!name.empty()) name += ' ';
    name += word;
    const bool strength = word.front() >= '0' && word.front() <= '9';
    if (!strength && IsTelling(name)) names.push_back(name);
  }
  if (IsTelling(name)) names.push_back(std::move(name));
  return names;
}

// The parts of a display as RxNorm writes it, each beginning with a name: "1 ML evolorumab 140
// MG/ML Auto-Injector [Repavane]" has two, "a / b 10 MG" has two.
std::vector<std::vector<std::string>> PartsOf(std::string_view display) {
  std::vector<std::vector<std::string>> parts;
  const auto add = [&](std::string_view part) {
    std::vector<std::string> words = WordsOf(part);
    static const std::unordered_set<std::string_view> kUnits = {"ml", "hr",  "mg",  "mcg",
                                                                "g",  "unt", "meq", "actuat"};
    size_t amount = 0;
    while (amount + 1 < words.size() && words[amount].front() >= '0' &&
           words[amount].front() <= '9') {
      ++amount;
      if (amount + 1 < words.size() && kUnits.contains(words[amount])) ++amount;
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(amount));
    if (!words.empty()) parts.push_back(std::move(words));
  };
  std::string text(display);  // brackets and strokes part alike
  std::replace(text.begin(), text.end(), '[', '\n');
  std::replace(text.begin(), text.end(), ']', '\n');
  for (size_t at = text.find(" / "); at != std::string::npos; at = text.find(" / ", at)) {
    text.replace(at, 3, "\n");
  }
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    add(std::string_view(text).substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// Every name that may stand in some words, each with what bears it. The words outlive it.
class Names {
 public:
  explicit Names(std::initializer_list<const std::vector<std::string>*> texts) {
    for (const auto* words : texts) first_.insert(words->begin(), words->end());
  }
  void Add(std::string_view display, int product = -1) {
    for (const std::vector<std::string>& words : PartsOf(display)) {
      if (!MayStand(words)) continue;
      for (const std::string& name : NamesOf(words)) Bear(name, product);
      const bool one_word =
          words.size() == 1 || (words[1].front() >= '0' && words[1].front() <= '9');
      if (one_word && IsEverydayWord(words.front())) {
        written_.emplace_back(AsWritten(display, words.front()), product);
      }
    }
  }
  void AddWhole(const std::string& display, int product) {
    if (MayStand(WordsOf(display))) Bear(display, product);
  }
  void AddConcept(const Value& codeable) {
    Add(codeable["text"].text());
    for (const Value& coding : codeable["coding"].items()) Add(coding["display"].text());
  }

  bool In(const std::vector<std::string>& words) const { return lexicon_.In(words); }
  std::vector<std::vector<int>> ProductsIn(const std::vector<std::string>& words) const {
    std::vector<std::vector<int>> found;
    for (int tag : lexicon_.TagsIn(words)) found.push_back(bearers_[static_cast<size_t>(tag)]);
    return found;
  }
  // The products whose names are words of every day, and stand in `text` as names; -1: of no
  // product.
  std::vector<int> WrittenIn(std::string_view text) const {
    std::vector<int> found;
    for (const auto& [name, product] : written_) {
      if (StandsAsName(text, name)) found.push_back(product);
    }
    return found;
  }

 private:
  static std::string AsWritten(std::string_view display, const std::string& word) {
    const size_t at = Lower(display).find(word);
    return at == std::string::npos ? word : std::string(display.substr(at, word.size()));
  }
  // All names of one display begin with the same word.
  bool MayStand(const std::vector<std::string>& display) const {
    return !display.empty() && first_.contains(display.front());
  }
  void Bear(const std::string& name, int product) {
    const auto [at, added] = places_.try_emplace(name, static_cast<int>(bearers_.size()));
    if (added) {
      bearers_.emplace_back();
      lexicon_.Add(name, at->second);
    }
    std::vector<int>& bearers = bearers_[static_cast<size_t>(at->second)];
    if (product >= 0 && !Contains(bearers, product)) bearers.push_back(product);
  }

  std::unordered_set<std::string_view> first_;  // what a name can begin with
  Lexicon lexicon_;
  std::map<std::string, int> places_;
  std::vector<std::vector<int>> bearers_;
  std::vector<std::pair<std::string, int>> written_;
};

// The sender may say who it is, even where that is the name of a brand.
std::vector<std::string> ForeignWords(std::string_view text, const Programme& programme) {
  std::vector<std::string> words = WordsOf(text);
  for (const std::string& own : {programme.name, programme.sender, programme.seller}) {
    words = Without(std::move(words), own);
  }
  return words;
}

// The same for words as they are written.
std::string ForeignText(std::string_view text, const Programme& programme) {
  std::string left(text);
  for (const std::string& own : {programme.name, programme.sender, programme.seller}) {
    if (own.empty()) continue;
    for (size_t at = left.find(own); at != std::string::npos; at = left.find(own, at + 1)) {
      left.replace(at, own.size(), ",");
    }
  }
  return left;
}

// The Medication that an order refers to, here or within the order; null where it says a code.
const Value* MedicationOf(const Given& given, const fhir::Resource& order) {
  const Value& reference = order["medicationReference"];
  if (reference["reference"].text().starts_with('#')) {
    for (const Value& contained : order["contained"].items()) {
      if ("#" + contained["id"].text() == reference["reference"].text()) return &contained;
    }
  }
  const fhir::Resource* medication = given.Find(RelativeOf(reference));
  return medication != nullptr ? &medication->json() : nullptr;
}

const Value& ProductOf(const Given& given, const fhir::Resource& order) {
  const Value* medication = MedicationOf(given, order);
  return medication != nullptr ? (*medication)["code"] : order["medicationCodeableConcept"];
}

// Of which product a record is, by its type: the drug of an order, a dispense or a statement, a
// vaccine, a device. Null: it is a record of no product.
const Value* ProductIn(const Given& given, const fhir::Resource& record) {
  const std::string& type = record.type();
  if (type.starts_with("Medication")) {
    const bool itself = type == "Medication" || type == "MedicationKnowledge";
    return itself ? &record["code"] : &ProductOf(given, record);
  }
  if (type == "Immunization") return &record["vaccineCode"];
  if (type == "Device") return &record["type"];
  if (type == "SupplyRequest") return &record["itemCodeableConcept"];
  if (type == "SupplyDelivery") return &record["suppliedItem"]["itemCodeableConcept"];
  if (type != "DeviceRequest") return nullptr;
  const fhir::Resource* device = given.Find(RelativeOf(record["codeReference"]));
  return device != nullptr ? &(*device)["type"] : &record["codeCodeableConcept"];
}

// What a reference to a record that is not here may describe (M6).
bool IsOfProduct(std::string_view reference) {
  for (std::string_view type :
       {"Medication", "Immunization/", "Device/", "DeviceRequest/", "Supply"}) {
    if (reference.starts_with(type)) return true;
  }
  return false;
}

enum class Bound { kFirst, kLast };

// The first or the last day that the date may mean, `add_days` later.
std::optional<fhir::DateTime> DayOf(const Value& value, const std::string& zone, Bound bound,
                                    int add_days) {
  const auto moment = fhir::DateTime::Parse(value.text());
  if (!value.is_string() || !moment.ok()) return std::nullopt;
  const fhir::Span span = moment->Covers(zone);
  const auto local = fhir::InZone(
      bound == Bound::kFirst ? span.begin : span.end - std::chrono::milliseconds{1}, zone);
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

// M10: calendar days 0 to `days` after the lapse, in every zone the patient may be in and for
// every day that a partial date may mean.
Validity LapseWindow(const Value& lapse, int days, const std::vector<std::string>& zones) {
  Validity window;
  for (const std::string& zone : zones) {
    const auto first = DayOf(lapse, zone, Bound::kLast, 0);
    const auto after = DayOf(lapse, zone, Bound::kFirst, days + 1);
    if (!first || !after) return {kNever, kNever};
    window.sure.begin = std::max(window.sure.begin, first->Covers(zone).begin);
    window.sure.end = std::min(window.sure.end, after->Covers(zone).begin);
  }
  window.possible = window.sure;
  return window;
}

}  // namespace

FundingFacts ReadContract(const Given& given, const std::string& reference,
                          const EvaluationContext& context) {
  FundingFacts facts;
  facts.reference = reference;
  const fhir::Resource* contract = given.Find(reference);
  if (contract == nullptr) return facts;
  facts.reference = contract->Versioned();
  // A contract that is not in force proves nothing (M6).
  const auto& zones = context.patient.zones;
  if ((*contract)["status"].text() != "executed" || HasUnknownModifier(contract->json()) ||
      !ReadPeriod((*contract)["applies"], zones).Surely(context.now)) {
    return facts;
  }
  const Value& terms = OurExtension(contract->json(), "funding-terms");
  const std::string& form = Fact(terms, "form").text();
  if (form == "cash") facts.form = FundingFacts::Form::kCash;
  if (form == "in-kind") facts.form = FundingFacts::Form::kInKind;
  if (form == "none") facts.form = FundingFacts::Form::kNone;
  facts.payer = std::string(Trim(Fact(terms, "payer").text()));
  facts.for_whom = std::string(Trim(Fact(terms, "on-behalf-of").text()));
  const std::string& payee = Fact(terms, "payee").text();
  if (payee == "CE") facts.payee = FundingFacts::Payee::kCe;
  if (payee == "BA") facts.payee = FundingFacts::Payee::kBa;
  const Value& amount = Fact(terms, "amount");
  const Value& cost = Fact(terms, "cost");
  facts.amount_micros = Micros(amount["value"]);
  facts.cost_micros = Micros(cost["value"]);
  facts.currency = amount["currency"].text();
  facts.same_currency = !facts.currency.empty() && facts.currency == cost["currency"].text();
  facts.has_worksheet = !Trim(Fact(terms, "cost-worksheet").text()).empty() &&
                        ReadPeriod(Fact(terms, "cost-worksheet-period"), zones).Surely(context.now);
  facts.fair_market_value = Fact(terms, "fair-market-value").boolean();
  facts.volume_contingent = Speaks(Fact(terms, "volume-contingent"));
  return facts;
}

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
                            !Speaks(resource["doNotPerform"]);
    if (!prescribed || !Contains(person, RelativeOf(resource["subject"])) ||
        HasUnknownModifier(resource.json())) {
      continue;
    }
    Therapy therapy;
    therapy.reference = resource.Versioned();
    therapy.codings = CodingsOf(ProductOf(given, resource));
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
  std::vector<const Value*> concepts;  // whose names the words may hold
  const auto mention = [&](const Value& element) {
    for (const Value* codeable : Facts(element, "mentions-product")) {
      AddProduct(given.programme, *codeable, content);
      concepts.push_back(codeable);
    }
  };
  content.classes = {"Communication", "CommunicationRequest"};
  mention(request->json());
  AddLabels(request->json(), content.labels);
  std::vector<std::string> about;
  for (const Value& reference : (*request)["about"].items()) about.push_back(RelativeOf(reference));
  std::string wording;
  std::string subject = Fact(request->json(), "subject-line").text();
  for (const std::string& reference : about) {
    const fhir::Resource* resource = given.Find(reference);
    if (reference.starts_with("ActivityDefinition/") && resource == nullptr) {
      content.modules.push_back({.reference = reference});
      content.funding.push_back({.reference = reference});
    }
    if (resource == nullptr) {
      if (IsOfProduct(reference)) AddProduct(given.programme, Value(), content);
      continue;
    }
    AddLabels(resource->json(), content.labels);
    for (const Value& contained : (*resource)["contained"].items()) {
      AddLabels(contained, content.labels);
    }
    if (resource->type() == "ActivityDefinition") {
      content.modules.push_back(ReadModule(*resource, context));
      mention(resource->json());
      content.call_to_purchase =
          content.call_to_purchase || Speaks(Fact(resource->json(), "call-to-purchase"));
      content.clinical_advice =
          content.clinical_advice || Speaks(Fact(resource->json(), "clinical-advice"));
      content.postcard = content.postcard || Speaks(Fact(resource->json(), "postcard"));
      ReadFunding(given, *resource, context);
      const std::string& own = Fact(resource->json(), "content-text").text();
      content.personal = content.personal || own.find("{{") != std::string::npos;
      if (wording.empty()) wording = own;
      if (subject.empty()) subject = Fact(resource->json(), "subject-line").text();
      const Value& gift = OurExtension(resource->json(), "gift");
      if (gift.is_object()) content.gifts.push_back(ReadGift(gift));
    } else {
      content.sources.push_back(reference);
      content.classes.push_back(resource->type());
      if (const Value* medication = MedicationOf(given, *resource)) {
        AddLabels(*medication, content.labels);
      }
      // A message about a therapy describes its product, whether or not the words name it.
      const Value* product = ProductIn(given, *resource);
      if (product != nullptr) AddProduct(given.programme, *product, content);
      concepts.push_back(product != nullptr ? product : &(*resource)["code"]);
    }
  }
  if (!context.request.has_payload) context.request.text = wording;
  // A blank that nobody has filled in is not the approved wording; who speaks fills it in.
  const bool spoken = context.request.channel && Spoken(*context.request.channel);
  if (!spoken && context.request.text.find("{{") != std::string::npos) {
    for (ModuleFacts& module : content.modules) module.covers_text = false;
  }
  content.words = ForeignWords(context.request.text, given.programme);
  content.email_subject = subject;
  content.subject_words = ForeignWords(subject, given.programme);
  Names names{&content.words, &content.subject_words};  // of drugs and conditions
  Names services{&content.words};                       // of what is no drug
  for (size_t i = 0; i < given.programme.products.size(); ++i) {
    const Product& product = given.programme.products[i];
    const int place = static_cast<int>(i);
    if (product.kind == "service") {
      services.AddWhole(product.display, place);
    } else {
      names.Add(product.display, place);
      names.Add(product.ingredient, place);
    }
  }
  for (const Value* each : concepts) names.AddConcept(*each);
  content.names_drug = names.In(content.words);
  content.subject_names_drug = names.In(content.subject_words);
  content.named_products = names.ProductsIn(content.words);
  for (const int product : names.WrittenIn(ForeignText(context.request.text, given.programme))) {
    content.names_drug = true;
    if (product >= 0) content.named_products.push_back({product});
  }
  if (!names.WrittenIn(ForeignText(subject, given.programme)).empty())
    content.subject_names_drug = true;
  for (auto& bearers : services.ProductsIn(content.words)) {
    content.named_products.push_back(std::move(bearers));
  }
}

}  // namespace consent
