#include "consent/programme.h"

#include <array>
#include <utility>

#include "consent/disclosure_request.h"
#include "consent/members.h"
#include "fhir/channel.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::array<std::pair<Regime, std::string_view>, 6> kRegimes{{
    {Regime::kCeProvider, "CE_PROVIDER"},
    {Regime::kCePlan, "CE_PLAN"},
    {Regime::kBaOf, "BA_OF"},
    {Regime::kSubcontractorBa, "SUBCONTRACTOR_BA"},
    {Regime::kManufacturer, "MANUFACTURER"},
    {Regime::kHubNonHipaa, "HUB_NON_HIPAA"},
}};

std::optional<Regime> RegimeFromCode(std::string_view code) {
  for (const auto& [regime, text] : kRegimes) {
    if (text == code) return regime;
  }
  return std::nullopt;
}

bool IsUrlSafeName(std::string_view id) {
  if (id.empty() || id.size() > 64) return false;
  for (char c : id) {
    const bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!ok) return false;
  }
  return true;
}

fhir::Status ReadProduct(const Value& json, const std::string& path, Product& product) {
  Members members(json, path);
  members.Required("system", product.system);
  members.Required("code", product.code);
  members.Text("display", product.display);
  members.Text("maker", product.maker);
  members.Text("ingredient", product.ingredient);
  members.Text("formulation", product.formulation);
  members.Bool("generic", product.generic);
  members.Text("kind", product.kind);
  if (product.kind != "drug" && product.kind != "biologic" && product.kind != "delivery-system" &&
      product.kind != "service") {
    members.Fail("kind", "must be drug, biologic, delivery-system or service");
  }
  members.Texts("deliveryFor", product.delivery_for);
  members.Text("administeredBy", product.administered_by);
  if (!product.administered_by.empty() && product.administered_by != "patient" &&
      product.administered_by != "clinician") {
    members.Fail("administeredBy", "must be patient or clinician");
  }
  members.Texts("classes", product.classes);
  return members.Finish();
}

fhir::Status ReadPartner(const Value& json, const std::string& path, Partner& partner) {
  Members members(json, path);
  members.Required("name", partner.name);
  members.Required("recipient", partner.recipient);
  members.Text("kind", partner.kind);
  if (!partner.kind.empty() && !RecipientKindFromCode(partner.kind)) {
    members.Fail("kind", "is not a kind of recipient");
  }
  members.Required("purpose", partner.purpose);
  return members.Finish();
}

void CheckChannels(Members& members, std::string_view name,
                   const std::map<std::string, std::string>& map) {
  for (const auto& [channel, unused] : map) {
    if (!fhir::ChannelFromCode(channel)) members.Fail(name, "names a channel that does not exist");
  }
}

void SetText(Value& json, std::string_view name, const std::string& text) {
  if (!text.empty()) json.Set(name, Value::String(text));
}

Value WriteProduct(const Product& product) {
  Value json = Value::Object();
  SetText(json, "system", product.system);
  SetText(json, "code", product.code);
  SetText(json, "display", product.display);
  SetText(json, "maker", product.maker);
  SetText(json, "ingredient", product.ingredient);
  SetText(json, "formulation", product.formulation);
  if (product.generic) json.Set("generic", Value::Bool(true));
  SetText(json, "kind", product.kind);
  if (!product.delivery_for.empty()) {
    Value codes = Value::Array();
    for (const std::string& code : product.delivery_for) codes.Add(Value::String(code));
    json.Set("deliveryFor", std::move(codes));
  }
  SetText(json, "administeredBy", product.administered_by);
  if (!product.classes.empty()) {
    Value classes = Value::Array();
    for (const std::string& each : product.classes) classes.Add(Value::String(each));
    json.Set("classes", std::move(classes));
  }
  return json;
}

Value WritePartner(const Partner& partner) {
  Value json = Value::Object();
  SetText(json, "name", partner.name);
  SetText(json, "recipient", partner.recipient);
  SetText(json, "kind", partner.kind);
  SetText(json, "purpose", partner.purpose);
  return json;
}

Value WriteMap(const std::map<std::string, std::string>& map) {
  Value json = Value::Object();
  for (const auto& [key, value] : map) json.Set(key, Value::String(value));
  return json;
}

}  // namespace

