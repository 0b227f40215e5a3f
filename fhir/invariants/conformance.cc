#include "fhir/invariants/tables.h"
#include "fhir/invariants/words.h"

namespace fhir::invariants {
namespace {

// Whether each code at `name` of the array's items is one of `known`.
bool AllKnown(const Value& array, std::string_view name, const std::set<std::string_view>& known) {
  return All(array, [&](const Value& item) {
    const Value& value = item[name];
    if (value.is_array()) {
      return All(value, [&](const Value& one) { return known.contains(one.text()); });
    }
    return value.is_null() || known.contains(value.text());
  });
}

bool VersionsAreOfTheGuide(const Value& guide) {
  std::set<std::string_view> known;
  for (const Value& version : guide["fhirVersion"].items()) known.insert(version.text());
  return AllKnown(guide["definition"]["resource"], "fhirVersion", known);
}

bool GroupingsAreOfTheGuide(const Value& definition) {
  std::set<std::string_view> known;
  for (const Value& grouping : definition["grouping"].items()) known.insert(grouping["id"].text());
  return AllKnown(definition["resource"], "groupingId", known);
}

// CapabilityStatement and TerminologyCapabilities alike.
bool InstanceIsImplemented(const Value& statement) {
  return !Is(statement, "kind", "instance") || Has(statement, "implementation");
}
bool CapabilityIsSoftware(const Value& statement) {
  return !Is(statement, "kind", "capability") ||
         (Has(statement, "software") && !Has(statement, "implementation"));
}
bool RequirementsAreNeither(const Value& statement) {
  return !Is(statement, "kind", "requirements") || NoneOf<"implementation", "software">(statement);
}

bool OnlyInstancesHaveEndpoints(const Value& statement) {
  return Is(statement, "kind", "instance") || All(statement["messaging"], NoneOf<"endpoint">);
}

bool DocumentsDiffer(const Value& statement) {
  return Distinct(statement["document"], [](const Value& document) {
    return document["profile"].text() + " " + document["mode"].text();
  });
}

bool IsPositiveOrStar(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return text.empty() || text == "*" ||
         (digits && text.find_first_not_of('0') != std::string::npos);
}

bool OnePreferredOfEachType(const Value& naming_system) {
  return Distinct(naming_system["uniqueId"], [](const Value& id) {
    return IsTrue(id, "preferred") ? id["type"].text() : std::string();
  });
}

bool OperationHasOneTarget(const Value& operation) {
  return Has(operation, "sourceId") || CountOf<"targetId", "url", "params">(operation) == 1 ||
         Is(operation["type"], "code", "capabilities|search|transaction|history");
}

bool OneAssertion(const Value& assertion) {
  return Has(assertion, "extension") ||
         AtMostOneOf<"contentType", "expression", "headerField", "minimumId", "navigationLinks",
                     "path", "requestMethod", "resource", "responseCode", "response",
                     "validateProfileId">(assertion);
}

constexpr auto kRules =
    std::to_array<Invariant>({
        {"cpb-1", "CapabilityStatement", "a statement is about REST, messages or documents",
         AnyOf<"rest", "messaging", "document">},
        {"cpb-2", "CapabilityStatement", "a description, software or an implementation is needed",
         AnyOf<"description", "software", "implementation">},
        {"cpb-3", "CapabilityStatement", "only an instance has messaging endpoints",
         &OnlyInstancesHaveEndpoints, "invariant", "messaging"},
        {"cpb-7", "CapabilityStatement", "a document's profile and mode stand twice",
         &DocumentsDiffer, "invariant", "document"},
        {"cpb-9", "CapabilityStatement.rest", "a resource type stands twice",
         [](const Value& v) { return DistinctBy(v["resource"], "type"); }, "invariant", "resource"},
        {"cpb-12", "CapabilityStatement.rest.resource", "a search parameter stands twice",
         [](const Value& v) { return DistinctBy(v["searchParam"], "name"); }, "invariant",
         "searchParam"},
        {"cpb-14", "CapabilityStatement", "an instance needs its implementation",
         &InstanceIsImplemented},
        {"cpb-15", "CapabilityStatement", "a capability is of software, not of an implementation",
         &CapabilityIsSoftware},
        {"cpb-16", "CapabilityStatement", "requirements have no software and no implementation",
         &RequirementsAreNeither},
        {"tcp-1", "TerminologyCapabilities.codeSystem", "several versions need a code each",
         [](const Value& v) {
           return v["version"].size() <= 1 || All(v["version"], AnyOf<"code">);
         },
         "invariant", "version"},
        {"tcp-2", "TerminologyCapabilities",
         "a description, software or an implementation is needed",
         AnyOf<"description", "software", "implementation">},
        {"tcp-3", "TerminologyCapabilities", "an instance needs its implementation",
         &InstanceIsImplemented},
        {"tcp-4", "TerminologyCapabilities",
         "a capability is of software, not of an implementation", &CapabilityIsSoftware},
        {"tcp-5", "TerminologyCapabilities", "requirements have no software and no implementation",
         &RequirementsAreNeither},

        // ---- terminology
        {"csd-1", "CodeSystem", "a code stands twice",
         [](const Value& v) { return DistinctBelow(v, "concept", "code"); }, "invariant",
         "concept"},
        {"cmd-1", "ConceptMap.group.element.target", "a narrower or inexact map needs a comment",
         [](const Value& v) {
           return Has(v, "comment") || !Is(v, "equivalence", "narrower|inexact");
         }},
        {"cmd-2", "ConceptMap.group.unmapped", "a fixed code is needed",
         [](const Value& v) { return !Is(v, "mode", "fixed") || Has(v, "code"); }},
        {"cmd-3", "ConceptMap.group.unmapped", "the other map's address is needed",
         [](const Value& v) { return !Is(v, "mode", "other-map") || Has(v, "url"); }},
        {"nsd-1", "NamingSystem", "a root has no uuid",
         [](const Value& v) {
           return !Is(v, "kind", "root") ||
                  All(v["uniqueId"], [](const Value& id) { return !Is(id, "type", "uuid"); });
         },
         "invariant", "uniqueId"},
        {"nsd-2", "NamingSystem", "one identifier of a type is preferred", &OnePreferredOfEachType,
         "invariant", "uniqueId"},
        {"vsd-1", "ValueSet.compose.include", "a value set or a system is needed",
         AnyOf<"valueSet", "system">},
        {"vsd-2", "ValueSet.compose.include", "concepts and filters need their system",
         [](const Value& v) { return Has(v, "system") || NoneOf<"concept", "filter">(v); }},
        {"vsd-3", "ValueSet.compose.include", "either concepts or filters",
         AtMostOneOf<"concept", "filter">},
        {"vsd-6", "ValueSet.expansion.contains", "a code or a display is needed",
         AnyOf<"code", "display">},
        {"vsd-9", "ValueSet.expansion.contains", "what is not abstract needs a code",
         [](const Value& v) { return Has(v, "code") || IsTrue(v, "abstract"); }},
        {"vsd-10", "ValueSet.expansion.contains", "a code needs its system",
         Needs<"code", "system">},

        // ---- definitions
        {"ig-1", "ImplementationGuide.definition", "a resource is in a grouping that is not there",
         &GroupingsAreOfTheGuide, "invariant", "resource"},
        {"ig-2", "ImplementationGuide", "a resource is of a version that the guide is not for",
         &VersionsAreOfTheGuide, "invariant", "definition.resource"},
        {"md-1", "MessageDefinition.focus", "the maximum is a positive number or *",
         [](const Value& v) { return IsPositiveOrStar(v["max"].text()); }, "invariant", "max"},
        {"opd-1", "OperationDefinition.parameter", "a type or parts are needed",
         AnyOf<"type", "part">},
        {"opd-2", "OperationDefinition.parameter", "only a string has a search type",
         [](const Value& v) { return !Has(v, "searchType") || Is(v, "type", "string"); }},
        {"opd-3", "OperationDefinition.parameter", "only references and canonicals have targets",
         [](const Value& v) {
           return !Has(v, "targetProfile") || Is(v, "type", "Reference|canonical");
         }},
        {"spd-1", "SearchParameter", "an XPath needs its usage", Needs<"xpath", "xpathUsage">},
        {"spd-2", "SearchParameter", "only references are chained",
         [](const Value& v) { return !Has(v, "chain") || Is(v, "type", "reference"); }, "invariant",
         "chain"},
        {"smp-1", "StructureMap.group.rule.target", "an element needs its context",
         Needs<"element", "context">},
        {"smp-2", "StructureMap.group.rule.target", "a context needs its type",
         Needs<"context", "contextType">},

        // ---- tests. The rules on a TestScript's test and teardown are those of its setup.
        {"inv-1", "TestReport.setup.action", "either an operation or an assertion",
         OneOf<"operation", "assert">},
        {"inv-2", "TestReport.test.action", "either an operation or an assertion",
         OneOf<"operation", "assert">},
        {"tst-1", "TestScript.setup.action", "either an operation or an assertion",
         OneOf<"operation", "assert">},
        {"tst-2", "TestScript.test.action", "either an operation or an assertion",
         OneOf<"operation", "assert">},
        // As the expression has it; its text allows one of them only.
        {"tst-3", "TestScript.variable", "not all of an expression, a header and a path",
         [](const Value& v) { return CountOf<"expression", "headerField", "path">(v) < 3; }},
        {"tst-4", "TestScript.metadata", "a capability is required or validated",
         [](const Value& v) {
           const auto& capabilities = v["capability"].items();
           return std::any_of(capabilities.begin(), capabilities.end(),
                              AnyOf<"required", "validated">);
         },
         "invariant", "capability"},
        {"tst-5", "TestScript.setup.action.assert", "one assertion only", &OneAssertion},
        {"tst-7", "TestScript.setup.action.operation", "the operation has one target",
         &OperationHasOneTarget},
        {"tst-10", "TestScript.setup.action.assert", "a comparison needs both its parts",
         [](const Value& v) {
           return Has(v, "compareToSourceId") ==
                  AnyOf<"compareToSourceExpression", "compareToSourcePath">(v);
         }},
        {"tst-12", "TestScript.setup.action.assert", "an assertion on a request has no response",
         [](const Value& v) {
           return !Is(v, "direction", "request") || NoneOf<"response", "responseCode">(v);
         }},
    });

}  // namespace

std::span<const Invariant> OfConformance() { return kRules; }

}  // namespace fhir::invariants
