// The Parameters of CommunicationRequest/{id}/$explain as a plain object.
import { complaint } from '../client.mjs';

function valueOf(part) {
  const key = Object.keys(part).find((name) => name.startsWith('value'));
  if (!key) return undefined;
  const value = part[key];
  if (typeof value !== 'object') return String(value);
  return value.reference ?? value.code ?? value.coding?.[0]?.code ?? value.value ?? value.text;
}

// {name: value} of the nested parts of one parameter.
const partsOf = (parameter) => Object.fromEntries((parameter.part ?? []).map((part) => [part.name, valueOf(part)]));

export function readExplain(parameters) {
  const of = (name) => (parameters.parameter ?? []).filter((parameter) => parameter.name === name);
  const one = (name) => (of(name)[0] ? valueOf(of(name)[0]) : undefined);
  const reasons = of('reason').map(partsOf);
  const delivery = of('delivery').map(partsOf);
  return {
    outcome: one('outcome') ?? '?', class: one('class') ?? '?', stage: one('stage') ?? '',
    decisionId: one('decisionId') ?? '', decidedAt: one('decidedAt') ?? '', notBefore: one('notBefore'),
    rerouteTo: one('rerouteTo'), reviewQueue: one('reviewQueue'),
    reasons, rule: reasons[0]?.rule ?? '',
    obligations: of('obligation').map((part) => valueOf(part) ?? partsOf(part).code).filter(Boolean),
    basis: of('basis').map(partsOf),
    delivery: delivery[delivery.length - 1] ?? {},
  };
}

export const permits = (explained) => explained.outcome.startsWith('PERMIT');

// States after which nothing moves by itself.
const kSettled = new Set(['sent', 'failed', 'unknown', 'held', 'cancelled', 'completed', 'not-done', 'accepted', 'refused']);
export const settled = (explained) => !permits(explained) || kSettled.has(explained.delivery.state);

export async function explain(client, id) {
  const answer = await client.call('GET', `/CommunicationRequest/${id}/$explain`);
  if (answer.status !== 200) throw new Error(`$explain of CommunicationRequest/${id}: ${complaint(answer)}`);
  return readExplain(answer.body);
}
