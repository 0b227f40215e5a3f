#include "fhir/summary.h"

#include <algorithm>

#include "fhir/schema.h"

namespace fhir {
namespace {

using json::Member;
using json::Value;

void Keep(Value& object, const Structure& structure);

bool IsEmpty(const Value& value) {
  return value.is_object() ? value.members().empty() : value.is_array() && value.items().empty();
}

// Of an element that stays; an array of them. Nothing is empty in FHIR.
void KeepWithin(Value& value, const Structure& structure) {
  if (std::vector<Value>* items = value.mutable_items()) {
    for (Value& item : *items) KeepWithin(item, structure);
    std::erase_if(*items, IsEmpty);
  } else if (value.is_object()) {
    Keep(value, structure);
  }
}

// The extensions of a primitive (_birthDate) stay with it: they may say why there is no value.
const ElementRule* RuleOf(const Structure& structure, std::string_view member) {
  if (member.starts_with('_')) member.remove_prefix(1);
  const ElementRule* rule = structure.Find(member);
  if (rule == nullptr) return nullptr;
  const bool stays = rule->in_summary || rule->is_required || rule->name == "modifierExtension";
  return stays ? rule : nullptr;
}

void Keep(Value& object, const Structure& structure) {
  std::vector<Member>& members = *object.mutable_members();
  std::erase_if(members, [&](const Member& member) {
    return member.name != "resourceType" && RuleOf(structure, member.name) == nullptr;
  });
  for (Member& member : members) {
    const ElementRule* rule = structure.Find(member.name);
    if (rule == nullptr || rule->structure() == nullptr) continue;
    if (rule->name != "modifierExtension") KeepWithin(member.value, *rule->structure());
  }
  std::erase_if(members, [](const Member& member) { return IsEmpty(member.value); });
}

}  // namespace

void KeepSummary(Resource& resource) {
  const Structure* structure = FindStructure(resource.type());
  if (structure != nullptr) Keep(resource.mutable_json(), *structure);
}

}  // namespace fhir
