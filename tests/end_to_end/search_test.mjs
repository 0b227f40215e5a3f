// Search over HTTPS: chains, includes, paging while others write, scopes that do not leak.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Fixture, assertOutcome } from './fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const kMarker = 'Qwxhidden';

const modeOf = (bundle, mode) => (bundle.entry ?? []).filter(({ search }) => search.mode === mode).map(({ resource }) => resource);
const idsOf = (bundle, mode = 'match') => modeOf(bundle, mode).map(({ id }) => id);
const next = (bundle) => bundle.link.find(({ relation }) => relation === 'next')?.url;

describe('search', () => {
  let gateway;
  let client;
  const ids = {};
  const make = async (name, resource) => { ids[name] = (await client.create(resource)).id; return ids[name]; };
  const find = (path, headers) => client.expect('GET', path, undefined, headers);
  const found = async (path) => idsOf(await find(path)).sort();
  const named = (...names) => names.map((name) => ids[name]).sort();

  before(async () => {
    gateway = await Fixture.started({ configure: (settings) => {
      settings.search = { index: { Observation: ['default', 'value-quantity', 'code-value-quantity'], Group: ['*'] } };
    } });
    client = gateway.client;
    gateway.markers.add(kMarker);
    await make('org', { resourceType: 'Organization', name: 'Riverside Clinic' });
    await make('doctor', { resourceType: 'Practitioner', name: [{ family: 'Ösel', given: ['Ida'] }] });
    await make('role', { resourceType: 'PractitionerRole', practitioner: { reference: `Practitioner/${ids.doctor}` },
      organization: { reference: `Organization/${ids.org}` } });
    await make('ada', { resourceType: 'Patient', identifier: [{ system: kSystem, value: 'a1' }], birthDate: '1970-05-04', gender: 'female',
      name: [{ family: `${kMarker}-Éames`, given: ['Ada'] }], generalPractitioner: [{ reference: `PractitionerRole/${ids.role}` }],
      contact: [{ name: { text: 'somebody' } }], text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' } });
    await make('bea', { resourceType: 'Patient', identifier: [{ system: kSystem, value: 'b1' }], birthDate: '1970', name: [{ family: 'Zu Bea', given: ['Bea'] }],
      meta: { tag: [{ system: 'urn:t', code: 'vip' }] } });
    await make('carl', { resourceType: 'Patient', identifier: [{ value: 'c1' }], name: [{ family: 'Amesworth', given: ['Carl'] }] });
    const rx = (patient, status, authoredOn, changes = {}) => ({ resourceType: 'MedicationRequest', status, intent: 'order', authoredOn,
      subject: { reference: `Patient/${ids[patient]}` }, medicationCodeableConcept: { coding: [{ system: 'urn:rx', code: 'drug', display: 'Made-up Tablet' }] }, ...changes });
    await make('rxA1', rx('ada', 'active', '2026-01-10', { requester: { reference: `Practitioner/${ids.doctor}` } }));
    await make('rxA2', rx('ada', 'stopped', '2026-03-10'));
    await make('rxB1', rx('bea', 'active', '2026-02-10'));
    await make('weight', { resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'urn:l', code: 'w' }] },
      subject: { reference: `Patient/${ids.ada}` }, valueQuantity: { value: 80.5, unit: 'kg' } });
    await make('list', { resourceType: 'List', status: 'current', mode: 'working', entry: [{ item: { reference: `Patient/${ids.bea}` } }] });
    await make('trail', { resourceType: 'Provenance', recorded: '2026-01-01T00:00:00Z', target: [{ reference: `MedicationRequest/${ids.rxA1}` }],
      agent: [{ who: { reference: `Practitioner/${ids.doctor}` } }] });
  });
  after(() => gateway.end());

  it('finds by every kind of parameter', async () => {
    for (const [path, ...names] of [
      ['Patient?name=ada', 'ada'], ['Patient?family=qwxHIDDEN-eames', 'ada'], ['Patient?family:contains=ames', 'ada', 'carl'],
      ['Patient?family:exact=Amesworth', 'carl'], ['Patient?family:exact=amesworth'],
      ['Patient?birthdate=1970', 'ada', 'bea'], ['Patient?birthdate=1970-05', 'ada'], ['Patient?birthdate=ge1970-05-04', 'ada', 'bea'],
      ['Patient?birthdate=ge1970-05-04&birthdate=lt1970-06', 'ada', 'bea'], ['Patient?birthdate=sa1970', ],
      ['Patient?birthdate:missing=true', 'carl'], ['Patient?identifier:missing=false', 'ada', 'bea', 'carl'],
      [`Patient?identifier=${encodeURIComponent(`${kSystem}|a1`)},c1`, 'ada', 'carl'], ['Patient?_tag=urn:t|vip', 'bea'],
      [`Patient?_id:not=${ids.ada}`, 'bea', 'carl'],
      ['MedicationRequest?code=urn:rx|drug&status=active', 'rxA1', 'rxB1'], ['MedicationRequest?status:not=active', 'rxA2'],
      ['MedicationRequest?code:text=made-up', 'rxA1', 'rxA2', 'rxB1'],
      ['MedicationRequest?code=urn:rx|', 'rxA1', 'rxA2', 'rxB1'], ['MedicationRequest?code=urn:other|'],
      [`Patient?identifier=${kSystem}|`, 'ada', 'bea'], [`Patient?identifier:not=${kSystem}|`, 'carl'], ['Patient?_tag=urn:t|', 'bea'],
      ['MedicationRequest?status=http://hl7.org/fhir/CodeSystem/medicationrequest-status|', 'rxA1', 'rxA2', 'rxB1'],
      ['MedicationRequest?intent:below=order&status=active', 'rxA1', 'rxB1'], ['MedicationRequest?intent:below=proposal'],
      ['Observation?status:above=http://hl7.org/fhir/observation-status|final', 'weight'], ['Observation?status:below=amended'],
      ['MedicationRequest?status:in=http://hl7.org/fhir/ValueSet/medicationrequest-status', 'rxA1', 'rxA2', 'rxB1'],
      ['MedicationRequest?status:not-in=http://hl7.org/fhir/ValueSet/medicationrequest-status'],
      ['MedicationRequest?code:not-in=http://hl7.org/fhir/ValueSet/task-code', 'rxA1', 'rxA2', 'rxB1'],
      ['Observation?value-quantity=gt80', 'weight'], ['Observation?value-quantity=80.5||kg', 'weight'], ['Observation?value-quantity=lt80.5'],
      ['Observation?code-value-quantity=urn:l|w$gt80', 'weight'], ['Observation?code-value-quantity=urn:l|x$gt80'],
      [`Patient?_list=${ids.list}`, 'bea'], ['Patient?_list=none'],
    ]) assert.deepEqual(await found(`/${path}`), named(...names), path);
  });

  it('chains and reverse chains', async () => {
    for (const [path, ...names] of [
      ['MedicationRequest?subject:Patient.given=ada', 'rxA1', 'rxA2'], ['MedicationRequest?patient.identifier=b1', 'rxB1'],
      ['MedicationRequest?subject.identifier=b1', 'rxB1'], ['MedicationRequest?patient.given=nobody'],
      ['MedicationRequest?patient.general-practitioner:PractitionerRole.organization.name=riverside', 'rxA1', 'rxA2'],
      ['Patient?_has:MedicationRequest:patient:status=active', 'ada', 'bea'], ['Patient?_has:MedicationRequest:patient:status=stopped', 'ada'],
      ['Patient?_has:MedicationRequest:patient:authoredon=ge2026-02&_has:MedicationRequest:patient:status=active', 'ada', 'bea'],
      ['Practitioner?_has:PractitionerRole:practitioner:_has:Patient:general-practitioner:given=ada', 'doctor'],
      ['MedicationRequest?patient._has:Observation:subject:code=w', 'rxA1', 'rxA2'],
    ]) assert.deepEqual(await found(`/${path}`), named(...names), path);
    assertOutcome(await client.call('GET', '/Task?based-on:CommunicationRequest.patient.general-practitioner:PractitionerRole.organization.name=x'), 422, 'too-costly');
  });

  it('chains look into contained resources', async () => {
    const coded = (code) => ({ coding: [{ system: 'urn:contained', code }] });
    const contained = (code, ingredient = `Organization/${ids.org}`) => ({ resourceType: 'Medication', id: 'm', status: 'active', code: coded(code),
      manufacturer: { reference: ingredient } });
    const request = { resourceType: 'MedicationRequest', status: 'on-hold', intent: 'plan', subject: { reference: `Patient/${ids.carl}` } };
    const inside = (await client.create({ ...request, contained: [contained('in')], medicationReference: { reference: '#m' } })).id;
    const medication = (await client.create({ resourceType: 'Medication', code: coded('out') })).id;
    const outside = (await client.create({ ...request, medicationReference: { reference: `Medication/${medication}` } })).id;
    for (const [path, ...expected] of [
      ['medication.code=urn:contained|in', inside], ['medication:Medication.code=in', inside], ['medication.code=urn:contained|out', outside],
      ['medication.code=in,out', inside, outside], ['medication.code=in&medication.status=active', inside], ['medication.code=out&medication.status=active'],
      ['medication.code:text=nothing'], ['medication.code:missing=false', inside, outside], ['code=in'],
    ]) assert.deepEqual(await found(`/MedicationRequest?${path}`), [...expected].sort(), path);
    const narrow = gateway.addClientWith({ id: 'contained', scope: 'system/MedicationRequest.rs' });
    assertOutcome(await narrow.call('GET', '/MedicationRequest?medication.code=in'), 403, 'forbidden');
    await client.expect('PUT', `/MedicationRequest/${inside}`, { ...request, id: inside, medicationCodeableConcept: coded('other') });
    assert.deepEqual(await found('/MedicationRequest?medication.code=in'), [], 'it is there no longer');
    for (const id of [inside, outside]) await client.call('DELETE', `/MedicationRequest/${id}`);
  });

  it('refuses _revinclude=* in words, and finds canonicals by the beginning of their version', async () => {
    assertOutcome(await client.call('GET', '/Patient?_revinclude=*'), 400, 'not-supported', { expression: '_revinclude' });
    const url = 'http://canon.example/below';
    const { id } = await client.create({ resourceType: 'Communication', status: 'completed', instantiatesCanonical: [`${url}|3.1`] });
    assert.deepEqual(await found(`/Communication?instantiates-canonical:below=${url}|3`), [id]);
    assert.deepEqual(await found(`/Communication?instantiates-canonical:below=${url}|3.10`), []);
    await client.call('DELETE', `/Communication/${id}`);
  });

  it('follows canonical urls by url and version', async () => {
    const url = 'http://canon.example/ad';
    const ad = (version, title) => client.create({ resourceType: 'ActivityDefinition', status: 'draft', url, version, title });
    const [one, two] = [(await ad('1', 'First')).id, (await ad('2', 'Second')).id];
    const sent = async (...instantiatesCanonical) => (await client.create({ resourceType: 'Communication', status: 'completed', instantiatesCanonical })).id;
    const [ofOne, ofAny, ofOther] = [await sent(`${url}|1`), await sent(url), await sent(`${url}|3`, 'http://canon.example/none')];
    for (const [path, ...expected] of [
      [`Communication?instantiates-canonical:ActivityDefinition.url=${url}`, ofOne, ofAny],
      ['Communication?instantiates-canonical:ActivityDefinition.version=1', ofOne, ofAny],
      ['Communication?instantiates-canonical:ActivityDefinition.title=second', ofAny],
      ['Communication?instantiates-canonical:ActivityDefinition.title=third'],
      [`ActivityDefinition?_has:Communication:instantiates-canonical:_id=${ofOne}`, one],
      [`ActivityDefinition?_has:Communication:instantiates-canonical:_id=${ofAny}`, one, two],
      [`ActivityDefinition?_has:Communication:instantiates-canonical:_id=${ofOther}`]]) {
      assert.deepEqual(await found(`/${path}`), [...expected].sort(), path);
    }
    const with_ = async (path) => idsOf(await find(`/${path}`), 'include').sort();
    for (const include of ['Communication:instantiates-canonical', '*', 'Communication:instantiates-canonical:ActivityDefinition']) {
      assert.deepEqual(await with_(`Communication?_id=${ofOne}&_include=${include}`), [one], include);
      assert.deepEqual(await with_(`Communication?_id=${ofAny}&_include=${include}`), [one, two].sort(), include);
      assert.deepEqual(await with_(`Communication?_id=${ofOther}&_include=${include}`), [], include);
    }
    assert.deepEqual(await with_(`Communication?_id=${ofOne}&_include=Communication:instantiates-canonical:PlanDefinition`), []);
    const back = '_revinclude=Communication:instantiates-canonical';
    assert.deepEqual(await with_(`ActivityDefinition?_id=${one}&${back}`), [ofOne, ofAny].sort());
    assert.deepEqual(await with_(`ActivityDefinition?_id=${two}&${back}`), [ofAny]);
    const narrow = gateway.addClientWith({ id: 'canonical', scope: 'system/Communication.rs' });
    for (const include of ['*', 'Communication:instantiates-canonical:ActivityDefinition']) {
      assert.deepEqual(idsOf(await narrow.expect('GET', `/Communication?_id=${ofOne}&_include=${include}`), 'include'), [], 'a scope holds here, too');
    }
    narrow.close();
  });

  it('the self link says what was heeded, and nothing of a patient', async () => {
    const self = async (query, headers) => {
      const { url } = (await find(query, headers)).link.find(({ relation }) => relation === 'self');
      return url.split('?')[1] ?? '';
    };
    const lenient = { prefer: 'handling=lenient' };
    assert.equal(await self('/Patient?_tag=vip&_count=5&family=eames'), '_tag=vip&_count=5');
    assert.equal(await self('/Patient?birthdate:missing=true&birthdate=1970&identifier=a1'), 'birthdate%3Amissing=true');
    assert.equal(await self('/MedicationRequest?status=active&subject:Patient.family=eames'), 'status=active');
    assert.equal(await self('/Patient?_sort=nope&colour=red&_tag=vip&_count=2', lenient), '_tag=vip&_count=2');
    assert.equal(await self('/?_type=Patient,Task&_count=2&_tag=vip'), '_type=Patient%2CTask&_count=2&_tag=vip');
  });

  it('includes, both ways and again', async () => {
    const both = await find(`/MedicationRequest?_id=${ids.rxA1}&_include=MedicationRequest:requester&_include=MedicationRequest:patient&_revinclude=Provenance:target`);
    assert.deepEqual(idsOf(both), [ids.rxA1]);
    assert.deepEqual(idsOf(both, 'include').sort(), named('doctor', 'ada', 'trail'));
    assert.ok(both.entry.every(({ fullUrl, resource }) => fullUrl === `${client.base}/${resource.resourceType}/${resource.id}`));
    const narrow = await find(`/MedicationRequest?_id=${ids.rxA1}&_include=MedicationRequest:subject:Group`);
    assert.deepEqual(idsOf(narrow, 'include'), []);
    const once = await find(`/MedicationRequest?patient=${ids.ada}&_include=MedicationRequest:patient&_include=Patient:general-practitioner`);
    assert.deepEqual(idsOf(once, 'include'), [ids.ada], 'without :iterate only what the matches refer to');
    const again = await find(`/MedicationRequest?patient=${ids.ada}&_include=MedicationRequest:patient&_include:iterate=Patient:general-practitioner&_include:iterate=PractitionerRole:organization`);
    assert.deepEqual(idsOf(again, 'include').sort(), named('ada', 'role', 'org'));
    const every = await find(`/PractitionerRole?_id=${ids.role}&_include=*`);
    assert.deepEqual(idsOf(every, 'include').sort(), named('doctor', 'org'));
  });

  it('a scope is asked for every type on the way', async () => {
    const narrow = gateway.addClientWith({ id: 'narrow', scope: 'system/MedicationRequest.rs system/Provenance.r' });
    assert.equal(idsOf(await narrow.expect('GET', '/MedicationRequest?status=active')).length, 2);
    for (const path of ['/MedicationRequest?patient.given=ada', '/MedicationRequest?subject:Patient.birthdate=1970',
                        '/MedicationRequest?_has:Provenance:target:recorded=2026', `/MedicationRequest?_list=${ids.list}`, '/?_type=MedicationRequest,Patient',
                        '/MedicationRequest?patient._has:Observation:subject:code=w']) {
      assertOutcome(await narrow.call('GET', path), 403, 'forbidden', { silent: [kMarker] });
    }
    const answer = await narrow.call('GET', `/MedicationRequest?_id=${ids.rxA1}&_include=MedicationRequest:patient&_revinclude=Provenance:target`);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.entry.map(({ resource }) => resource.resourceType).sort(), ['MedicationRequest', 'OperationOutcome']);
    assert.ok(!answer.text.includes(kMarker));
    assert.deepEqual(modeOf(answer.body, 'outcome')[0].issue.map(({ severity }) => severity), ['warning', 'warning']);
    // A chain that may go two ways goes only where the client may look.
    const groups = gateway.addClientWith({ id: 'groups', scope: 'system/MedicationRequest.rs system/Group.rs' });
    assert.deepEqual(idsOf(await groups.expect('GET', '/MedicationRequest?subject.identifier=b1')), []);
  });

  it('sorts, counts and totals', async () => {
    const order = async (sort) => idsOf(await find(`/MedicationRequest?_sort=${sort}`));
    assert.deepEqual(await order('authoredon'), [ids.rxA1, ids.rxB1, ids.rxA2]);
    assert.deepEqual(await order('-authoredon'), [ids.rxA2, ids.rxB1, ids.rxA1]);
    assert.deepEqual(idsOf(await find('/Patient?_sort=birthdate,-family')).at(-1), ids.carl, 'without a value comes last');
    const count = await find('/MedicationRequest?_summary=count');
    assert.equal(count.total, 3);
    assert.equal(count.entry, undefined);
    assert.equal((await find('/MedicationRequest?_count=1&_total=accurate')).total, 3);
    assert.equal((await find('/MedicationRequest?_count=1')).total, undefined);
    assert.deepEqual(await order('status,authoredon'), [ids.rxA1, ids.rxB1, ids.rxA2], 'a token by its code');
    assert.deepEqual(await order('-status'), [ids.rxA2, ids.rxA1, ids.rxB1]);
    assert.deepEqual(await order('-authoredon,status'), [ids.rxA2, ids.rxB1, ids.rxA1]);
    const bySubject = await order('subject');
    const subjects = { [ids.rxA1]: ids.ada, [ids.rxA2]: ids.ada, [ids.rxB1]: ids.bea };
    assert.deepEqual(bySubject.map((id) => subjects[id]), [ids.ada, ids.ada, ids.bea].sort(), 'a reference by type and id');
    assert.deepEqual(await order('-subject'), [...bySubject].sort((a, b) => (subjects[a] < subjects[b] ? 1 : subjects[a] > subjects[b] ? -1 : bySubject.indexOf(a) - bySubject.indexOf(b))));
    assert.deepEqual(await order('requester,status'), [ids.rxA1, ids.rxB1, ids.rxA2], 'without a value comes last');
    const paged = [];
    for (let url = '/MedicationRequest?_sort=-status,subject&_count=1'; url;) { const page = await find(url); paged.push(...idsOf(page)); url = next(page); }
    assert.deepEqual(paged, await order('-status,subject'));
    assertOutcome(await client.call('GET', '/Observation?_sort=code-value-quantity'), 400, 'not-supported', { expression: '_sort' });
  });

  it('gives parts of resources', async () => {
    const one = async (query) => modeOf(await find(`/Patient?_id=${ids.ada}&${query}`), 'match')[0];
    const subsetted = (resource) => resource.meta.tag.some(({ code }) => code === 'SUBSETTED');
    const elements = await one('_elements=birthDate');
    assert.deepEqual(Object.keys(elements).sort(), ['birthDate', 'id', 'meta', 'resourceType']);
    assert.ok(subsetted(elements));
    const summary = await one('_summary=true');
    assert.equal(summary.contact, undefined);
    assert.equal(summary.birthDate, '1970-05-04');
    const attached = await client.create({ resourceType: 'DocumentReference', status: 'current',
      content: [{ attachment: { contentType: 'text/plain', data: 'AAAA', title: 'x' } }], context: { event: [{ text: 'e' }], period: { start: '2026' }, sourcePatientInfo: { display: 'd' } } });
    const [document] = modeOf(await find(`/DocumentReference?_id=${attached.id}&_summary=true`), 'match');
    assert.deepEqual(document.content, [{ attachment: { contentType: 'text/plain', title: 'x' } }], 'within elements too');
    assert.ok(subsetted(document));
    assertOutcome(await client.call('GET', '/MedicationRequest?_summary=text&_include=MedicationRequest:patient'), 400, 'value', { expression: '_summary' });
    assert.equal((await one('_summary=text')).birthDate, undefined);
    assert.ok((await one('_summary=text')).text);
    assert.equal((await one('_summary=data')).text, undefined);
    assert.equal((await one('_summary=false')).meta.tag, undefined);
    const page = await find(`/MedicationRequest?_id=${ids.rxA1}&_elements=intent,Patient.gender&_include=MedicationRequest:patient&_include=MedicationRequest:requester`);
    const [match] = modeOf(page, 'match');
    assert.equal(match.authoredOn, undefined);
    const included = Object.fromEntries(modeOf(page, 'include').map((resource) => [resource.resourceType, resource]));
    assert.equal(included.Patient.birthDate, undefined);
    assert.equal(included.Patient.gender, 'female');
    assert.ok(included.Practitioner.name, 'elements without a type are those of the matches');
  });

  it('searches several types at once, page by page', async () => {
    const seen = [];
    let pages = 0;
    for (let url = '/?_type=Practitioner,PractitionerRole,Organization&_count=1'; url && pages < 9; ++pages) {
      const page = await find(url);
      seen.push(...idsOf(page));
      url = next(page);
    }
    assert.deepEqual(seen, [ids.doctor, ids.role, ids.org]);
    assert.equal(pages, 3);
    assert.equal((await find('/?_type=Patient,MedicationRequest&_summary=count')).total, 6);
    assertOutcome(await client.call('GET', '/?name=x'), 400, 'required', { expression: '_type' });
    assertOutcome(await client.call('GET', '/?_type=Wombat'), 400, 'value', { expression: '_type' });
  });

  it('pages everything once while others write, with includes per page', async () => {
    const subject = await make('pager', { resourceType: 'Patient', name: [{ family: 'Pager' }] });
    const task = (n) => ({ resourceType: 'Task', status: 'ready', intent: 'order', for: { reference: `Patient/${subject}` }, authoredOn: `2026-01-${String(10 + n)}` });
    const made = [];
    for (let n = 0; n < 12; ++n) made.push(await client.create(task(n)));
    for (const sort of ['', '&_sort=authored-on', '&_sort=-authored-on']) {
      const seen = [];
      let rounds = 0;
      for (let url = `/Task?patient=${subject}&status=ready&_count=5&_include=Task:patient${sort}`; url && rounds < 20; ++rounds) {
        const page = await find(url);
        seen.push(...idsOf(page));
        assert.deepEqual(idsOf(page, 'include'), [subject]);
        url = next(page);
        if (url) {
          assert.ok(!url.includes(subject), 'no link names a patient');
          await client.create(task(30 + rounds - 20));  // between pages others write
          await client.update({ ...made[rounds], priority: 'urgent', meta: undefined });
        }
      }
      const mine = made.map(({ id }) => id);
      assert.equal(new Set(seen).size, seen.length, 'nothing twice');
      assert.deepEqual(mine.filter((id) => !seen.includes(id)), [], 'nothing left out');
    }
  });

  it('a paging link is of one client and one search', async () => {
    const page = await find('/MedicationRequest?_count=1');
    const link = next(page);
    const other = gateway.addClientWith({ id: 'other-pager' });
    assertOutcome(await other.call('GET', link), 400, 'structure', { expression: '_page' });
    assertOutcome(await client.call('GET', link.replace('/MedicationRequest?', '/Patient?')), 400, 'structure', { expression: '_page' });
    assertOutcome(await client.call('GET', `${link}&status=active`), 400, 'structure', { expression: '_page' });
    assertOutcome(await client.call('GET', `${link.slice(0, -6)}AAAAAA`), 400, 'structure', { expression: '_page' });
    assertOutcome(await client.call('GET', '/MedicationRequest?_after=1'), 400, 'not-supported', { expression: '_after' });
    assert.equal(idsOf(await find(link)).length, 1);
  });

  it('refuses what it does not know, unless asked to be lenient', async () => {
    const strict = await client.call('GET', `/Patient?favourite-colour=${kMarker}`);
    assertOutcome(strict, 400, 'not-supported', { expression: 'favourite-colour', silent: [kMarker] });
    assertOutcome(await client.call('GET', `/Patient?favourite-colour=x`, undefined, { prefer: 'handling=strict' }), 400, 'not-supported');
    const unindexed = await client.call('GET', '/Patient?address-city=x');
    assertOutcome(unindexed, 400, 'not-supported', { expression: 'address-city' });
    assert.match(unindexed.text, /search\.index/);
    const lenient = await find(`/Patient?favourite-colour=${kMarker}&given=ada`, { prefer: 'handling=lenient' });
    assert.deepEqual(idsOf(lenient), [ids.ada]);
    const [outcome] = modeOf(lenient, 'outcome');
    assert.equal(outcome.issue[0].severity, 'warning');
    assert.deepEqual(outcome.issue[0].expression, ['favourite-colour']);
    for (const prefer of ['handling=strict', 'handling=lenient']) {
      assertOutcome(await client.call('GET', '/MedicationRequest?code:in=http://x.example/ValueSet/rx', undefined, { prefer }), 400, 'not-found', { expression: 'code' });
    }
    assertOutcome(await client.call('GET', '/MedicationRequest?code:below=urn:rx|drug'), 400, 'not-supported', { expression: 'code' });
    assertOutcome(await client.call('GET', '/Patient?birthdate=soon', undefined, { prefer: 'handling=lenient' }), 400, 'value', { expression: 'birthdate' });
    assertOutcome(await client.call('GET', `/Patient?given=${'x'.repeat(4100)}`), [413, 414][0], 'too-long');
  });

  it('POST _search is the same search', async () => {
    const headers = { authorization: `Bearer ${await client.token()}`, 'content-type': 'application/x-www-form-urlencoded' };
    const posted = await gateway.raw('/MedicationRequest/_search', { method: 'POST', headers, body: 'patient.given=ada&_count=1' });
    assert.equal(posted.status, 200);
    const second = await find(next(posted.body));
    assert.deepEqual([...idsOf(posted.body), ...idsOf(second)].sort(), named('rxA1', 'rxA2'));
    const all = await gateway.raw('/_search', { method: 'POST', headers, body: '_type=Organization&name=river' });
    assert.deepEqual(idsOf(all.body), [ids.org]);
    for (const { url } of [...posted.body.link, ...second.link]) assert.ok(!url.includes('ada'));
  });

  it('check-config names a parameter that cannot be indexed, with its line', () => {
    const file = `${gateway.config}.bad.jsonc`;
    const settings = JSON.parse(readFileSync(gateway.config, 'utf8'));
    for (const [index, said] of [[{ Patient: ['colour'] }, /:\d+: Patient\.colour: /], [{ Wombat: ['*'] }, /unknown key 'Wombat'/]]) {
      writeFileSync(file, JSON.stringify({ ...settings, search: { index } }, null, 2));
      const answer = spawnSync(gateway.binary, ['check-config', file], { encoding: 'utf8' });
      assert.notEqual(answer.status, 0);
      assert.match(answer.stderr, said);
    }
  });

  it('writes no patient data to its log', () => gateway.assertLogIsSilent());

  it('a changed search.index is not served until it has been made anew', async () => {
    assert.equal((await client.call('GET', '/Patient?death-date=2020')).status, 400);
    await gateway.stopGateway();
    const settings = JSON.parse(readFileSync(gateway.config, 'utf8').replace(/^\/\/.*\n/, ''));
    settings.search.index.Patient = ['default', 'death-date'];
    writeFileSync(gateway.config, JSON.stringify(settings));
    const refused = spawnSync(gateway.binary, ['serve', '--config', gateway.config], { encoding: 'utf8' });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /run psgateway reindex/);
    gateway.psgateway('reindex', '--config', gateway.config);
    await gateway.serve();
    assert.deepEqual(await found('/Patient?death-date=2020'), []);
    assert.deepEqual(await found('/Patient?death-date:missing=true&family=zu'), named('bea'));
    assert.deepEqual(await found('/Patient?name=ada'), named('ada'), 'what was indexed is found as before');
  });
});
