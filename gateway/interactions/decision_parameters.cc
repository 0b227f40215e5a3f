#include "gateway/interactions/decision_parameters.h"

#include <utility>

namespace gateway::interactions {

using fhir::json::Value;

Value ParameterPart(std::string_view name, const std::string& value, std::string_view type) {
  Value part = Value::Object();
  part.Set("name", Value::String(std::string(name)));
  part.Set(type, Value::String(value));
  return part;
}

Value ParameterGroup(std::string_view name, std::vector<Value> parts) {
  Value group = Value::Object();
  group.Set("name", Value::String(std::string(name)));
  group.Set("part", Value::Array(std::move(parts)));
  return group;
}

std::vector<Value> DecisionParameters(const Value& decision) {
  std::vector<Value> parts;
  const auto add = [&decision](std::vector<Value>& to, const Value& from, std::string_view name,
                               std::string_view type) {
    if (!from[name].text().empty()) to.push_back(ParameterPart(name, from[name].text(), type));
  };
  add(parts, decision, "outcome", "valueCode");
  add(parts, decision, "class", "valueCode");
  add(parts, decision, "notBefore", "valueInstant");
  add(parts, decision, "rerouteTo", "valueCode");
  add(parts, decision, "reviewQueue", "valueCode");
  for (const Value& reason : decision["reasons"].items()) {
    std::vector<Value> inner;
    add(inner, reason, "rule", "valueCode");
    add(inner, reason, "effect", "valueCode");
    add(inner, reason, "text", "valueString");
    add(inner, reason, "forPatient", "valueString");
    parts.push_back(ParameterGroup("reason", std::move(inner)));
  }
  for (const Value& obligation : decision["obligations"].items()) {
    std::vector<Value> inner;
    add(inner, obligation, "code", "valueCode");
    add(inner, obligation, "value", "valueString");
    parts.push_back(ParameterGroup("obligation", std::move(inner)));
  }
  for (const Value& basis : decision["basis"].items()) {
    std::vector<Value> inner;
    add(inner, basis, "reference", "valueString");
    add(inner, basis, "kind", "valueCode");
    add(inner, basis, "result", "valueCode");
    for (const Value& rule : basis["rules"].items()) {
      inner.push_back(ParameterPart("rule", rule.text(), "valueCode"));
    }
    parts.push_back(ParameterGroup("basis", std::move(inner)));
  }
  add(parts, decision, "policy", "valueString");
  add(parts, decision, "policyHash", "valueString");
  add(parts, decision, "engine", "valueString");
  return parts;
}

}  // namespace gateway::interactions
