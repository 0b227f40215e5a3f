// What the definitions of extensions say of each: R4's own and ours.
import {readdirSync, readFileSync} from 'node:fs';
import {lastPart, resourcesOf} from './terminology.mjs';

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const typesOf = (value) => (value.max === '0' ? [] : value.type).map((t) => capital(t.code)).join('|');

// {url, contexts, types, codes, closed, parts}: where it may stand (nothing: not checked), the types of its value,
// the value set that binds it.
const extension = (url, contexts, value, closed, parts) =>
  ({url, contexts: contexts.join('|'), types: typesOf(value), codes: codesOf(value), closed, parts});

const codesOf = ({binding}) => (binding?.strength === 'required' ? binding.valueSet.split('|')[0] : '');

function partOf(elements, slice) {
  const [url, value] = ['url', 'value[x]'].map((name) => elements.get(`${slice.id}.${name}`));
  return {url: url.fixedUri, types: typesOf(value), codes: codesOf(value), min: slice.min,
    max: slice.max === '*' ? 'SIZE_MAX' : slice.max};
}

const slicesOf = (elements) => [...elements.values()].filter((e) => e.id === `Extension.extension:${e.sliceName}`);

// Those that fhir/profiles publishes. What a profile says beyond this would not be checked, so it stops the build.
export function ownExtensions(folder, isStructure) {
  const understood = new Set(['id', 'path', 'sliceName', 'slicing', 'short', 'definition', 'min', 'max', 'type', 'fixedUri']);
  return readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => {
    const profile = JSON.parse(readFileSync(`${folder}/${file}`));
    const elements = new Map(profile.differential.element.map((e) => [e.id, e]));
    const slices = slicesOf(elements);
    const known = ['Extension', 'Extension.extension', 'Extension.url', 'Extension.value[x]',
      ...slices.flatMap(({id}) => [id, `${id}.url`, `${id}.value[x]`])];
    for (const [id, element] of elements) {
      const unknown = Object.keys(element).filter((key) => !understood.has(key));
      if (!known.includes(id) || unknown.length > 0) throw new Error(`${file}: ${id} ${unknown} is not understood`);
    }
    const rules = elements.get('Extension.extension')?.slicing?.rules;
    if (slices.length > 0 && rules !== 'closed') throw new Error(`${file}: the slicing is not closed`);
    for (const {type, expression} of profile.context) {
      if (type !== 'element' || !isStructure(expression)) throw new Error(`${file}: context`);
    }
    const value = elements.get('Extension.value[x]');
    if (slices.length === 0 && value.min !== 1) throw new Error(`${file}: neither a value nor parts`);
    for (const {id} of slices) {
      if (elements.get(`${id}.value[x]`).min !== 1) throw new Error(`${id}: a part without a value`);
    }
    return extension(profile.url, profile.context.map((c) => c.expression), value, true,
      slices.map((slice) => partOf(elements, slice)));
  });
}

// R4's. Their slicing is open; where one of the contexts is the path of an element, none is checked, as an
// extension knows the structure that holds it and not the element.
export function coreExtensions(folder, isStructure) {
  return resourcesOf(folder, 'extension-definitions').map((definition) => {
    const elements = new Map(definition.snapshot.element.map((e) => [e.id, e]));
    const contexts = definition.context.map((c) => c.expression);
    return extension(definition.url, contexts.every(isStructure) ? contexts : [], elements.get('Extension.value[x]'), false,
      slicesOf(elements).map((slice) => partOf(elements, slice)));
  });
}

const literal = (text) => JSON.stringify(text);

// C++ of the rows, sorted by url; the parts of one stand before it.
export function extensionTable(extensions) {
  const sorted = [...extensions].sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0));
  const parts = sorted.map((e, i) => (e.parts.length === 0 ? '' : `constexpr ExtensionPart kPartsOf${i}[] = {
${e.parts.map((p) => `    {${[p.url, p.types, lastPart(p.codes)].map(literal).join(', ')}, ${p.min}, ${p.max}},`).join('\n')}
};
`)).join('');
  const rows = sorted.map((e, i) => `    {${[e.url, e.contexts, e.types, lastPart(e.codes)].map(literal).join(', ')}, ` +
    `${e.closed}, ${e.parts.length > 0 ? `kPartsOf${i}` : '{}'}},`);
  return `${parts}constexpr ExtensionRow kExtensions[] = {\n${rows.join('\n')}\n};`;
}
