// After an opt-out is acknowledged nothing leaves: an attempt that has begun is waited for, one that has
// not never begins, and what waits is refused. Shown with receivers that take their time.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { complaint, request } from './client.mjs';
import { until } from './demo/process.mjs';
import { load } from './demo/templates.mjs';
import { Fixture, person } from './fixture.mjs';

const kMarker = 'Zyxwnevermore';
const kDelay = 2500;  // of the slow receivers
const kNumber = '+18005550100';
const kSecond = 'second-support';
const kChannel = 'https://psgateway.example/fhir/CodeSystem/channel';

describe('an opt-out', () => {
  let gateway;
  let client;
  let second;
  let next = 1;

  before(async () => {
    gateway = await Fixture.started({
      receivers: ['smtp', 'sms'],
      // One sender: of two claims the second waits for the first.
      configure(settings) { settings.send_threads = 1; settings.send_deadline_ms = 9000; },
      programme: { hubWebhook: undefined, nurseQueue: undefined },
      prepare(fixture) {
        fixture.addProgrammeOf('aurora', { ...load('programme.json'), id: kSecond, hubWebhook: undefined, nurseQueue: undefined,
          senders: { email: 'second@northlight.example', sms: '+18005550199' } });
      },
    });
    gateway.markers.add(kMarker);
    client = gateway.client;
    second = gateway.addClientWith({ id: 'second-hub', programme: kSecond });
    await gateway.enrolContent();
  });
  after(() => gateway.end());

  const someone = async () => {
    const who = person(next++, { family: kMarker });
    await gateway.enrol(who);
    return who;
  };
  const offer = (who) => gateway.remind(who, 'email', { changes: {
    about: [{ reference: gateway.names.reference('savings-zelunex') }],
    reasonCode: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }] }] } });
  const textTo = (who) => gateway.remind(who, 'sms');
  const reaching = (who) => [...gateway.received('smtp').filter(({ rcpt_tos: to }) => to?.includes(who.email)),
                             ...gateway.received('sms').filter(({ to }) => to === who.phone)];
  const refOf = (who) => gateway.names.reference(who.as);

  // A reply as the SMS provider passes it on.
  const hook = (who, { body = 'STOP', to = kNumber, sid = `SM${randomBytes(16).toString('hex')}`, at = Date.now() / 1000, key, sign = true, change = '' } = {}) => {
    const text = new URLSearchParams({ From: who.phone, To: to, Body: body, MessageSid: sid }).toString();
    const seconds = String(Math.floor(at));
    const secret = key ?? readFileSync(gateway.path('hook-key'), 'utf8');
    const signature = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex');
    return request(`${gateway.publicUrl}/hooks/sms-main`, { method: 'POST', ca: gateway.ca, body: text + change, headers: {
      'content-type': 'application/x-www-form-urlencoded', ...(sign ? { 'x-psg-timestamp': seconds, 'x-psg-signature': `v1=${signature}` } : {}) } });
  };
  const linkIn = (mail) => /<(https:[^>]+)>/.exec(mail.headers.find(([name]) => name.toLowerCase() === 'list-unsubscribe')?.[1] ?? '')?.[1];
  const oneClick = (link) => request(link, { method: 'POST', ca: gateway.ca, body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const inbound = (who, words, medium = 'sms') => ({ resourceType: 'Communication', status: 'completed',
    subject: { reference: refOf(who) }, sender: { reference: refOf(who) }, received: new Date().toISOString(),
    ...(medium ? { medium: [{ coding: [{ system: kChannel, code: medium }] }] } : {}), payload: [{ contentString: words }] });

  // Two messages to a person are claimed, the first is on its way to a slow receiver, a third waits for
  // its time; then `stop` opts out. Nothing may arrive after the acknowledgement.
  const race = async (receiver, ask, stop, who) => {
    who ??= await someone();
    const here = reaching(who).length;
    const before = gateway.received(receiver).length;
    await gateway.restartReceiver(receiver, '--delay-ms', String(kDelay));
    const ids = [await ask(who), await ask(who), await ask(who)];
    await until(() => gateway.received(receiver).length > before, { withinMs: 15000, everyMs: 15 });
    const [begun, claimed] = await Promise.all([gateway.explain(ids[0]), gateway.explain(ids[1])]);
    assert.equal(begun.state, 'sending', 'the first is on its way');
    assert.equal(reaching(who).length, here, 'and has not arrived');

    const answer = await stop(who);
    const acknowledged = Date.now();
    assert.ok(answer.status >= 200 && answer.status < 300, complaint(answer));
    const arrived = reaching(who).slice(here);
    assert.equal(arrived.length, 1, 'the acknowledgement waits for the attempt that has begun');
    const counted = await Promise.all(ids.map((id) => gateway.explain(id)));
    assert.equal(counted[0].state, 'sent', 'and for its record');

    // Somebody else's message passes, so the queue has been worked through.
    await gateway.restartReceiver(receiver);
    const other = await someone();
    await gateway.state(await ask(other), 'sent');
    for (const id of ids.slice(1)) {
      const seen = await gateway.state(id, 'cancelled');
      assert.equal(seen.outcome, 'DENY');
      assert.ok(['', 'aborted', undefined].includes(seen.delivery.state), `an attempt ended ${seen.delivery.state}`);
    }
    assert.equal(reaching(who).length, here + 1, 'nothing more arrived');
    for (const { at } of reaching(who)) assert.ok(Date.parse(at) <= acknowledged, 'nothing arrived after the acknowledgement');
    const later = await ask(who);
    assert.equal((await gateway.state(later, 'cancelled')).outcome, 'DENY', 'a new request is refused');
    return { who, claimedOne: claimed.state === 'sending' };
  };

  const claims = [];
  const races = {
    'STOP by a signed hook': () => race('sms', textTo, (who) => hook(who)),
    'a reply that says it in other words': () => race('sms', textTo, (who) => hook(who, { body: 'please stop texting me' })),
    'STOP that the provider sends twice, once it is tired of waiting': () => race('sms', textTo, (who) => {
      const sid = `SM${randomBytes(16).toString('hex')}`;
      const first = hook(who, { sid });
      return Promise.race([first, new Promise((resolve) => setTimeout(resolve, 300)).then(() => hook(who, { sid }))]);
    }),
    'STOP as an inbound Communication': () => race('sms', textTo, (who) => client.call('POST', '/Communication', inbound(who, 'STOP'))),
    'STOP as a Communication without a medium': () => race('smtp', offer, (who) => client.call('POST', '/Communication', inbound(who, 'unsubscribe', ''))),
    'one click': async () => {
      const who = await someone();
      await gateway.state(await offer(who), 'sent');
      const link = linkIn(reaching(who).at(-1));
      assert.ok(link, 'the e-mail has its link');
      return race('smtp', offer, () => oneClick(link), who);
    },
    'a Consent that becomes inactive': () => race('smtp', offer, async (who) => {
      const consent = await client.read(gateway.names.reference(`authorization-${who.as}`));
      return client.call('PUT', `/Consent/${consent.id}`, { ...consent, status: 'inactive' }, { 'if-match': 'W/"1"' });
    }),
    'the same in a transaction': () => race('smtp', offer, async (who) => {
      const consent = await client.read(gateway.names.reference(`authorization-${who.as}`));
      return client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [
        { resource: { ...consent, status: 'inactive' }, request: { method: 'PUT', url: `Consent/${consent.id}` } }] });
    }),
    'the same in a batch': () => race('smtp', offer, async (who) => {
      const consent = await client.read(gateway.names.reference(`authorization-${who.as}`));
      return client.call('POST', '', { resourceType: 'Bundle', type: 'batch', entry: [
        { resource: { ...consent, status: 'inactive' }, request: { method: 'PUT', url: `Consent/${consent.id}` } }] });
    }),
    'a Consent that is deleted': () => race('smtp', offer, (who) =>
      client.call('DELETE', `/${gateway.names.reference(`authorization-${who.as}`)}`)),
    'a Consent that becomes another patient\'s': () => race('smtp', offer, async (who) => {
      const consent = await client.read(gateway.names.reference(`authorization-${who.as}`));
      const other = refOf(await someone());
      return client.call('PUT', `/Consent/${consent.id}`, { ...consent, patient: { reference: other }, performer: [{ reference: other }] });
    }),
    'a patient who has died': () => race('sms', textTo, async (who) => {
      const patient = await client.read(refOf(who));
      return client.call('PUT', `/${refOf(who)}`, { ...patient, deceasedBoolean: true });
    }),
  };
  for (const [what, run] of Object.entries(races)) {
    it(`${what}: nothing leaves after it is acknowledged`, async () => { claims.push((await run()).claimedOne); });
  }

  it('some race above met an attempt that was claimed and had not begun', () => {
    assert.ok(claims.some(Boolean), `${claims}`);
  });

  it('a receiver that never answers delays the acknowledgement, not longer than a send may take', async () => {
    const who = await someone();
    await gateway.restartReceiver('sms', '--mode', 'hang');
    const id = await textTo(who);
    await gateway.arrived('sms', ({ to }) => to === who.phone);
    const answer = await hook(who);
    const acknowledged = Date.now();
    assert.equal(answer.status, 200);
    assert.equal((await gateway.explain(id)).state, 'unknown', 'the attempt has its end before the acknowledgement');
    await gateway.restartReceiver('sms');
    assert.equal(reaching(who).length, 1);
    assert.ok(Date.parse(reaching(who)[0].at) <= acknowledged);
  });

  it('in one programme suppresses the number in another of the same seller', async () => {
    const who = await someone();
    const names = new (gateway.names.constructor)();
    await gateway.enrolContent(second, names);
    const same = { ...who, as: `${who.as}-again` };  // other identifiers, the same number and address
    await gateway.enrol(same, second, names);
    const ask = (channel) => gateway.remind(same, channel, { client: second, names });
    const options = { client: second };
    await gateway.state(await ask('sms'), 'sent', options);
    const waiting = await gateway.remind(same, 'sms', { client: second, names, changes: { occurrenceDateTime: new Date(Date.now() + 3600e3).toISOString() } });
    assert.equal((await hook(who)).status, 200);
    assert.equal((await gateway.state(waiting, 'cancelled', options)).outcome, 'DENY', 'what waits there is refused at once');
    assert.equal((await gateway.state(await ask('sms'), 'cancelled', options)).outcome, 'DENY');
    assert.equal((await gateway.state(await textTo(who), 'cancelled')).outcome, 'DENY');
    await gateway.state(await ask('email'), 'sent', options);
    assert.equal(gateway.received('sms').filter(({ to }) => to === who.phone).length, 1);
  });

  it('to the number that a programme had before reaches it', async () => {
    const who = await someone();
    assert.equal((await hook(who, { to: '+18005550111' })).status, 200);
    assert.equal((await gateway.state(await textTo(who), 'cancelled')).outcome, 'DENY');
  });

  it('an unclear answer from a number that two records have holds both', async () => {
    const [one, other] = [await someone(), await someone()];
    const shared = await client.read(refOf(other));
    const ended = { system: 'phone', value: one.phone, use: 'old', period: { end: '2025-01-01' } };
    await client.update({ ...shared, telecom: [...shared.telecom, ended] });
    assert.equal((await hook(one, { body: 'unsub' })).status, 200);
    for (const who of [one, other]) assert.equal((await gateway.state(await textTo(who), 'held')).outcome, 'REVIEW');
  });

  it('a message without words may be one', async () => {
    const who = await someone();
    assert.equal((await hook(who, { body: '' })).status, 200);
    assert.equal((await gateway.state(await textTo(who), 'held')).outcome, 'REVIEW');
  });

  it('survives a restart', async () => {
    const who = await someone();
    assert.equal((await hook(who)).status, 200);
    await gateway.gateway.stop('SIGKILL');
    await gateway.serve();
    assert.equal((await gateway.state(await textTo(who), 'cancelled')).outcome, 'DENY');
    assert.equal(reaching(who).length, 0);
  });

  it('is refused when the hook is not signed, forged, changed or old', async () => {
    const who = await someone();
    const cases = {
      'not signed': { sign: false }, 'another key': { key: 'not the key of this hook, but as long' }, 'changed': { change: '&Body=STOP' },
      'old': { at: Date.now() / 1000 - 3600 }, 'from the future': { at: Date.now() / 1000 + 3600 },
    };
    for (const [what, options] of Object.entries(cases)) {
      const answer = await hook(who, options);
      assert.ok([401, 403].includes(answer.status), `${what}: ${answer.status}`);
      assert.equal(answer.body?.resourceType, 'OperationOutcome');
      assert.ok(!answer.text.includes(who.phone));
    }
    const unknown = await request(`${gateway.publicUrl}/hooks/nobody`, { method: 'POST', ca: gateway.ca, body: 'a=b' });
    assert.equal(unknown.status, 404);
    await gateway.state(await textTo(who), 'sent');
    assert.deepEqual(await client.search('Communication', { subject: refOf(who), status: 'completed', 'based-on': 'CommunicationRequest/none' }), []);
  });

  it('a repeated MessageSid has one effect', async () => {
    const who = await someone();
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const question = { body: 'When is my next appointment?', sid };
    const answers = await Promise.all(Array.from({ length: 5 }, () => hook(who, question)));
    assert.deepEqual(answers.map(({ status }) => status), Array(5).fill(200));
    assert.equal((await hook(who, question)).status, 200);
    const replies = (await client.search('Communication', { identifier: sid }));
    assert.equal(replies.length, 1);
    const tasks = await client.search('Task', { patient: refOf(who) });
    assert.equal(tasks.filter(({ code }) => code.coding[0].code === 'reply').length, 1);
    await gateway.state(await textTo(who), 'sent');
    // The same id does not carry another text either.
    assert.equal((await hook(who, { body: 'STOP', sid: `SM${randomBytes(16).toString('hex')}` })).status, 200);
    assert.equal((await gateway.state(await textTo(who), 'cancelled')).outcome, 'DENY');
  });

  it('of a number that is nobody\'s counts, and its question is asked once', async () => {
    const stranger = person(next++, { family: kMarker });
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const replies = async () => (await client.search('Task', { status: 'requested' })).filter(({ code }) => code.coding[0].code === 'reply').length;
    const here = await replies();
    for (let n = 0; n < 3; ++n) assert.equal((await hook(stranger, { body: 'Who is this?', sid })).status, 200);
    assert.equal(await replies(), here + 1);
    assert.equal((await hook(stranger)).status, 200);
    await gateway.enrol(stranger);  // a patient from now on
    assert.equal((await gateway.state(await textTo(stranger), 'cancelled')).outcome, 'DENY');
    assert.equal(reaching(stranger).length, 0);
  });

  it('GET and HEAD of a link change nothing; a forged link opts nobody out; POST twice is as once', async () => {
    const who = await someone();
    await gateway.state(await offer(who), 'sent');
    const link = linkIn(reaching(who)[0]);
    for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await request(link, { method, ca: gateway.ca })).status, 200);
    const shown = await request(link, { ca: gateway.ca });
    assert.ok(!shown.text.includes(who.email) && !shown.text.includes(kMarker), 'the page names nobody');
    const forged = `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`;
    for (const [url, method] of [[forged, 'GET'], [forged, 'POST'], [`${gateway.publicUrl}/u/nonsense`, 'POST'], [`${gateway.publicUrl}/u/`, 'POST']]) {
      assert.equal((await request(url, { method, ca: gateway.ca, body: method === 'POST' ? 'List-Unsubscribe=One-Click' : undefined })).status, 404);
    }
    await gateway.state(await offer(who), 'sent');
    for (let n = 0; n < 2; ++n) assert.equal((await oneClick(link)).status, 200);
    assert.equal((await gateway.state(await offer(who), 'cancelled')).outcome, 'DENY');
    assert.equal(reaching(who).length, 2);
  });

  it('what a replaced record has refused holds for the survivor, though they share no identifier', async () => {
    const [survivor, replaced] = [await someone(), await someone()];
    const reference = (who) => gateway.names.reference(who.as);
    const record = (await client.call('GET', `/${reference(replaced)}`)).body;
    const linked = await client.call('PUT', `/${reference(replaced)}`, { ...record, active: false,
      link: [{ other: { reference: reference(survivor) }, type: 'replaced-by' }] });
    assert.equal(linked.status, 200, linked.text);
    // Not due before the refusal comes.
    const later = new Date(Date.now() + 3600e3).toISOString();
    const queued = await gateway.remind(survivor, 'sms', { changes: { occurrenceDateTime: later } });
    assert.equal((await gateway.explain(queued)).state, 'queued');
    const stop = await client.call('POST', '/Communication', { resourceType: 'Communication', status: 'completed',
      subject: { reference: reference(replaced) }, sender: { reference: reference(replaced) },
      payload: [{ contentString: 'STOP' }] });
    assert.equal(stop.status, 201, stop.text);
    assert.equal((await gateway.explain(queued)).state, 'cancelled', 'queued for the survivor');
    const next = await textTo(survivor);
    await gateway.state(next, 'cancelled');
  });

  it('leaves no patient data in the log, and records that replay', async () => {
    gateway.assertLogIsSilent();
    assert.equal((await gateway.stopGateway()).code, 0);
    gateway.psgateway('replay', '--config', gateway.config);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
  });
});
