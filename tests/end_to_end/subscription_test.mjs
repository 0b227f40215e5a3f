// Subscriptions by rest-hook: what matches is sent to an endpoint that the operator has configured, in its
// order, at least once, each resource decided on at the instant of sending.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from './client.mjs';
import { sleep, until } from './demo/process.mjs';
import { Fixture, assertOutcome } from './fixture.mjs';

const kMarker = 'Notifiable';
const kTries = 3;  // 2 s and 4 s apart

describe('subscriptions by rest-hook', () => {
  let gateway;
  let client;
  let next = 1;

  before(async () => {
    gateway = await Fixture.started({ receivers: ['webhook', 'portal'],
      configure: (settings) => {
        settings.send_deadline_ms = 500;
        settings.notification_tries = kTries;
        settings.vendors.webhook.push({ ...settings.vendors.webhook[0], name: 'stranger', url: settings.vendors.webhook[0].url.replace('/webhook', '/elsewhere') });
      },
      programme: { hubWebhook: undefined, nurseQueue: undefined, partners: [
        { name: 'hub', recipient: 'Beacon Nurses', kind: 'vendor', purpose: 'TREAT' },
        { name: 'portal-main', recipient: 'Whoever Inc', purpose: 'HOPERAT' }] } });
    client = gateway.client;
    gateway.markers.add(kMarker);
  });
  after(() => gateway?.end());

  const url = (name) => `https://localhost:${gateway.receiverPorts[name]}/webhook`;
  const subscription = (criteria, channel = {}, changes = {}) => ({ resourceType: 'Subscription', status: 'requested', reason: 'tests', criteria,
    channel: { type: 'rest-hook', endpoint: url('webhook'), payload: 'application/fhir+json', ...channel }, ...changes });
  const subscribed = async (...args) => {
    const { id } = await client.create(subscription(...args));
    const now = await client.read(`Subscription/${id}`);
    assert.deepEqual([now.status, now.meta.versionId], ['active', '2']);
    return id;
  };
  const ended = async (id) => client.update({ ...await client.read(`Subscription/${id}`), status: 'off' });
  const patient = (changes = {}) => ({ resourceType: 'Patient', active: true, name: [{ family: kMarker }], birthDate: '1970-01-01', gender: 'unknown', ...changes });
  // Found by its name; an identifier would make one human of all.
  const tagged = (tag) => ({ name: [{ family: `${kMarker}-${tag}-` }] });
  const refusing = (id) => client.create({ resourceType: 'Consent', status: 'active', patient: { reference: `Patient/${id}` },
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-npp' }] },
    provision: { type: 'permit', provision: [{ type: 'deny', actor: [{ reference: { display: 'Beacon Nurses' },
      role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PRCP' }] } }] }] } });
  const at = (name) => gateway.received(name).filter(({ kind }) => kind === 'webhook');
  // Of one resource; in their order.
  const about = (id, name = 'webhook') => at(name).filter(({ body }) => body && JSON.parse(body).id === id);
  const counted = async (state) => {
    const { text } = await request(`${gateway.operationsUrl}/metrics`);
    return Number(new RegExp(`psgateway_outgoing_total\\{kind="subscription",state="${state}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  };
  const becomes = async (state, count, withinMs = 20000) =>
    assert.ok(await until(async () => await counted(state) >= count, { withinMs }), `${state}: ${await counted(state)} of ${count}`);

  it('sends what matches, as the recipient may see it, and nothing else', async () => {
    const tag = `t-${next++}`;
    const id = await subscribed(`Patient?family=${kMarker}-${tag}-`);
    const other = await client.create(patient(tagged('another')));
    const first = await client.create(patient(tagged(tag)));
    await gateway.arrived('webhook', () => about(first.id).length > 0);
    const [entry] = about(first.id);
    assert.equal(entry.content_type, 'application/fhir+json');
    assert.deepEqual(Object.keys(JSON.parse(entry.body)).sort(), ['active', 'id', 'name', 'resourceType'], 'the minimum for a vendor');
    await client.update({ ...first, active: false });
    await gateway.arrived('webhook', () => about(first.id).length > 1);
    await client.update({ ...await client.read(`Patient/${first.id}`), ...tagged('left') });
    await ended(id);
    await client.create(patient(tagged(tag)));
    await sleep(500);
    assert.equal(about(first.id).length, 2);
    assert.equal(about(other.id).length, 0);
  });

  it('without a payload says that something has changed, and nothing more', async () => {
    const tag = `t-${next++}`;
    const id = await subscribed(`Patient?family=${kMarker}-${tag}-`, { payload: undefined });
    const before = at('webhook').length;
    await client.create(patient(tagged(tag)));
    await gateway.arrived('webhook', () => at('webhook').length > before);
    assert.equal(at('webhook')[before].body, '');
    await ended(id);
  });

  it('tells of what the gateway writes itself', async () => {
    await gateway.enrolContent();
    const id = await subscribed('CommunicationRequest?status=revoked');
    const who = { as: 'p1', family: kMarker, email: 'a@example.org', phone: '+18005550110' };
    await gateway.enrol(who);
    const request = await gateway.remind(who, 'sms', { changes: { doNotPerform: true } });
    await gateway.state(request, 'cancelled');
    await gateway.arrived('webhook', () => about(request).length > 0);
    assert.equal(JSON.parse(about(request)[0].body).payload, undefined);
    await ended(id);
  });

  it('withholds a patient who refuses the recipient, also when he says so after it was queued', async () => {
    const tag = `t-${next++}`;
    const id = await subscribed(`Patient?family=${kMarker}-${tag}-`);
    const withheld = await counted('withheld');
    const before = await client.create(patient());
    await refusing(before.id);
    await client.update({ ...before, ...tagged(tag) });
    await becomes('withheld', withheld + 1);
    await gateway.stopReceiver('webhook');
    const tries = await counted('not-sent');
    const later = await client.create(patient(tagged(tag)));
    await becomes('not-sent', tries + 1);
    await refusing(later.id);
    await gateway.startReceiver('webhook');
    await becomes('withheld', withheld + 2);
    assert.deepEqual([...about(before.id), ...about(later.id)], []);
    // Of the portal nobody knows what it is.
    const unknown = await subscribed(`Patient?family=${kMarker}-${tag}-`, { endpoint: url('portal') });
    const open = await client.create(patient(tagged(tag)));
    await gateway.arrived('webhook', () => about(open.id).length > 0);
    await becomes('withheld', withheld + 3);
    assert.deepEqual(at('portal'), []);
    await ended(id);
    await ended(unknown);
  });

  it('keeps the order of each subscription over an endpoint that hangs, and loses nothing', async () => {
    const tag = `t-${next++}`;
    const id = await subscribed(`Patient?family=${kMarker}-${tag}-`);
    await gateway.restartReceiver('webhook', '--mode', 'hang');
    const tries = await counted('not-sent');
    const made = [];
    for (let i = 0; i < 20; ++i) made.push((await client.create(patient(tagged(tag)))).id);
    await becomes('not-sent', tries + 1);
    await gateway.restartReceiver('webhook');
    await gateway.arrived('webhook', () => about(made.at(-1)).length > 0);
    const order = at('webhook').filter(({ body }) => body).map(({ body }) => JSON.parse(body).id).filter((each) => made.includes(each));
    assert.deepEqual(order.filter((each, i) => each !== order[i - 1]), made);
    assert.equal(new Set(about(made[0]).map(({ key }) => key)).size, 1, 'repeated under one key');
    await ended(id);
  });

  it('an endpoint that fails again and again: error, in words without values; requested again it goes on', async () => {
    const tag = `t-${next++}`;
    const id = await subscribed(`Patient?family=${kMarker}-${tag}-`);
    await gateway.restartReceiver('webhook', '--mode', 'status', '--status', '500');
    const lost = await client.create(patient(tagged(tag)));
    await client.create(patient(tagged(tag)));
    const failed = await until(async () => { const now = await client.read(`Subscription/${id}`); return now.status === 'error' && now; }, { withinMs: 30000 });
    assert.ok(failed, 'it is in error');
    assert.match(failed.error, /notifications were not taken/);
    assert.ok(!failed.error.includes(kMarker));
    await gateway.restartReceiver('webhook');
    await client.create(patient(tagged(tag)));
    await sleep(500);
    assert.deepEqual(about(lost.id), []);
    const { error, ...again } = failed;
    await client.update({ ...again, status: 'requested' });
    const found = await client.create(patient(tagged(tag)));
    await gateway.arrived('webhook', () => about(found.id).length > 0);
    assert.equal((await client.read(`Subscription/${id}`)).error, undefined);
    await ended(id);
  });

  it('what was acknowledged before a kill is told after it', async () => {
    const tag = `t-${next++}`;
    const id = await subscribed(`Patient?family=${kMarker}-${tag}-`);
    const made = [];
    let over = false;
    const writing = Promise.all([1, 2, 3, 4].map(async () => {
      while (!over) {
        try { made.push((await client.create(patient(tagged(tag)))).id); } catch { return; }
      }
    }));
    await until(() => made.length > 40);
    await gateway.gateway.stop('SIGKILL');
    over = true;
    await writing;
    await gateway.serve();
    await gateway.arrived('webhook', () => made.every((each) => about(each).length > 0), 'everything is told', 60000);
    await ended(id);
  });

  it('refuses in words, with the path, what it cannot or must not do', async () => {
    const refused = async (one, path, status = 422, code = ['invalid', 'forbidden', 'processing']) =>
      assertOutcome(await client.call('POST', '/Subscription', one), status, code, { expression: path });
    await refused(subscription('Patient?family=x', { type: 'websocket', endpoint: undefined }), 'Subscription.channel.type');
    await refused(subscription('Patient?family=x', { type: 'email', endpoint: 'mailto:x@example.org' }), 'Subscription.channel.type');
    await refused(subscription('Patient?family=x', { endpoint: 'https://elsewhere.example/hook' }), 'Subscription.channel.endpoint');
    await refused(subscription('Patient?family=x', { endpoint: `${url('webhook')}?x=1` }), 'Subscription.channel.endpoint');
    // Configured, but no partner of this programme.
    await refused(subscription('Patient?family=x', { endpoint: url('webhook').replace('/webhook', '/elsewhere') }), 'Subscription.channel.endpoint');
    await refused(subscription('Patient?family=x', { header: ['Authorization: Bearer x'] }), 'Subscription.channel.header');
    await refused(subscription('Patient?family=x', { payload: 'application/fhir+xml' }), 'Subscription.channel.payload');
    for (const criteria of ['Pigeon?active=true', 'Patient?nonsense=1', 'Observation?subject:Patient.name=x', 'Patient?_sort=name', 'Patient?_include=Patient:link', '?active=true']) {
      await refused(subscription(criteria), 'Subscription.criteria');
    }
    await refused(subscription('Patient?family=x', {}, { end: '2020-01-01T00:00:00Z' }), 'Subscription.end');
    const bundle = await client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [
      { resource: patient(tagged('in-bundle')), request: { method: 'POST', url: 'Patient' } },
      { resource: subscription('Patient', { type: 'sms' }), request: { method: 'POST', url: 'Subscription' } }] });
    assert.equal(bundle.status, 422);
    assert.deepEqual(await client.search('Patient', { family: `${kMarker}-in-bundle` }), []);
  });

  it('a client hears only of what it may read, and no longer than it may', async () => {
    const tag = `t-${next++}`;
    const few = gateway.addClientWith({ id: 'few', scope: 'system/Subscription.cruds system/Patient.rs' });
    assertOutcome(await few.call('POST', '/Subscription', subscription('Consent?status=active')), 403, 'forbidden', { expression: 'Subscription.criteria' });
    await few.create(subscription(`Patient?family=${kMarker}-${tag}-`));
    const heard = await client.create(patient(tagged(tag)));
    await gateway.arrived('webhook', () => about(heard.id).length > 0);
    const gone = await counted('gone');
    gateway.psgateway('client', 'disable', 'few', '--programme', 'aurora-support', '--config', gateway.config);
    const unheard = await client.create(patient(tagged(tag)));
    await becomes('gone', gone + 1);
    assert.deepEqual(about(unheard.id), []);
  });

  it('every decision can be taken again, the ledger holds, and the log says nothing of patients', async () => {
    gateway.assertLogIsSilent();
    await gateway.stopGateway();
    assert.match(gateway.psgateway('replay', '--config', gateway.config).stderr, /0 do not/);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
  });
});
