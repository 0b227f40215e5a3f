// Transactions and batches where their parts meet: one condition twice, deletes before conditions,
// references in every form, all findings at once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Fixture, assertOutcome } from './fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const kMarker = 'Vwxtransact';

describe('transactions', () => {
  let gateway;
  let client;
  let count = 0;
  before(async () => {
    gateway = await Fixture.started();
    gateway.markers.add(kMarker);
    client = gateway.client;
  });
  after(() => gateway.end());

  const urn = (k) => `urn:uuid:00000000-0000-4000-8000-${String(k).padStart(12, '0')}`;
  const key = () => `k${++count}`;
  const patient = (value, changes = {}) => ({ resourceType: 'Patient', ...(value ? { identifier: [{ system: kSystem, value }] } : {}), ...changes });
  const about = (value) => `identifier=${kSystem}|${value}`;
  const observation = (reference) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference } });
  const post = (resource, fullUrl, request = {}) => ({ ...(fullUrl ? { fullUrl } : {}), resource, request: { method: 'POST', url: resource.resourceType, ...request } });
  const put = (resource, url, request = {}) => ({ resource, request: { method: 'PUT', url, ...request } });
  const remove = (url) => ({ request: { method: 'DELETE', url } });
  const get = (url, request = {}) => ({ request: { method: 'GET', url, ...request } });
  const send = (type, entry, headers) => client.call('POST', '', { resourceType: 'Bundle', type, entry }, headers);
  const transact = (...entry) => send('transaction', entry);
  const places = (answer) => answer.body.entry.map(({ response }) => response.location?.split('/_history')[0].split('/').slice(-2).join('/'));
  const statuses = (answer) => answer.body.entry.map(({ response }) => Number.parseInt(response.status, 10));
  const total = async (value) => (await client.expect('GET', `/Patient?${about(value)}&_summary=count`)).total;

  it('an entry may name the resource from the root or by this server\'s own address', async () => {
    const { host } = new URL(client.base);
    const [a, b] = [key(), key()];
    for (const type of ['batch', 'transaction']) {
      const answer = await send(type, [post(patient(a), urn(1), { url: '/Patient' }), put(patient(b, { id: b }), `${client.base}/Patient/${b}`), get(`/Patient?${about('none')}`),
        get(`${client.base}/Patient?${about('none')}`)]);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(statuses(answer).map((status) => Math.floor(status / 100)), [2, 2, 2, 2]);
      const bad = await send(type, [remove(`https://other.example/fhir/programme/Patient/${b}`), remove(`//${host}/Patient/${b}`)]);
      if (type === 'transaction') assertOutcome(bad, 422, 'value', { expression: 'Bundle.entry[0].request.url' });
      else assert.deepEqual(bad.body.entry.map(({ response }) => response.outcome.issue[0].expression[0]), [0, 1].map((i) => `Bundle.entry[${i}].request.url`));
    }
    assertOutcome(await transact(remove(`/Patient/${b}`), remove(`${client.base}/Patient/${b}`)), 422, 'duplicate');
    assert.equal((await client.call('GET', `/Patient/${b}`)).status, 200);
  });

  it('two creates under one condition make one, whatever the order of the words', async () => {
    const value = key();
    const answer = await transact(
      post(patient(value), urn(1), { ifNoneExist: `${about(value)}&_lastUpdated=gt2020` }),
      post(patient(value), urn(2), { ifNoneExist: `_lastUpdated=gt2020&${about(value)}` }), post(observation(urn(2)), urn(3)));
    assert.deepEqual(statuses(answer), [201, 200, 201]);
    const [first, second, third] = places(answer);
    assert.equal(first, second);
    assert.equal((await client.read(third)).subject.reference, first);
    assert.equal(await total(value), 1);
  });

  it('what another entry makes under other words is not made twice', async () => {
    const value = key();
    const plain = await transact(post(patient(value), urn(1)), post(patient(value), urn(2), { ifNoneExist: about(value) }));
    assertOutcome(plain, 412, 'conflict', { expression: 'Bundle.entry[1].request' });
    const update = await transact(post(patient(value), urn(1)), put(patient(value), `Patient?${about(value)}`));
    assertOutcome(update, 412, 'conflict', { expression: 'Bundle.entry[1].request' });
    assert.equal(await total(value), 0);
  });

  it('conditions see what the deletes of the same transaction left', async () => {
    const value = key();
    const [old] = places(await transact(post(patient(value))));
    const again = await transact(post(patient(value), urn(1), { ifNoneExist: about(value) }), post(observation(urn(1))), remove(old));
    assert.deepEqual(statuses(again), [201, 201, 204]);
    assert.notEqual(places(again)[0], old);
    const conditional = await transact(put(patient(value), `Patient?${about(value)}`), remove(`Patient?${about(value)}`));
    assertOutcome(conditional, 422, ['duplicate', 'invalid']);
  });

  it('follows full URLs in narratives, in uris and as relative references beside them', async () => {
    const div = (target) => `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${target}">${urn(2)}</a></div>`;
    const [first, second] = places(await transact(
      post(patient(undefined, { text: { status: 'additional', div: div(urn(2)) }, extension: [{ url: 'urn:x', valueUri: urn(2) }] }), urn(1)),
      post(observation(urn(1)), urn(2))));
    const stored = await client.read(first);
    assert.equal(stored.text.div, div(second));
    assert.equal(stored.extension[0].valueUri, second);
    const far = 'https://other.example/fhir';
    const [, relative] = places(await transact(post(patient(), `${far}/Patient/7`), post(observation('Patient/7'), `${far}/Observation/8`)));
    assert.match((await client.read(relative)).subject.reference, /^Patient\/.{36}$/);
  });

  it('says everything that is wrong with every entry, as elements of the Bundle', async () => {
    const answer = await transact(post(patient(undefined, { gender: kMarker })), post(patient()), post(patient(undefined, { birthDate: kMarker, active: 'x' })));
    assertOutcome(answer, 422, 'code-invalid', { silent: [kMarker] });
    assert.deepEqual(answer.body.issue.flatMap(({ expression }) => expression), ['Bundle.entry[0].resource.gender',
      'Bundle.entry[2].resource.birthDate', 'Bundle.entry[2].resource.active']);
    const unknown = await transact(post(patient()), post(patient(), undefined, { ifNoneExist: 'colour=red' }));
    assertOutcome(unknown, 400, 'structure', { expression: 'Bundle.entry[1].request' });
    assert.match(unknown.body.issue[0].diagnostics, /colour/);
    const nobody = await transact(post(patient()), post(observation(`Patient?${about('nobody')}`)));
    assertOutcome(nobody, 412, 'conflict', { expression: 'Bundle.entry[1].resource' });
  });

  it('asks for what changed, and writes only what is new', async () => {
    await client.expect('PUT', '/Patient/known', { resourceType: 'Patient', id: 'known' });
    const later = new Date(Date.now() + 3600e3).toISOString();
    for (const type of ['transaction', 'batch']) {
      const asked = await send(type, [get('Patient/known', { ifNoneMatch: 'W/"1"' }), get('Patient/known', { ifModifiedSince: later }),
        get('Patient/known', { ifNoneMatch: 'W/"7"', ifModifiedSince: later })]);
      assert.deepEqual(statuses(asked), [304, 304, 200], type);
      assert.deepEqual(asked.body.entry.map(({ resource }) => resource?.id), [undefined, undefined, 'known'], type);
    }
    const taken = await transact(put({ resourceType: 'Patient', id: 'known', active: true }, 'Patient/known', { ifNoneMatch: '*' }));
    assertOutcome(taken, 412, 'conflict', { expression: 'Bundle.entry[0]' });
    const stale = await transact(put({ resourceType: 'Patient', id: 'known' }, 'Patient/known', { ifNoneMatch: 'W/"1"' }));
    assertOutcome(stale, 400, 'structure', { expression: 'Bundle.entry[0].request.ifNoneMatch' });
  });

  it('Prefer holds for every entry', async () => {
    const bodies = async (type, prefer) => (await send(type, [post(patient())], { prefer: `return=${prefer}` })).body.entry[0];
    for (const type of ['transaction', 'batch']) {
      assert.equal((await bodies(type, 'representation')).resource.resourceType, 'Patient', type);
      assert.equal((await bodies(type, 'minimal')).resource, undefined, type);
      const told = await bodies(type, 'OperationOutcome');
      assert.equal((told.response.outcome ?? told.resource).resourceType, 'OperationOutcome', type);
    }
  });

  it('an entry of a batch that cannot be read spoils no other', async () => {
    const answer = await send('batch', [post(patient()), { request: { method: 'POST', url: 'Patient' } }, put(patient(undefined, { id: 'a' }), 'Patient/b'), get('Patient/known')]);
    assert.deepEqual(statuses(answer), [201, 422, 422, 200]);
    assert.deepEqual(answer.body.entry[2].response.outcome.issue[0].expression, ['Bundle.entry[2].resource.id']);
  });

  it('an empty If-None-Exist is a condition that went wrong', async () => {
    assertOutcome(await client.call('POST', '/Patient', patient(), { 'if-none-exist': '' }), 400, 'structure');
  });

  it('writes no patient data to its log', () => gateway.assertLogIsSilent());
});
