// The decision cases of conformance/cases as a gateway is asked them: what they give, spelt as
// Parameters, and what of a decision must be the same wherever it is taken.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kCases = fileURLToPath(new URL('../../conformance/cases/', import.meta.url));
export const kBinary = process.env.PSGATEWAY ?? fileURLToPath(new URL('../../build/psgateway', import.meta.url));

// Every case with what the engine answers on the bare facts: file, note, given (its fixtures filled in), got.
export function allCases() {
  const files = readdirSync(kCases, { recursive: true }).filter((name) => name.endsWith('.json')).sort();
  return files.flatMap((file) => {
    let lines;
    try {
      lines = execFileSync(kBinary, ['evaluate', '--given', join(kCases, file)],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
    } catch (difference) { lines = difference.stdout; }  // that a case differs is another test's to say
    return lines.trim().split('\n').map((line) => ({ file, ...JSON.parse(line) }));
  });
}

const changed = (value, change) => {
  if (Array.isArray(value)) return value.map((one) => changed(one, change));
  if (value === null || typeof value !== 'object') return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) =>
    [name, name === 'id' || name === 'reference' ? one : changed(one, change)]));
};

// Its programme has this id; facts that name it follow.
export function inProgramme(given, id) {
  const { programme, ...facts } = changed(given, (value) => (value === given.programme.id ? id : value));
  return { programme: { ...programme, id }, ...facts };
}

// One number or address however it is spelt; undefined for what is neither.
const kExtension = /\s*[;,]?\s*(ext(ension)?|x|#)[.=: ]*\d+$/i;
export const contactOf = (spelt) => {
  if (typeof spelt !== 'string') return undefined;
  const value = spelt.replace(/^(tel|sms|mailto):/i, '').replace(kExtension, '');
  if (/^[^@\s]+@[^@\s]+$/.test(value)) return value.toLowerCase();
  return /^[+()\d. \u2011-]{10,18}$/.test(value) ? value.replace(/\D/g, '').slice(-10) : undefined;
};

// An opt-out of a number holds for whoever has it, and the cases share their numbers and addresses: where
// somebody refuses they become the case's own, of the same area and spelt as they were.
let contacts = 0;
export function withOwnContacts(given) {
  if (!given.optOuts?.length && given.reply === undefined) return given;
  const { programme, ...facts } = given;
  const numbers = new Map();
  const named = [...(facts.optOuts ?? []).map(({ contact }) => contact),
    ...facts.resources.flatMap(({ telecom }) => (Array.isArray(telecom) ? telecom.map(({ value }) => value) : []))];
  for (const contact of named.map(contactOf)) {
    if (contact && !numbers.has(contact)) numbers.set(contact, String(2000 + contacts++).padStart(4, '0'));
  }
  return { programme, ...changed(facts, (value) => {
    const number = numbers.get(contactOf(value));
    if (!number) return value;
    if (value.includes('@')) return `case${number}.${value}`;
    const extension = kExtension.exec(value)?.[0] ?? '';
    return value.slice(0, value.length - extension.length - 4) + number + extension;
  }) };
}

// Given -> Parameters: members become parameters of their names, objects become parts.
const valueOf = (value) => {
  if (typeof value === 'boolean') return { valueBoolean: value };
  if (typeof value === 'number') return { valueDecimal: value };
  if (typeof value === 'string') return { valueString: value };
  return { part: partsOf(value) };
};
export const partsOf = (object) => Object.entries(object).filter(([, value]) => value !== null && value !== undefined).flatMap(([name, value]) =>
  (Array.isArray(value) && value.length === 0 ? [{ name }] : [value].flat().map((one) => ({ name, ...valueOf(one) }))));

// What must be identical: outcome, class, reasons, obligations and what comes with the outcome.
export const essence = (got) => ({ outcome: got.outcome, class: got.class, notBefore: got.notBefore ?? null,
  rerouteTo: got.rerouteTo ?? null, reviewQueue: got.reviewQueue ?? null,
  reasons: got.reasons.map(({ rule, effect }) => `${rule} ${effect}`),
  obligations: got.obligations.map(({ code, value }) => `${code} ${value ?? ''}`) });

// The same of the Parameters that $evaluate answers.
export function essenceOf({ parameter }) {
  const one = (name) => parameter.find((each) => each.name === name);
  const text = (part) => part && Object.entries(part).find(([key]) => key.startsWith('value'))?.[1];
  const groups = (name) => parameter.filter((each) => each.name === name)
    .map(({ part }) => Object.fromEntries(part.map((each) => [each.name, text(each)])));
  return essence({ outcome: text(one('outcome')), class: text(one('class')), notBefore: text(one('notBefore')),
    rerouteTo: text(one('rerouteTo')), reviewQueue: text(one('reviewQueue')),
    reasons: groups('reason'), obligations: groups('obligation') });
}
