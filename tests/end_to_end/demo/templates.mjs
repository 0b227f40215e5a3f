// The demo's data are FHIR resources as files; what depends on the day or on the server stands in
// them as a placeholder:
//   {{date:-30d}}   a date, days from today        {{instant:+5s}}  an instant, seconds from now
//   {{zone:day}}    a zone where it is daytime now  {{zone:night}}  one where it is night
//   {{urn:nora}}    urn:uuid of a resource of the same Bundle
//   {{ref:nora}}    Type/id of a resource the gateway has stored (see Names)
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const kFolder = new URL('./data/', import.meta.url);

// American zones first. No hour of the day leaves the list without a day and a night.
const kZones = ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles',
                'America/Anchorage', 'Pacific/Honolulu', 'Pacific/Guam', 'Asia/Tokyo', 'Asia/Kolkata',
                'Europe/Berlin'];

function localHour(zone, now) {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
  return Number(parts.format(now));
}

// An hour away from both edges (08:00 and 21:00), so that the demo does not run into one.
export function zones(now = new Date()) {
  return {
    day: kZones.find((zone) => localHour(zone, now) >= 9 && localHour(zone, now) < 19),
    night: kZones.find((zone) => localHour(zone, now) >= 22 || localHour(zone, now) < 7),
  };
}

// A UUID that the name alone decides.
function urnOf(name) {
  const hex = createHash('sha256').update(`psgateway demo ${name}`).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

// Which names of the data became which resources, in both directions.
export class Names {
  #references = new Map();
  #names = new Map();
  add(name, reference) {
    this.#references.set(name, reference);
    this.#names.set(reference, name);
  }
  reference(name) {
    const reference = this.#references.get(name);
    if (!reference) throw new Error(`nothing is called '${name}' here`);
    return reference;
  }
  // "Consent/0190.../_history/2" -> "authorization-nora v2"
  readable(reference) {
    const [, resource, version] = /^(.*?)(?:\/_history\/(.*))?$/.exec(reference ?? '');
    return (this.#names.get(resource) ?? resource) + (version ? ` v${version}` : '');
  }
}

export function fill(value, names = new Names(), now = new Date()) {
  const moment = (text, unit) => new Date(now.getTime() + Number.parseInt(text, 10) * unit).toISOString();
  const one = (whole, kind, rest) => {
    if (kind === 'date') return moment(rest, 86400e3).slice(0, 10);
    if (kind === 'instant') return moment(rest, 1e3);
    if (kind === 'zone') return zones(now)[rest];
    if (kind === 'urn') return urnOf(rest);
    if (kind === 'ref') return names.reference(rest);
    throw new Error(`unknown placeholder ${whole}`);
  };
  if (typeof value === 'string') return value.replace(/\{\{(\w+):([^}]+)\}\}/g, one);
  if (Array.isArray(value)) return value.map((item) => fill(item, names, now));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, names, now)]));
}

// A file of the demo's data folder.
export const load = (file) => JSON.parse(readFileSync(new URL(file, kFolder), 'utf8'));

// [{as, resource}] -> a transaction that creates them all.
export function transaction(entries) {
  return {
    resourceType: 'Bundle', type: 'transaction',
    entry: entries.map(({ as, resource }) => ({
      fullUrl: urnOf(as), resource: fill(resource),
      request: { method: 'POST', url: resource.resourceType },
    })),
  };
}

// The names of a transaction's entries, from the answer's locations (in the order of the entries).
export function remember(names, entries, answer) {
  entries.forEach(({ as }, index) => {
    const location = answer.entry?.[index]?.response?.location ?? '';
    const [, reference] = /([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)(?:\/_history\/[^/]+)?$/.exec(location) ?? [];
    if (!reference) throw new Error(`the answer's entry ${index} has no location`);
    names.add(as, reference);
  });
}
