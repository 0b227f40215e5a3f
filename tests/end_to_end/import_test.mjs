// psgateway import: many resources from files, beside a gateway that serves, killed and run again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { sleep } from './demo/process.mjs';
import { Fixture, kProgramme } from './fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const kMarker = 'Unsayable';
const patient = (id, changes = {}) => ({ resourceType: 'Patient', id, active: true, identifier: [{ system: kSystem, value: id }],
  name: [{ family: kMarker, given: ['A'] }], ...changes });
const prescription = (id, of) => ({ resourceType: 'MedicationRequest', id, status: 'active', intent: 'order',
  subject: { reference: `Patient/${of}` }, medicationCodeableConcept: { text: 'Made-up Tablet' } });
const ndjson = (list) => `${list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')}\n`;

describe('psgateway import', () => {
  let gateway;
  before(async () => { gateway = await Fixture.started(); });
  after(() => gateway?.end());

  const folder = (name, files) => {
    mkdirSync(gateway.path(name));
    for (const [file, content] of Object.entries(files)) writeFileSync(gateway.path(`${name}/${file}`), content);
    return gateway.path(name);
  };
  const args = (...paths) => ['import', ...paths, '--programme', kProgramme, '--config', gateway.config,
    '--errors', gateway.path('errors.ndjson')];
  const load = (...paths) => gateway.tryPsgateway(...args(...paths));
  const total = async (type, query = '') => (await gateway.client.expect('GET', `/${type}?_summary=count${query}`)).total;

  it('writes a folder of NDJSON while the gateway serves it', async () => {
    const dir = folder('first', {
      'MedicationRequest.ndjson': ndjson(Array.from({ length: 150 }, (_, n) => prescription(`rx-${n}`, `p-${n % 100}`))),
      'Patient.ndjson': ndjson(Array.from({ length: 100 }, (_, n) => patient(`p-${n}`))), 'notes.txt': 'not FHIR' });
    const done = load(dir);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(done.stdout, '250 created, 0 updated, 0 unchanged, 0 refused\n');
    assert.equal((await gateway.client.search('Patient', { identifier: 'p-42' }))[0].id, 'p-42');
    assert.equal((await gateway.client.search('MedicationRequest', { patient: 'p-42' })).length, 2 - (42 >= 50));
    assert.ok(!existsSync(gateway.path('errors.ndjson')));
  });

  it('a second time changes nothing but what is different', async () => {
    const again = load(gateway.path('first'));
    assert.equal(again.stdout, '0 created, 0 updated, 250 unchanged, 0 refused\n');
    assert.equal((await gateway.client.read('Patient/p-1')).meta.versionId, '1');
    const dir = folder('changed', { 'Patient.ndjson': ndjson([patient('p-1', { active: false }), patient('p-2')]) });
    assert.equal(load(dir).stdout, '0 created, 1 updated, 1 unchanged, 0 refused\n');
    assert.deepEqual([(await gateway.client.read('Patient/p-1')).meta.versionId, (await gateway.client.read('Patient/p-1')).active], ['2', false]);
  });

  it('says of each refused line where it stands and what is wrong, never a value', async () => {
    const { id, ...nameless } = patient('gone');
    const dir = folder('bad', { 'Patient.ndjson': ndjson([patient('ok-1'), '', patient('bad-1', { gender: kMarker }), `{"resourceType":"${kMarker}"}`,
      `{"resourceType": "Patient", "id": "${kMarker}`, nameless, patient('ok-2')]) });
    const done = load(dir);
    assert.equal(done.status, 1);
    assert.equal(done.stdout, '2 created, 0 updated, 0 unchanged, 4 refused\n');
    const text = readFileSync(gateway.path('errors.ndjson'), 'utf8');
    assert.ok(![text, done.stderr, done.stdout].some((said) => said.includes(kMarker)), 'no value is repeated');
    const outcomes = text.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(outcomes.map(({ resourceType }) => resourceType), Array(4).fill('OperationOutcome'));
    assert.deepEqual(outcomes.map(({ issue }) => /^Patient\.ndjson, line (\d+): /.exec(issue[0].diagnostics)?.[1]), ['3', '4', '5', '6']);
    assert.deepEqual(outcomes[0].issue[0].expression, ['Patient.gender']);
    assert.equal(await total('Patient', '&identifier=ok-1,ok-2'), 2);
  });

  it('takes the resources of a Bundle, its full URLs as references', async () => {
    const urn = 'urn:uuid:0a8b2f4e-0000-4000-8000-00000000000a';
    const dir = folder('bundle', { 'one.json': JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [
      { fullUrl: urn, resource: patient('in-bundle') }, { resource: { ...prescription('rx-in-bundle'), subject: { reference: urn } } }] }) });
    assert.equal(load(dir).stdout, '2 created, 0 updated, 0 unchanged, 0 refused\n');
    assert.equal((await gateway.client.read('MedicationRequest/rx-in-bundle')).subject.reference, 'Patient/in-bundle');
  });

  it('killed again and again, beside a client that writes, it ends as if it had run once', async () => {
    const count = 6000;
    const dir = folder('large', { 'Patient.ndjson': ndjson(Array.from({ length: count }, (_, n) => patient(`k-${n}`))) });
    let over = false;
    let beside = 0;
    const writing = (async () => {
      for (; !over; ++beside) await gateway.client.create(patient(undefined, { identifier: [{ system: kSystem, value: `beside-${beside}` }] }));
    })();
    let kills = 0;
    for (let killed = true; killed; kills += killed) {
      const child = spawn(gateway.binary, args(dir), { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
      // Each time a little later, until one comes to its end.
      await Promise.race([ended, sleep(150 + 150 * kills).then(() => child.kill('SIGKILL'))]);
      const { code, signal } = await ended;
      killed = signal === 'SIGKILL';
      if (!killed) assert.equal(code, 0);
    }
    over = true;
    await writing;
    assert.ok(kills >= 2, `${kills} kills met it at work`);
        assert.ok(beside > 10, `${beside} writes were made beside it`);
    assert.equal(load(dir).stdout, `0 created, 0 updated, ${count} unchanged, 0 refused\n`);
    assert.equal(await total('Patient', '&identifier=beside-0'), 1);
    for (const n of [0, 1, 2999, count - 1]) {
      assert.equal((await gateway.client.read(`Patient/k-${n}`)).meta.versionId, '1');
      assert.equal((await gateway.client.search('Patient', { identifier: `k-${n}` })).length, 1);
    }
    const history = await gateway.client.expect('GET', `/Patient/k-${count - 1}/_history`);
    assert.equal(history.total, 1);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
  });

  it('says what is wrong with its arguments', () => {
    const unknown = gateway.tryPsgateway('import', gateway.path('first'), '--programme', 'nowhere', '--config', gateway.config);
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /no programme 'nowhere'/);
    assert.match(load(gateway.path('not-here')).stderr, /not-here cannot be read/);
    assert.equal(gateway.tryPsgateway('import', gateway.path('first'), '--config', gateway.config).status, 2);
  });

  it('writes no patient data to its log', () => { gateway.markers.add(kMarker); gateway.assertLogIsSilent(); });
});
