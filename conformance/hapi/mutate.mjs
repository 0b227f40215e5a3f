// Writes broken copies of FHIR example files, each with one fault, the same at every run.
// usage: node mutate.mjs EXAMPLES_FOLDER DEFINITIONS_FOLDER OUTPUT_FOLDER
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';

const [examples, definitions, output] = process.argv.slice(2);
const types = new Map(JSON.parse(readFileSync(`${definitions}/profiles-resources.json`)).entry
  .map((e) => e.resource).filter((r) => r.resourceType === 'StructureDefinition')
  .map((r) => [r.name, r.snapshot.element.filter((e) => e.path.split('.').length === 2)]));
const nameOf = (element) => element.path.split('.')[1];
const elementsOf = (resource) => types.get(resource.resourceType) ?? [];
const capital = (text) => text[0].toUpperCase() + text.slice(1);

// The first value, depth first, for which `test(key, value, parent)` holds, replaced. Narratives and
// contained resources are left alone. false when there is none.
function change(node, test, replace) {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'text' || key === 'contained' || key === 'resourceType') continue;
    if (test(key, value, node)) {
      node[key] = replace(value);
      return true;
    }
    if (value && typeof value === 'object' && change(value, test, replace)) return true;
  }
  return false;
}

const isObject = (value) => value && typeof value === 'object' && !Array.isArray(value);
const whole = /^\d{4}-\d{2}-\d{2}/;

// Each changes the resource and answers true, or answers false where it has no place.
const faults = {
  'required-missing': (r) => {
    const element = elementsOf(r).find((e) => e.min > 0 && nameOf(e) in r);
    return element ? delete r[nameOf(element)] : false;
  },
  'unknown-element': (r) => { r.favouriteColour = 'red'; return true; },
  'unknown-nested': (r) => change(r, (k, v) => isObject(v) && k !== 'meta', (v) => ({...v, favouriteColour: 'red'})),
  'bad-code': (r) => {
    const element = elementsOf(r).find((e) => e.binding?.strength === 'required' &&
      e.type?.[0].code === 'code' && typeof r[nameOf(e)] === 'string');
    if (element) r[nameOf(element)] = 'no-such-code';
    return Boolean(element);
  },
  'bad-date': (r) => change(r, (k, v) => typeof v === 'string' && whole.test(v), () => '2026-13-45'),
  'bad-boolean': (r) => change(r, (k, v) => typeof v === 'boolean', String),
  'bad-number': (r) => change(r, (k, v) => typeof v === 'number', String),
  'string-as-number': (r) => change(r, (k, v) => typeof v === 'string' && ['display', 'description', 'value', 'name', 'family'].includes(k), () => 7),
  'object-as-string': (r) => change(r, (k, v) => isObject(v) && k !== 'meta' && !/^\d+$/.test(k), () => 'text'),
  'array-as-object': (r) => change(r, (k, v) => Array.isArray(v) && isObject(v[0]), (v) => v[0]),
  'value-as-array': (r) => change(r, (k, v) => typeof v === 'string' && k === 'status', (v) => [v]),
  'two-choices': (r) => {
    const choice = elementsOf(r).find((e) => e.path.endsWith('[x]') &&
      e.type.some((t) => nameOf(e).replace('[x]', capital(t.code)) in r));
    if (!choice) return false;
    const other = choice.type.find((t) => ['string', 'boolean', 'dateTime', 'CodeableConcept', 'Period', 'Reference'].includes(t.code) &&
      !(nameOf(choice).replace('[x]', capital(t.code)) in r));
    if (!other) return false;
    r[nameOf(choice).replace('[x]', capital(other.code))] = {string: 'x', boolean: true, dateTime: '2026',
      CodeableConcept: {text: 'x'}, Period: {start: '2026'}, Reference: {display: 'x'}}[other.code];
    return true;
  },
  'wrong-choice-type': (r) => {
    const choice = elementsOf(r).find((e) => e.path.endsWith('[x]') && e.type.length < 20);
    if (!choice) return false;
    r[nameOf(choice).replace('[x]', 'Attachment')] = {title: 'x'};
    return !choice.type.some((t) => t.code === 'Attachment');
  },
  'wrong-target': (r) => change(r, (k, v) => k === 'reference' && typeof v === 'string' && /^[A-Z][A-Za-z]+\/[^/]+$/.test(v), () => 'Slot/1'),
  'bad-reference': (r) => change(r, (k, v) => k === 'reference' && typeof v === 'string', () => '#nowhere'),
  'bad-id': (r) => { r.id = 'not an id'; return true; },
  'bad-uri': (r) => change(r, (k, v) => k === 'system' && typeof v === 'string' && v.startsWith('http'), () => 'http://a b'),
  'empty-string': (r) => change(r, (k, v) => typeof v === 'string', () => ''),
  'empty-array': (r) => change(r, (k, v) => Array.isArray(v), () => []),
  'empty-object': (r) => change(r, (k, v) => isObject(v) && !/^\d+$/.test(k), () => ({})),
  'null': (r) => change(r, (k, v) => typeof v === 'string', () => null),
  'extension-both': (r) => { r.extension = [{url: 'http://example.org/x', valueCode: 'x', extension: [{url: 'http://example.org/y', valueCode: 'y'}]}]; return types.get(r.resourceType)?.some((e) => nameOf(e) === 'extension'); },
  'extension-empty': (r) => { r.extension = [{url: 'http://example.org/x'}]; return types.get(r.resourceType)?.some((e) => nameOf(e) === 'extension'); },
  'unreferred-contained': (r) => {
    if (r.contained || !types.get(r.resourceType)?.some((e) => nameOf(e) === 'contained')) return false;
    r.contained = [{resourceType: 'Basic', id: 'alone', code: {text: 'x'}}];
    return true;
  },
  'period-reversed': (r) => change(r, (k, v) => isObject(v) && v.start && v.end, (v) => ({...v, start: '2031-01-01', end: '2030-01-01'})),
  'quantity-without-system': (r) => change(r, (k, v) => isObject(v) && 'value' in v && 'code' in v && 'system' in v, ({system, ...v}) => v),
  'script': (r) => { if (!r.text?.div) return false; r.text.div = r.text.div.replace(/<\/div>\s*$/, '<script>x</script></div>'); return true; },
  'unclosed-narrative': (r) => { if (!r.text?.div) return false; r.text.div = r.text.div.replace(/<\/div>\s*$/, '<p></div>'); return true; },
};

mkdirSync(output, {recursive: true});
const files = readdirSync(examples).filter((f) => f.endsWith('.json')).sort();
const names = Object.keys(faults);
let written = 0;
files.forEach((file, i) => {
  // Three faults a file, in turn over all of them.
  for (let turn = 0, made = 0; made < 3 && turn < names.length; turn++) {
    const name = names[(i * 3 + turn * 7) % names.length];
    const resource = JSON.parse(readFileSync(`${examples}/${file}`));
    if (!faults[name](resource)) continue;
    writeFileSync(`${output}/${file.slice(0, -5)}~${name}.json`, JSON.stringify(resource));
    made++;
    written++;
  }
});
console.log(`${written} files`);
