// psgateway audit: what was written, read, decided, sent and disclosed, as FHIR AuditEvents that any FHIR
// server can take in and that hold no value of a patient.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Fixture, kProgramme, person } from './fixture.mjs';

const kDicom = 'http://dicom.nema.org/resources/ontology/DCM';
const kAuthZconsent = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent';
const kPerson = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';

describe('psgateway audit', () => {
  let gateway;
  let who;
  let request;
  let events;

  const audit = (...more) => {
    const { stdout } = gateway.tryPsgateway('audit', ...more, '--config', gateway.config);
    return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  };
  const subtypeOf = ({ subtype }) => subtype?.[0].code;
  const referencesIn = ({ entity = [] }) => entity.map(({ what }) => what.reference).filter(Boolean);

  before(async () => {
    gateway = await Fixture.started({ receivers: ['smtp'], programme: { hubWebhook: undefined, nurseQueue: undefined } });
    await gateway.enrolContent();
    who = person(1, { family: 'Unsayable' });
    await gateway.enrol(who);
    request = await gateway.remind(who, 'email');
    await gateway.state(request, 'sent');
    await gateway.client.read(gateway.names.reference('p1'));
    await gateway.client.search('MedicationRequest', { patient: gateway.names.reference('p1') });
    const folder = gateway.path('exported');
    mkdirSync(folder);
    gateway.psgateway('export', folder, '--programme', kProgramme, '--recipient', 'Hill Clinic', '--recipient-kind', 'provider',
      '--purpose', 'TREAT', '--config', gateway.config);
    events = audit();
  });
  after(() => gateway?.end());

  it('prints events that are valid FHIR, each under an id of its own', async () => {
    assert.ok(events.length > 20, `${events.length} events`);
    assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
    for (const event of events) {
      const { status, body } = await gateway.client.call('POST', '/AuditEvent/$validate', event);
      const errors = body.issue.filter(({ severity }) => ['error', 'fatal'].includes(severity));
      assert.equal(status, 200);
      assert.deepEqual(errors, [], JSON.stringify(event));
    }
  });

  it('holds no value of a patient', () => {
    const text = JSON.stringify(events);
    for (const marker of gateway.markers) assert.ok(!text.includes(marker));
  });

  it('tells of every decision which Consents it considered, by the profile of IHE', () => {
    const decided = events.filter((event) => subtypeOf(event) === 'AuthZ-Consent');
    assert.ok(decided.length >= 2, 'at intake and at sending');
    for (const event of decided) {
      assert.deepEqual(event.meta.profile, [kAuthZconsent]);
      assert.equal(event.outcome, '0');
      assert.match(event.outcomeDesc, /^PERMIT/);
      const roles = event.agent.map(({ type }) => type.coding[0].code).sort();
      assert.deepEqual(roles, ['110150', 'IRCP', 'PROV', 'authserver']);
      const authorizer = event.agent.find(({ type }) => type.coding[0].code === 'authserver');
      assert.deepEqual(authorizer.who, event.source.observer);
      // The profile's entities are closed: one patient and the consents, with their versions.
      const [patient, ...consents] = event.entity;
      assert.deepEqual([patient.type.system, patient.type.code], [kPerson, '1']);
      assert.ok(consents.length >= 1);
      for (const { type, what } of consents) {
        assert.equal(type.code, 'Consent');
        assert.match(what.reference, /^Consent\/[^/]+\/_history\/\d+$/);
      }
    }
  });

  it('tells of disclosures, sendings, writes, reads, searches, log-ins and settings', () => {
    const disclosed = events.filter((event) => subtypeOf(event) === 'disclose');
    assert.ok(disclosed.length > 0);
    assert.ok(disclosed.every(({ type, agent }) => type.code === '110106' && agent[1].who.display === 'Hill Clinic'));
    assert.ok(disclosed.some((event) => referencesIn(event).some((reference) => /^MedicationRequest\/.*_history/.test(reference))));
    const sent = events.filter(({ type }) => type.code === 'transmit');
    assert.deepEqual(sent.map((event) => [event.outcome, referencesIn(event)]), [['0', [`CommunicationRequest/${request}`]]]);
    for (const interaction of ['create', 'read', 'search']) assert.ok(events.some((event) => subtypeOf(event) === interaction), interaction);
    assert.ok(events.some(({ type, subtype }) => type.code === '110114' && subtype[0].code === '110122'), 'a log-in');
    assert.ok(events.some(({ type, subtype }) => type.system === kDicom && type.code === '110113' && subtype?.[0].code === '110137'), 'a client was added');
  });

  it('tells of one programme and of one time alone', () => {
    assert.ok(audit('--programme', kProgramme).length > 0);
    assert.deepEqual(audit('--programme', 'another'), []);
    assert.deepEqual(audit('--from', '2100-01-01'), []);
    assert.equal(audit('--to', '2100-01-01').length >= events.length, true);
    assert.match(gateway.tryPsgateway('audit', '--from', 'soon', '--config', gateway.config).stderr, /--from must be a date/);
  });
});
