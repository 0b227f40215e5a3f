// Writes structures.cc out of the R4 4.0.1 definitions: a row a structure in the notation of
// fhir/schema_table.h, the codes of every value set that a required binding names, and the
// extensions that are defined.
// usage: node generate_structures.mjs DEFINITIONS_FOLDER PROFILES_FOLDER OUTPUT
import {writeFileSync} from 'node:fs';
import * as corrections from './corrections.mjs';
import {coreExtensions, extensionTable, ownExtensions} from './extensions.mjs';
import {Terminology, lastPart, resourcesOf} from './terminology.mjs';

const [folder, profilesFolder, output] = process.argv.slice(2);
const load = (file) => resourcesOf(folder, file);

const definitions = [...load('profiles-types'), ...load('profiles-resources')].filter(
    (r) => r.resourceType === 'StructureDefinition' && r.kind !== 'primitive-type' && !corrections.notInR4.has(r.name));
const resourceTypes = definitions.filter((d) => d.kind === 'resource' && !d.abstract).map((d) => d.name).sort();
const isResourceType = new Set(resourceTypes);
// http://hl7.org/fhir/R4/security.html#SecPrivConsiderations: what the definitions class as data of nobody, of
// businesses or of professionals. All else is of patients, or nobody says.
const security = (d) => d.extension?.find((e) => e.url.endsWith('/structuredefinition-security-category'))?.valueCode;
const notOfPatients = definitions.filter((d) => ['anonymous', 'business', 'individual'].includes(security(d)))
  .map((d) => d.name).filter((name) => isResourceType.has(name)).sort();

// ---- value sets

const terminology = new Terminology(folder);

// Their systems have no list of codes: fhir/code_grammar.cc knows their grammar.
const BY_GRAMMAR = new Set(['mimetypes', 'currencies', 'ucum-units', 'all-languages']);
// LOINC's answer list and the names of time zones are not part of the definitions.
const NOT_AT_HAND = new Set(['LL379-9', 'timezones']);

// ---- structures

const used = new Set(corrections.valueSets.map((s) => `http://hl7.org/fhir/ValueSet/${s}`));

function bindingOf(element) {
  const {strength, valueSet, extension} = element.binding ?? {};
  const widest = extension?.find((e) => e.url.endsWith('/elementdefinition-maxValueSet'))?.valueCanonical;
  const set = strength === 'required' ? valueSet : lastPart(widest ?? '') === 'all-languages' ? widest : null;
  if (!set || NOT_AT_HAND.has(lastPart(set))) return '';
  used.add(set.split('|')[0]);
  return (strength === 'required' ? '=' : '~') + lastPart(set);
}

function typeText(type, element) {
  if (type.code.startsWith('http://hl7.org/fhirpath/')) {
    if (element.path === 'Resource.id') return 'id';  // 4.0.1 says string, its text says id
    return type.extension?.find((e) => e.url.endsWith('/structuredefinition-fhir-type'))?.valueUrl ?? 'string';
  }
  if (type.code === 'Element' || type.code === 'BackboneElement') return element.path;
  if (type.profile?.[0].endsWith('/SimpleQuantity')) return 'SimpleQuantity';
  if (/^(code|Coding|CodeableConcept)$/.test(type.code)) return type.code + bindingOf(element);
  if (type.code !== 'Reference') return type.code;
  const targets = (type.targetProfile ?? []).map(lastPart);
  if (targets.length === 0 || targets.includes('Resource')) return 'Reference';
  return `Reference(${targets.filter((t) => isResourceType.has(t)).join('|')})`;
}

const nameOf = (path) => path.slice(path.lastIndexOf('.') + 1);
const openTypes = definitions.find((d) => d.name === 'Extension').snapshot.element
  .find((e) => e.path === 'Extension.value[x]').type.map((t) => t.code);

function elementText(element) {
  const summary = element.isSummary ? '+' : '';
  if (element.path in corrections.elements) return corrections.elements[element.path] + summary;
  const types = element.contentReference ? [element.contentReference.slice(1)]
                                         : element.type.map((t) => typeText(t, element));
  const text = types.length === openTypes.length ? '?' : types.join(',');
  return `${nameOf(element.path)}:${text}${element.min > 0 ? '!' : ''}${element.max === '*' ? '*' : ''}${summary}`;
}

function rowsOf(definition) {
  const rows = new Map([[definition.name, {base: lastPart(definition.baseDefinition ?? ''), elements: []}]]);
  for (const element of definition.snapshot.element) {
    const own = element.base.path === element.path;
    const backbone = ['Element', 'BackboneElement'].includes(element.type?.[0].code);
    if (!element.path.startsWith(`${definition.name}.`) || !own) continue;
    if ([...corrections.notInR4].some((p) => `${element.path}.`.startsWith(`${p}.`))) continue;
    const parent = element.path.slice(0, element.path.lastIndexOf('.'));
    rows.get(parent).elements.push(elementText(element));
    if (backbone) rows.set(element.path, {base: element.type[0].code, elements: []});
  }
  return [...rows].map(([name, row]) => ({name, base: row.base, elements: row.elements.join(' ')}));
}

const rows = definitions.flatMap(rowsOf).filter(
    (r) => r.name in corrections.rows || !(r.name.split('.')[0] in corrections.rows));
for (const row of rows) row.elements = corrections.rows[row.name] ?? row.elements;

// ---- extensions

const isStructure = (name) => rows.some((row) => row.name === name);
const extensions = [...ownExtensions(profilesFolder, isStructure), ...coreExtensions(folder, isStructure)];
for (const {codes, parts} of extensions) {
  for (const url of [codes, ...parts.map((part) => part.codes)]) {
    if (url && !NOT_AT_HAND.has(lastPart(url))) used.add(url);
  }
}

// ---- the file

const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (list, key) => list.sort((a, b) => byName(key(a), key(b)));
const literal = (text) => JSON.stringify(text).replace(/\?\?/g, '?\\?');
const structureLines = sorted(rows, (r) => r.name).map(
    (r) => `    {${literal(r.name)}, ${literal(r.base)}, ${literal(r.elements)}},`);
const codeLines = [...used].filter((url) => !BY_GRAMMAR.has(lastPart(url)) && terminology.valueSets.has(url)).sort(
    (a, b) => byName(lastPart(a), lastPart(b))).flatMap((url) => [...terminology.expand(url)].map(
    ([system, codes]) => `    {${literal(lastPart(url))}, ${literal(system)}, ${literal([...codes].join('|'))}},`));

writeFileSync(output, `// Generated by fhir/tables/generate_structures.mjs.
#include <cstdint>

#include "fhir/schema_table.h"

namespace fhir {
namespace {

constexpr StructureRow kStructures[] = {
${structureLines.join('\n')}
};

constexpr CodesRow kCodes[] = {
${codeLines.join('\n')}
};

${extensionTable(extensions)}

constexpr std::string_view kResourceTypes[] = {
${resourceTypes.map((t) => `    ${literal(t)},`).join('\n')}
};

constexpr std::string_view kNotOfPatients[] = {
${notOfPatients.map((t) => `    ${literal(t)},`).join('\n')}
};

}  // namespace

std::span<const StructureRow> StructureRows() { return kStructures; }
std::span<const CodesRow> CodesRows() { return kCodes; }
std::span<const ExtensionRow> ExtensionRows() { return kExtensions; }
std::span<const std::string_view> ResourceTypes() { return kResourceTypes; }
std::span<const std::string_view> TypesNotOfPatients() { return kNotOfPatients; }
std::string_view OpenTypes() { return ${literal(openTypes.join(','))}; }

}  // namespace fhir
`);
