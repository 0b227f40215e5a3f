#include "fhir/shape.h"

#include <algorithm>

#include "fhir/schema.h"

namespace fhir {
namespace {

using json::Value;

bool MembersHaveShape(const Value& element, const Structure& structure);

bool PrimitiveHasShape(const Value& value, Primitive primitive) {
  switch (primitive) {
    case Primitive::kBoolean:
      return value.is_bool();
    case Primitive::kInteger:
    case Primitive::kPositiveInt:
    case Primitive::kUnsignedInt:
    case Primitive::kDecimal:
      return value.is_number();
    default:
      return value.is_string();
  }
}

bool ItemHasShape(const Value& value, const ElementRule& rule) {
  if (rule.primitive) return PrimitiveHasShape(value, *rule.primitive);
  const Structure* structure = rule.structure();
  return value.is_object() && (structure == nullptr || MembersHaveShape(value, *structure));
}

bool MembersHaveShape(const Value& element, const Structure& structure) {
  return std::all_of(
      element.members().begin(), element.members().end(), [&](const json::Member& member) {
        const ElementRule* rule = structure.Find(member.name);
        if (rule == nullptr) return true;
        if (!rule->repeats) return ItemHasShape(member.value, *rule);
        // In an array of primitives null keeps the place of an extension.
        const auto& items = member.value.items();
        return member.value.is_array() &&
               std::all_of(items.begin(), items.end(), [&](const Value& item) {
                 return (item.is_null() && rule->primitive) || ItemHasShape(item, *rule);
               });
      });
}

}  // namespace

bool HasShape(const Value& resource) {
  const Structure* structure = FindStructure(resource["resourceType"].text());
  return structure != nullptr && resource.is_object() && MembersHaveShape(resource, *structure);
}

}  // namespace fhir
