// Writes structures.cc out of the R4 4.0.1 definitions: a row a structure in the notation of
// fhir/schema_table.h, and the codes of every value set that a required binding names.
// usage: node generate_structures.mjs DEFINITIONS_FOLDER PROFILES_FOLDER OUTPUT
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import * as corrections from './corrections.mjs';
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
// LOINC's answer list is not part of the definitions.
const NOT_AT_HAND = new Set(['LL379-9']);

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

// ---- our own extensions

// What a profile says beyond this would not be checked, so it stops the build.
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const typesOf = (value) => (value.max === '0' ? [] : value.type).map((t) => capital(t.code)).join('|');
const understood = new Set(['id', 'path', 'sliceName', 'slicing', 'short', 'definition', 'min', 'max', 'type', 'fixedUri']);

function partOf(elements, slice) {
  const [url, value] = ['url', 'value[x]'].map((name) => elements.get(`${slice.id}.${name}`));
  if (value.min !== 1) throw new Error(`${slice.id}: a part without a value`);
  return {url: url.fixedUri, types: typesOf(value), min: slice.min, max: slice.max === '*' ? 'SIZE_MAX' : slice.max};
}

const extensions = readdirSync(profilesFolder).filter((file) => file.endsWith('.json')).map((file) => {
  const profile = JSON.parse(readFileSync(`${profilesFolder}/${file}`));
  const elements = new Map(profile.differential.element.map((e) => [e.id, e]));
  const slices = [...elements.values()].filter((e) => e.id === `Extension.extension:${e.sliceName}`);
  const known = ['Extension', 'Extension.extension', 'Extension.url', 'Extension.value[x]',
    ...slices.flatMap(({id}) => [id, `${id}.url`, `${id}.value[x]`])];
  for (const [id, element] of elements) {
    const unknown = Object.keys(element).filter((key) => !understood.has(key));
    if (!known.includes(id) || unknown.length > 0) throw new Error(`${file}: ${id} ${unknown} is not understood`);
  }
  const rules = elements.get('Extension.extension')?.slicing?.rules;
  if (slices.length > 0 && rules !== 'closed') throw new Error(`${file}: the slicing is not closed`);
  for (const {type, expression} of profile.context) {
    if (type !== 'element' || !rows.some((row) => row.name === expression)) throw new Error(`${file}: context`);
  }
  const value = elements.get('Extension.value[x]');
  if (slices.length === 0 && value.min !== 1) throw new Error(`${file}: neither a value nor parts`);
  return {url: profile.url, contexts: profile.context.map((c) => c.expression).join('|'), types: typesOf(value),
    parts: slices.map((slice) => partOf(elements, slice))};
});

// ---- the file

const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (list, key) => list.sort((a, b) => byName(key(a), key(b)));
const literal = (text) => JSON.stringify(text).replace(/\?\?/g, '?\\?');
const structureLines = sorted(rows, (r) => r.name).map(
    (r) => `    {${literal(r.name)}, ${literal(r.base)}, ${literal(r.elements)}},`);
const codeLines = [...used].filter((url) => !BY_GRAMMAR.has(lastPart(url)) && terminology.valueSets.has(url)).sort(
    (a, b) => byName(lastPart(a), lastPart(b))).flatMap((url) => [...terminology.expand(url)].map(
    ([system, codes]) => `    {${literal(lastPart(url))}, ${literal(system)}, ${literal([...codes].join('|'))}},`));

const partsName = (e) => `kPartsOf${lastPart(e.url).split('-').map(capital).join('')}`;
const partLines = extensions.filter((e) => e.parts.length > 0).map((e) => `constexpr ExtensionPart ${partsName(e)}[] = {
${e.parts.map((p) => `    {${literal(p.url)}, ${literal(p.types)}, ${p.min}, ${p.max}},`).join('\n')}
};
`);
const extensionLines = sorted(extensions, (e) => e.url).map((e) =>
  `    {${[e.url, e.contexts, e.types].map(literal).join(', ')}, ${e.parts.length > 0 ? partsName(e) : '{}'}},`);

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

${partLines.join('\n')}
constexpr ExtensionRow kExtensions[] = {
${extensionLines.join('\n')}
};

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
