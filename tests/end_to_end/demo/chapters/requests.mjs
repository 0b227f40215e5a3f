// The hub asks for outreach: each request shows one path. The table is what the gateway's $explain
// says of each, and the provider's receipt.
import { check } from '../checks.mjs';
import { explain, permits, settled } from '../explain.mjs';
import { fill, load } from '../templates.mjs';
import { heading, outcomeColour, say, dim, table, wrap } from '../terminal.mjs';
import { until } from '../process.mjs';

const kColumns = [
  { title: '#', width: 2 }, { title: 'request', width: 36 }, { title: 'class', width: 14 },
  { title: 'outcome', width: 11 }, { title: 'rules', width: 12 }, { title: 'consent that decided', width: 21 },
  { title: 'channel', width: 7 }, { title: 'receipt', width: 9 },
];
export const kShort = { PERMIT_WITH_OBLIGATIONS: 'PERMIT +obl' };

// Of the resources a decision rests on, the consent that decided: for a permission the one that permits
// (the strictest kind first), for a refusal the one that forbids or is not good enough.
export function decidingConsent(explained) {
  const results = permits(explained) ? ['permit']
    : explained.outcome === 'DENY' ? ['deny', 'revoked', 'expired', 'defective', 'out-of-scope', 'indeterminate'] : [];
  const kinds = ['authorization', 'telephone-consent', 'consent'];
  return explained.basis.filter(({ reference, result }) => reference?.startsWith('Consent/') && results.includes(result))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))[0]?.reference;
}

// For a permission every rule that allows it (what it is, why it may go); else the rules that decided.
function rulesOf({ reasons, outcome }) {
  const effect = outcome.startsWith('PERMIT') ? 'PERMIT' : outcome;
  const rules = reasons.filter((reason) => reason.effect === effect).map((reason) => reason.rule);
  return [...new Set(rules.length ? rules : reasons.slice(0, 1).map((reason) => reason.rule))].join(' ');
}

export async function send({ client, names }, request) {
  const created = await client.create(fill(request.resource, names));
  if (request.as) names.add(request.as, `CommunicationRequest/${created.id}`);
  return { ...request, id: created.id };
}

// Waits until a permitted request has been sent (or has failed).
export async function settle({ client }, request, withinMs = 8000) {
  let explained;
  await until(async () => {
    explained = await explain(client, request.id);
    return settled(explained);
  }, { withinMs });
  return { ...request, explained };
}

export function showTable({ names }, requests) {
  table(kColumns, requests.map(({ note, explained, resource }, index) => {
    const shown = explained.rerouted ?? explained;
    return [
      String(index + 1), note, shown.class,
      { text: kShort[shown.outcome] ?? shown.outcome, colour: outcomeColour(shown.outcome) },
      rulesOf(shown), names.readable(decidingConsent(shown)) || '-',
      explained.channel ?? resource.medium[0].coding[0].code,
      explained.delivery['provider-id'] || explained.delivery.state || explained.state || '-',
    ];
  }));
}

export function verify({ names }, { note, want, explained }) {
  const outcome = explained.rerouted ? 'REROUTE' : permits(explained) ? 'PERMIT' : explained.outcome;
  check(`${note}: ${want.outcome}`, outcome === want.outcome, `${outcome} by ${explained.rule || 'no rule'}`);
  if (want.class) check(`${note}: class ${want.class}`, explained.class === want.class, explained.class);
  if (want.sent) check(`${note}: sent`, explained.state === 'sent', explained.state || 'no delivery');
  if (want.basis) {
    const named = explained.basis.map((basis) => names.readable(basis.reference).split(' ')[0]);
    check(`${note}: rests on ${want.basis}`, named.includes(want.basis), named.join(', '));
  }
}

export async function requests(stage) {
  heading('The hub asks for outreach');
  const asked = [];
  for (const request of load('requests.json')) asked.push(await send(stage, request));
  const done = [];
  for (const request of asked) done.push(await settle(stage, request));
  showTable(stage, done);
  for (const request of done) verify(stage, request);

  const sent = done.filter((request) => request.explained.state === 'sent').length;
  const [mails, texts, portal] = ['smtp', 'sms', 'portal'].map((name) => stage.world.received(name).length);
  say(dim(wrap(`${sent} messages were sent; the SMTP server holds ${mails} e-mails, the SMS provider ${texts} texts, the portal ${portal}.`)));
  check('the receivers hold exactly what was sent', mails + texts + portal === sent, `${mails} + ${texts} + ${portal}, sent ${sent}`);
  await hubHears(stage, done);
  const nora = stage.names.reference('nora');
  const held = await stage.client.search('Communication', { patient: nora, status: 'completed', _count: '100' });
  const hers = done.filter(({ explained, resource }) => explained.state === 'sent' && resource.subject.reference.includes('nora'));
  check("each of Nora's sends has its Communication", held.length === hers.length, `${held.length} completed, ${hers.length} sent`);
  return done;
}

// Every end (sent, refused, handed to a person) is told to the hub by a signed webhook: ids and codes.
async function hubHears({ world }, done) {
  const ended = done.filter(({ explained }) => ['sent', 'held', 'cancelled'].includes(explained.state));
  const told = () => new Set(world.received('webhook').map(({ body }) => JSON.parse(body).request));
  await until(() => ended.every(({ id }) => told().has(`CommunicationRequest/${id}`)), { withinMs: 4000 });
  const missing = ended.filter(({ id }) => !told().has(`CommunicationRequest/${id}`));
  say(dim(wrap(`The hub was told of ${ended.length - missing.length} ends by signed webhooks that hold ids and codes only.`)));
  check('the hub hears of every end', missing.length === 0, missing.map(({ note }) => note).join('; '));
  const leaked = world.received('webhook').filter(({ body }) => /Samplesson|@example\.org|\+1206/.test(body));
  check('no webhook holds a name or an address', leaked.length === 0, `${leaked.length} do`);
}

// The hub does not know the newest prescription; the EHR does.
export async function pull(stage) {
  heading("The patient's newer prescription comes from the EHR");
  const begun = Date.now();
  const answer = await stage.client.expect('POST', '/$pull-source', { resourceType: 'Parameters', parameter: [
    { name: 'source', valueString: 'ehr-main' }, { name: 'patient', valueString: stage.names.reference('nora') }] });
  const of = (name) => (answer.parameter ?? []).find((parameter) => parameter.name === name)?.valueInteger ?? 0;
  say(wrap(`Asked the EHR for Nora's prescriptions: ${of('received')} received, ${of('stored')} stored, ` +
           `${of('quarantined')} in quarantine, in ${Date.now() - begun} ms. The refused request once more:`));
  check('the EHR had one newer prescription', of('stored') === 1, JSON.stringify(answer.parameter));

  const before = load('requests.json').find((request) => request.as === 'before-pull');
  const again = { ...before, as: 'after-pull', note: 'The same refill, now known', want: { outcome: 'PERMIT', class: 'refill-2i', sent: true } };
  const done = await settle(stage, await send(stage, again));
  showTable(stage, [done]);
  verify(stage, done);
}
