// Conditional interactions, patches, transactions with conditions, history at every level and
// $everything, over HTTPS.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { load } from './demo/templates.mjs';
import { Fixture, assertOutcome } from './fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const kMarker = 'Qwxhidden';
const kJsonPatch = { 'content-type': 'application/json-patch+json' };

const patient = (value, more = {}) => ({ resourceType: 'Patient', active: true,
  identifier: [{ system: kSystem, value }], name: [{ family: kMarker, given: ['A', 'B'] }], ...more });
const about = (value) => `identifier=${encodeURIComponent(`${kSystem}|${value}`)}`;
const entryIds = (bundle) => (bundle.entry ?? []).map(({ resource }) => resource.id);
const nextOf = (bundle) => bundle.link.find(({ relation }) => relation === 'next')?.url;
const operation = (type, path, ...more) => ({ resourceType: 'Parameters', parameter: [{ name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more] }] });

describe('writes', () => {
  let gateway;
  let client;
  const call = (...args) => client.call(...args);
  before(async () => {
    gateway = await Fixture.started();
    client = gateway.client;
    gateway.markers.add(kMarker);
  });
  after(() => gateway.end());

  it('a conditional create makes one, and finds it ever after', async () => {
    const headers = { 'If-None-Exist': about('cc') };
    const first = await call('POST', '/Patient', patient('cc'), headers);
    assert.equal(first.status, 201, first.text);
    const again = await call('POST', '/Patient', patient('cc', { active: false }), headers);
    assert.equal(again.status, 200, again.text);
    assert.equal(again.body.id, first.body.id);
    assert.equal(again.body.active, true, 'what was there is answered');
    assert.match(again.headers.location, /_history\/1$/);
    await client.create(patient('cc'));
    assertOutcome(await call('POST', '/Patient', patient('cc'), headers), 412, 'conflict', { silent: [kMarker, kSystem] });
  });

  it('many at once create one', async () => {
    const headers = { 'If-None-Exist': about('race') };
    const answers = await Promise.all(Array.from({ length: 64 }, () => call('POST', '/Patient', patient('race'), headers)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 63);
    assert.equal((await client.search('Patient', { identifier: 'race' })).length, 1);
  });

  it('a condition must narrow, be known, and be allowed', async () => {
    for (const condition of ['_count=1', 'shoe-size=9', '_sort=birthdate']) {
      assert.equal((await call('POST', '/Patient', patient('x'), { 'If-None-Exist': condition })).status, 400, condition);
    }
    const writer = gateway.addClientWith({ id: 'blind-writer', scope: 'system/Patient.cu' });
    assertOutcome(await writer.call('POST', '/Patient', patient('y'), { 'If-None-Exist': about('y') }), 403, 'forbidden');
  });

  it('a conditional update creates, updates, or refuses', async () => {
    const url = `/Patient?${about('cu')}`;
    const created = await call('PUT', url, patient('cu'));
    assert.equal(created.status, 201, created.text);
    const updated = await call('PUT', url, patient('cu', { active: false }));
    assert.equal(updated.status, 200, updated.text);
    assert.equal(updated.body.id, created.body.id);
    assert.equal(updated.body.meta.versionId, '2');
    assertOutcome(await call('PUT', url, patient('cu', { id: 'another' })), 400, 'structure');
    const named = await call('PUT', `/Patient?${about('cu-named')}`, patient('cu-named', { id: 'cu-named' }));
    assert.equal(named.status, 201, named.text);
    assert.equal(named.body.id, 'cu-named');
    assertOutcome(await call('PUT', `/Patient?${about('cu-none')}`, patient('cu-none', { id: 'cu-named' })), 409, 'conflict');
    await client.create(patient('cu'));
    assertOutcome(await call('PUT', url, patient('cu')), 412, 'conflict');
  });

  it('a conditional delete removes the one match', async () => {
    const { id } = await client.create(patient('cd'));
    assert.equal((await call('DELETE', `/Patient?${about('cd')}`)).status, 204);
    assert.equal((await call('GET', `/Patient/${id}`)).status, 410);
    assert.equal((await call('DELETE', `/Patient?${about('cd')}`)).status, 204);
    assertOutcome(await call('DELETE', '/Patient'), 400, 'structure');
  });

  it('If-None-Match: * updates only what is not there', async () => {
    const headers = { 'If-None-Match': '*' };
    assert.equal((await call('PUT', '/Patient/only-new', patient('on', { id: 'only-new' }), headers)).status, 201);
    assertOutcome(await call('PUT', '/Patient/only-new', patient('on', { id: 'only-new' }), headers), 412, 'conflict');
  });

  it('reads 304 for what the client knows, and HEAD has no body', async () => {
    const made = await client.create(patient('cr'));
    const url = `/Patient/${made.id}`;
    assert.equal((await call('GET', url, undefined, { 'If-None-Match': 'W/"1"' })).status, 304);
    const read = await call('GET', url);
    assert.equal((await call('GET', url, undefined, { 'If-Modified-Since': read.headers['last-modified'] })).status, 304);
    assert.equal((await call('GET', url, undefined, { 'If-Modified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT' })).status, 200);
    const head = await call('HEAD', url);
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(head.headers.etag, read.headers.etag);
    const version = `${url}/_history/${read.body.meta.versionId}`;
    assert.equal((await call('GET', version, undefined, { 'If-None-Match': read.headers.etag })).status, 304);
    assert.equal((await call('GET', version, undefined, { 'If-Modified-Since': read.headers['last-modified'] })).status, 304);
    assert.equal((await call('GET', version, undefined, { 'If-None-Match': 'W/"99"' })).status, 200);
    const part = await call('GET', `${version}?_elements=active`);
    assert.equal(part.status, 200, part.text);
    assert.equal('name' in part.body, false);
    assert.equal(part.body.meta.tag[0].code, 'SUBSETTED');
    assert.equal((await call('GET', `${version}?_summary=count`)).status, 400);
  });

  it('Prefer says what a write answers', async () => {
    const minimal = await call('POST', '/Patient', patient('p1'), { Prefer: 'return=minimal' });
    assert.equal(minimal.text, '');
    assert.ok(minimal.headers.location && minimal.headers.etag);
    const outcome = await call('POST', '/Patient', patient('p2'), { Prefer: 'return=OperationOutcome' });
    assert.equal(outcome.body.resourceType, 'OperationOutcome');
    assert.equal((await call('POST', '/Patient', patient('p3'), { Prefer: 'return=representation' })).body.resourceType, 'Patient');
    for (const Prefer of ['Return=minimal', 'return="minimal"', 'handling=strict , RETURN = "minimal"', 'x="a,b", return=minimal, return=representation']) {
      assert.equal((await call('POST', '/Patient', patient('p4'), { Prefer })).text, '', Prefer);
    }
    assert.notEqual((await call('POST', '/Patient', patient('p5'), { Prefer: 'x="a, return=minimal"' })).text, '', 'within quotes');
    assert.equal((await call('GET', '/Patient?foo=1&_count=1', undefined, { Prefer: 'Handling = lenient' })).status, 200);
  });

  it('JSON Patch changes what it names, or nothing', async () => {
    const { id } = await client.create(patient('jp'));
    const url = `/Patient/${id}`;
    const patched = await call('PATCH', url, [{ op: 'test', path: '/active', value: true },
      { op: 'replace', path: '/active', value: false }, { op: 'add', path: '/name/0/given/-', value: 'C' }], kJsonPatch);
    assert.equal(patched.status, 200, patched.text);
    assert.deepEqual([patched.body.active, patched.body.name[0].given, patched.body.meta.versionId], [false, ['A', 'B', 'C'], '2']);
    const silent = { silent: [kMarker] };
    assertOutcome(await call('PATCH', url, [{ op: 'test', path: '/active', value: true }], kJsonPatch), 422, 'invalid', { ...silent, expression: /patch\[0\]/ });
    assertOutcome(await call('PATCH', url, [{ op: 'replace', path: '/gender', value: 'martian' }], kJsonPatch), 422, 'invalid', silent);
    assertOutcome(await call('PATCH', url, [{ op: 'add', path: '/gender', value: 'martian' }], kJsonPatch), 422, 'code-invalid', silent);
    assertOutcome(await call('PATCH', url, [{ op: 'replace', path: '/id', value: 'x' }], kJsonPatch), 422, 'invalid', silent);
    assertOutcome(await call('PATCH', url, [{ op: 'remove', path: '/active' }], { ...kJsonPatch, 'If-Match': 'W/"1"' }), 412, 'conflict', silent);
    assertOutcome(await call('PATCH', url, '<diff/>', { 'content-type': 'application/xml-patch+xml' }), 415, 'not-supported');
    assert.equal((await client.read(`Patient/${id}`)).meta.versionId, '2');
  });

  it('FHIRPath Patch changes what it names', async () => {
    const { id } = await client.create(patient('fp'));
    const patched = await call('PATCH', `/Patient/${id}`, operation('replace', 'Patient.name[0].given[0]', { name: 'value', valueString: 'Z' }));
    assert.equal(patched.status, 200, patched.text);
    assert.deepEqual(patched.body.name[0].given, ['Z', 'B']);
    const found = await call('PATCH', `/Patient?${about('fp')}`, operation('delete', 'Patient.active'));
    assert.equal(found.status, 200, found.text);
    assert.equal(found.body.active, undefined);
    assertOutcome(await call('PATCH', `/Patient?${about('nobody')}`, operation('delete', 'Patient.active')), 404, 'not-found');
  });

  it('a transaction resolves conditions, conditional references and circles', async () => {
    const known = await client.create({ resourceType: 'Organization', identifier: [{ system: kSystem, value: 'org' }], name: 'Clinic' });
    const bundle = () => ({ resourceType: 'Bundle', type: 'transaction', entry: [
      { fullUrl: 'urn:uuid:0a8b2f4e-0000-4000-8000-000000000001', resource: patient('tx', { managingOrganization: { reference: `Organization?${about('org')}` },
        generalPractitioner: [{ reference: 'urn:uuid:0a8b2f4e-0000-4000-8000-000000000002' }] }),
        request: { method: 'POST', url: 'Patient', ifNoneExist: about('tx') } },
      { fullUrl: 'urn:uuid:0a8b2f4e-0000-4000-8000-000000000002', resource: { resourceType: 'Practitioner', identifier: [{ system: kSystem, value: 'doc' }] },
        request: { method: 'PUT', url: `Practitioner?${about('doc')}` } },
      { resource: { resourceType: 'RelatedPerson', patient: { reference: 'urn:uuid:0a8b2f4e-0000-4000-8000-000000000001' } }, request: { method: 'POST', url: 'RelatedPerson' } },
    ] });
    const first = await call('POST', '', bundle());
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(first.body.entry.map(({ response }) => response.status), ['201 Created', '201 Created', '201 Created']);
    const [made] = await client.search('Patient', { identifier: 'tx' });
    const [doctor] = await client.search('Practitioner', { identifier: 'doc' });
    assert.equal(made.managingOrganization.reference, `Organization/${known.id}`);
    assert.equal(made.generalPractitioner[0].reference, `Practitioner/${doctor.id}`);
    const second = await call('POST', '', bundle());
    assert.deepEqual(second.body.entry.map(({ response }) => response.status), ['200 OK', '200 OK', '201 Created']);
    const related = await client.search('RelatedPerson', { patient: made.id });
    assert.equal(related.length, 2, 'the second relation points to the patient that was found');
    const dangling = bundle();
    dangling.entry[0].resource.managingOrganization.reference = `Organization?${about('nowhere')}`;
    assertOutcome(await call('POST', '', dangling), 412, 'conflict', { silent: [kMarker, 'nowhere'] });
  });

  it('a transaction patches, and reads last', async () => {
    const { id } = await client.create(patient('tp'));
    const data = Buffer.from(JSON.stringify([{ op: 'replace', path: '/active', value: false }])).toString('base64');
    const answer = await call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [
      { request: { method: 'GET', url: `Patient/${id}` } },
      { resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data }, request: { method: 'PATCH', url: `Patient/${id}` } }] });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.entry[0].resource.active, false);
    assert.equal(answer.body.entry[1].response.status, '200 OK');
  });

  it('a transaction searches what it has written, within the scopes', async () => {
    const { id } = await client.create(patient('ts-gone'));
    const entry = [
      { request: { method: 'GET', url: `Patient?${about('ts-new')}&_elements=active` } },
      { request: { method: 'GET', url: `Patient?${about('ts-gone')}&_summary=count` } },
      { request: { method: 'DELETE', url: `Patient/${id}` } },
      { resource: patient('ts-new'), request: { method: 'POST', url: 'Patient' } },
      { request: { method: 'GET', url: `Patient?identifier=${kSystem}|ts-new` } }];
    const answer = await call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body.entry.map(({ response }) => response.status.slice(0, 3)), ['200', '200', '204', '201', '200']);
    const [found, gone, , made, named] = answer.body.entry;
    assert.equal(found.resource.type, 'searchset');
    const [match] = found.resource.entry;
    assert.ok(made.response.location.startsWith(`Patient/${match.resource.id}/`), 'GET comes after the writes');
    assert.equal(match.resource.name, undefined);
    assert.equal(gone.resource.total, 0);
    assert.equal(named.resource.entry[0].resource.id, match.resource.id);
    const narrow = gateway.addClientWith({ id: 'tx-narrow', scope: 'system/Patient.cr system/Task.s' });
    const searches = (url) => narrow.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [
      { resource: patient('ts-never'), request: { method: 'POST', url: 'Patient' } }, { request: { method: 'GET', url } }] });
    assertOutcome(await searches(`Patient?${about('ts-new')}`), 403, 'forbidden', { expression: /^Bundle.entry\[1\]/, silent: [kMarker] });
    assertOutcome(await searches('Task?status=bad|bad|bad'), 400, 'value');
    assertOutcome(await searches('Task?patient.given=a'), 403, 'forbidden');
    assert.equal((await client.search('Patient', { identifier: 'ts-never' })).length, 0, 'a search that fails undoes all');
    assert.equal((await searches('Task?status=ready')).status, 200);
  });

  it('transactions that race for one key make one', async () => {
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [
      { fullUrl: 'urn:uuid:0a8b2f4e-0000-4000-8000-000000000003', resource: patient('txrace'), request: { method: 'POST', url: 'Patient', ifNoneExist: about('txrace') } }] };
    const answers = await Promise.all(Array.from({ length: 16 }, () => call('POST', '', bundle)));
    for (const answer of answers) assert.ok(answer.status === 200 || answer.status === 409, answer.text);
    assert.equal((await client.search('Patient', { identifier: 'txrace' })).length, 1);
  });

  it('history of an instance, a type and the programme, newest first, in pages', async () => {
    const { id } = await client.create(patient('hi'));
    const since = new Date().toISOString();
    await call('PATCH', `/Patient/${id}`, [{ op: 'remove', path: '/active' }], kJsonPatch);
    await call('DELETE', `/Patient/${id}`);
    const own = await client.expect('GET', `/Patient/${id}/_history`);
    assert.deepEqual(own.entry.map(({ request }) => request.method), ['DELETE', 'PUT', 'POST']);
    assert.equal(own.total, 3);
    const late = await client.expect('GET', `/Patient/${id}/_history?_since=${since}`);
    assert.equal(late.entry.length, 2);
    for (const level of ['Patient/', '']) {
      const methods = [];
      let page = await client.expect('GET', `/${level}_history?_count=2&_since=${since}`);
      for (;;) {
        methods.push(...(page.entry ?? []).filter(({ fullUrl }) => fullUrl.endsWith(id)).map(({ request }) => request.method));
        const url = nextOf(page);
        if (!url) break;
        assert.ok(!url.includes(id), 'paging links are opaque');
        page = await client.expect('GET', url.slice(client.base.length));
      }
      assert.deepEqual(methods, ['DELETE', 'PUT'], level);
    }
    assertOutcome(await call('GET', '/Patient/nobody-at-all/_history'), 404, 'not-found');
    assertOutcome(await call('GET', '/Patient/_history?_since=yesterday'), 400, 'structure');
  });

  it('who may read but not search finds nothing by a history', async () => {
    for (const [id, scope] of [['only-reads', 'system/Patient.r'], ['only-finds', 'system/Patient.s']]) {
      const narrow = gateway.addClientWith({ id, scope });
      assertOutcome(await narrow.call('GET', '/Patient/_history'), 403, 'forbidden');
      assert.equal((await narrow.expect('GET', '/_history')).entry, undefined);
    }
  });

  it('history of the programme leaves out what the caller may not read', async () => {
    await client.create({ resourceType: 'Organization', name: 'Seen' });
    const reader = gateway.addClientWith({ id: 'org-reader', scope: 'system/Organization.rs' });
    const page = await reader.expect('GET', '/_history?_count=200');
    assert.ok(page.entry.length > 0);
    assert.ok(page.entry.every(({ resource }) => resource.resourceType === 'Organization'));
  });

  it('$everything is the compartment, in pages, within the scopes', async () => {
    const { id } = await client.create(patient('ev'));
    const other = await client.create(patient('ev-other'));
    const subject = { reference: `Patient/${id}` };
    const rx = (reference) => ({ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference },
      medicationCodeableConcept: { text: 'Made-up Tablet' } });
    const mine = await client.create(rx(`Patient/${id}`));
    const cover = await client.create({ resourceType: 'Coverage', status: 'active', beneficiary: subject, payor: [subject] });
    await client.create(rx(`Patient/${other.id}`));
    const all = await client.expect('GET', `/Patient/${id}/$everything`);
    assert.deepEqual(entryIds(all).sort(), [id, mine.id, cover.id].sort());
    const typed = await client.expect('GET', `/Patient/${id}/$everything?_type=Coverage`);
    assert.deepEqual(entryIds(typed), [cover.id]);
    const first = await client.expect('GET', `/Patient/${id}/$everything?_count=2`);
    assert.equal(first.entry.length, 2);
    const second = await client.expect('GET', nextOf(first).slice(client.base.length));
    assert.deepEqual([...entryIds(first), ...entryIds(second)].sort(), [id, mine.id, cover.id].sort());
    const reader = gateway.addClientWith({ id: 'patient-reader', scope: 'system/Patient.r' });
    assert.deepEqual(entryIds(await reader.expect('GET', `/Patient/${id}/$everything`)), [id]);
    assertOutcome(await call('GET', '/Patient/nobody/$everything'), 404, 'not-found');
  });

  it('$everything of a time, since an instant, of some types, with what it refers to', async () => {
    const { id } = await client.create(patient('evt'));
    const doctor = await client.create({ resourceType: 'Practitioner', name: [{ family: 'Ösel' }] });
    const other = await client.create(patient('evt-other'));
    await client.update({ ...(await client.expect('GET', `/Patient/${id}`)), link: [{ other: { reference: `Patient/${other.id}` }, type: 'seealso' }] });
    const subject = { reference: `Patient/${id}` };
    const rx = (authoredOn) => client.create({ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject, authoredOn,
      requester: { reference: `Practitioner/${doctor.id}` }, medicationCodeableConcept: { text: 'Made-up Tablet' } });
    const january = await rx('2026-01-10');
    const march = await rx('2026-03-10T08:00:00Z');
    const stay = await client.create({ resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' }, subject, period: { start: '2026-02-01', end: '2026-03-01' } });
    const cover = await client.create({ resourceType: 'Coverage', status: 'active', beneficiary: subject, payor: [subject] });
    const always = [id, cover.id];
    const everything = async (query) => entryIds(await client.expect('GET', `/Patient/${id}/$everything${query}`)).sort();
    const all = await client.expect('GET', `/Patient/${id}/$everything`);
    assert.deepEqual(entryIds(all).sort(), [...always, january.id, march.id, stay.id, doctor.id].sort(), 'the other patient is not part of it');
    assert.deepEqual(all.entry.filter(({ search }) => search.mode === 'include').map(({ resource }) => resource.id), [doctor.id]);
    for (const [query, ...more] of [
      ['?start=2026-02-15', stay, march, doctor], ['?end=2026-01-31', january, doctor], ['?start=2026-01-11&end=2026-01-31'], ['?start=2026-02-10&end=2026-02', stay],
      ['?start=2026-03-10&end=2026-03-10', march, doctor], ['?end=2026-02-01', january, stay, doctor], ['?start=2027'],
    ]) assert.deepEqual(await everything(query), [...always, ...more.map((one) => one.id)].sort(), query);
    assert.deepEqual(await everything('?_type=MedicationRequest,Practitioner&end=2026-01-31'), [january.id, doctor.id].sort());
    assert.deepEqual(await everything('?_type=MedicationRequest&_type=Coverage'), [january.id, march.id, cover.id].sort());
    const { meta: { lastUpdated } } = await client.expect('GET', `/Encounter/${stay.id}`);
    const since = await everything(`?_since=${encodeURIComponent(lastUpdated)}`);
    assert.ok(since.includes(stay.id) && since.includes(cover.id) && !since.includes(january.id), 'updated then or later');
    const paged = [];
    for (let path = `/Patient/${id}/$everything?_count=1&start=2026-01-11&_type=MedicationRequest,Encounter`; path;) {
      const page = await client.expect('GET', path);
      paged.push(...entryIds(page));
      path = nextOf(page)?.slice(client.base.length);
    }
    assert.deepEqual(paged, [march.id, stay.id], 'pages are filled with what is wanted');
    for (const query of ['start=soon', 'start=2026-01-01T10:00:00Z', 'start=2026-02-01&end=2026-01-01', '_type=Wombat', '_count=0', 'from=2020']) {
      assertOutcome(await call('GET', `/Patient/${id}/$everything?${query}`), 400, ['structure', 'invalid', 'value'], { expression: query.split('&').at(-1).split('=')[0] });
    }
  });

  it('a reference to this server by its own address is the relative one', async () => {
    const { id } = await client.create(patient('abs'));
    const made = await client.create({ resourceType: 'MedicationRequest', status: 'active', intent: 'order',
      subject: { reference: `${client.base}/Patient/${id}` }, medicationCodeableConcept: { text: 'Made-up Tablet' } });
    assert.equal(made.subject.reference, `Patient/${id}`);
    assert.deepEqual((await client.search('MedicationRequest', { patient: id })).map((one) => one.id), [made.id]);
    assert.equal((await client.expect('GET', `/Patient/${id}/$everything`)).entry.length, 2);
  });

  it('$meta is read, added to and taken from', async () => {
    const { id } = await client.create(patient('me'));
    const tag = { system: 'urn:t', code: 'vip' };
    const change = (verb) => call('POST', `/Patient/${id}/$meta-${verb}`, { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag: [tag] } }] });
    assert.deepEqual((await change('add')).body.parameter[0].valueMeta.tag, [tag]);
    assert.equal((await client.search('Patient', { _tag: 'urn:t|vip' })).length, 1);
    assert.equal((await change('delete')).body.parameter[0].valueMeta.tag, undefined);
    const read = await client.expect('GET', `/Patient/${id}/$meta`);
    assert.equal(read.parameter[0].valueMeta.versionId, '3');
  });

  it('$meta of a type and of the programme is every label the caller may see, once', async () => {
    const labelled = (value, meta) => client.create(patient(value, { meta }));
    const label = (code) => ({ system: 'urn:labels', code });
    await labelled('mt1', { tag: [label('one'), label('two')], profile: ['http://x.example/StructureDefinition/p'] });
    await labelled('mt2', { tag: [label('two')], security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] });
    const gone = await labelled('mt3', { tag: [label('gone')] });
    await client.expect('DELETE', `/Patient/${gone.id}`);
    await client.create({ resourceType: 'Organization', name: 'O', meta: { tag: [label('org')] } });
    const metaOf = async (who, path) => (await who.expect('GET', path)).parameter[0].valueMeta;
    const codes = (list) => (list ?? []).filter(({ system }) => system === 'urn:labels').map(({ code }) => code);
    const ofType = await metaOf(client, '/Patient/$meta');
    assert.deepEqual(codes(ofType.tag), ['one', 'two'], 'each once; those of what was deleted are gone');
    assert.deepEqual(ofType.profile, ['http://x.example/StructureDefinition/p']);
    assert.deepEqual(ofType.security.map(({ code }) => code), ['R']);
    assert.equal(ofType.versionId, undefined);
    assert.deepEqual(codes((await metaOf(client, '/$meta')).tag), ['one', 'org', 'two']);
    const reader = gateway.addClientWith({ id: 'meta-reader', scope: 'system/Organization.rs system/Patient.r' });
    assert.deepEqual(codes((await metaOf(reader, '/$meta')).tag), ['org'], 'what may not be searched is left out');
    assertOutcome(await reader.call('GET', '/Patient/$meta'), 403, 'forbidden');
    // Another programme of the same tenant.
    gateway.addProgramme({ ...load('programme.json'), id: 'meta-other' });
    const other = gateway.addClientWith({ id: 'meta-other-client', programme: 'meta-other' });
    await other.create({ resourceType: 'Organization', name: 'P', meta: { tag: [label('theirs')] } });
    assert.deepEqual(codes((await metaOf(other, '/$meta')).tag), ['theirs']);
    assert.deepEqual((await metaOf(other, '/Patient/$meta')), {});
    assert.ok(!codes((await metaOf(client, '/$meta')).tag).includes('theirs'), 'labels of another programme are not seen');
  });

  it('every entry of a batch stands alone, conditional ones and searches too', async () => {
    const { id } = await client.create(patient('ba'));
    const answer = await call('POST', '', { resourceType: 'Bundle', type: 'batch', entry: [
      { request: { method: 'GET', url: `Patient/${id}` } }, { request: { method: 'GET', url: 'Patient/nobody' } },
      { resource: patient('ba2'), request: { method: 'POST', url: 'Patient', ifNoneExist: about('ba') } },
      { request: { method: 'GET', url: `Patient?${about('ba')}` } }] });
    assert.deepEqual(answer.body.entry.map(({ response }) => response.status.slice(0, 3)), ['200', '404', '200', '200']);
    assert.equal(answer.body.entry[3].resource.entry.length, 1);
  });

  it('writes no patient data to its log', () => gateway.assertLogIsSilent());
});
