#include "consent/disclosure_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "consent/members.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr auto kKinds = std::to_array<std::pair<RecipientKind, std::string_view>>({
    {RecipientKind::kUnknown, "unknown"},
    {RecipientKind::kProvider, "provider"},
    {RecipientKind::kPlan, "plan"},
    {RecipientKind::kBusinessAssociate, "business-associate"},
    {RecipientKind::kVendor, "vendor"},
    {RecipientKind::kManufacturer, "manufacturer"},
    {RecipientKind::kAdPartner, "ad-partner"},
    {RecipientKind::kDataBroker, "data-broker"},
    {RecipientKind::kResearcher, "researcher"},
    {RecipientKind::kPublicHealth, "public-health"},
    {RecipientKind::kOversight, "oversight"},
    {RecipientKind::kIndividual, "individual"},
    {RecipientKind::kFamily, "family"},
    {RecipientKind::kLegalProceeding, "legal-proceeding"},
    {RecipientKind::kLawEnforcement, "law-enforcement"},
    {RecipientKind::kOther, "other"},
});

constexpr auto kActions =
    std::to_array<std::string_view>({"access", "collect", "use", "disclose", "correct"});

Value Text(std::string_view text) { return Value::String(std::string(text)); }

Value TextsOf(const std::vector<std::string>& texts) {
  Value array = Value::Array();
  for (const std::string& text : texts) array.Add(Text(text));
  return array;
}

}  // namespace

std::string_view Code(RecipientKind kind) { return kKinds[static_cast<size_t>(kind)].second; }

std::optional<RecipientKind> RecipientKindFromCode(std::string_view code) {
  for (const auto& [kind, text] : kKinds) {
    if (text == code) return kind;
  }
  return std::nullopt;
}

fhir::Result<DisclosureRequest> ReadDisclosure(const Value& json, const std::string& path) {
  DisclosureRequest disclosure;
  Members members(json, path);
  members.Required("purpose", disclosure.purpose);
  members.Text("recipient", disclosure.recipient);
  members.Text("recipientKind", disclosure.recipient_kind);
  if (!disclosure.recipient_kind.empty() && !RecipientKindFromCode(disclosure.recipient_kind)) {
    members.Fail("recipientKind", "is not a kind of recipient");
  }
  members.Text("action", disclosure.action);
  if (std::find(kActions.begin(), kActions.end(), disclosure.action) == kActions.end()) {
    members.Fail("action", "must be access, collect, use, disclose or correct");
  }
  members.Texts("classes", disclosure.classes);
  members.Texts("labels", disclosure.labels);
  members.Each("codes", [&](const Value& item, const std::string& place) -> fhir::Status {
    Members coding(item, place);
    Coding& code = disclosure.codes.emplace_back();
    coding.Text("system", code.system);
    coding.Required("code", code.code);
    return coding.Finish();
  });
  members.Texts("data", disclosure.data);
  members.Text("origin", disclosure.origin);
  if (!disclosure.origin.empty() && !OriginFromCode(disclosure.origin)) {
    members.Fail("origin", "is not an origin of data");
  }
  members.Text("funding", disclosure.funding);
  members.Bool("deidentified", disclosure.deidentified);
  members.Bool("actualKnowledge", disclosure.actual_knowledge);
  members.Bool("requiredByLaw", disclosure.required_by_law);
  members.Bool("requestedService", disclosure.requested_service);
  members.Texts("attached", disclosure.attached);
  std::string medium;
  members.Text("medium", medium);
  if (!medium.empty()) {
    disclosure.medium = fhir::ChannelFromCode(medium);
    if (!disclosure.medium) members.Fail("medium", "is not a channel");
  }
  if (fhir::Status status = members.Finish(); !status.ok()) return status.error();
  return disclosure;
}

Value WriteDisclosure(const DisclosureRequest& disclosure) {
  Value json = Value::Object();
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.Set(name, Text(value));
  };
  const auto texts = [&](std::string_view name, const std::vector<std::string>& values) {
    if (!values.empty()) json.Set(name, TextsOf(values));
  };
  const auto flag = [&](std::string_view name, bool value) {
    if (value) json.Set(name, Value::Bool(true));
  };
  text("purpose", disclosure.purpose);
  text("recipient", disclosure.recipient);
  text("recipientKind", disclosure.recipient_kind);
  text("action", disclosure.action);
  texts("classes", disclosure.classes);
  texts("labels", disclosure.labels);
  if (!disclosure.codes.empty()) {
    Value codes = Value::Array();
    for (const Coding& code : disclosure.codes) {
      Value item = Value::Object();
      if (!code.system.empty()) item.Set("system", Text(code.system));
      item.Set("code", Text(code.code));
      codes.Add(std::move(item));
    }
    json.Set("codes", std::move(codes));
  }
  texts("data", disclosure.data);
  text("origin", disclosure.origin);
  text("funding", disclosure.funding);
  flag("deidentified", disclosure.deidentified);
  flag("actualKnowledge", disclosure.actual_knowledge);
  flag("requiredByLaw", disclosure.required_by_law);
  flag("requestedService", disclosure.requested_service);
  texts("attached", disclosure.attached);
  if (disclosure.medium) text("medium", fhir::Code(*disclosure.medium));
  return json;
}

}  // namespace consent
