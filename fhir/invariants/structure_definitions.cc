#include "fhir/invariants/tables.h"
#include "fhir/invariants/words.h"
#include "fhir/primitive.h"

namespace fhir::invariants {
namespace {

constexpr std::string_view kOfFhir = "http://hl7.org/fhir/StructureDefinition";
constexpr std::string_view kOfFhirPath = "http://hl7.org/fhirpath/System.";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// The element that describes the whole structure has no dot in its path.
bool IsRoot(const Value& element) { return element["path"].text().find('.') == std::string::npos; }
const Value& First(const Value& view) { return view["element"].at(0); }

// Both views of a StructureDefinition.
template <class Test>
bool InBoth(const Value& definition, const Test& test) {
  return All(definition["snapshot"]["element"], test) &&
         All(definition["differential"]["element"], test);
}

bool HaveDistinctIds(const Value& view) {
  return All(view["element"], AnyOf<"id">) && DistinctBy(view["element"], "id");
}

// [^special]{1,64}, then for each further step "[x]" and ":slice" too.
bool IsElementPath(std::string_view path) {
  constexpr std::string_view kSpecial = " \t\r\n\v\f.,:;'\"/|?!@#$%&*()[]{}";
  for (bool first = true;; first = false) {
    const size_t dot = path.find('.');
    std::string_view step = path.substr(0, dot);
    if (!first) {
      if (const size_t colon = step.find(':'); colon != std::string_view::npos) {
        const std::string_view slice = step.substr(colon + 1);
        if (slice.empty() || slice.find_first_of(" \t\r\n\v\f") != std::string_view::npos) {
          return false;
        }
        step = step.substr(0, colon);
      }
      if (step.ends_with("[x]")) step.remove_suffix(3);
    }
    const auto characters =
        std::count_if(step.begin(), step.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
    if (characters < 1 || characters > 64) return false;
    if (step.find_first_of(kSpecial) != std::string_view::npos) return false;
    if (dot == std::string_view::npos) return true;
    path.remove_prefix(dot + 1);
  }
}

bool IsSliceName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) ||
           std::string_view("/-_[]@").find(c) != std::string_view::npos;
  });
}

// A type of FHIR's own, or one of FHIRPath's.
bool IsTypeOfFhir(std::string_view code, bool with_dots) {
  const bool own = !code.empty() && std::all_of(code.begin(), code.end(), [&](char c) {
    return IsLetter(c) || IsDigit(c) || (with_dots && c == '.');
  });
  if (own || !code.starts_with(kOfFhirPath)) return own;
  code.remove_prefix(kOfFhirPath.size());
  return code.size() > 1 && code[0] <= 'Z' && std::all_of(code.begin(), code.end(), IsLetter);
}

bool AllTypesAreOfFhir(const Value& view, bool with_dots) {
  return All(view["element"], [&](const Value& element) {
    return All(element["type"],
               [&](const Value& type) { return IsTypeOfFhir(type["code"].text(), with_dots); });
  });
}

// Whether all elements but the first are below `root`.
bool AllBelow(const Value& view, std::string_view root) {
  const auto& elements = view["element"].items();
  return std::all_of(
      elements.begin() + (elements.empty() ? 0 : 1), elements.end(), [root](const Value& element) {
        const std::string_view path = element["path"].text();
        return path.size() > root.size() && path.starts_with(root) && path[root.size()] == '.';
      });
}

bool SnapshotIsOfItsType(const Value& definition) {
  const Value& snapshot = definition["snapshot"];
  if (snapshot.is_null()) return true;
  const std::string& root = First(snapshot)["path"].text();
  return (Is(definition, "kind", "logical") || root == definition["type"].text()) &&
         AllBelow(snapshot, root);
}

bool DifferentialIsOfItsType(const Value& definition) {
  const Value& differential = definition["differential"];
  if (differential.is_null()) return true;
  const std::string_view first = First(differential)["path"].text();
  return (Is(definition, "kind", "logical") || first.starts_with(definition["type"].text())) &&
         AllBelow(differential, first.substr(0, first.find('.')));
}

bool MinIsBelowMax(const Value& element) {
  const Value& min = element["min"];
  const std::string& max = element["max"].text();
  return !min.is_number() || !IsNumber(max) || CompareDecimals(min.text(), max) <= 0;
}

