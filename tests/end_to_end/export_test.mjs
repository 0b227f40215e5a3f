// psgateway export: what of a programme's data may go to a recipient, each resource decided on and redacted
// by what is stored of its patient, into files that only their owner reads.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { sleep } from './demo/process.mjs';
import { Fixture, kProgramme } from './fixture.mjs';

const kMarker = 'Unsayable';
const kActCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const patient = (id, changes = {}) => ({ resourceType: 'Patient', id, active: true, gender: 'unknown', birthDate: '1970-01-01',
  name: [{ family: kMarker }], address: [{ state: 'WA' }], identifier: [{ system: 'https://northlight.example/patient-id', value: `NL-${id}` }], ...changes });
const condition = (id, of, ...labels) => ({ resourceType: 'Condition', id, subject: { reference: `Patient/${of}` }, code: { text: kMarker },
  ...(labels.length ? { meta: { security: labels.map((code) => ({ system: kActCode, code })) } } : {}) });
const prescription = (id, of) => ({ resourceType: 'MedicationRequest', id, status: 'active', intent: 'order', note: [{ text: kMarker }],
  subject: { reference: `Patient/${of}` }, medicationCodeableConcept: { text: 'Made-up Tablet' } });
const consent = (id, of, provision, rule = 'hipaa-npp') => ({ resourceType: 'Consent', id, status: 'active', patient: { reference: `Patient/${of}` },
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: rule }] }, provision });
const organization = (id, name, type) => ({ resourceType: 'Organization', id, name,
  type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: type }] }] });
