#include "fhir/patch/fhirpath_patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/fhirpath/expression.h"
#include "fhir/schema.h"

namespace fhir {
namespace {

using json::Value;

constexpr size_t kMostOperations = 1'000;

// The element that a path leads to, for writing.
struct Place {
  Value* parent = nullptr;  // the object that has it
  std::string member;       // its name there
  size_t index = 0;         // its place, where the member is an array
  Value* element = nullptr;
};

// The same element in the resource that is ours to change; nullptr when `sought` is not in it.
Value* Writable(Value& at, const Value* sought) {
  if (&at == sought) return &at;
  if (std::vector<Value>* items = at.mutable_items()) {
    for (Value& item : *items) {
      if (Value* found = Writable(item, sought)) return found;
    }
  }
  if (std::vector<json::Member>* members = at.mutable_members()) {
    for (json::Member& member : *members) {
      if (Value* found = Writable(member.value, sought)) return found;
    }
  }
  return nullptr;
}

// What R4 says of the element at `sought`; nullptr when it is not below `at`.
const Structure* StructureAt(const Value& at, const Structure* structure, const Value* sought) {
  if (&at == sought) return structure;
  if (structure == nullptr) return nullptr;
  for (const json::Member& member : at.members()) {
    const ElementRule* rule = structure->Find(member.name);
    if (rule == nullptr) continue;
    const auto below = [&](const Value& value) {
      const Structure* of = value["resourceType"].is_string()
                                ? FindStructure(value["resourceType"].text())
                                : rule->structure();
      return StructureAt(value, of, sought);
    };
    if (const Structure* found = below(member.value)) return found;
    for (const Value& item : member.value.items()) {
      if (const Structure* found = below(item)) return found;
    }
  }
  return nullptr;
}

const Value* Part(const Value& operation, std::string_view name) {
  for (const Value& part : operation["part"].items()) {
    if (part["name"].text() == name) return &part;
  }
  return nullptr;
}

// The value[x] member of a parameter, or nullptr.
const json::Member* ValueMember(const Value& part) {
  for (const json::Member& member : part.members()) {
    if (member.name.starts_with("value") && member.name.size() > 5) return &member;
  }
  return nullptr;
}

// What is to be written, and the type that its parameter names: "Boolean" of valueBoolean; empty
// for an element built of parts.
struct Given {
  Value value;
  std::string type;
};

const Structure* StructureOf(const ElementRule* rule) {
  return rule != nullptr ? rule->structure() : nullptr;
}

// The part `name` of an element of `structure`; a choice is named without its type, and `member`
// becomes its name in JSON. nullptr when there is none.
const ElementRule* RuleOf(const Structure& structure, const std::string& name,
                          const std::string& type, std::string& member) {
  member = name;
  const ElementRule* rule = structure.Find(member);
  if (rule != nullptr || type.empty()) return rule;
  member = name + type;
  return structure.Find(member);
}

// structure: of what is built of parts; nullptr when nothing is known of it.
std::optional<Given> ReadGiven(const Value& part, const Structure* structure) {
  if (const json::Member* member = ValueMember(part)) {
    return Given{member->value, member->name.substr(5)};
  }
  if (part["part"].size() == 0 || structure == nullptr) return std::nullopt;
  Value object = Value::Object();
  for (const Value& inner : part["part"].items()) {
    const std::string& name = inner["name"].text();
    std::optional<Given> given = ReadGiven(inner, StructureOf(structure->Find(name)));
    if (!given) return std::nullopt;
    std::string member;
    const ElementRule* rule = RuleOf(*structure, name, given->type, member);
    if (rule == nullptr) return std::nullopt;
    if (rule->repeats) {
      object.Mutable(member).Add(std::move(given->value));
    } else {
      object.Set(member, std::move(given->value));
    }
  }
  return Given{std::move(object), ""};
}

// A list of an element. Beside one of primitives stands that of their ids and extensions, which
// keeps in step with it.
class List {
 public:
  List(Value& parent, std::string member) : parent_(parent), member_(std::move(member)) {}

  const Value& parent() const { return parent_; }
  const std::string& member() const { return member_; }
  size_t size() const { return parent_[member_].size(); }

  // REQUIRES: index <= size(), and for the other two < size().
  void Insert(size_t index, Value item) {
    Put(parent_.Mutable(member_), index, std::move(item));
    if (HasBeside()) Put(parent_.Mutable(Beside()), index, Value());
  }
  void Move(size_t from, size_t to) {
    Put(parent_.Mutable(member_), to, Take(parent_.Mutable(member_), from));
    if (HasBeside()) Put(parent_.Mutable(Beside()), to, Take(parent_.Mutable(Beside()), from));
  }
  void Erase(size_t index) {
    Take(parent_.Mutable(member_), index);
    if (HasBeside()) Take(parent_.Mutable(Beside()), index);
    const auto& beside = parent_[Beside()].items();
    const bool says_something =
        std::any_of(beside.begin(), beside.end(), [](const Value& one) { return !one.is_null(); });
    if (!says_something) parent_.Remove(Beside());
    if (size() == 0) parent_.Remove(member_);
  }