const Partner* Programme::FindPartner(std::string_view way) const {
  for (const Partner& partner : partners) {
    if (partner.name == way) return &partner;
  }
  return nullptr;
}

std::string_view Code(Regime regime) { return kRegimes[static_cast<size_t>(regime)].second; }

fhir::Result<Programme> ReadProgramme(const Value& json) {
  Programme programme;
  Members members(json, "programme");
  members.Required("id", programme.id);
  if (!IsUrlSafeName(programme.id)) members.Fail("id", "must be 1 to 64 of a-z, 0-9 and -");
  members.Text("name", programme.name);
  members.Required("seller", programme.seller);
  members.Text("sender", programme.sender);
  std::string regime;
  members.Required("regime", regime);
  if (auto known = RegimeFromCode(regime)) {
    programme.regime = *known;
  } else {
    members.Fail("regime", "is not one of the six regimes");
  }
  std::string acts_for;
  members.Text("actsFor", acts_for);
  if (!acts_for.empty()) {
    programme.acts_for = RegimeFromCode(acts_for);
    if (!programme.acts_for) members.Fail("actsFor", "is not one of the six regimes");
  }
  members.Each("products", [&](const Value& item, const std::string& path) -> fhir::Status {
    return ReadProduct(item, path, programme.products.emplace_back());
  });
  members.Text("providerName", programme.provider_name);
  members.Text("providerPhone", programme.provider_phone);
  members.Text("postalAddress", programme.postal_address);
  members.Count("capPerDay", programme.cap_per_day);
  members.Count("capPerWeek", programme.cap_per_week);
  members.Map("vendors", programme.vendors);
  CheckChannels(members, "vendors", programme.vendors);
  members.Map("senders", programme.senders);
  CheckChannels(members, "senders", programme.senders);
  const auto route = [&](std::string_view name, auto read, auto& out) {
    const Value& described = members.Take(name);
    if (described.is_null()) return;
    fhir::Status read_status = read(described, members.Path(name), out);
    if (!read_status.ok()) members.Refuse(read_status.error());
  };
  route("telephone", ReadTelephoneRoute, programme.telephone);
  route("email", ReadEmailRoute, programme.email);
  members.Text("nurseQueue", programme.nurse_queue);
  members.Text("hubWebhook", programme.hub_webhook);
  members.Text("writeBack", programme.write_back);
  members.Each("partners", [&](const Value& item, const std::string& path) -> fhir::Status {
    return ReadPartner(item, path, programme.partners.emplace_back());
  });
  fhir::Status status = members.Finish();
  if (!status.ok()) return status.error();
  return programme;
}

Value WriteProgramme(const Programme& programme) {
  Value json = Value::Object();
  SetText(json, "id", programme.id);
  SetText(json, "name", programme.name);
  SetText(json, "seller", programme.seller);
  SetText(json, "sender", programme.sender);
  json.Set("regime", Value::String(std::string(Code(programme.regime))));
  if (programme.acts_for) {
    json.Set("actsFor", Value::String(std::string(Code(*programme.acts_for))));
  }
  Value products = Value::Array();
  for (const Product& product : programme.products) products.Add(WriteProduct(product));
  if (products.size() > 0) json.Set("products", std::move(products));
  SetText(json, "providerName", programme.provider_name);
  SetText(json, "providerPhone", programme.provider_phone);
  SetText(json, "postalAddress", programme.postal_address);
  json.Set("capPerDay", Value::Int(programme.cap_per_day));
  json.Set("capPerWeek", Value::Int(programme.cap_per_week));
  if (!programme.vendors.empty()) json.Set("vendors", WriteMap(programme.vendors));
  if (!programme.senders.empty()) json.Set("senders", WriteMap(programme.senders));
  const TelephoneRoute& telephone = programme.telephone;
  if (telephone.free_to_end_user || telephone.only_exempted || telephone.one_way) {
    json.Set("telephone", WriteTelephoneRoute(telephone));
  }
  if (programme.email.described) json.Set("email", WriteEmailRoute(programme.email));
  SetText(json, "nurseQueue", programme.nurse_queue);
  SetText(json, "hubWebhook", programme.hub_webhook);
  SetText(json, "writeBack", programme.write_back);
  Value partners = Value::Array();
  for (const Partner& partner : programme.partners) partners.Add(WritePartner(partner));
  if (partners.size() > 0) json.Set("partners", std::move(partners));
  return json;
}

}  // namespace consent