bool IsReferring(const Value& type) { return Is(type, "code", "Reference|canonical"); }

constexpr auto kRules = std::to_array<Invariant>({
    {"sdf-1", "StructureDefinition", "a path stands twice",
     [](const Value& v) {
       return Is(v, "derivation", "constraint") || DistinctBy(v["snapshot"]["element"], "path");
     },
     "invariant", "snapshot"},
    {"sdf-2", "StructureDefinition.mapping", "a mapping needs a name or an address",
     AnyOf<"name", "uri">},
    {"sdf-3", "StructureDefinition.snapshot", "an element needs a definition and a cardinality",
     [](const Value& v) {
       return All(v["element"], [](const Value& element) {
         return CountOf<"definition", "min", "max">(element) == 3;
       });
     },
     "invariant", "element"},
    {"sdf-4", "StructureDefinition", "what is not abstract needs a base",
     [](const Value& v) { return IsTrue(v, "abstract") || Has(v, "baseDefinition"); }},
    {"sdf-5", "StructureDefinition", "an extension needs a context",
     [](const Value& v) {
       return !Is(v, "type", "Extension") || Is(v, "derivation", "specialization") ||
              Has(v, "context");
     }},
    {"sdf-6", "StructureDefinition", "a snapshot or a differential is needed",
     AnyOf<"snapshot", "differential">},
    {"sdf-8", "StructureDefinition", "the snapshot's elements are of another type",
     &SnapshotIsOfItsType, "invariant", "snapshot"},
    {"sdf-8a", "StructureDefinition", "the differential's elements are of another type",
     &DifferentialIsOfItsType, "invariant", "differential"},
    {"sdf-8b", "StructureDefinition.snapshot", "an element needs its base",
     [](const Value& v) { return All(v["element"], AnyOf<"base">); }, "invariant", "element"},
    {"sdf-9", "StructureDefinition", "the root element has a label, a code or requirements",
     [](const Value& v) {
       return InBoth(v, [](const Value& element) {
         return !IsRoot(element) || NoneOf<"label", "code", "requirements">(element);
       });
     }},
    {"sdf-10", "StructureDefinition.snapshot", "a binding needs a value set or a description",
     [](const Value& v) {
       return All(v["element"], [](const Value& element) {
         return !Has(element, "binding") || AnyOf<"valueSet", "description">(element["binding"]);
       });
     },
     "invariant", "element"},
    {"sdf-11", "StructureDefinition", "the snapshot begins with another type",
     [](const Value& v) {
       return Is(v, "kind", "logical") || !Has(v, "snapshot") ||
              First(v["snapshot"])["path"].text() == v["type"].text();
     },
     "invariant", "snapshot"},
    {"sdf-14", "StructureDefinition", "an element needs an id",
     [](const Value& v) { return InBoth(v, AnyOf<"id">); }},
    {"sdf-15", "StructureDefinition", "the snapshot's first element has a type",
     [](const Value& v) { return Is(v, "kind", "logical") || !Has(First(v["snapshot"]), "type"); },
     "invariant", "snapshot"},
    {"sdf-15a", "StructureDefinition", "the differential's root element has a type",
     [](const Value& v) {
       const Value& first = First(v["differential"]);
       return Is(v, "kind", "logical") || !IsRoot(first) || !Has(first, "type");
     },
     "invariant", "differential"},
    {"sdf-16", "StructureDefinition", "the snapshot's elements need ids, each its own",
     [](const Value& v) { return HaveDistinctIds(v["snapshot"]); }, "invariant", "snapshot"},
    {"sdf-17", "StructureDefinition", "the differential's elements need ids, each its own",
     [](const Value& v) { return HaveDistinctIds(v["differential"]); }, "invariant",
     "differential"},
    {"sdf-18", "StructureDefinition", "only an extension has invariants of its context",
     [](const Value& v) { return !Has(v, "contextInvariant") || Is(v, "type", "Extension"); },
     "invariant", "contextInvariant"},
    {"sdf-19", "StructureDefinition", "FHIR's own structures use its types only",
     [](const Value& v) {
       return !v["url"].text().starts_with(kOfFhir) ||
              (AllTypesAreOfFhir(v["differential"], false) &&
               AllTypesAreOfFhir(v["snapshot"], true));
     }},
    {"sdf-20", "StructureDefinition.differential", "the root element is sliced",
     [](const Value& v) {
       return All(v["element"], [](const Value& element) {
         return !IsRoot(element) || !Has(element, "slicing");
       });
     },
     "invariant", "element"},
    {"sdf-21", "StructureDefinition", "only a specialization has default values",
     [](const Value& v) {
       return Is(v, "derivation", "specialization") ||
              All(v["differential"]["element"], NoneOf<"defaultValue[x]">);
     },
     "invariant", "differential"},
    {"sdf-22", "StructureDefinition", "FHIR's own structures have no default values",
     [](const Value& v) {
       return !v["url"].text().starts_with(kOfFhir) || InBoth(v, NoneOf<"defaultValue[x]">);
     }},
    {"sdf-23", "StructureDefinition", "the root element has a slice name",
     [](const Value& v) {
       return InBoth(
           v, [](const Value& element) { return !IsRoot(element) || !Has(element, "sliceName"); });
     }},

    {"eld-1", "ElementDefinition.slicing", "a slicing needs discriminators or a description",
     AnyOf<"discriminator", "description">},
    {"eld-2", "ElementDefinition", "the maximum is below the minimum", &MinIsBelowMax},
    {"eld-3", "ElementDefinition", "the maximum is a number or *",
     [](const Value& v) {
       return !v["max"].is_string() || Is(v, "max", "*") || IsNumber(v["max"].text());
     },
     "invariant", "max"},
    {"eld-4", "ElementDefinition.type", "only references are aggregated",
     [](const Value& v) { return !Has(v, "aggregation") || IsReferring(v); }},
    {"eld-5", "ElementDefinition", "what refers to other content says nothing else of it",
     [](const Value& v) {
       return !Has(v, "contentReference") ||
              NoneOf<"type", "defaultValue[x]", "fixed[x]", "pattern[x]", "example", "minValue[x]",
                     "maxValue[x]", "maxLength", "binding">(v);
     }},
    {"eld-6", "ElementDefinition", "a fixed value is for one type",
     [](const Value& v) { return !Has(v, "fixed[x]") || v["type"].size() <= 1; }},
    {"eld-7", "ElementDefinition", "a pattern is for one type",
     [](const Value& v) { return !Has(v, "pattern[x]") || v["type"].size() <= 1; }},
    {"eld-8", "ElementDefinition", "either a pattern or a fixed value",
     AtMostOneOf<"pattern[x]", "fixed[x]">},
    {"eld-12", "ElementDefinition.binding", "a value set's address is http, https or urn",
     [](const Value& v) {
       const std::string& url = v["valueSet"].text();
       return url.empty() || url.starts_with("http:") || url.starts_with("https") ||
              url.starts_with("urn:");
     },
     "invariant", "valueSet"},
    {"eld-13", "ElementDefinition", "a type stands twice",
     [](const Value& v) { return DistinctBy(v["type"], "code"); }, "invariant", "type"},
    {"eld-14", "ElementDefinition", "a constraint's key stands twice",
     [](const Value& v) { return DistinctBy(v["constraint"], "key"); }, "invariant", "constraint"},
    {"eld-15", "ElementDefinition", "either a default or a meaning when missing",
     AtMostOneOf<"defaultValue[x]", "meaningWhenMissing">},
    {"eld-16", "ElementDefinition", "a slice name has letters, digits and / - _ [ ] @ only",
     [](const Value& v) { return IsSliceName(v["sliceName"].text()); }, "invariant", "sliceName"},
    {"eld-17", "ElementDefinition.type", "only references have target profiles",
     [](const Value& v) { return !Has(v, "targetProfile") || IsReferring(v); }},
    {"eld-18", "ElementDefinition", "a modifier needs the reason why",
     [](const Value& v) { return !IsTrue(v, "isModifier") || Has(v, "isModifierReason"); }},
    {"eld-19", "ElementDefinition", "an element's name has a special character",
     [](const Value& v) { return !v["path"].is_string() || IsElementPath(v["path"].text()); },
     "invariant", "path"},
    {"eld-22", "ElementDefinition", "only a slice constrains one",
     Needs<"sliceIsConstraining", "sliceName">},
});

}  // namespace

std::span<const Invariant> OfStructureDefinitions() { return kRules; }

}  // namespace fhir::invariants