 private:
  std::string Beside() const { return "_" + member_; }
  bool HasBeside() const { return parent_[Beside()].is_array(); }

  static void Put(Value& list, size_t index, Value item) {
    std::vector<Value>& items = *list.mutable_items();
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(std::min(index, items.size())),
                 std::move(item));
  }
  static Value Take(Value& list, size_t index) {
    std::vector<Value>& items = *list.mutable_items();
    if (index >= items.size()) return Value();
    Value item = std::move(items[index]);
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
    return item;
  }

  Value& parent_;
  std::string member_;
};

class Operation {
 public:
  Operation(Value& resource, const Value& parameter) : resource_(resource), operation_(parameter) {}

  Status Run() {
    if (operation_["name"].text() != "operation") {
      return Fail(ErrorCode::kMalformed, "every parameter of a patch is an operation");
    }
    const std::string type = TextOf("type");
    if (type == "add") return Add();
    if (type == "insert") return Insert();
    if (type == "delete") return Delete();
    if (type == "replace") return Replace();
    if (type == "move") return Move();
    return Fail(ErrorCode::kMalformed, "the type must be add, insert, delete, replace or move",
                "type");
  }

 private:
  static Error Nowhere() { return Fail(ErrorCode::kInvalid, "the path leads to no element"); }

  std::string TextOf(std::string_view name) const {
    const Value* part = Part(operation_, name);
    const json::Member* member = part != nullptr ? ValueMember(*part) : nullptr;
    return member != nullptr ? member->value.text() : std::string();
  }

  Result<size_t> IndexOf(std::string_view name) const {
    const std::string text = TextOf(name);
    size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc() || end != text.data() + text.size()) {
      return Fail(ErrorCode::kMalformed, "the operation needs this index", std::string(name));
    }
    return index;
  }

  Result<Given> GivenValue(const Structure* structure) const {
    const Value* part = Part(operation_, "value");
    std::optional<Given> given = part != nullptr ? ReadGiven(*part, structure) : std::nullopt;
    if (!given) {
      return Fail(ErrorCode::kMalformed,
                  "the operation needs a value, or parts that the element has", "value");
    }
    return std::move(*given);
  }

  Result<fhirpath::Items> Found() const {
    auto path = fhirpath::Expression::Compile(TextOf("path"));
    if (!path.ok()) return std::move(path).error();
    return path->Evaluate(resource_);
  }

  // nullopt when the path leads nowhere.
  Result<std::optional<Place>> FindPlace() {
    auto found = Found();
    if (!found.ok()) return std::move(found).error();
    if (found->empty()) return std::optional<Place>();
    if (found->size() > 1) {
      return Fail(ErrorCode::kInvalid, "the path leads to several elements");
    }
    const fhirpath::Item& item = found->front();
    Place place;
    place.element = Writable(resource_, item.value);
    place.parent = item.parent != nullptr ? Writable(resource_, item.parent) : nullptr;
    if (place.element == nullptr) return Nowhere();
    place.member = item.member;
    place.index = item.index == fhirpath::Item::kNoIndex ? 0 : item.index;
    return std::optional<Place>(std::move(place));
  }

  // The array that a path to all of its elements leads to.
  Result<List> FindList() {
    auto found = Found();
    if (!found.ok()) return std::move(found).error();
    if (found->empty() || found->front().parent == nullptr) return Nowhere();
    Value* parent = Writable(resource_, found->front().parent);
    if (parent == nullptr) return Nowhere();
    const bool one_list =
        std::all_of(found->begin(), found->end(), [&](const fhirpath::Item& item) {
          return item.parent == found->front().parent && item.member == found->front().member;
        });
    if (!one_list || !(*parent)[found->front().member].is_array()) {
      return Fail(ErrorCode::kInvalid, "the path does not lead to one list");
    }
    return List(*parent, std::string(found->front().member));
  }

  // What R4 says of an element of ours; nullptr when it says nothing.
  const Structure* StructureAt(const Value& element) const {
    return fhir::StructureAt(resource_, FindStructure(resource_["resourceType"].text()), &element);
  }