const to = (id) => [{ role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PRCP' }] }, reference: { reference: `Organization/${id}` } }];
const label = (code) => ({ url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
  valueCoding: { system: kActCode, code } });

// A patient a case: what of him may go to the clinic, for treatment.
const kStored = [
  organization('clinic', 'Hill Clinic', 'prov'), organization('plan', 'Summit Health Plan', 'pay'),
  { resourceType: 'Practitioner', id: 'doctor', name: [{ family: 'Madeup' }] },
  patient('open'), condition('open-1', 'open'), prescription('open-2', 'open'),
  patient('labelled', { telecom: [{ system: 'phone', value: '+18005550199', extension: [label('PSY')] }] }), condition('labelled-1', 'labelled'), condition('labelled-2', 'labelled', 'PSY'),
  consent('labelled-c', 'labelled', { type: 'permit', provision: [{ type: 'deny', securityLabel: [{ system: kActCode, code: 'PSY' }] }] }),
  patient('restricted'), condition('restricted-1', 'restricted'),
  consent('restricted-c', 'restricted', { type: 'deny', actor: to('clinic') }, 'hipaa-restrictions'),
  patient('refused'), prescription('refused-1', 'refused'), consent('refused-c', 'refused', { type: 'permit', provision: [{ type: 'deny', actor: to('clinic') }] }),
  patient('part2'), condition('part2-1', 'part2', '42CFRPart2'), condition('part2-2', 'part2'),
  patient('paid'), condition('paid-1', 'paid', 'HIPAASelfPay'), condition('paid-2', 'paid'),
  patient('consumer'), { resourceType: 'Observation', id: 'consumer-1', status: 'final', code: { text: kMarker }, subject: { reference: 'Patient/consumer' },
    meta: { security: [{ system: 'https://psgateway.example/fhir/CodeSystem/data-origin', code: 'CONSUMER_PROVIDED' }] } },
  { resourceType: 'DocumentReference', id: 'of-somebody', status: 'current', content: [{ attachment: { title: kMarker } }] },
  condition('lost-1', 'nobody-here'),
];

describe('psgateway export', () => {
  let gateway;
  let runs = 0;

  before(async () => {
    gateway = await Fixture.started({ programme: { partners: [{ name: 'hub', recipient: 'Ledger Analytics', kind: 'vendor', purpose: 'HOPERAT' }] } });
    for (const resource of kStored) await gateway.client.expect('PUT', `/${resource.resourceType}/${resource.id}`, resource);
  });
  after(() => gateway?.end());

  const args = (folder, more) => ['export', folder, '--programme', kProgramme, '--config', gateway.config, ...more];
  const toClinic = ['--recipient', 'Organization/clinic', '--purpose', 'TREAT'];
  const run = (folder, ...more) => {
    const done = gateway.tryPsgateway(...args(folder, more));
    assert.ok(!`${done.stdout}${done.stderr}`.includes(kMarker), 'no value of a patient is said');
    return done;
  };
  // What an export wrote: "Type/id" -> resource.
  const written = (folder) => new Map(readdirSync(folder).flatMap((file) => readFileSync(`${folder}/${file}`, 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line)).map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  const exported = (...more) => {
    const folder = gateway.path(`export-${++runs}`);
    const done = run(folder, ...more);
    assert.equal(done.status, 0, done.stderr);
    return { folder, said: done.stdout, all: written(folder) };
  };
  const ofPatients = (all) => [...all.keys()].filter((name) => !/^(Organization|Practitioner|Consent)\//.test(name)).sort();

  it('gives a treating provider everything but what the patient, a label or a law keeps back', () => {
    const { all, said, folder } = exported(...toClinic);
    assert.deepEqual(ofPatients(all), ['Condition/labelled-1', 'Condition/open-1', 'Condition/paid-1', 'Condition/paid-2', 'Condition/part2-2', 'MedicationRequest/open-2',
      'Patient/consumer', 'Patient/labelled', 'Patient/open', 'Patient/paid', 'Patient/part2']);
    for (const open of ['Patient/open', 'Condition/open-1', 'MedicationRequest/open-2']) {
      const { meta, ...rest } = all.get(open);
      assert.deepEqual(rest, kStored.find(({ resourceType, id }) => `${resourceType}/${id}` === open));
    }
    assert.equal(all.get('Patient/labelled').telecom, undefined, 'an element with the label is taken out');
    assert.ok(all.has('Organization/plan') && all.has('Practitioner/doctor'), 'directories are of no patient');
    // 11 of patients, 3 of none, and the consent of `labelled`.
    assert.match(said, /^15 exported, 1 of them redacted, 11 withheld by /);
    for (const rule of ['B4-1 (1)', 'B5-1 (1)', 'C.4 (4)', 'G6 (2)', 'R2 (3)']) assert.ok(said.includes(rule), `${rule} in: ${said}`);
    assert.deepEqual(readdirSync(folder).map((file) => statSync(`${folder}/${file}`).mode & 0o777), readdirSync(folder).map(() => 0o600));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('gives a vendor the minimum, by a partner of the programme', () => {
    const { all } = exported('--recipient', 'Ledger Analytics', '--purpose', 'HOPERAT');
    assert.deepEqual(Object.keys(all.get('Patient/open')).sort(), ['active', 'id', 'name', 'resourceType']);
    assert.equal(all.get('MedicationRequest/open-2').note, undefined);
    assert.ok(!all.has('Condition/open-1'), 'of a type without declared elements nothing goes');
    assert.ok(all.has('Patient/restricted'), 'the restriction is on somebody else');
  });

  it('keeps from a health plan what was paid in full', () => {
    const { all } = exported('--recipient', 'Summit Health Plan', '--purpose', 'HPAYMT', '--type', 'Condition', '--type', 'Patient');
    assert.ok(!all.has('Condition/paid-1'));
    const { said } = exported('--recipient', 'Organization/plan', '--purpose', 'HPAYMT', '--type', 'Condition');
    assert.ok(said.includes('R3 (1)'), said);
  });

  it('gives nothing of patients to whom nobody knows, or to who pays for it', () => {
    const unknown = exported('--recipient', 'Whoever Inc', '--purpose', 'HOPERAT');
    assert.deepEqual(ofPatients(unknown.all), []);
    assert.ok(![...unknown.all.keys()].some((name) => name.startsWith('Consent/')));
    assert.match(unknown.said, /C7 \(\d+\)/);
    const buyer = exported('--recipient', 'Whoever Inc', '--recipient-kind', 'data-broker', '--purpose', 'HOPERAT');
    assert.deepEqual(ofPatients(buyer.all), []);
    assert.match(buyer.said, /A\.4 \(\d+\)/);
  });

  it('a repeat replaces what stands there; what was revoked since is gone from it', async () => {
    const { folder, all } = exported(...toClinic);
    writeFileSync(`${folder}/notes.txt`, JSON.stringify({ resourceType: 'Notes', id: 'mine' }));
    assert.ok(all.has('MedicationRequest/open-2'));
    const no = await gateway.client.expect('PUT', '/Consent/open-c', consent('open-c', 'open', { type: 'deny' }));
    assert.equal(run(folder, ...toClinic).status, 0);
    const now = written(folder);
    assert.deepEqual([...now.keys()].filter((name) => name.includes('open')), []);
    assert.ok(!existsSync(`${folder}/MedicationRequest.ndjson`), 'the file that has nothing any more is gone');
    assert.ok(now.has('Notes/mine') && now.has('Patient/paid'));
    await gateway.client.expect('PUT', '/Consent/open-c', { ...no, status: 'entered-in-error' });
    assert.equal(run(folder, ...toClinic, '--type', 'Patient').status, 0);
    assert.ok(written(folder).has('Patient/open'));
  });

  it('says what is wrong with its arguments', () => {
    const refused = (...more) => run(gateway.path('never'), ...more);
    assert.match(refused('--recipient', 'x', '--purpose', 'FUN').stderr, /--purpose: must be a code of v3-ActReason/);
    assert.match(refused(...toClinic, '--type', 'Pigeon').stderr, /--type: 'Pigeon' is no resource type/);
    assert.match(refused(...toClinic, '--recipient-kind', 'wizard').stderr, /--recipient-kind: must be/);
    assert.equal(refused('--purpose', 'TREAT').status, 2);
    assert.ok(!existsSync(gateway.path('never')));
    writeFileSync(gateway.path('a-file'), '');
    assert.match(run(gateway.path('a-file'), ...toClinic).stderr, /is no folder/);
    assert.match(gateway.tryPsgateway('export', gateway.path('never'), '--programme', 'nowhere', '--config', gateway.config, ...toClinic).stderr, /no programme 'nowhere'/);
    assert.match(gateway.psgateway('export', '--help').stdout, /patient data in clear/);
  });

  it('killed at work it leaves the files as they were; many patients, beside a client that writes', async () => {
    const count = 1500;
    mkdirSync(gateway.path('large'));
    writeFileSync(gateway.path('large/Patient.ndjson'), Array.from({ length: count }, (_, n) => JSON.stringify(patient(`many-${n}`))).join('\n'));
    writeFileSync(gateway.path('large/Condition.ndjson'), Array.from({ length: count }, (_, n) => JSON.stringify(condition(`many-${n}`, `many-${n}`))).join('\n'));
    gateway.psgateway('import', gateway.path('large'), '--programme', kProgramme, '--config', gateway.config);
    const folder = gateway.path('killed');
    assert.equal(run(folder, ...toClinic, '--type', 'Organization').status, 0);
    const child = spawn(gateway.binary, args(folder, toClinic), { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal)));
    for (let waited = 0; !existsSync(`${folder}/.Patient.ndjson.unfinished`) && waited < 1000; ++waited) await sleep(10);
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    assert.deepEqual(readdirSync(folder).filter((file) => !file.startsWith('.')), ['Organization.ndjson']);
    let over = false;
    let beside = 0;
    const writing = (async () => { for (; !over; ++beside) await gateway.client.create(patient(undefined, { identifier: undefined })); })();
    const again = spawn(gateway.binary, args(folder, toClinic), { stdio: 'ignore' });
    assert.equal(await new Promise((resolve) => again.on('exit', resolve)), 0);
    over = true;
    await writing;
    assert.ok(beside > 5, `${beside} writes were made beside it`);
    const all = written(folder);
    assert.equal([...all.keys()].filter((name) => name.startsWith('Condition/many-')).length, count);
    assert.deepEqual(readdirSync(folder).filter((file) => file.startsWith('.')), []);
  });

  it('every decision can be taken again, and the ledger holds', async () => {
    gateway.markers.add(kMarker);
    gateway.assertLogIsSilent();
    await gateway.stopGateway();
    const replayed = gateway.psgateway('replay', '--config', gateway.config);
    assert.match(replayed.stderr, /replay: \d{4} decisions, \d{4} come out the same, 0 do not/);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
  });
});
