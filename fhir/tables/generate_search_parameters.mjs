// Writes the table of every R4 search parameter out of the official definitions:
//   node generate_search_parameters.mjs DEFINITIONS_DIR OUT.cc
// One line a parameter, one text a type; the notation is in fhir/search/parameters.h. An expression
// over several elements is taken apart, and each part is given the type of what it leads to, so that
// the index is made by type and never by guessing at the shape of the JSON.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, out] = process.argv.slice(2);
const entriesOf = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).entry.map((entry) => entry.resource);

// ---- the structures: element path -> what it is

const structures = new Map();  // type -> { base, elements: Map(path -> element) }
for (const structure of [...entriesOf('profiles-types.json'), ...entriesOf('profiles-resources.json')]) {
  if (structure.resourceType !== 'StructureDefinition' || !structure.snapshot) continue;
  if (structure.derivation === 'constraint' || structure.version !== '4.0.1') continue;  // some are of later releases
  structures.set(structure.name, {
    kind: structure.kind, abstract: structure.abstract,
    elements: new Map(structure.snapshot.element.map((element) => [element.path, element])),
  });
}
const resourceTypes = [...structures].filter(([, s]) => s.kind === 'resource' && !s.abstract).map(([name]) => name).sort();

// The system that every code of a value set is from; '' where it is not one.
const valueSets = new Map(entriesOf('valuesets.json').filter((one) => one.resourceType === 'ValueSet')
  .map((set) => [set.url, set]));
function systemOf(element) {
  const set = valueSets.get((element.binding?.valueSet ?? '').split('|')[0]);
  const includes = set?.compose?.include ?? [];
  return element.binding?.strength === 'required' && includes.length === 1 ? includes[0].system ?? '' : '';
}

const typeName = (type) => (type.code.startsWith('http://hl7.org/fhirpath/') ? 'id' : type.code);

// The element `name` below the place { type, path }; null when there is none.
function step(place, name) {
  const elements = structures.get(place.type)?.elements;
  if (!elements) return null;
  const path = `${place.path}.${name}`;
  const element = elements.get(path) ?? elements.get(`${path}[x]`);
  if (!element) return null;
  if (element.contentReference) {
    return { type: place.type, path: element.contentReference.split('#')[1], element, choice: false, types: ['BackboneElement'] };
  }
  const types = (element.type ?? []).map(typeName);
  const nested = types.length === 1 && ['BackboneElement', 'Element'].includes(types[0]);
  return {
    type: nested ? place.type : types[0], path: nested ? path : types[0], element, types,
    choice: element.path.endsWith('[x]'),
  };
}

// What one part of an expression leads to: { type, always, system }. type is '*' where the JSON says
// it (a choice). `start`: where a relative expression begins.
function lead(part, base, start) {
  let text = part.trim();
  while (text.startsWith('(') && text.endsWith(')')) text = text.slice(1, -1).trim();
  if (/ and | or |!=/.test(text)) return { type: 'boolean', always: false, system: '' };
  let place = start ?? { type: base, path: base, types: [base], element: null, choice: false };
  let always = true;
  let system = '';
  const narrow = (type) => { place = { type, path: type, types: [type], element: null, choice: false }; always = false; };
  const tokens = text.match(/ as [A-Za-z]+|\.?(?:as|where|exists|ofType)\([^()]*(?:\([^()]*\))?[^()]*\)|\[\d+\]|\)?\.?[A-Za-z]+|\)/g) ?? [];
  if (text.startsWith('%resource')) place = { type: base, path: base, types: [base], element: null, choice: false };
  if (!start || text.startsWith('%resource')) tokens.shift();  // the resource itself
  for (let token of tokens) {
    token = token.replace(/^\)?\.?/, '').trim();
    const cast = /^as ([A-Za-z]+)$/.exec(token) ?? /^(?:as|ofType)\(([A-Za-z]+)\)$/.exec(token);
    if (cast) {
      narrow(cast[1]);
    } else if (/^(where|exists)\(/.test(token) || token.startsWith('[')) {
      always = false;
    } else if (token && token !== '$this') {
      const next = step(place, token);
      if (!next) throw new Error(`${part}: nothing known at ${token}`);
      if (next.element.min < 1) always = false;
      system = systemOf(next.element);
      place = next;
    }
  }
  // A choice says its type by the member's name.
  return { type: place.choice && place.types.length > 1 ? '*' : place.types[0], always, system, place };
}

const partsOf = (expression) => expression.split('|').map((part) => part.trim()).filter(Boolean);
const ownerOf = (part) => /^\(?\s*([A-Za-z]+)/.exec(part)[1];

// ---- the parameters

const parameters = entriesOf('search-parameters.json').filter((one) => one.resourceType === 'SearchParameter');
const byUrl = new Map(parameters.map((one) => [one.url, one]));

function componentText(component, type, roots) {
  const definition = byUrl.get(component.definition);
  const types = new Set();
  for (const root of roots) {
    for (const part of partsOf(component.expression)) types.add(lead(part, type, root).type);
  }
  // DocumentReference-relationship names its two components the wrong way round.
  const kind = { code: 'token', Reference: 'reference' }[[...types][0]] ?? definition.type;
  const targets = kind === 'reference' ? definition.target ?? ['*'] : [];
  return [kind, targets.join(','), types.size === 1 ? [...types][0] : '*',
          component.expression].join(' ');
}

function lineOf(parameter, type) {
  const parts = partsOf(parameter.expression ?? '').filter((part) => ownerOf(part) === type);
  if (parts.length === 0) return null;
  const leads = parts.map((part) => lead(part, type));
  const always = leads.length === 1 && leads[0].always;
  const targets = (parameter.target ?? []).slice().sort();
  // A parameter on patients only says so in its expression.
  const kept = targets.length >= resourceTypes.length - 2 ? ['*'] : targets;
  const fields = [parameter.code, parameter.type, always ? '!' : '', kept.join(','),
    parts.map((part, i) => `${leads[i].type} ${leads[i].system || '-'} ${part}`).join(';')];
  if (parameter.type === 'composite') {
    const roots = leads.map(({ place }) => place);
    fields.push(parameter.component.map((one) => componentText(one, type, roots)).join(';'));
  }
  return fields.join('\t');
}

function linesOf(type) {
  const lines = [];
  for (const parameter of parameters) {
    if (!parameter.expression || !parameter.base.includes(type)) continue;
    const line = lineOf(parameter, type);
    if (line) lines.push(line);
  }
  return lines.sort();
}

const literal = (text) => JSON.stringify(text);
const rows = [`    {"Resource",\n${linesOf('Resource').map((line) => `     ${literal(line + '\n')}`).join('\n')}},`];
for (const type of resourceTypes) {
  const lines = linesOf(type);
  const text = lines.length === 0 ? '     ""' : lines.map((line) => `     ${literal(line + '\n')}`).join('\n');
  rows.push(`    {"${type}",\n${text}},`);
}

writeFileSync(out, `// Generated from the R4 4.0.1 definitions; not to be edited.
#include "fhir/search/parameter_rows.h"

namespace fhir {
namespace {

constexpr ParameterRows kRows[] = {
${rows.join('\n')}
};

}  // namespace

std::span<const ParameterRows> AllParameterRows() { return kRows; }

}  // namespace fhir
`);
