#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "fhir/decimal.h"
#include "fhir/fhirpath/expression.h"
#include "fhir/fhirpath/node.h"
#include "fhir/reference.h"

namespace fhir::fhirpath {
namespace {

using json::Value;

constexpr int kMostSteps = 1'000'000;

// What an element of any choice may be, as its member's name ends.
// http://hl7.org/fhir/R4/datatypes.html#open
constexpr auto kChoiceTypes = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"Address", "Address"},
     {"Age", "Age"},
     {"Annotation", "Annotation"},
     {"Attachment", "Attachment"},
     {"Base64Binary", "base64Binary"},
     {"Boolean", "boolean"},
     {"Canonical", "canonical"},
     {"Code", "code"},
     {"CodeableConcept", "CodeableConcept"},
     {"Coding", "Coding"},
     {"ContactDetail", "ContactDetail"},
     {"ContactPoint", "ContactPoint"},
     {"Contributor", "Contributor"},
     {"Count", "Count"},
     {"DataRequirement", "DataRequirement"},
     {"Date", "date"},
     {"DateTime", "dateTime"},
     {"Decimal", "decimal"},
     {"Distance", "Distance"},
     {"Dosage", "Dosage"},
     {"Duration", "Duration"},
     {"Expression", "Expression"},
     {"HumanName", "HumanName"},
     {"Id", "id"},
     {"Identifier", "Identifier"},
     {"Instant", "instant"},
     {"Integer", "integer"},
     {"Markdown", "markdown"},
     {"Meta", "Meta"},
     {"Money", "Money"},
     {"Oid", "oid"},
     {"ParameterDefinition", "ParameterDefinition"},
     {"Period", "Period"},
     {"PositiveInt", "positiveInt"},
     {"Quantity", "Quantity"},
     {"Range", "Range"},
     {"Ratio", "Ratio"},
     {"Reference", "Reference"},
     {"RelatedArtifact", "RelatedArtifact"},
     {"SampledData", "SampledData"},
     {"Signature", "Signature"},
     {"String", "string"},
     {"Time", "time"},
     {"Timing", "Timing"},
     {"TriggerDefinition", "TriggerDefinition"},
     {"UnsignedInt", "unsignedInt"},
     {"Uri", "uri"},
     {"Url", "url"},
     {"UsageContext", "UsageContext"},
     {"Uuid", "uuid"}});

std::string_view ChoiceType(std::string_view ending) {
  const auto found =
      std::lower_bound(kChoiceTypes.begin(), kChoiceTypes.end(), ending,
                       [](const auto& row, std::string_view name) { return row.first < name; });
  return found != kChoiceTypes.end() && found->first == ending ? found->second : std::string_view{};
}

bool SameName(std::string_view a, std::string_view b) {
  // R4 writes DateTime where it means dateTime.
  return a.size() == b.size() && !a.empty() && (a[0] | 0x20) == (b[0] | 0x20) &&
         a.substr(1) == b.substr(1);
}

bool IsKindOf(std::string_view type, std::string_view wanted) {
  if (SameName(type, wanted)) return true;
  if (wanted == "Quantity") {
    return type == "Age" || type == "Duration" || type == "Count" || type == "Distance" ||
           type == "SimpleQuantity";
  }
  if (wanted == "Resource") return IsResourceType(type);
  if (wanted == "DomainResource") {
    return IsResourceType(type) && type != "Bundle" && type != "Binary" && type != "Parameters";
  }
  if (wanted == "uri")
    return type == "url" || type == "canonical" || type == "oid" || type == "uuid";
  if (wanted == "string") return type == "code" || type == "id" || type == "markdown";
  if (wanted == "integer") return type == "positiveInt" || type == "unsignedInt";
  return false;
}

const Value& Truth(bool b) {
  static const Value yes = Value::Bool(true);
  static const Value no = Value::Bool(false);
  return b ? yes : no;
}

class Evaluation {
 public:
  explicit Evaluation(const Value& resource) : resource_(resource) {}

  Items Run(const Node& node, const Item& self) {
    if (!Spend(1)) return {};
    switch (node.op) {
      case Op::kThis:
        return {self};
      case Op::kResource:
        return {Item{&resource_, resource_["resourceType"].text(), nullptr, {}, Item::kNoIndex}};
      case Op::kLiteral:
        return {Item{&node.literal, {}, nullptr, {}, Item::kNoIndex}};
      case Op::kUnion:
        return Union(Run(node.args[0], self), Run(node.args[1], self));
      case Op::kAnd:
      case Op::kOr:
      case Op::kXor:
        return Logic(node, self);
      case Op::kEqual:
      case Op::kNotEqual:
        return Equality(node, self);
      default:
        break;
    }
    const Items from = Run(node.args[0], self);
    return Spend(from.size()) ? Apply(node, from) : Items{};
  }

