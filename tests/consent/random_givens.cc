#include "tests/consent/random_givens.h"

#include <algorithm>

#include "fhir/json/json.h"

namespace consent::testing {
namespace {

using fhir::json::Value;

const std::vector<FiledCase>& Outreaches() {
  static const auto* cases = [] {
    auto* all = new std::vector<FiledCase>(LoadCases());
    std::erase_if(*all, [](const FiledCase& each) {
      return each.test_case.given.disclosure || each.test_case.given.request.empty();
    });
    return all;
  }();
  return *cases;
}

std::string ReferenceOf(const fhir::Resource& resource) {
  return std::string(resource.type()) + "/" + resource.id();
}

// `part` in the place of the resource of its reference, else at the end.
void Put(Given& given, const fhir::Resource& part) {
  for (fhir::Resource& each : given.resources) {
    if (ReferenceOf(each) != ReferenceOf(part)) continue;
    each = part;
    return;
  }
  given.resources.push_back(part);
}

void TakeResources(Given& given, const Given& from, Dice& dice) {
  for (const fhir::Resource& part : from.resources) {
    if (part.type() == "CommunicationRequest") continue;  // it would be of another module
    if (dice.OneIn(2)) Put(given, part);
  }
}

// Another module, with all it rests on.
void TakeRequest(Given& given, const Given& from) {
  for (const fhir::Resource& part : from.resources) {
    if (part.type() != "Consent" && part.type() != "Patient") Put(given, part);
  }
  given.request = from.request;
  given.programme = from.programme;
}

// Down to some element that fits; the resource itself when the way ends elsewhere.
template <class Fits>
Value* Descend(Value& json, Dice& dice, const Fits& fits) {
  Value* place = &json;
  Value* found = &json;
  for (;;) {
    if (fits(*place)) found = place;
    if (dice.OneIn(6)) return found;
    if (auto* members = place->mutable_members(); members != nullptr && !members->empty()) {
      auto& member = (*members)[static_cast<size_t>(dice.Below(static_cast<int>(members->size())))];
      if (member.name == "resourceType" || member.name == "id") return found;
      place = &member.value;
    } else if (auto* items = place->mutable_items(); items != nullptr && !items->empty()) {
      place = &(*items)[static_cast<size_t>(dice.Below(static_cast<int>(items->size())))];
    } else {
      return found;
    }
  }
}

}  // namespace

GivenMaker::GivenMaker(uint32_t seed) : cases_(Outreaches()), dice_(seed) {}

Given GivenMaker::Next() {
  Given given = dice_.Pick(cases_).test_case.given;
  const auto other = [&]() -> const Given& { return dice_.Pick(cases_).test_case.given; };
  if (dice_.OneIn(3)) TakeResources(given, other(), dice_);
  if (dice_.OneIn(6)) TakeRequest(given, other());
  if (dice_.OneIn(3)) {
    const Given& from = other();
    for (const fhir::Resource& part : from.resources) {
      if (part.type() == "Consent") Put(given, part);
    }
  }
  if (dice_.OneIn(5)) given.opt_outs = other().opt_outs;
  if (dice_.OneIn(5)) given.history = other().history;
  if (dice_.OneIn(12)) given.overrides = other().overrides;
  if (dice_.OneIn(12)) given.dischargeable = other().dischargeable;
  if (dice_.OneIn(20)) given.unavailable = other().unavailable;
  if (dice_.OneIn(20)) given.unresolved_identity = true;
  if (dice_.OneIn(3)) given.channel = static_cast<fhir::Channel>(dice_.Below(10));
  if (dice_.OneIn(6)) given.programme.regime = static_cast<Regime>(dice_.Below(6));
  if (dice_.OneIn(8)) given.programme.acts_for = static_cast<Regime>(dice_.Below(2));
  if (dice_.OneIn(3)) given.now += std::chrono::minutes{dice_.Below(60 * 24 * 40)};
  if (dice_.OneIn(10)) given.now -= std::chrono::hours{dice_.Below(24 * 400)};
  return given;
}

bool IsAuthorization(const fhir::Resource& resource) {
  if (resource.type() != "Consent") return false;
  for (const Value& coding : resource.json()["policyRule"]["coding"].items()) {
    if (coding["code"].text() == "hipaa-auth") return true;
  }
  return false;
}

void Inject(Value& json, Dice& dice) {
  Value& place = *Descend(json, dice, [](const Value& each) { return each.is_object(); });
  if (dice.OneIn(2)) {
    place.Set("unheardOf", Value::String("x"));
  } else {
    place.Set("modifierExtension",
              *fhir::json::Parse(R"([{"url": "https://example.org/x", "valueBoolean": true}])"));
  }
}

bool ChangeKind(Value& json, Dice& dice) {
  Value* place = Descend(json, dice, [&](const Value& each) { return &each != &json; });
  if (place == &json) return false;
  static const std::vector<Value> kKinds = {
      Value::Bool(true),   Value::Bool(false),
      Value::Int(7),       Value::String("x"),
      Value::Object(),     Value::Array({Value::Object()}),
      Value::Array(),      Value::Array({Value::String("x")}),
      Value::String("{}"), Value::Object({{"coding", Value::String("x")}})};
  const Value* other = place;
  while (other->kind() == place->kind()) other = &dice.Pick(kKinds);
  *place = Value(*other);
  return true;
}

void Scramble(Value& json, Dice& dice) {
  Value* place = Descend(json, dice, [&](const Value& each) { return &each != &json; });
  if (place == &json) return;
  static const std::vector<Value> kWrong = {Value::Int(7), Value::Array({Value::Object()}),
                                            Value::Object(), Value::String("\xC2\xA0?")};
  *place = dice.Pick(kWrong);
}

}  // namespace consent::testing
