// What reaches the patient is what was approved and decided on, the subject of an e-mail too.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { load } from './demo/templates.mjs';
import { Fixture, person } from './fixture.mjs';

const kSubject = 'https://psgateway.example/fhir/StructureDefinition/subject-line';

describe('an e-mail', () => {
  let gateway;
  let who;

  before(async () => {
    gateway = await Fixture.started({ receivers: ['smtp'], programme: { hubWebhook: undefined, nurseQueue: undefined } });
    await gateway.enrolContent();
    who = person(1, { family: 'Zyxwsubject' });
    await gateway.enrol(who);
  });
  after(() => gateway?.end());

  // A reminder by a copy of the approved module with another subject line.
  const remind = async (line) => {
    const module = await gateway.client.read(gateway.names.reference('refill-reminder'));
    const extension = [...module.extension, ...(line === undefined ? [] : [{ url: kSubject, valueString: line }])];
    const copy = await gateway.client.create({ ...module, id: undefined, meta: undefined, extension });
    const request = gateway.reminder(who, 'email');
    return (await gateway.client.create({ ...request, about: [{ reference: `ActivityDefinition/${copy.id}` }, request.about[1]] })).id;
  };
  const subjectOf = async (id) => {
    await gateway.state(id, 'sent');
    const { headers } = gateway.received('smtp').filter(({ kind }) => kind === 'email').at(-1);
    return headers.find(([name]) => name.toLowerCase() === 'subject')[1];
  };

  it('has the subject line of its module', async () => {
    assert.equal(await subjectOf(await remind('Your refill, and who to ask')), 'Your refill, and who to ask');
    assert.equal(await subjectOf(await remind('Je opnieuw aanvragen – één minuut')), 'Je opnieuw aanvragen – één minuut');
  });

  it('has the programme\'s name where there is none, or one that nobody has filled in', async () => {
    const neutral = `A message from ${load('programme.json').name}`;
    for (const line of [undefined, 'Your refill, {{name}}']) assert.equal(await subjectOf(await remind(line)), neutral);
  });

  it('does not leave with a subject of two lines or without end', async () => {
    const here = gateway.received('smtp').length;
    for (const line of ['Your refill\r\nBcc: eve@example.org', 'refill '.repeat(200)]) {
      const id = await remind(line);
      const seen = await gateway.explained(id, ({ delivery }) => delivery.state === 'refused', 'the adapter refuses it');
      assert.equal(seen.state, 'failed');
      const tasks = await gateway.client.search('Task', { focus: `CommunicationRequest/${id}` });
      assert.deepEqual(tasks.map(({ code }) => code.coding[0].code), ['delivery-failed']);
    }
    assert.equal(gateway.received('smtp').length, here);
  });

  it('with an offer in the subject of care waits for a person', async () => {
    const id = await remind('A coupon for your refill');
    assert.equal((await gateway.state(id, 'held')).outcome, 'REVIEW');
  });
});