  bool over() const { return steps_ > kMostSteps; }

 private:
  bool Spend(size_t steps) {
    if (over()) return false;
    steps_ += static_cast<int>(std::min<size_t>(steps, kMostSteps)) + 1;
    return !over();
  }

  static Items Bool(bool b) { return {Item{&Truth(b), "boolean", nullptr, {}, Item::kNoIndex}}; }

  // FHIRPath's three values: nothing, true, false. Another single item is true.
  static int Logical(const Items& items) {
    if (items.empty()) return -1;
    const Value& value = *items.front().value;
    return items.size() == 1 && value.is_bool() ? (value.boolean() ? 1 : 0) : 1;
  }

  Items Logic(const Node& node, const Item& self) {
    const int a = Logical(Run(node.args[0], self));
    const int b = Logical(Run(node.args[1], self));
    if (node.op == Op::kAnd) {
      if (a == 0 || b == 0) return Bool(false);
    } else if (node.op == Op::kOr) {
      if (a == 1 || b == 1) return Bool(true);
    }
    if (a < 0 || b < 0) return {};
    return Bool(node.op == Op::kXor ? a != b : node.op == Op::kAnd);
  }

  Items Equality(const Node& node, const Item& self) {
    const Items a = Run(node.args[0], self);
    const Items b = Run(node.args[1], self);
    if (a.empty() || b.empty()) return {};
    bool equal = a.size() == b.size();
    for (size_t i = 0; equal && i < a.size(); ++i) equal = Same(*a[i].value, *b[i].value);
    return Bool(equal == (node.op == Op::kEqual));
  }

  static bool Same(const Value& a, const Value& b) {
    if (!a.is_number() || !b.is_number()) return a == b;
    const auto left = Decimal::Parse(a.text());
    const auto right = Decimal::Parse(b.text());
    return left && right ? left->Ordered() == right->Ordered() : a == b;
  }

  static Items Union(Items a, Items b) {
    std::unordered_set<const Value*> seen;
    Items all;
    for (Items* part : {&a, &b}) {
      for (Item& item : *part) {
        // Elements are the same when they stand at the same place.
        if (seen.insert(item.value).second) all.push_back(item);
      }
    }
    return all;
  }

  Items Apply(const Node& node, const Items& from) {
    switch (node.op) {
      case Op::kMember:
        return Each(from, [&](const Item& item, Items& out) { Members(item, node.text, out); });
      case Op::kType:
      case Op::kAs:
        return Each(from, [&](const Item& item, Items& out) {
          if (!Is(item, node.text)) return;
          out.push_back(item);
          if (out.back().type.empty()) out.back().type = node.text;
        });
      case Op::kIs:
        return from.size() == 1 ? Bool(Is(from.front(), node.text)) : Items{};
      case Op::kWhere:
        return Each(from, [&](const Item& item, Items& out) {
          if (Logical(Run(node.args[1], item)) == 1) out.push_back(item);
        });
      case Op::kExists:
        if (node.args.size() == 1) return Bool(!from.empty());
        return Bool(std::any_of(from.begin(), from.end(), [&](const Item& item) {
          return Logical(Run(node.args[1], item)) == 1;
        }));
      case Op::kEmpty:
        return Bool(from.empty());
      case Op::kNot:
        return from.empty() ? Items{} : Bool(Logical(from) == 0);
      case Op::kIndex:
        return node.number < from.size() ? Items{from[node.number]} : Items{};
      case Op::kFirst:
        return from.empty() ? Items{} : Items{from.front()};
      case Op::kLast:
        return from.empty() ? Items{} : Items{from.back()};
      case Op::kSingle:
        return from.size() == 1 ? from : Items{};
      case Op::kCount:
        return Count(from.size());
      case Op::kHasValue:
        return Bool(from.size() == 1 && !from.front().value->is_object() &&
                    !from.front().value->is_array() && !from.front().value->is_null());
      case Op::kExtension:
        return Each(from, [&](const Item& item, Items& out) { Extensions(item, node.text, out); });
      case Op::kResolve:
        return Each(from, [&](const Item& item, Items& out) { Resolve(item, out); });
      default:
        return {};
    }
  }

  template <class Visit>
  Items Each(const Items& from, const Visit& visit) {
    Items out;
    for (const Item& item : from) {
      if (!Spend(1)) break;
      visit(item, out);
    }
    return out;
  }

  Items Count(size_t count) {
    static const std::vector<Value> kSmall = [] {
      std::vector<Value> values;
      for (int i = 0; i <= 100; ++i) values.push_back(Value::Int(i));
      return values;
    }();
    // More than a hundred are not told apart: an expression asks for one, two or none.
    const Value& value = kSmall[std::min<size_t>(count, kSmall.size() - 1)];
    return {Item{&value, "integer", nullptr, {}, Item::kNoIndex}};
  }