  Status Add() {
    auto place = FindPlace();
    if (!place.ok()) return std::move(place).error();
    if (!*place) return Nowhere();
    const std::string name = TextOf("name");
    if (name.empty()) return Fail(ErrorCode::kMalformed, "add needs a name", "name");
    Value& element = *(*place)->element;
    const Structure* structure = StructureAt(element);
    if (structure == nullptr || !element.is_object()) {
      return Fail(ErrorCode::kInvalid, "nothing can be added to this element");
    }
    auto given = GivenValue(StructureOf(structure->Find(name)));
    if (!given.ok()) return std::move(given).error();
    std::string member;
    const ElementRule* rule = RuleOf(*structure, name, given->type, member);
    if (rule == nullptr) return Fail(ErrorCode::kInvalid, "the element has no such part", "name");
    if (rule->repeats) {
      if (!element[member].is_array()) element.Set(member, Value::Array());
      List list(element, member);
      list.Insert(list.size(), std::move(given->value));
    } else if (element.Find(member) == nullptr) {
      element.Set(member, std::move(given->value));
    } else {
      return Fail(ErrorCode::kInvalid, "the element is there already; replace it", "name");
    }
    return {};
  }

  Status Insert() {
    auto list = FindList();
    if (!list.ok()) return std::move(list).error();
    auto index = IndexOf("index");
    if (!index.ok()) return std::move(index).error();
    const Structure* around = StructureAt(list->parent());
    const Structure* of = around != nullptr ? StructureOf(around->Find(list->member())) : nullptr;
    auto given = GivenValue(of);
    if (!given.ok()) return std::move(given).error();
    if (*index > list->size()) return Outside();
    list->Insert(*index, std::move(given->value));
    return {};
  }

  // Deleting what is not there is done already.
  Status Delete() {
    auto place = FindPlace();
    if (!place.ok()) return std::move(place).error();
    if (!*place) return {};
    if ((*place)->parent == nullptr) {
      return Fail(ErrorCode::kInvalid, "the whole resource cannot be deleted by a patch");
    }
    Value& parent = *(*place)->parent;
    const std::string& member = (*place)->member;
    if (parent[member].is_array()) {
      List(parent, member).Erase((*place)->index);
    } else {
      parent.Remove(member);
      parent.Remove("_" + member);
    }
    return {};
  }

  Status Replace() {
    auto place = FindPlace();
    if (!place.ok()) return std::move(place).error();
    if (!*place || (*place)->parent == nullptr) return Nowhere();
    const Structure* structure = StructureAt(*(*place)->parent);
    const ElementRule* rule = structure != nullptr ? structure->Find((*place)->member) : nullptr;
    auto given = GivenValue(StructureOf(rule));
    if (!given.ok()) return std::move(given).error();
    const std::string choice =
        rule != nullptr && rule->is_choice ? std::string(rule->name) + given->type : "";
    if (choice.empty() || choice == (*place)->member) {
      *(*place)->element = std::move(given->value);
      return {};
    }
    if (structure->Find(choice) == nullptr) {
      return Fail(ErrorCode::kInvalid, "the element does not take a value of this type", "value");
    }
    (*place)->parent->Remove((*place)->member);
    (*place)->parent->Remove("_" + (*place)->member);
    (*place)->parent->Set(choice, std::move(given->value));
    return {};
  }

  Status Move() {
    auto list = FindList();
    if (!list.ok()) return std::move(list).error();
    auto source = IndexOf("source");
    if (!source.ok()) return std::move(source).error();
    auto destination = IndexOf("destination");
    if (!destination.ok()) return std::move(destination).error();
    if (*source >= list->size() || *destination >= list->size()) return Outside();
    list->Move(*source, *destination);
    return {};
  }

  static Error Outside() { return Fail(ErrorCode::kInvalid, "the index is outside of the list"); }

  Value& resource_;
  const Value& operation_;
};

}  // namespace

Result<Value> ApplyFhirPathPatch(Value resource, const Value& parameters) {
  if (parameters["resourceType"].text() != "Parameters") {
    return Fail(ErrorCode::kMalformed, "a FHIRPath Patch is a Parameters resource", "resourceType");
  }
  const Value& operations = parameters["parameter"];
  if (operations.size() > kMostOperations) {
    return Fail(ErrorCode::kTooCostly, "a patch may have at most 1,000 operations",
                "Parameters.parameter");
  }
  for (size_t i = 0; i < operations.size(); ++i) {
    if (Status done = Operation(resource, operations.at(i)).Run(); !done.ok()) {
      Error error = std::move(done).error();
      error.path = "Parameters.parameter[" + std::to_string(i) + "]" +
                   (error.path.empty() ? "" : "." + error.path);
      return error;
    }
  }
  return resource;
}

}  // namespace fhir
