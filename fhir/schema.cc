#include "fhir/schema.h"

#include <utility>

#include "fhir/reference.h"
#include "fhir/schema_table.h"

namespace fhir {
namespace {

using Structures = std::map<std::string_view, Structure>;

// Takes the text up to `separator` off the front; separators within parentheses do not count.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  int depth = 0;
  size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '(') ++depth;
    if (rest[end] == ')') --depth;
    if (rest[end] == separator && depth == 0) break;
  }
  std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end < rest.size() ? end + 1 : end);
  return taken;
}

std::string MemberName(std::string_view base, std::string_view type) {
  std::string name(base);
  name += static_cast<char>(type[0] >= 'a' ? type[0] - 'a' + 'A' : type[0]);
  name += type.substr(1);
  return name;
}

class Builder {
 public:
  Structures Build() {
    for (const SchemaRow& row : SchemaRows()) all_[row.type].name = row.type;
    for (const SchemaRow& row : SchemaRows()) {
      Structure& structure = all_[row.type];
      for (std::string_view base : BasesOf(row.type)) Inherit(base, structure);
      AddElements(row.elements, structure);
    }
    return std::move(all_);
  }

 private:
  static std::vector<std::string_view> BasesOf(std::string_view type) {
    if (IsResourceType(type)) return {"DomainResource"};
    if (type == "DomainResource" || type == "Element" || type == "BackboneElement") return {};
    const size_t dot = type.find('.');
    const bool backbone = dot != std::string_view::npos && IsResourceType(type.substr(0, dot));
    if (backbone || type == "Dosage" || type == "Timing") return {"Element", "BackboneElement"};
    return {"Element"};
  }

  void Inherit(std::string_view base, Structure& structure) {
    for (const SchemaRow& row : SchemaRows()) {
      if (row.type == base) AddElements(row.elements, structure);
    }
  }

  void AddElements(std::string_view elements, Structure& structure) {
    while (!elements.empty()) AddElement(TakeUntil(elements, ' '), structure);
  }

  void AddElement(std::string_view text, Structure& structure) {
    ElementRule rule;
    for (; text.ends_with('!') || text.ends_with('*'); text.remove_suffix(1)) {
      (text.back() == '!' ? rule.is_required : rule.repeats) = true;
    }
    rule.name = TakeUntil(text, ':');
    if (rule.name.ends_with("[x]")) {
      rule.is_choice = true;
      rule.name.remove_suffix(3);
    }
    if (rule.is_required) structure.required.push_back(rule.name);
    std::string_view types = text == "?" ? OpenTypes() : text;
    const char separator = text == "?" ? ' ' : ',';
    while (!types.empty()) AddType(rule, TakeUntil(types, separator), structure);
  }

  void AddType(ElementRule rule, std::string_view type, Structure& structure) {
    if (size_t equals = type.find('='); equals != std::string_view::npos) {
      rule.codes = type.substr(equals + 1);
      type = type.substr(0, equals);
    }
    if (size_t open = type.find('('); open != std::string_view::npos) {
      rule.targets = type.substr(open + 1, type.size() - open - 2);
      type = type.substr(0, open);
    }
    rule.primitive = PrimitiveFromName(type);
    if (const auto found = all_.find(type); !rule.primitive && found != all_.end()) {
      rule.structure = &found->second;
    }
    std::string member = rule.is_choice ? MemberName(rule.name, type) : std::string(rule.name);
    structure.elements.insert_or_assign(std::move(member), rule);
  }

  Structures all_;  // node-based: the structures do not move
};

}  // namespace

const Structure* FindStructure(std::string_view type) {
  static const Structures structures = Builder().Build();
  const auto found = structures.find(type);
  return found != structures.end() ? &found->second : nullptr;
}

bool IsListed(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (TakeUntil(list, '|') == word) return true;
  }
  return false;
}

}  // namespace fhir
