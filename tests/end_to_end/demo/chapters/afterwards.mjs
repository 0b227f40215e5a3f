// What happens to decisions when the world changes, and how they are explained to people.
import { request } from '../../client.mjs';
import { check } from '../checks.mjs';
import { explain } from '../explain.mjs';
import { load } from '../templates.mjs';
import { bold, dim, heading, outcomeColour, say, wrap } from '../terminal.mjs';
import { sleep, until } from '../process.mjs';
import { send, settle } from './requests.mjs';

const savings = (changes) => {
  const request = load('requests.json').find(({ note }) => note === 'Savings offer, authorized');
  return { ...request, resource: { ...request.resource, ...changes } };
};

// A message waits in the queue, permitted; its authorization is revoked; its time comes.
export async function revocation(stage) {
  const { client, names, world } = stage;
  heading('A consent is revoked while a message waits');
  const due = Date.now() + 2500;
  const queued = await send(stage, savings({ occurrenceDateTime: new Date(due).toISOString() }));
  const before = await explain(client, queued.id);
  const mails = world.received('smtp').length;
  say(wrap(`A savings offer for Nora, due in 2.5 s: ${before.outcome}, ${before.state}.`));
  check('the waiting offer was permitted at intake', before.outcome.startsWith('PERMIT'), before.outcome);

  const consent = await client.read(names.reference('authorization-nora'));
  const revoked = await client.update({ ...consent, status: 'inactive' });
  const acknowledged = Date.now();
  say(wrap(`Her authorization is revoked ${Math.round((due - acknowledged) / 100) / 10} s before that: ` +
           `${names.readable(names.reference('authorization-nora'))} v${revoked.meta?.versionId}.`));

  await sleep(due - Date.now() + 600);
  const after = await until(async () => {
    const seen = await explain(client, queued.id);
    return seen.outcome === 'DENY' && seen;
  }, { withinMs: 2000 }) || await explain(client, queued.id);
  const when = acknowledged >= Date.parse(after.decidedAt) ? 'before the revocation was acknowledged'
    : `${Date.parse(after.decidedAt) - acknowledged} ms after the revocation was acknowledged`;
  say(wrap(`Decided again ${when}: ${outcomeColour(after.outcome)(after.outcome)} by ${after.rule}: ${after.reasons[0]?.text ?? ''}`));
  const more = world.received('smtp').length - mails;
  say(wrap(`The SMTP server received ${more === 0 ? 'nothing' : `${more} more e-mails`} since.`));
  check('the waiting offer is denied after the revocation', after.outcome === 'DENY', after.outcome);
  check('nothing left for it', more === 0, `${more} e-mails`);
}

// The link of an e-mail that was sent: GET changes nothing, POST opts out.
export async function unsubscribe(stage) {
  const { world } = stage;
  heading('Nora unsubscribes with one click');
  const headers = world.received('smtp').flatMap((mail) => mail.headers);
  const [, link] = /<(https:[^>]+)>/.exec(headers.find(([name]) => name.toLowerCase() === 'list-unsubscribe')?.[1] ?? '') ?? [];
  check('marketing e-mail carries a one-click link', link);
  if (!link) return;
  const shown = await request(link, { ca: world.ca });
  const posted = await request(link, { method: 'POST', ca: world.ca, body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  say(wrap(`GET shows a page and changes nothing (${shown.status}); POST opts her out (${posted.status}).`));
  check('GET of the link shows a page', shown.status === 200, String(shown.status));
  check('POST of the link opts out', posted.status >= 200 && posted.status < 300, String(posted.status));
  const reminder = load('requests.json').find(({ as }) => as === 'one-send');
  const { explained } = await settle(stage, await send(stage, { ...reminder, as: undefined }));
  say(wrap(`The next refill reminder by e-mail: ${outcomeColour(explained.outcome)(explained.outcome)} by ${explained.rule}: ` +
           `${explained.reasons[0]?.text ?? ''}`));
  const offer = await settle(stage, await send(stage, savings({})));
  check('marketing e-mail after the opt-out is refused', offer.explained.outcome === 'DENY', offer.explained.outcome);
}

// Everything a decision says for itself.
export async function why(stage) {
  for (const [name, title] of [['one-send', 'Why this one was sent'], ['one-refusal', 'Why this one was refused']]) {
    const reference = stage.names.reference(name);
    const explained = await explain(stage.client, reference.split('/')[1]);
    const { note } = load('requests.json').find(({ as }) => as === name);
    heading(`${title}: ${note}`);
    say(`  ${outcomeColour(explained.outcome)(explained.outcome)} as ${bold(explained.class)}` +
        dim(`   decision ${explained.decisionId} at ${explained.decidedAt}, stage ${explained.stage}`));
    for (const reason of explained.reasons) {
      say(wrap(`${reason.rule.padEnd(7)} ${reason.text}${reason.effect ? dim(` [${reason.effect}]`) : ''}`, '    '));
    }
    if (explained.obligations.length) say(wrap(`obligations: ${explained.obligations.join(', ')}`, '    '));
    for (const basis of explained.basis) {
      say(`    rests on ${stage.names.readable(basis.reference).padEnd(30)} ${(basis.kind ?? '').padEnd(18)} ${basis.result ?? ''}`);
    }
    if (explained.delivery.state) {
      say(`    delivery: ${explained.delivery.state} through ${explained.delivery.vendor}, receipt ${explained.delivery['provider-id'] || '-'}`);
    }
    const [record] = await stage.client.search('Communication', { 'based-on': reference });
    check(`${note}: has its Communication`, record);
    say(`    recorded as Communication/${record?.id}, ${record?.status}`);
    check(`${note}: explained with reasons and basis`, explained.reasons.length > 0 && explained.basis.length > 0 && explained.decisionId);
  }
}

// The Task that the REVIEW made: in the worklist, and pushed to the nurse programme's own server.
export async function nurse({ client, names, world }) {
  heading("The nurse's Task");
  const focus = names.reference('one-review');
  const tasks = await until(async () => {
    const found = await client.search('Task', { patient: names.reference('nora') });
    return found.filter((task) => task.focus?.reference?.startsWith(focus)).length > 0 && found;
  }, { withinMs: 3000 }) || [];
  const task = tasks.find(({ focus: of }) => of?.reference?.startsWith(focus));
  check('the REVIEW made a Task', task);
  if (!task) return;
  const code = task.code?.coding?.[0]?.code ?? task.code?.text;
  say(wrap(`Task/${task.id}: ${code}, ${task.status}, priority ${task.priority}, for ${names.readable(task.for?.reference)}, ` +
           `about ${names.readable(task.focus?.reference)}, queue ${task.owner?.display ?? task.performerType?.[0]?.text ?? '-'}, ` +
           `due ${task.restriction?.period?.end ?? '-'}`));
  if (task.description) say(dim(wrap(task.description, '    ')));
  const url = `https://localhost:${world.receiverPorts.nurse}/fhir/Task/${task.id}`;
  const there = await until(async () => {
    const answer = await request(url, { ca: world.ca, headers: { accept: 'application/fhir+json' } });
    return answer.status === 200 && answer.body;
  }, { withinMs: 5000 });
  check("the Task reached the nurse programme's server", there);
  if (there) say(wrap(`The nurse programme's own FHIR server holds it too: Task/${there.id}, ${there.status}.`));
  check('the pushed Task says nothing about the patient but a reference',
    there && !/Samplesson|dizzy|@example/.test(JSON.stringify(there)));
}
