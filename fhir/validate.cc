#include "fhir/validate.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "fhir/invariants.h"
#include "fhir/reference.h"
#include "fhir/schema.h"

namespace fhir {
namespace {

// More findings than a person reads; the rest is counted out in one line.
constexpr size_t kMostFindings = 100;
// Read documents never come near it; a hand-built one could.
constexpr int kMaxDepth = 100;
// No type of R4 comes near it; look-ups by name stay cheap below it.
constexpr size_t kMaxMembers = 512;

// A member name becomes part of a finding's path only when it looks like an element's name:
// whatever else stands there was written by the sender and may say anything.
bool IsElementName(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

class Walk {
 public:
  explicit Walk(const Resource& resource) : resource_(resource) {
    for (const json::Value& inner : resource["contained"].items()) {
      if (inner["id"].is_string()) {
        contained_.emplace(inner["id"].text(), inner["resourceType"].text());
      }
    }
  }

  std::vector<Issue> Run() {
    strict_ = RefusesModifiers(resource_.type());
    path_ = resource_.type();
    WholeResource(resource_.json());
    if (left_out_ > 0) {
      findings_.push_back({Severity::kInformation, "informational",
                           std::to_string(left_out_) + " more findings are left out", ""});
    }
    return std::move(findings_);
  }

 private:
  // Lengthens the path for as long as it lives.
  class Step {
   public:
    Step(Walk& walk, std::string_view name) : walk_(walk), size_(walk.path_.size()) {
      if (IsElementName(name)) walk.path_.append(".").append(name);
      ++walk.depth_;
    }
    Step(Walk& walk, size_t index) : walk_(walk), size_(walk.path_.size()) {
      walk.path_ += "[" + std::to_string(index) + "]";
      ++walk.depth_;
    }
    ~Step() {
      walk_.path_.resize(size_);
      --walk_.depth_;
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Walk& walk_;
    size_t size_;
  };

  void Find(std::string code, std::string message, std::string_view below = {},
            Severity severity = Severity::kError) {
    if (findings_.size() >= kMostFindings) {
      ++left_out_;
      return;
    }
    std::string path = path_;
    if (!below.empty()) path.append(".").append(below);
    findings_.push_back({severity, std::move(code), std::move(message), std::move(path)});
  }

  void FindAll(std::vector<Breach> breaches) {
    for (Breach& breach : breaches) {
      Find(std::move(breach.code), std::move(breach.message), breach.element, breach.severity);
    }
  }

  void WholeResource(const json::Value& value) {
    if (!value.is_object()) return Find("structure", "a resource must be an object");
    const json::Value& type = value["resourceType"];
    if (!type.is_string() || !IsResourceType(type.text())) {
      return Find("structure", "the resource type is not one of FHIR R4");
    }
    const Structure* structure = FindStructure(type.text());
    const json::Value* id = value.Find("id");
    if (structure == nullptr && id != nullptr && (!id->is_string() || !IsId(id->text()))) {
      Find("value", "the id has not the grammar of an id", "id");
    }
    if (strict_ && value.Find("implicitRules") != nullptr) {
      Find("not-supported", "implicit rules are not understood here", "implicitRules");
    }
    Object(value, structure, Root::kYes);
  }

  enum class Root { kNo, kYes };
  // Which element is there, and as which member: a choice has many.
  using Present = std::map<std::string_view, std::string_view>;

  // `structure` is null for what the table does not know: then only the generic rules hold.
  void Object(const json::Value& object, const Structure* structure, Root root = Root::kNo) {
    if (depth_ > kMaxDepth) return Find("too-costly", "the resource is nested too deeply");
    if (object.size() == 0) return Find("structure", "an object must not be empty");
    if (object.size() > kMaxMembers) return Find("structure", "an object has too many members");
    Present present;
    for (const json::Member& member : object.members()) {
      if (root == Root::kYes && member.name == "resourceType") continue;
      MemberOf(object, member, structure, present);
    }
    if (structure == nullptr) return;
    for (std::string_view name : structure->required) {
      if (!present.contains(name)) Find("required", "a required element is missing", name);
    }
    FindAll(CheckInvariants(structure->name, object));
  }

  void MemberOf(const json::Value& object, const json::Member& member, const Structure* structure,
                Present& present) {
    const bool beside = member.name.starts_with('_');
    const std::string_view name = std::string_view(member.name).substr(beside ? 1 : 0);
    const ElementRule* rule = structure != nullptr ? structure->Find(name) : nullptr;
    Step step(*this, rule != nullptr ? rule->name : name);
    if (strict_ && name == "modifierExtension") {
      Find("extension", "a modifier extension is not understood here");
      return;
    }
    if (structure != nullptr && rule == nullptr) {
      Find("structure", "the element is not defined here");
      return;
    }
    if (rule != nullptr && present.emplace(rule->name, name).first->second != name) {
      Find("structure", "the element has more than one type of value");
    }
    if (rule != nullptr && rule->repeats != member.value.is_array() && !member.value.is_null()) {
      Find("structure", rule->repeats ? "the element repeats and must be an array"
                                      : "the element does not repeat and must not be an array");
      return;
    }
    if (beside) return BesidePrimitive(object, member, name, rule);
    if (!member.value.is_array()) return Element(member.value, rule);
    Items(member.value, object["_" + member.name],
          [&](const json::Value& item) { Element(item, rule); });
  }

  // _name: the ids and extensions of a primitive.
  // http://hl7.org/fhir/R4/json.html#primitive
  void BesidePrimitive(const json::Value& object, const json::Member& member, std::string_view name,
                       const ElementRule* rule) {
    if (rule != nullptr && !rule->primitive) {
      return Find("structure", "only a primitive has a member beside it");
    }
    static const Structure* const element = FindStructure("Element");
    const Structure* structure = rule != nullptr ? element : nullptr;
    auto one = [&](const json::Value& value) {
      if (value.is_object()) return Object(value, structure);
      Find("structure", "what stands beside a primitive is an object");
    };
    const json::Value* primitive = object.Find(name);
    if (primitive != nullptr && primitive->is_array() != member.value.is_array()) {
      return Find("structure", "the element and the member beside it differ in shape");
    }
    if (!member.value.is_array()) return one(member.value);
    if (primitive != nullptr && primitive->size() != member.value.size()) {
      Find("structure", "the element and the member beside it differ in length");
    }
    Items(member.value, object[name], one);
  }

  // A null is a gap that the array of the other member of the pair fills.
  template <class Visit>
  void Items(const json::Value& array, const json::Value& counterpart, const Visit& visit) {
    if (array.size() == 0) return Find("structure", "an array must not be empty");
    for (size_t i = 0; i < array.size(); ++i) {
      Step step(*this, i);
      const json::Value& item = array.at(i);
      if (item.is_null()) {
        if (counterpart.at(i).is_null()) Find("structure", "a null stands for nothing here");
      } else if (item.is_array()) {
        Find("structure", "an array must not hold an array");
      } else {
        visit(item);
      }
    }
  }

  void Element(const json::Value& value, const ElementRule* rule) {
    if (value.is_null()) return Find("structure", "a null stands for nothing here");
    if (value.is_string() && value.text().empty()) {
      return Find("structure", "a string must not be empty");
    }
    if (rule == nullptr) {
      if (value.is_object()) Object(value, nullptr);
      return;
    }
    if (rule->primitive) return PrimitiveElement(value, *rule);
    if (!value.is_object()) return Find("structure", "the element must be an object");
    if (rule->structure == nullptr) return WholeResource(value);  // contained
    Object(value, rule->structure);
    if (rule->structure->name == "Reference") {
      FindAll(CheckReference(value, rule->targets, contained_,
                             strict_ ? Strictness::kStrict : Strictness::kUsual));
    }
  }

  void PrimitiveElement(const json::Value& value, const ElementRule& rule) {
    if (const std::string_view defect = DefectOf(*rule.primitive, value); !defect.empty()) {
      return Find("value", std::string(defect));
    }
    if (!rule.codes.empty() && !IsListed(rule.codes, value.text())) {
      Find("code-invalid", "the code is not one of the element's required codes");
    }
  }

  const Resource& resource_;
  std::map<std::string, std::string, std::less<>> contained_;
  bool strict_ = false;
  std::string path_;
  int depth_ = 0;
  std::vector<Issue> findings_;
  size_t left_out_ = 0;
};

}  // namespace

std::vector<Issue> Validate(const Resource& resource) { return Walk(resource).Run(); }

bool HasErrors(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) {
    return issue.severity == Severity::kError || issue.severity == Severity::kFatal;
  });
}

}  // namespace fhir
