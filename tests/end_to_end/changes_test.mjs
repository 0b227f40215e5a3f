// What changes while a message is under way: what has begun is waited for where it must be, what has not
// begun is decided again. And who is the same human by now.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { complaint } from './client.mjs';
import { until } from './demo/process.mjs';
import { Fixture, person } from './fixture.mjs';

const kMarker = 'Zyxwchanging';
const kDelay = 1500;  // of the slow receiver

describe('a change', () => {
  let gateway;
  let client;
  let next = 1;

  before(async () => {
    gateway = await Fixture.started({ receivers: ['sms'],
      // One sender: a second claim waits for the first.
      configure(settings) { settings.send_threads = 1; settings.send_deadline_ms = 9000; },
      programme: { hubWebhook: undefined, nurseQueue: undefined } });
    gateway.markers.add(kMarker);
    client = gateway.client;
    await gateway.enrolContent();
  });
  after(() => gateway.end());

  const someone = async () => {
    const who = person(next++, { family: kMarker });
    await gateway.enrol(who);
    return who;
  };
  const textTo = (who, changes) => gateway.remind(who, 'sms', { changes });
  const reaching = (who) => gateway.received('sms').filter(({ to }) => to === who.phone);
  const refOf = (who, what = '') => gateway.names.reference(what + who.as);
  const later = () => ({ occurrenceDateTime: new Date(Date.now() + 3600e3).toISOString() });
  const says = (who, words) => client.create({ resourceType: 'Communication', status: 'completed', subject: { reference: refOf(who) },
    sender: { reference: refOf(who) }, received: new Date().toISOString(), payload: [{ contentString: words }] });

  // One message is on its way to a slow receiver, another is claimed and has not begun; then `change`.
  // Answers what has become of the second once the queue has been worked through.
  const claimedBehind = async (change) => {
    const [first, second] = [await someone(), await someone()];
    await gateway.restartReceiver('sms', '--delay-ms', String(kDelay));
    const before = gateway.received('sms').length;
    await textTo(first);
    await until(() => gateway.received('sms').length > before, { withinMs: 15000, everyMs: 10 });
    const id = await textTo(second);
    assert.ok(await until(async () => (await gateway.explain(id)).state === 'sending', { withinMs: 1000, everyMs: 10 }), 'it is claimed');
    await change(second, id);
    await gateway.restartReceiver('sms');
    await gateway.state(await textTo(await someone()), 'sent');
    return { second, id };
  };
  const request = (id) => client.read(`CommunicationRequest/${id}`);

  it('of the request to revoked: it does not go any more, and stays revoked', async () => {
    const { second, id } = await claimedBehind(async (who, id) => client.update({ ...await request(id), status: 'revoked' }));
    await gateway.state(id, 'cancelled');
    assert.equal((await request(id)).status, 'revoked');
    assert.deepEqual(reaching(second), []);
  });

  it('of the request to one that shall not be performed: it does not go', async () => {
    const { second } = await claimedBehind(async (who, id) => client.update({ ...await request(id), doNotPerform: true }));
    assert.deepEqual(reaching(second), []);
  });

  it('of the request to nothing: what is deleted does not go', async () => {
    const { second } = await claimedBehind(async (who, id) => {
      const answer = await client.call('DELETE', `/CommunicationRequest/${id}`);
      assert.equal(answer.status, 204, complaint(answer));
    });
    assert.deepEqual(reaching(second), []);
  });

  it('of a fact: it is decided again, on the fact as it is now', async () => {
    const { second } = await claimedBehind(async (who) => {
      const order = await client.read(refOf(who, 'rx-'));
      await client.update({ ...order, meta: { ...order.meta, security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] } });
    });
    assert.deepEqual(reaching(second), []);
  });

  it('of nothing that matters: what was begun is told as sent, and a request revoked meanwhile stays so', async () => {
    const who = await someone();
    await gateway.restartReceiver('sms', '--delay-ms', String(kDelay));
    const before = gateway.received('sms').length;
    const id = await textTo(who);
    await until(() => gateway.received('sms').length > before, { withinMs: 15000, everyMs: 10 });
    await client.update({ ...await request(id), status: 'revoked' });
    assert.equal(reaching(who).length, 1, 'the answer waits for what has begun');
    assert.equal((await gateway.state(id, 'sent')).state, 'sent');
    assert.equal((await request(id)).status, 'revoked');
    await gateway.restartReceiver('sms');
  });

  it('by a Consent that knows the patient by an identifier: nothing begins after it is acknowledged', async () => {
    const { second } = await claimedBehind(async (who) => {
      const { identifier: [identifier] } = await client.read(refOf(who));
      await client.create({ resourceType: 'Consent', status: 'active', patient: { identifier },
        scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
        category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
        policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] }, provision: { type: 'deny' } });
    });
    assert.deepEqual(reaching(second), []);
  });

  for (const [how, take] of [['gets the identifiers', (mine, theirs) => theirs], ['gets one identifier more', (mine, theirs) => [...mine, theirs[0]]]]) {
    it(`of a record that ${how} of another: they are one human`, async () => {
      const [one, other] = [await someone(), await someone()];
      const waiting = await textTo(other, later());
      const [theirs, mine] = [await client.read(refOf(one)), await client.read(refOf(other))];
      await client.update({ ...mine, identifier: take(mine.identifier, theirs.identifier) });
      await says(one, 'STOP');
      assert.equal((await gateway.state(waiting, 'cancelled')).outcome, 'DENY', 'what waits for the other is refused at once');
      assert.equal((await gateway.state(await textTo(other), 'cancelled')).outcome, 'DENY');
      assert.equal((await gateway.state(await textTo(one), 'cancelled')).outcome, 'DENY');
      assert.deepEqual([...reaching(one), ...reaching(other)], []);
    });
  }

  it('of a record that joins another after a refusal: the refusal holds for both', async () => {
    const [one, other] = [await someone(), await someone()];
    await says(one, 'STOP');
    const waiting = await textTo(other, later());
    const [theirs, mine] = [await client.read(refOf(one)), await client.read(refOf(other))];
    await client.update({ ...mine, identifier: [...mine.identifier, theirs.identifier[0]] });
    assert.equal((await gateway.state(waiting, 'cancelled')).outcome, 'DENY');
    // Taken back: it was a mistake.
    const now = await client.read(refOf(other));
    await client.update({ ...now, identifier: mine.identifier });
    await gateway.state(await textTo(other), 'sent');
  });

  it('leaves records that replay, and no patient data in the log', async () => {
    gateway.assertLogIsSilent();
    await gateway.stopGateway();
    assert.match(gateway.psgateway('replay', '--config', gateway.config).stderr, /0 do not/);
  });
});
