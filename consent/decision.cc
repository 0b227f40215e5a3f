#include "consent/decision.h"

#include <array>
#include <utility>

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::array<std::pair<Outcome, std::string_view>, 6> kOutcomes{{
    {Outcome::kPermit, "PERMIT"},
    {Outcome::kPermitWithObligations, "PERMIT_WITH_OBLIGATIONS"},
    {Outcome::kDefer, "DEFER"},
    {Outcome::kReroute, "REROUTE"},
    {Outcome::kReview, "REVIEW"},
    {Outcome::kDeny, "DENY"},
}};

// In the order of MessageClass.
constexpr std::array<std::string_view, 8> kClasses = {
    "refill-2i", "treatment-2iiA", "plan-2iiB", "operations-2iiC",
    "general",   "admin",          "safety",    "marketing"};

Value Text(std::string_view text) { return Value::String(std::string(text)); }

}  // namespace

std::string_view Code(Outcome outcome) { return kOutcomes[static_cast<size_t>(outcome)].second; }

std::optional<Outcome> OutcomeFromCode(std::string_view code) {
  for (const auto& [outcome, text] : kOutcomes) {
    if (text == code) return outcome;
  }
  return std::nullopt;
}

std::string_view Code(MessageClass c) { return kClasses[static_cast<size_t>(c)]; }

Value ToJson(const Decision& decision) {
  Value json = Value::Object();
  json.Set("outcome", Text(Code(decision.outcome)));
  json.Set("class", Text(Code(decision.message_class)));
  Value reasons = Value::Array();
  for (const Reason& reason : decision.reasons) {
    Value item = Value::Object();
    item.Set("rule", Text(reason.rule));
    item.Set("effect", Text(Code(reason.effect)));
    item.Set("text", Text(reason.text));
    if (!reason.for_patient.empty()) item.Set("forPatient", Text(reason.for_patient));
    reasons.Add(std::move(item));
  }
  json.Set("reasons", std::move(reasons));
  Value obligations = Value::Array();
  for (const Obligation& obligation : decision.obligations) {
    Value item = Value::Object();
    item.Set("code", Text(obligation.code));
    if (!obligation.value.empty()) item.Set("value", Text(obligation.value));
    obligations.Add(std::move(item));
  }
  json.Set("obligations", std::move(obligations));
  if (decision.not_before) json.Set("notBefore", Text(fhir::FormatInstant(*decision.not_before)));
  if (decision.reroute_to) json.Set("rerouteTo", Text(fhir::Code(*decision.reroute_to)));
  if (!decision.review_queue.empty()) json.Set("reviewQueue", Text(decision.review_queue));
  Value basis = Value::Array();
  for (const Basis& entry : decision.basis) {
    Value item = Value::Object();
    item.Set("reference", Text(entry.reference));
    item.Set("kind", Text(entry.kind));
    item.Set("result", Text(entry.result));
    Value rules = Value::Array();
    for (const std::string& rule : entry.rules) rules.Add(Text(rule));
    item.Set("rules", std::move(rules));
    basis.Add(std::move(item));
  }
  json.Set("basis", std::move(basis));
  json.Set("policy", Text(decision.policy_version));
  json.Set("policyHash", Text(decision.policy_hash));
  json.Set("engine", Text(decision.engine_version));
  return json;
}

}  // namespace consent
