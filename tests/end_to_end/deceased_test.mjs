// G1: with a patient who has died everything ends that was planned for him, in the commit that stores the
// news, in every programme of the tenant; where the records disagree a person looks first.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { complaint } from './client.mjs';
import { load } from './demo/templates.mjs';
import { Fixture, person } from './fixture.mjs';

const kSecond = 'second-support';
const kLater = () => new Date(Date.now() + 3600e3).toISOString();

describe('a patient who has died', () => {
  let gateway;
  let second;
  let names;
  let next = 1;

  before(async () => {
    gateway = await Fixture.started({ receivers: ['smtp', 'sms'], programme: { hubWebhook: undefined, nurseQueue: undefined },
      prepare(fixture) {
        fixture.addProgrammeOf('aurora', { ...load('programme.json'), id: kSecond, hubWebhook: undefined, nurseQueue: undefined });
      } });
    second = gateway.addClientWith({ id: 'second-hub', programme: kSecond });
    names = new (gateway.names.constructor)();
    await gateway.enrolContent();
    await gateway.enrolContent(second, names);
  });
  after(() => gateway?.end());

  const at = (who, of = gateway.names) => of.reference(who.as);
  // In both programmes, with a message waiting in each, one held for review and a Task of the nurse.
  const someone = async () => {
    const who = person(next++, { family: 'Zyxwdeceased' });
    await gateway.enrol(who);
    await gateway.enrol(who, second, names);
    const planned = {
      queued: await gateway.remind(who, 'sms', { changes: { occurrenceDateTime: kLater() } }),
      held: await gateway.remind(who, 'email', { changes: { payload: [{ contentString: 'Words that no module has approved.' }] } }),
      draft: await gateway.remind(who, 'email', { changes: { status: 'draft' } }),
      there: await gateway.remind(who, 'sms', { client: second, names, changes: { occurrenceDateTime: kLater() } }),
    };
    planned.task = (await gateway.client.create({ resourceType: 'Task', status: 'requested', intent: 'order', for: { reference: at(who) },
      code: { text: 'call about the refill' } })).id;
    await gateway.state(planned.held, 'held');
    return { who, planned };
  };
  const change = async (client, reference, changes) => {
    const record = await client.read(reference);
    const answer = await client.call('PUT', `/${reference}`, { ...record, ...changes });
    assert.equal(answer.status, 200, complaint(answer));
  };
  const reached = (who) => [...gateway.received('sms').filter(({ to }) => to === who.phone),
                            ...gateway.received('smtp').filter(({ rcpt_tos: to }) => to?.includes(who.email))];
  const status = async (type, id, client = gateway.client) => (await client.read(`${type}/${id}`)).status;

  it('his requests are revoked and his Tasks cancelled when the 2xx comes', async () => {
    const { who, planned } = await someone();
    await change(gateway.client, at(who), { deceasedDateTime: '2026-01-02' });
    for (const what of ['queued', 'held', 'draft']) {
      const request = await gateway.client.read(`CommunicationRequest/${planned[what]}`);
      assert.equal(request.status, 'revoked', what);
      assert.equal(request.statusReason.coding[0].code, 'G1', what);
    }
    for (const what of ['queued', 'held']) assert.equal((await gateway.explain(planned[what])).state, 'cancelled', what);
    for (const task of await gateway.client.search('Task', { patient: at(who) })) assert.equal(task.status, 'cancelled');
    assert.equal(await status('CommunicationRequest', planned.there, second), 'revoked', 'in the other programme too');
    assert.equal((await gateway.explain(planned.there, second)).state, 'cancelled');
    const later = await gateway.remind(who, 'sms', { client: second, names });
    assert.equal((await gateway.state(later, 'cancelled', { client: second })).rule, 'G1');
    assert.deepEqual(reached(who), []);
  });

  it('not while another record of his says that he lives: a person looks first', async () => {
    const { who, planned } = await someone();
    await change(second, at(who, names), { deceasedBoolean: false });
    await change(gateway.client, at(who), { deceasedBoolean: true });
    for (const [id, client] of [[planned.queued, gateway.client], [planned.there, second]]) {
      const seen = await gateway.explain(id, client);
      assert.deepEqual([seen.state, seen.outcome], ['held', 'REVIEW']);
      assert.equal(await status('CommunicationRequest', id, client), 'on-hold');
    }
    assert.equal(await status('CommunicationRequest', planned.draft), 'draft');
    assert.equal(await status('Task', planned.task), 'requested');
    assert.deepEqual(reached(who), []);
    // The other record is corrected: now they agree.
    await change(second, at(who, names), { deceasedBoolean: true });
    assert.equal(await status('CommunicationRequest', planned.draft), 'revoked');
    assert.equal(await status('Task', planned.task), 'cancelled');
    assert.equal((await gateway.explain(planned.there, second)).state, 'cancelled');
  });

  it('an adverse event that is still to be reported stays open', async () => {
    const { who } = await someone();
    await gateway.client.create({ resourceType: 'Communication', status: 'completed', subject: { reference: at(who) }, sender: { reference: at(who) },
      payload: [{ contentString: 'I got a rash' }] });
    await change(gateway.client, at(who), { deceasedBoolean: true });
    const open = (await gateway.client.search('Task', { patient: at(who) })).filter((task) => task.status !== 'cancelled');
    assert.deepEqual(open.map(({ code }) => code.coding[0].code), ['ae-intake']);
  });

  it('of nobody else', async () => {
    const { planned } = await someone();
    const other = await someone();
    await change(gateway.client, at(other.who), { deceasedBoolean: true });
    assert.equal((await gateway.explain(planned.queued)).state, 'queued');
    assert.equal(await status('Task', planned.task), 'requested');
  });
});
