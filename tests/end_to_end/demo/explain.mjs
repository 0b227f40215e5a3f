// The Parameters of CommunicationRequest/{id}/$explain as a plain object: the last decision, whether an
// earlier one sent the message another way, and what became of it.
import { complaint } from '../client.mjs';

// The value of one parameter, whatever its type.
function valueOf(parameter) {
  const key = Object.keys(parameter).find((name) => name.startsWith('value'));
  if (!key) return undefined;
  const value = parameter[key];
  if (typeof value !== 'object') return String(value);
  return value.reference ?? value.code ?? value.value ?? value.text;
}

const named = (parameters, name) => (parameters ?? []).filter((parameter) => parameter.name === name);
const partsOf = (parameter) => Object.fromEntries((parameter.part ?? []).map((part) => [part.name, valueOf(part)]));

function readDecision(parameter) {
  const groups = (name) => named(parameter.part, name).map(partsOf);
  return { ...partsOf(parameter), reasons: groups('reason'), obligations: groups('obligation').map(({ code }) => code),
           basis: groups('basis') };
}

export function readExplain({ parameter }) {
  const decisions = named(parameter, 'decision').map(readDecision);
  const none = { outcome: '?', class: '?', stage: '', reasons: [], obligations: [], basis: [] };
  const last = decisions.at(-1) ?? none;
  return {
    ...last, decisions, rule: last.reasons[0]?.rule ?? '',
    rerouted: decisions.find(({ outcome }) => outcome === 'REROUTE'),
    state: named(parameter, 'outreach').map(partsOf).at(-1)?.state ?? '',
    delivery: named(parameter, 'delivery').map(partsOf).at(-1) ?? {},
  };
}

export const permits = (explained) => explained.outcome.startsWith('PERMIT');

// States of a piece of outreach after which nothing moves by itself.
const kSettled = new Set(['sent', 'failed', 'unknown', 'held', 'cancelled']);
export const settled = (explained) => !permits(explained) || kSettled.has(explained.state);

export async function explain(client, id) {
  const answer = await client.call('GET', `/CommunicationRequest/${id}/$explain`);
  if (answer.status !== 200) throw new Error(`$explain of CommunicationRequest/${id}: ${complaint(answer)}`);
  return readExplain(answer.body);
}
