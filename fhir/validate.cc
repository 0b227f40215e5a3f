#include "fhir/validate.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "fhir/canonicals.h"
#include "fhir/extensions.h"
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

// RFC 3986, 3.1
bool HasScheme(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return is_letter(uri.front()) && std::all_of(uri.begin(), uri.begin() + colon, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
         });
}

// One resource with those it contains: the room in which "#id" means something.
// http://hl7.org/fhir/R4/references.html#contained
struct Scope {
  ContainedTypes contained;
  std::set<std::string, std::less<>> referred;  // ids after '#', from anywhere within
  bool in_contained = false;                    // the walk is inside a contained resource,
  bool refers_back = false;                     // which refers to the one around it
};

class Walk {
 public:
  std::vector<Issue> Run(const Resource& resource) {
    path_ = resource.type();
    WholeResource(resource.json());
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

  void Find(std::string_view code, std::string message, std::string_view below = {},
            Severity severity = Severity::kError) {
    if (findings_.size() >= kMostFindings) {
      ++left_out_;
      return;
    }
    std::string path = path_;
    if (!below.empty()) path.append(".").append(below);
    findings_.push_back({severity, std::string(code), std::move(message), std::move(path)});
  }

  void FindAll(std::vector<Breach> breaches) {
    for (Breach& breach : breaches) {
      Find(breach.code, std::move(breach.message), breach.element, breach.severity);
    }
  }

  void WholeResource(const json::Value& value) {
    const Structure* structure = TypeOf(value);
    if (structure == nullptr) return;
    const bool strict_around = strict_;
    strict_ = strict_ || RefusesModifiers(structure->name);
    if (strict_ && value.Find("implicitRules") != nullptr) {
      Find("not-supported", "implicit rules are not understood here", "implicitRules");
    }
    Scope scope;
    for (const json::Value& inner : value["contained"].items()) {
      const std::string& id = inner["id"].text();
      if (!scope.contained.emplace(id, inner["resourceType"].text()).second && !id.empty()) {
        Find("duplicate", "two contained resources have the same id", "contained");
      }
    }
    std::swap(scope, scope_);
    Object(value, *structure, Kind::kResource);
    std::swap(scope, scope_);
    CheckContained(value["contained"], scope);
    strict_ = strict_around;
  }

  const Structure* TypeOf(const json::Value& value) {
    if (!value.is_object()) {
      Find("structure", "a resource must be an object");
      return nullptr;
    }
    const json::Value& type = value["resourceType"];
    if (!type.is_string() || !IsResourceType(type.text())) {
      Find("structure", "the resource type is not one of FHIR R4");
      return nullptr;
    }
    return FindStructure(type.text());
  }

  void ContainedResource(const json::Value& value) {
    const Structure* structure = TypeOf(value);
    if (structure == nullptr) return;
    if (value.Find("contained") != nullptr) {
      Find("invariant", "a contained resource contains others (dom-2)", "contained");
    }
    const json::Value& meta = value["meta"];
    if (meta.Find("versionId") != nullptr || meta.Find("lastUpdated") != nullptr) {
      Find("invariant", "a contained resource has a version of its own (dom-4)", "meta");
    }
    if (meta.Find("security") != nullptr) {
      Find("invariant", "a contained resource has a security label of its own (dom-5)", "meta");
    }
    scope_.in_contained = true;
    scope_.refers_back = false;
    Object(value, *structure, Kind::kResource);
    scope_.in_contained = false;
    if (scope_.refers_back) scope_.referred.insert(value["id"].text());
  }

  void CheckContained(const json::Value& contained, const Scope& scope) {
    for (size_t i = 0; i < contained.size(); ++i) {
      const std::string& id = contained.at(i)["id"].text();
      if (!id.empty() && scope.referred.contains(id)) continue;
      Find("invariant", "nothing refers to the contained resource (dom-3)",
           "contained[" + std::to_string(i) + "]");
    }
  }

  // A local reference, as a Reference or as a uri.
  void Refer(std::string_view text) {
    if (!text.starts_with('#')) return;
    if (text.size() > 1) {
      scope_.referred.emplace(text.substr(1));
    } else if (scope_.in_contained) {
      scope_.refers_back = true;
    }
  }

  enum class Kind : uint8_t { kResource, kElement, kBesideValue };
  // By which member each element is there: a choice has many.
  using Present = std::array<const ElementRule*, Structure::kMostElements>;

  void Object(const json::Value& object, const Structure& structure, Kind kind) {
    if (depth_ > kMaxDepth) return Find("too-costly", "the resource is nested too deeply");
    if (object.size() == 0) return Find("structure", "an object must not be empty (ele-1)");
    if (object.size() > kMaxMembers) return Find("structure", "an object has too many members");
    if (kind == Kind::kElement && object.size() == 1 && object.Find("id") != nullptr) {
      Find("invariant", "an element has more than an id (ele-1)");
    }
    Present present{};
    for (const json::Member& member : object.members()) {
      if (kind == Kind::kResource && member.name == "resourceType") continue;
      MemberOf(object, member, structure, present);
    }
    for (const auto& [index, name] : structure.required) {
      if (present[index] == nullptr) Find("required", "a required element is missing", name);
    }
    for (const Invariant* invariant : structure.invariants) {
      if (invariant->holds == nullptr || invariant->holds(object)) continue;
      Find(invariant->code,
           std::string(invariant->message) + " (" + std::string(invariant->id) + ")",
           invariant->element);
    }
    if (kind == Kind::kResource) FindAll(CheckOwnRules(structure.name, object));
  }

  void MemberOf(const json::Value& object, const json::Member& member, const Structure& structure,
                Present& present) {
    const bool beside = member.name.starts_with('_');
    const std::string_view name = std::string_view(member.name).substr(beside ? 1 : 0);
    const ElementRule* rule = structure.Find(name);
    Step step(*this, rule != nullptr ? rule->name : name);
    if (strict_ && name == "modifierExtension") {
      return Find("extension", "a modifier extension is not understood here");
    }
    if (rule == nullptr) return Find("structure", "the element is not defined here");
    if (const ElementRule* other = std::exchange(present[rule->index], rule);
        other != nullptr && other != rule) {
      Find("structure", "the element has more than one type of value");
    }
    if (rule->repeats != member.value.is_array() && !member.value.is_null()) {
      return Find("structure", rule->repeats
                                   ? "the element repeats and must be an array"
                                   : "the element does not repeat and must not be an array");
    }
    if (beside) return BesidePrimitive(object, member, name, *rule);
    if (!member.value.is_array()) return Element(member.value, *rule);
    Items(member.value, rule->primitive ? object["_" + member.name] : kNothing,
          [&](const json::Value& item, size_t) { Element(item, *rule); });
    if (name == "extension" || name == "modifierExtension") {
      Extensions(member.value, structure.name);
      if (structure.name != "Extension") AbsoluteUrls(member.value);
    }
  }

  // _name: the ids and extensions of a primitive.
  // http://hl7.org/fhir/R4/json.html#primitive
  void BesidePrimitive(const json::Value& object, const json::Member& member, std::string_view name,
                       const ElementRule& rule) {
    if (!rule.primitive) return Find("structure", "only a primitive has a member beside it");
    auto one = [&](const json::Value& value, const json::Value& primitive) {
      if (!value.is_object()) {
        return Find("structure", "what stands beside a primitive is an object");
      }
      Object(value, *FindStructure("Element"),
             primitive.is_null() ? Kind::kElement : Kind::kBesideValue);
    };
    const json::Value& primitive = object[name];
    const bool alone = object.Find(name) == nullptr;
    if (!alone && primitive.is_array() != member.value.is_array()) {
      return Find("structure", "the element and the member beside it differ in shape");
    }
    if (!member.value.is_array()) return one(member.value, primitive);
    if (!alone && primitive.size() != member.value.size()) {
      Find("structure", "the element and the member beside it differ in length");
    }
    Items(member.value, primitive,
          [&](const json::Value& item, size_t i) { one(item, primitive.at(i)); });
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
        visit(item, i);
      }
    }
  }

  void Element(const json::Value& value, const ElementRule& rule) {
    if (value.is_null()) return Find("structure", "a null stands for nothing here");
    if (rule.primitive) return PrimitiveElement(value, rule);
    if (!value.is_object()) return Find("structure", "the element must be an object");
    const Structure* structure = rule.structure();
    if (structure == nullptr) {
      return rule.name == "contained" ? ContainedResource(value) : WholeResource(value);
    }
    Object(value, *structure, Kind::kElement);
    if (structure->name == "Reference") {
      Refer(value["reference"].text());
      FindAll(CheckReference(value, rule.targets, scope_.contained));
    } else if (rule.codes.is_bound()) {
      CheckCoded(value, *structure, rule);
    }
  }

  void PrimitiveElement(const json::Value& value, const ElementRule& rule) {
    if (value.is_string() && value.text().empty()) {
      return Find("structure", "a string must not be empty");
    }
    if (const std::string_view defect = DefectOf(*rule.primitive, value); !defect.empty()) {
      return Find("value", std::string(defect));
    }
    // http://hl7.org/fhir/R4/element-definitions.html#Element.id
    const bool is_element_id = rule.member == "id" && rule.primitive == Primitive::kString;
    if (is_element_id && value.text().find_first_of(" \t\r\n") != std::string::npos) {
      return Find("value", "the id of an element has no white space");
    }
    if (rule.codes.is_bound() && !rule.codes.Has(value.text())) {
      Find("code-invalid", "the code is not one of the element's required codes");
    }
    const bool is_uri = rule.primitive == Primitive::kUri || rule.primitive == Primitive::kUrl ||
                        rule.primitive == Primitive::kCanonical;
    if (is_uri) Refer(value.text());
  }

  // A required binding of a concept: one of its codings is in the value set.
  void CheckCoded(const json::Value& value, const Structure& structure, const ElementRule& rule) {
    auto bound = [&](const json::Value& coding) {
      return rule.codes.Has(coding["system"].text(), coding["code"].text());
    };
    const auto& codings = value["coding"].items();
    if (rule.may_be_text && codings.empty()) return;
    const bool holds = structure.name == "Coding"
                           ? bound(value)
                           : std::any_of(codings.begin(), codings.end(), bound);
    if (!holds) Find("code-invalid", "no coding is one of the element's required codes");
  }

  void Extensions(const json::Value& extensions, std::string_view holder) {
    for (size_t i = 0; i < extensions.size(); ++i) {
      Step step(*this, i);
      FindAll(CheckExtension(extensions.at(i), holder));
    }
  }

  // Within an extension a url may be relative to that of the whole.
  // http://hl7.org/fhir/R4/extensibility.html#Extension
  void AbsoluteUrls(const json::Value& extensions) {
    for (size_t i = 0; i < extensions.size(); ++i) {
      const std::string& url = extensions.at(i)["url"].text();
      if (url.empty() || HasScheme(url)) continue;
      Step step(*this, i);
      Find("value", "the url of an extension must be absolute", "url");
    }
  }

  static inline const json::Value kNothing;

  Scope scope_;
  bool strict_ = false;
  std::string path_;
  int depth_ = 0;
  std::vector<Issue> findings_;
  size_t left_out_ = 0;
};

}  // namespace

std::vector<Issue> Validate(const Resource& resource) { return Walk().Run(resource); }

bool HasErrors(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) {
    return issue.severity == Severity::kError || issue.severity == Severity::kFatal;
  });
}

}  // namespace fhir