  static std::string_view TypeOf(const Item& item) {
    if (!item.type.empty()) return item.type;
    const Value& value = *item.value;
    if (value.is_object()) return value["resourceType"].text();
    if (value.is_bool()) return "boolean";
    if (value.is_number()) {
      return value.text().find_first_of(".eE") == std::string::npos ? "integer" : "decimal";
    }
    return value.is_string() ? "string" : std::string_view{};
  }

  static bool Is(const Item& item, std::string_view type) { return IsKindOf(TypeOf(item), type); }

  static void Put(const Value& parent, const std::string& member, const Value& value,
                  std::string_view type, Items& out) {
    if (!value.is_array()) {
      if (!value.is_null()) out.push_back({&value, type, &parent, member, Item::kNoIndex});
      return;
    }
    for (size_t i = 0; i < value.size(); ++i) {
      const Value& one = value.at(i);
      if (!one.is_null()) out.push_back({&one, type, &parent, member, i});
    }
  }

  void Members(const Item& item, std::string_view name, Items& out) {
    if (!item.value->is_object() || IsResolved(item)) return;
    const auto& members = item.value->members();
    if (!Spend(members.size())) return;
    for (const json::Member& member : members) {
      if (!std::string_view(member.name).starts_with(name)) continue;
      if (member.name.size() == name.size()) {
        const std::string_view type = member.value["resourceType"].text();
        Put(*item.value, member.name, member.value, type, out);
        return;
      }
    }
    for (const json::Member& member : members) {
      if (!std::string_view(member.name).starts_with(name)) continue;
      const std::string_view type = ChoiceType(std::string_view(member.name).substr(name.size()));
      if (type.empty()) continue;
      Put(*item.value, member.name, member.value, type, out);
      return;
    }
  }

  void Extensions(const Item& item, std::string_view url, Items& out) {
    const Value* holder = item.value;
    if (!holder->is_object() && item.parent != nullptr) {
      // A primitive's extensions are in its sibling: _birthDate.
      const Value& sibling = (*item.parent)["_" + std::string(item.member)];
      holder = item.index == Item::kNoIndex ? &sibling : &sibling.at(item.index);
    }
    const Value& extensions = (*holder)["extension"];
    if (!Spend(extensions.size())) return;
    for (size_t i = 0; i < extensions.size(); ++i) {
      if (extensions.at(i)["url"].text() == url) {
        out.push_back({&extensions.at(i), "Extension", holder, "extension", i});
      }
    }
  }

  // The type that a reference leads to; of a contained resource the resource itself.
  void Resolve(const Item& item, Items& out) {
    const std::string& text =
        item.value->is_string() ? item.value->text() : (*item.value)["reference"].text();
    if (text.starts_with('#')) {
      const std::string_view id = std::string_view(text).substr(1);
      const Value& contained = resource_["contained"];
      if (!Spend(contained.size())) return;
      for (const Value& one : contained.items()) {
        if (one["id"].text() == id) {
          out.push_back({&one, one["resourceType"].text(), nullptr, {}, Item::kNoIndex});
          return;
        }
      }
      return;
    }
    std::string_view type = (*item.value)["type"].text();
    if (const auto reference = ParseReference(text); reference && !reference->type.empty()) {
      const size_t at = text.rfind(reference->type + "/" + reference->id);
      if (at != std::string::npos) type = std::string_view(text).substr(at, reference->type.size());
    }
    if (!IsResourceType(type)) return;
    Item resolved = item;
    resolved.type = type;
    out.push_back(resolved);
  }

  // A reference that stands for what it leads to: its own members are not that resource's.
  static bool IsResolved(const Item& item) {
    return IsResourceType(item.type) && item.value->Find("resourceType") == nullptr;
  }

  const Value& resource_;
  int steps_ = 0;
};

}  // namespace

Expression::Expression(std::string text, std::shared_ptr<const Node> root)
    : text_(std::move(text)), root_(std::move(root)) {}

Result<Expression> Expression::Compile(std::string_view text) {
  auto node = Parse(text);
  if (!node.ok()) return std::move(node).error();
  return Expression(std::string(text), std::make_shared<const Node>(std::move(*node)));
}

Result<Items> Expression::Evaluate(const Value& resource) const {
  return Evaluate(resource,
                  Item{&resource, resource["resourceType"].text(), nullptr, {}, Item::kNoIndex});
}

Result<Items> Expression::Evaluate(const Value& resource, const Item& element) const {
  if (!root_) return Items{};
  Evaluation evaluation(resource);
  Items items = evaluation.Run(*root_, element);
  if (evaluation.over()) return Fail(ErrorCode::kTooCostly, "the expression takes too many steps");
  return items;
}

}  // namespace fhir::fhirpath
