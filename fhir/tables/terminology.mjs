// The value sets and code systems of the R4 definitions, and what they expand to.
import {readFileSync} from 'node:fs';

export const resourcesOf = (folder, file) =>
  JSON.parse(readFileSync(`${folder}/${file}.json`)).entry.map((e) => e.resource);
export const lastPart = (url) => url.split('|')[0].split('/').pop();

// As [code, depth], each before what is below it.
const flatten = (concepts, depth = 0) =>
  (concepts ?? []).flatMap((c) => [[c, depth], ...flatten(c.concept, depth + 1)]);
const allOf = (concepts) => flatten(concepts).map(([concept]) => concept);

export class Terminology {
  constructor(folder) {
    const all = ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap((file) => resourcesOf(folder, file));
    const byUrl = (type) => new Map(all.filter((r) => r.resourceType === type).map((r) => [r.url, r]));
    this.valueSets = byUrl('ValueSet');
    this.codeSystems = byUrl('CodeSystem');
  }

  // [code, depth] of every code of a complete system.
  hierarchy(system) { return flatten(system.concept).map(([concept, depth]) => [concept.code, depth]); }

  #descendants(system, code) {
    const root = allOf(system.concept).find((c) => c.code === code);
    if (!root) throw new Error(`${system.url} has no code ${code}`);
    return allOf(root.concept);
  }

  #filtered(system, {op, property, value}) {
    if (property === 'concept' && op === 'is-a') return [{code: value}, ...this.#descendants(system, value)];
    if (property === 'concept' && op === 'descendent-of') return this.#descendants(system, value);
    if (op === '=') {
      return allOf(system.concept).filter((c) => (c.property ?? []).some((p) =>
        p.code === property && String(Object.entries(p).find(([k]) => k.startsWith('value'))[1]) === value));
    }
    throw new Error(`${system.url}: filter ${op} on ${property} is not understood`);
  }

  // Map of system -> Set of codes; what several parts of one include say must hold together.
  #included(part) {
    const sets = (part.valueSet ?? []).map((url) => this.expand(url));
    if (part.system) {
      let codes = part.concept?.map((c) => c.code);
      if (!codes) {
        const system = this.codeSystems.get(part.system);
        if (system?.content !== 'complete') throw new Error(`${part.system} is not complete`);
        const lists = (part.filter ?? []).map((f) => new Set(this.#filtered(system, f).map((c) => c.code)));
        codes = allOf(system.concept).map((c) => c.code).filter((c) => lists.every((l) => l.has(c)));
      }
      sets.push(new Map([[part.system, new Set(codes)]]));
    }
    return sets.reduce((a, b) => new Map([...a].filter(([s]) => b.has(s)).map(
        ([s, codes]) => [s, new Set([...codes].filter((c) => b.get(s).has(c)))])));
  }

  // Throws where the definitions do not have all of it.
  expand(canonical) {
    const set = this.valueSets.get(canonical.split('|')[0]);
    if (!set) throw new Error(`${canonical} is not in the definitions`);
    const all = new Map();
    for (const part of set.compose?.include ?? []) {
      for (const [system, codes] of this.#included(part)) {
        all.set(system, new Set([...(all.get(system) ?? []), ...codes]));
      }
    }
    for (const part of set.compose?.exclude ?? []) {
      for (const [system, codes] of this.#included(part)) codes.forEach((c) => all.get(system)?.delete(c));
    }
    return all;
  }
}
