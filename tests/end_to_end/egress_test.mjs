// What leaves beside messages: the nurses' Tasks and the Communications that go back to the clinic's EHR. Each
// is decided on by what is stored of the patient at the instant of sending, and at every try again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from './client.mjs';
import { sleep, until } from './demo/process.mjs';
import { Fixture, kProgramme, person } from './fixture.mjs';

const kMarker = 'Egressable';
const kClinic = 'Organization/fjord';
const kNurses = 'Beacon Nurses';
const kActCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const kMrn = 'https://fjord-clinic.example/mrn';
const inline = (code) => ({ url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
  valueCoding: { system: kActCode, code } });

describe('what leaves beside messages', () => {
  let gateway;
  let next = 1;

  before(async () => {
    gateway = await Fixture.started({ receivers: ['sms', 'ehr', 'nurse-queue'],
      configure: (settings) => { settings.send_deadline_ms = 1000; },
      programme: { hubWebhook: undefined, writeBack: 'ehr', partners: [
        { name: 'ehr', recipient: kClinic, purpose: 'TREAT' },
        { name: 'nurse-queue', recipient: kNurses, kind: 'vendor', purpose: 'TREAT' }] } });
    await gateway.enrolContent();
    await gateway.client.expect('PUT', `/${kClinic}`, { resourceType: 'Organization', id: 'fjord', name: 'Fjord Clinic',
      type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov' }] }] });
  });
  after(() => gateway?.end());

  const someone = async () => {
    const who = person(next++, { family: kMarker });
    await gateway.enrol(who);
    return who;
  };
  // The patient permits, but for `denied`.
  const denies = (who, denied, changes = {}) => gateway.client.create({ resourceType: 'Consent', status: 'active',
    patient: { reference: gateway.names.reference(who.as) },
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-npp' }] },
    provision: { type: 'permit', provision: [{ type: 'deny', ...denied }] }, ...changes });
  const actor = (reference) => ({ actor: [{ reference,
    role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PRCP' }] } }] });
  const toClinic = actor({ reference: kClinic });
  const counted = async (kind, state) => {
    const { text } = await request(`${gateway.operationsUrl}/metrics`);
    return Number(new RegExp(`psgateway_outgoing_total\\{kind="${kind}",state="${state}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  };
  const becomes = async (kind, state, count, withinMs = 20000) =>
    assert.ok(await until(async () => await counted(kind, state) >= count, { withinMs }), `${kind} ${state}: ${await counted(kind, state)} of ${count}`);
  const communicationOf = async (id, status) => {
    const [found] = (await gateway.client.search('Communication', { 'based-on': `CommunicationRequest/${id}` })).filter((each) => each.status === status);
    assert.ok(found, `there is a Communication ${status}`);
    return found;
  };
  const atEhr = (communication) => gateway.received('ehr').filter(({ method, resource }) => method === 'POST' &&
    resource?.identifier?.some(({ system, value }) => system === gateway.client.base && value === communication.id));
  const mrnOf = async (who) => (await gateway.client.read(gateway.names.reference(who.as))).identifier.find(({ system }) => system === kMrn).value;

  describe('a Communication goes back to the EHR', () => {
    it('created once under our identifier, of the patient as the EHR knows him, our references absolute', async () => {
      const who = await someone();
      const id = await gateway.remind(who, 'sms');
      await gateway.state(id, 'sent');
      const communication = await communicationOf(id, 'completed');
      const { resource } = await gateway.arrived('ehr', () => atEhr(communication).length > 0).then(() => atEhr(communication)[0]);
      assert.equal(resource.status, 'completed');
      assert.deepEqual(resource.subject, { type: 'Patient', identifier: { system: kMrn, value: await mrnOf(who) } });
      assert.deepEqual(resource.basedOn, [{ reference: `${gateway.client.base}/CommunicationRequest/${id}` }]);
      assert.deepEqual(resource.recipient, [resource.subject], 'who treats the patient gets more than the minimum');
      assert.notEqual(resource.id, communication.id);
    });

    it('a message that was refused goes back as not done', async () => {
      const who = await someone();
      const id = await gateway.remind(who, 'sms', { changes: { doNotPerform: true } });
      await gateway.state(id, 'cancelled');
      const communication = await communicationOf(id, 'not-done');
      await gateway.arrived('ehr', () => atEhr(communication).length > 0);
      assert.equal(atEhr(communication)[0].resource.status, 'not-done');
    });

    it('the EHR takes it and does not answer, then is down: it is there once', async () => {
      await gateway.restartReceiver('ehr', '--mode', 'hang');
      const who = await someone();
      const id = await gateway.remind(who, 'sms');
      await gateway.state(id, 'sent');
      const communication = await communicationOf(id, 'completed');
      await gateway.arrived('ehr', () => atEhr(communication).length > 0);
      const tries = await counted('write-back', 'not-sent');
      const sent = await counted('write-back', 'sent');
      await until(async () => await counted('write-back', 'not-sent') > tries);
      await gateway.restartReceiver('ehr');
      await becomes('write-back', 'sent', sent + 1, 60000);
      // The receiver forgets when it starts anew; what it holds now was created once since.
      const found = await request(`https://localhost:${gateway.receiverPorts.ehr}/fhir/Communication?identifier=${communication.id}`, { ca: gateway.ca });
      assert.equal(found.body.entry.length, 1);
    });

    it('is withheld where the patient refuses the clinic', async () => {
      const withheld = await counted('write-back', 'withheld');
      const who = await someone();
      await denies(who, toClinic);
      const id = await gateway.remind(who, 'sms');
      await gateway.state(id, 'sent');
      await becomes('write-back', 'withheld', withheld + 1);
      assert.deepEqual(atEhr(await communicationOf(id, 'completed')), []);
    });

    it('an element with a label that the patient keeps from the clinic is taken out', async () => {
      const who = await someone();
      await denies(who, { ...toClinic, securityLabel: [{ system: kActCode, code: 'PSY' }] });
      const id = await gateway.remind(who, 'sms', { changes: { recipient: [{ extension: [inline('PSY')], reference: gateway.names.reference(who.as) }] } });
      await gateway.state(id, 'sent');
      const communication = await communicationOf(id, 'completed');
      assert.equal(communication.recipient.length, 1);
      await gateway.arrived('ehr', () => atEhr(communication).length > 0);
      assert.equal(atEhr(communication)[0].resource.recipient, undefined);
    });

    it('a refusal that comes between queue and delivery withholds it', async () => {
      await gateway.stopReceiver('ehr');
      const who = await someone();
      const tries = await counted('write-back', 'not-sent');
      const id = await gateway.remind(who, 'sms');
      await gateway.state(id, 'sent');
      await becomes('write-back', 'not-sent', tries + 1);
      const withheld = await counted('write-back', 'withheld');
      await denies(who, toClinic);
      await gateway.startReceiver('ehr');
      await becomes('write-back', 'withheld', withheld + 1, 60000);
      assert.deepEqual(atEhr(await communicationOf(id, 'completed')), []);
    });

    it('what the EHR refuses is not sent again', async () => {
      await gateway.restartReceiver('ehr', '--mode', 'refuse');
      const refused = await counted('write-back', 'refused');
      const id = await gateway.remind(await someone(), 'sms');
      await gateway.state(id, 'sent');
      await becomes('write-back', 'refused', refused + 1);
      await gateway.restartReceiver('ehr');
    });
  });

  describe('a Task goes to the nurses', () => {
    // Words that no module approved: a person must look.
    const held = async (who, changes = {}) => {
      const id = await gateway.remind(who, 'sms', { changes: { payload: [{ contentString: 'Please call us about your visit.' }],
        about: [{ reference: gateway.names.reference(`rx-${who.as}`) }], ...changes } });
      await gateway.state(id, 'held');
      const tasks = await until(async () => { const all = await gateway.client.search('Task', { focus: `CommunicationRequest/${id}` }); return all.length && all; });
      return tasks[0];
    };
    const atNurses = (task) => gateway.received('nurse-queue').filter(({ path }) => path === `/fhir/Task/${task.id}`);

    it('with the minimum of it', async () => {
      const task = await held(await someone());
      await gateway.arrived('nurse-queue', () => atNurses(task).length > 0);
      const [{ resource }] = atNurses(task);
      assert.deepEqual(resource.for, task.for);
      assert.deepEqual(resource.focus, task.focus);
      assert.equal(resource.extension, undefined);
    });

    it('is withheld where the patient refuses the nurses', async () => {
      const withheld = await counted('nurse-task', 'withheld');
      const who = await someone();
      await denies(who, actor({ display: kNurses }));
      const task = await held(who);
      await becomes('nurse-task', 'withheld', withheld + 1);
      assert.deepEqual(atNurses(task), []);
    });

    it('is withheld under an agreed restriction', async () => {
      const withheld = await counted('nurse-task', 'withheld');
      const who = await someone();
      await denies(who, {}, { policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-restrictions' }] },
        provision: { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Task' }], ...actor({ display: kNurses }) } });
      const task = await held(who);
      await becomes('nurse-task', 'withheld', withheld + 1);
      assert.deepEqual(atNurses(task), []);
    });

    it('where somebody must look at the patient\'s records first, says only that it waits', async () => {
      await gateway.stopReceiver('nurse-queue');
      const who = await someone();
      const other = gateway.names.reference((await someone()).as);
      const task = await held(who);
      // Whether the two are one human nobody has said.
      await gateway.client.update({ ...await gateway.client.read(gateway.names.reference(who.as)), link: [{ other: { reference: other }, type: 'seealso' }] });
      await gateway.startReceiver('nurse-queue');
      await gateway.arrived('nurse-queue', () => atNurses(task).length > 0, 'the notice arrives', 60000);
      const { meta, ...resource } = atNurses(task)[0].resource;
      assert.deepEqual(Object.keys(resource).sort(), ['authoredOn', 'code', 'id', 'intent', 'priority', 'resourceType', 'status']);
    });

    it('a refusal that comes between queue and delivery withholds it', async () => {
      await gateway.stopReceiver('nurse-queue');
      const who = await someone();
      const tries = await counted('nurse-task', 'not-sent');
      const task = await held(who);
      await becomes('nurse-task', 'not-sent', tries + 1);
      const withheld = await counted('nurse-task', 'withheld');
      await denies(who, actor({ display: kNurses }));
      await gateway.startReceiver('nurse-queue');
      await becomes('nurse-task', 'withheld', withheld + 1, 60000);
      assert.deepEqual(atNurses(task), []);
    });
  });

  it('every decision can be taken again, the ledger holds, and the log says nothing of patients', async () => {
    await sleep(200);
    gateway.assertLogIsSilent();
    await gateway.stopGateway();
    assert.match(gateway.psgateway('replay', '--config', gateway.config).stderr, /0 do not/);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
  });
});
