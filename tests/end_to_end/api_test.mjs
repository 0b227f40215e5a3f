// The RESTful API of the gateway, as a partner's client sees it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Fixture, assertOutcome } from './fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const kMarker = 'Zyxwhidden';

const patient = (value, changes = {}) => ({ resourceType: 'Patient', identifier: [{ system: kSystem, value }],
  name: [{ family: kMarker, given: ['Ada'] }], ...changes });
const prescription = (subject, changes = {}) => ({ resourceType: 'MedicationRequest', status: 'active', intent: 'order',
  medicationCodeableConcept: { text: 'a made-up tablet' }, subject: { reference: subject }, ...changes });
const versionOf = (answer) => /^W\/"(\d+)"$/.exec(answer.headers.etag ?? '')?.[1];
const idsOf = (bundle) => (bundle.entry ?? []).map(({ resource }) => resource.id);

describe('the FHIR API', () => {
  let gateway;
  let client;
  before(async () => {
    gateway = await Fixture.started();
    client = gateway.client;
    gateway.markers.add(kMarker);
  });
  after(() => gateway.end());

  const make = async (resource) => {
    const answer = await client.call('POST', `/${resource.resourceType}`, resource);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  };

  it('creates: 201, Location, ETag, Last-Modified, an id of its own', async () => {
    const answer = await client.call('POST', '/Patient', patient('c1', { id: 'chosen-by-client' }));
    assert.equal(answer.status, 201);
    assert.notEqual(answer.body.id, 'chosen-by-client');
    assert.equal(versionOf(answer), '1');
    assert.equal(answer.body.meta.versionId, '1');
    assert.equal(answer.headers.location, `${client.base}/Patient/${answer.body.id}/_history/1`);
    const modified = Date.parse(answer.headers['last-modified']);
    assert.equal(Math.floor(Date.parse(answer.body.meta.lastUpdated) / 1000) * 1000, modified);
    assert.equal(answer.body.name[0].family, kMarker);
  });

  it('reads what was stored, and decimals and unknown time zones come back byte for byte', async () => {
    const stored = await client.call('POST', '/Observation', JSON.stringify({ resourceType: 'Observation', status: 'final',
      code: { text: 'weight' }, effectiveDateTime: '2026-02-03T04:05:06.700-03:30',
      valueQuantity: { value: '@', unit: 'kg' } }).replace('"@"', '80.500'));
    assert.equal(stored.status, 201, stored.text);
    const read = await client.call('GET', `/Observation/${stored.body.id}`);
    assert.equal(read.status, 200);
    assert.match(read.text, /"value":80\.500[,}]/);
    assert.equal(read.body.effectiveDateTime, '2026-02-03T04:05:06.700-03:30');
    assert.equal(versionOf(read), '1');
    assert.equal(read.text, stored.text);
  });

  it('answers 304 to a version the client has, and HEAD without a body', async () => {
    const { id } = await make(patient('h1'));
    const known = await client.call('GET', `/Patient/${id}`, undefined, { 'if-none-match': 'W/"1"' });
    assert.equal(known.status, 304);
    assert.equal(known.text, '');
    assert.equal(versionOf(known), '1', 'RFC 9110 15.4.5');
    const other = await client.call('GET', `/Patient/${id}`, undefined, { 'if-none-match': 'W/"7"' });
    assert.equal(other.status, 200);
    const head = await client.call('HEAD', `/Patient/${id}`);
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(versionOf(head), '1');
    assert.equal(Number(head.headers['content-length']), Buffer.byteLength(other.text));
  });

  it('updates: If-Match right, stale, malformed, absent', async () => {
    const first = await make(patient('u1'));
    const path = `/Patient/${first.id}`;
    const second = await client.call('PUT', path, { ...first, active: true }, { 'if-match': 'W/"1"' });
    assert.equal(second.status, 200);
    assert.equal(versionOf(second), '2');
    assert.equal(second.headers.location, `${client.base}${path}/_history/2`);
    const stale = await client.call('PUT', path, { ...first, active: false }, { 'if-match': 'W/"1"' });
    assertOutcome(stale, 412, 'conflict', { silent: [kMarker] });
    for (const malformed of ['W/"x"', '*x', 'W/"2", x', ',', 'W/""', '"-1"', 'W/"1']) {
      const answer = await client.call('PUT', path, { ...first, active: false }, { 'if-match': malformed });
      assertOutcome(answer, 400, ['structure', 'value', 'invalid'], { expression: 'If-Match' });
    }
    assert.equal((await client.read(`Patient/${first.id}`)).active, true);
    const third = await client.call('PUT', path, { ...first, active: false });
    assert.equal(versionOf(third), '3');
    const elsewhere = await client.call('PUT', path, { ...first, id: 'another' });
    assertOutcome(elsewhere, 400, ['structure', 'value', 'invalid'], { expression: 'Patient.id' });
    const otherType = await client.call('PUT', path, { ...prescription('Patient/x'), id: first.id });
    assertOutcome(otherType, 400, ['structure', 'value', 'invalid'], { expression: 'resourceType' });
  });

  it('If-Match takes * and lists: of what is there', async () => {
    const { id } = await make(patient('im'));
    const path = `/Patient/${id}`;
    const put = async (match, change = {}) => (await client.call('PUT', path, patient('im', { id, ...change }), { 'if-match': match })).status;
    assert.equal(await put('*', { active: true }), 200);
    assert.equal(await put('W/"1", W/"9"'), 412);
    assert.equal(await put('W/"1",W/"2" , "9"'), 200);
    const patched = (match) => client.call('PATCH', path, [{ op: 'add', path: '/gender', value: 'other' }],
      { 'if-match': match, 'content-type': 'application/json-patch+json' });
    assert.equal((await patched('W/"1", W/"2"')).status, 412);
    assert.equal((await patched('*')).status, 200);
    assert.equal((await client.call('DELETE', path, undefined, { 'if-match': 'W/"3", W/"5"' })).status, 412);
    assert.equal((await client.call('DELETE', path, undefined, { 'if-match': '*' })).status, 204);
    assert.equal((await client.call('DELETE', path, undefined, { 'if-match': '*' })).status, 412, 'it is gone');
    assert.equal((await client.call('DELETE', path, undefined, { 'if-match': 'W/"4"' })).status, 204, 'and was of that version');
    assert.equal(await put('*'), 412, 'gone');
    const never = await client.call('PUT', '/Patient/never-there', patient('im', { id: 'never-there' }), { 'if-match': '*' });
    assertOutcome(never, 412, 'conflict', { silent: [kMarker] });
    for (const match of ['*', 'W/"1"', 'W/"1", W/"2"']) {
      assert.equal((await client.call('DELETE', '/Patient/never-there', undefined, { 'if-match': match })).status, 412, match);
      assert.equal((await client.call('DELETE', '/Patient?identifier=never-there', undefined, { 'if-match': match })).status, 412, match);
      // RFC 9110, 13.2.1: what fails without the condition fails the same way with it.
      const patch = await client.call('PATCH', '/Patient/never-there', [{ op: 'add', path: '/gender', value: 'other' }],
        { 'if-match': match, 'content-type': 'application/json-patch+json' });
      assert.equal(patch.status, 404, match);
    }
    assert.equal((await client.call('DELETE', '/Patient/never-there')).status, 204);
    const transaction = (ifMatch, of) => client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [
      { resource: patient('im', { id: of }), request: { method: 'PUT', url: `Patient/${of}`, ifMatch } }] });
    const kept = await make(patient('im2'));
    assert.equal((await transaction('*', kept.id)).status, 200);
    assert.equal((await transaction('W/"1", W/"2"', kept.id)).status, 200);
    assert.equal((await transaction('W/"1", W/"2"', kept.id)).status, 412);
    assert.equal((await transaction('*', 'never-there')).status, 412);
    for (const url of ['Patient/never-there', 'Patient?identifier=never-there']) {
      const removal = { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'DELETE', url, ifMatch: 'W/"1"' } }] };
      assertOutcome(await client.call('POST', '', removal), 412, 'conflict');
    }
  });

  it('of many updates from one version exactly one is made', async () => {
    const first = await make(patient('race'));
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) =>
      client.call('PUT', `/Patient/${first.id}`, { ...first, birthDate: `190${n}-01-01` }, { 'if-match': 'W/"1"' })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)]);
    const winner = answers.find(({ status }) => status === 200);
    assert.equal((await client.read(`Patient/${first.id}`)).birthDate, winner.body.birthDate);
  });

  it('creates by update', async () => {
    const id = `mine-${randomUUID()}`;
    const made = await client.call('PUT', `/Patient/${id}`, patient('uc1', { id }));
    assert.equal(made.status, 201);
    assert.equal(made.body.id, id);
    const again = await client.call('PUT', `/Patient/${id}`, patient('uc1', { id }));
    assert.equal(again.status, 200);
    const absent = randomUUID();
    assertOutcome(await client.call('PUT', `/Patient/${absent}`, patient('uc2', { id: absent }), { 'if-match': 'W/"1"' }), 412, 'conflict');
    assertOutcome(await client.call('PUT', `/Patient/${absent}`, patient('uc2')), 400, ['structure', 'required', 'value'], { expression: 'Patient.id' });
    assert.equal((await client.call('GET', `/Patient/${absent}`)).status, 404);
  });

  it('deletes: 204, then 410; history shows it; a new version may follow', async () => {
    const first = await make(patient('d1'));
    const path = `/Patient/${first.id}`;
    const stale = await client.call('DELETE', path, undefined, { 'if-match': 'W/"9"' });
    assertOutcome(stale, 412, 'conflict');
    const gone = await client.call('DELETE', path);
    assert.equal(gone.status, 204);
    assert.equal(gone.text, '');
    assert.equal((await client.call('DELETE', path)).status, 204);
    assertOutcome(await client.call('GET', path), 410, 'deleted', { silent: [kMarker] });
    assert.deepEqual(await client.search('Patient', { identifier: 'd1' }), []);
    const history = await client.expect('GET', `${path}/_history`);
    assert.equal(history.type, 'history');
    assert.equal(history.total, 2);
    assert.deepEqual(history.entry.map(({ request }) => request.method), ['DELETE', 'POST']);
    assert.equal(history.entry[0].resource, undefined);
    assert.equal((await client.expect('GET', `${path}/_history/1`)).id, first.id);
    assertOutcome(await client.call('GET', `${path}/_history/2`), 410, 'deleted');
    const back = await client.call('PUT', path, patient('d1', { id: first.id }));
    assert.equal(back.status, 201);
    assert.equal(versionOf(back), '3');
    assert.equal((await client.search('Patient', { identifier: 'd1' })).length, 1);
  });

  it('keeps every version: vread, history in pages', async () => {
    const first = await make(patient('v1'));
    const path = `/Patient/${first.id}`;
    for (let n = 2; n <= 5; ++n) await client.expect('PUT', path, { ...first, birthDate: `190${n}-01-01` });
    assert.equal((await client.expect('GET', `${path}/_history/1`)).birthDate, undefined);
    assert.equal((await client.expect('GET', `${path}/_history/3`)).birthDate, '1903-01-01');
    assertOutcome(await client.call('GET', `${path}/_history/6`), 404, 'not-found');
    assertOutcome(await client.call('GET', `${path}/_history/abc`), 404, 'not-found');
    const seen = [];
    let url = `${path}/_history?_count=2`;
    for (let pages = 0; url && pages < 9; ++pages) {
      const page = await client.expect('GET', url);
      assert.ok(page.entry.length <= 2);
      seen.push(...page.entry.map(({ resource }) => resource.meta.versionId));
      url = page.link.find(({ relation }) => relation === 'next')?.url;
    }
    assert.deepEqual(seen, ['5', '4', '3', '2', '1']);
    assertOutcome(await client.call('GET', '/Patient/nobody/_history'), 404, 'not-found');
    assertOutcome(await client.call('GET', `${path}/_history?_count=x`), 400, ['structure', 'value'], { expression: '_count' });
  });

  it('Prefer: return=minimal leaves the body out', async () => {
    const answer = await client.call('POST', '/Patient', patient('m1'), { prefer: 'return=minimal' });
    assert.equal(answer.status, 201);
    assert.equal(answer.text, '');
    assert.match(answer.headers.location, /\/Patient\/[^/]+\/_history\/1$/);
  });

  it('searches by _id, identifier, patient, status', async () => {
    const one = await make(patient('s1'));
    const two = await make(patient('s2'));
    const other = await make(patient('s1', { identifier: [{ system: 'https://elsewhere.example/id', value: 's1' }] }));
    const rx = await make(prescription(`Patient/${one.id}`));
    const stopped = await make(prescription(`Patient/${one.id}`, { status: 'stopped' }));
    await make(prescription(`Patient/${two.id}`));
    const find = async (type, query) => idsOf(await client.expect('GET', `/${type}?${new URLSearchParams(query)}`)).sort();
    const sorted = (...ids) => ids.sort();
    assert.deepEqual(await find('Patient', { _id: one.id }), [one.id]);
    assert.deepEqual(await find('Patient', { _id: `${one.id},${two.id}` }), sorted(one.id, two.id));
    assert.deepEqual(await find('Patient', { _id: 'nobody' }), []);
    assert.deepEqual(await find('Patient', { identifier: `${kSystem}|s1` }), [one.id]);
    assert.deepEqual(await find('Patient', { identifier: 's1' }), sorted(one.id, other.id));
    assert.deepEqual(await find('Patient', { identifier: `${kSystem}|s1,${kSystem}|s2` }), sorted(one.id, two.id));
    assert.deepEqual(await find('MedicationRequest', { patient: one.id }), sorted(rx.id, stopped.id));
    assert.deepEqual(await find('MedicationRequest', { patient: `Patient/${one.id}`, status: 'active' }), [rx.id]);
    assert.deepEqual(await find('MedicationRequest', { patient: `Patient/${one.id}`, status: 'completed' }), []);
    const posted = await gateway.raw('/MedicationRequest/_search', { method: 'POST', body: `patient=${one.id}&status=stopped`,
      headers: { authorization: `Bearer ${await client.token()}`, 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(posted.status, 200);
    assert.deepEqual(idsOf(posted.body), [stopped.id]);
    const bundle = await client.expect('GET', `/Patient?identifier=${encodeURIComponent(`${kSystem}|s1`)}`);
    assert.equal(bundle.type, 'searchset');
    assert.equal(bundle.entry[0].search.mode, 'match');
    assert.equal(bundle.entry[0].fullUrl, `${client.base}/Patient/${one.id}`);
    assert.ok(bundle.link.some(({ relation }) => relation === 'self'));
  });

  it('an update moves what a search finds', async () => {
    const one = await make(patient('mv1'));
    await client.expect('PUT', `/Patient/${one.id}`, patient('mv2', { id: one.id }));
    assert.deepEqual(await client.search('Patient', { identifier: 'mv1' }), []);
    assert.equal((await client.search('Patient', { identifier: 'mv2' })).length, 1);
  });

  it('searches by _lastUpdated with prefixes', async () => {
    const one = await make(patient('lu1'));
    const at = Date.parse(one.meta.lastUpdated);
    const find = async (...values) => {
      const query = new URLSearchParams([['identifier', 'lu1'], ...values.map((value) => ['_lastUpdated', value])]);
      return idsOf(await client.expect('GET', `/Patient?${query}`));
    };
    const time = (offset) => new Date(at + offset).toISOString();
    for (const met of [[one.meta.lastUpdated], [`ge${time(0)}`], [`le${time(0)}`], [`gt${time(-1000)}`], [`lt${time(1000)}`],
                       [time(0).slice(0, 10)], [`ge${time(-1000)}`, `le${time(1000)}`]]) {
      assert.deepEqual(await find(...met), [one.id], met.join(' and '));
    }
    for (const missed of [[`gt${time(0)}`], [`lt${time(0)}`], [`ge${time(1000)}`], [`le${time(-1000)}`], ['2001']]) {
      assert.deepEqual(await find(...missed), [], missed.join(' and '));
    }
    const or = (...values) => values.join(',');
    for (const met of [['ne2001'], [or('2001', `ge${time(0)}`)], [or(`lt${time(-1000)}`, `gt${time(-1000)}`), `le${time(1000)}`]]) {
      assert.deepEqual(await find(...met), [one.id], met.join(' and '));
    }
    for (const missed of [[`ne${time(0).slice(0, 10)}`], [or('2001', 'lt2002')], [or('2001', `ge${time(0)}`), or('2002', '2003')]]) {
      assert.deepEqual(await find(...missed), [], missed.join(' and '));
    }
    const wrong = await client.call('GET', '/Patient?_lastUpdated=yesterday');
    assertOutcome(wrong, 400, ['structure', 'value', 'invalid'], { expression: '_lastUpdated', silent: ['yesterday'] });
  });

  it('pages by next links: everything once, in order', async () => {
    const subject = (await make(patient('pg'))).id;
    const made = [];
    for (let n = 0; n < 7; ++n) made.push((await make(prescription(`Patient/${subject}`))).id);
    const seen = [];
    let url = `/MedicationRequest?patient=${subject}&_count=3`;
    let pages = 0;
    for (; url && pages < 9; ++pages) {
      const page = await client.expect('GET', url);
      assert.ok((page.entry ?? []).length <= 3);
      seen.push(...idsOf(page));
      url = page.link.find(({ relation }) => relation === 'next')?.url;
    }
    assert.deepEqual([...seen].sort(), [...made].sort());
    assert.equal(new Set(seen).size, 7);
    assert.equal(pages, 3);
    const total = await client.expect('GET', `/MedicationRequest?patient=${subject}&_count=3&_total=accurate`);
    assert.equal(total.total, 7);
    const bare = await client.expect('GET', `/MedicationRequest?patient=${subject}&_count=0&_total=accurate`);
    assert.equal((bare.entry ?? []).length, 0);
    assert.equal(bare.total, 7);
  });

  it('refuses a search parameter it does not know, by name', async () => {
    const answer = await client.call('GET', `/Patient?favourite-colour=${kMarker}`);
    assert.ok([400, 422, 501].includes(answer.status), String(answer.status));
    assert.equal(answer.body.resourceType, 'OperationOutcome');
    assert.match(answer.text, /favourite-colour/);
    assert.ok(!answer.text.includes(kMarker), 'the value is not repeated');
    const modifier = await client.call('GET', '/Patient?identifier:fuzzy=x');
    assert.ok([400, 422, 501].includes(modifier.status), String(modifier.status));
  });

  it('commits a transaction whole, with urn:uuid references in both directions', async () => {
    const [urnPatient, urnRx, urnOrg] = Array.from({ length: 3 }, () => `urn:uuid:${randomUUID()}`);
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [
      { fullUrl: urnRx, resource: prescription(urnPatient), request: { method: 'POST', url: 'MedicationRequest' } },
      { fullUrl: urnPatient, resource: patient('t1', { managingOrganization: { reference: urnOrg } }), request: { method: 'POST', url: 'Patient' } },
      { fullUrl: urnOrg, resource: { resourceType: 'Organization', name: 'Made up' }, request: { method: 'POST', url: 'Organization' } },
    ] };
    const answer = await client.bundle(bundle);
    assert.equal(answer.type, 'transaction-response');
    const places = answer.entry.map(({ response }) => response.location);
    assert.deepEqual(places.map((place) => place.split('/').at(-4)), ['MedicationRequest', 'Patient', 'Organization'], 'in the order of the request');
    assert.deepEqual(answer.entry.map(({ response }) => response.status.slice(0, 3)), ['201', '201', '201']);
    assert.ok(answer.entry.every(({ response }) => response.etag === 'W/"1"' && Date.parse(response.lastModified)));
    const reference = (place) => place.split('/').slice(-4, -2).join('/');
    const [rx, who, org] = await Promise.all(places.map((place) => client.read(reference(place))));
    assert.equal(rx.subject.reference, `Patient/${who.id}`);
    assert.equal(who.managingOrganization.reference, `Organization/${org.id}`);
  });

  it('a transaction runs DELETE, POST, PUT, GET, and GET sees the rest', async () => {
    const old = await make(patient('ord-old'));
    const kept = await make(patient('ord-kept'));
    const answer = await client.bundle({ resourceType: 'Bundle', type: 'transaction', entry: [
      { request: { method: 'GET', url: `Patient/${kept.id}` } },
      { resource: { ...kept, active: true }, request: { method: 'PUT', url: `Patient/${kept.id}`, ifMatch: 'W/"1"' } },
      { resource: patient('ord-new'), request: { method: 'POST', url: 'Patient' } },
      { request: { method: 'DELETE', url: `Patient/${old.id}` } },
    ] });
    assert.deepEqual(answer.entry.map(({ response }) => response.status.slice(0, 3)), ['200', '200', '201', '204']);
    assert.equal(answer.entry[0].resource.active, true);
    assert.equal((await client.call('GET', `/Patient/${old.id}`)).status, 410);
  });

  it('one bad entry and nothing is stored', async () => {
    const kept = await make(patient('bad-kept'));
    const good = { resource: patient('bad-1'), request: { method: 'POST', url: 'Patient' } };
    const cases = [
      ['invalid resource', { resource: { ...patient('bad-2'), gender: 'martian' }, request: { method: 'POST', url: 'Patient' } }, 422, /^Bundle\.entry\[1\]\.resource\.gender$/],
      ['stale ifMatch', { resource: kept, request: { method: 'PUT', url: `Patient/${kept.id}`, ifMatch: 'W/"5"' } }, 412, /Bundle\.entry\[1\]/],
      ['absent resource', { request: { method: 'GET', url: 'Patient/nobody' } }, 404, /Bundle\.entry\[1\]/],
      ['type and url differ', { resource: patient('bad-3'), request: { method: 'POST', url: 'Organization' } }, 422, /Bundle\.entry\[1\]/],
      ['no request', { resource: patient('bad-4') }, 422, /Bundle\.entry\[1\]/],
      ['absolute url', { resource: patient('bad-5'), request: { method: 'POST', url: 'https://elsewhere.example/Patient' } }, 422, /Bundle\.entry\[1\]/],
      ['a condition that is no search', { resource: patient('bad-6'), request: { method: 'POST', url: 'Patient', ifNoneExist: 'shoe-size=9' } }, 400, /Bundle\.entry\[1\]/],
    ];
    for (const [what, entry, status, expression] of cases) {
      const answer = await client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [good, entry] });
      assert.equal(answer.status, status, `${what}: ${answer.status} ${answer.text}`);
      assertOutcome(answer, status, answer.body.issue[0].code, { expression, silent: [kMarker, 'martian'] });
      assert.deepEqual(await client.search('Patient', { identifier: 'bad-1' }), [], `${what}: nothing is stored`);
    }
  });

  it('refuses two entries for one resource, and more than 500 entries', async () => {
    const one = await make(patient('twice'));
    const put = (active) => ({ resource: { ...one, active }, request: { method: 'PUT', url: `Patient/${one.id}` } });
    const twice = await client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [put(true), put(false)] });
    assert.ok([400, 422].includes(twice.status), String(twice.status));
    assert.equal((await client.read(`Patient/${one.id}`)).meta.versionId, '1');
    const both = await client.call('POST', '', { resourceType: 'Bundle', type: 'transaction',
      entry: [put(true), { request: { method: 'DELETE', url: `Patient/${one.id}` } }] });
    assert.ok([400, 422].includes(both.status), String(both.status));
    const many = (count) => ({ resourceType: 'Bundle', type: 'transaction', entry: Array.from({ length: count }, (_, n) =>
      ({ resource: patient(`many-${n}`), request: { method: 'POST', url: 'Patient' } })) });
    const refused = await client.call('POST', '', many(501));
    assert.ok([413, 422].includes(refused.status), String(refused.status));
    assertOutcome(refused, refused.status, ['too-costly', 'too-long'], { expression: 'Bundle.entry' });
    assert.deepEqual(await client.search('Patient', { identifier: 'many-0' }), []);
    const taken = await client.bundle(many(500));
    assert.equal(taken.entry.length, 500);
    assert.equal((await client.search('Patient', { identifier: 'many-499' })).length, 1);
  });

  it('a batch does each entry for itself', async () => {
    const one = await make(patient('b0'));
    const answer = await client.expect('POST', '', { resourceType: 'Bundle', type: 'batch', entry: [
      { resource: patient('b1'), request: { method: 'POST', url: 'Patient' } },
      { resource: { ...patient('b2'), gender: 'martian' }, request: { method: 'POST', url: 'Patient' } },
      { request: { method: 'GET', url: `Patient/${one.id}` } },
      { request: { method: 'GET', url: 'Patient/nobody' } },
      { request: { method: 'GET', url: `Patient?identifier=${encodeURIComponent(`${kSystem}|b0`)}` } },
      { resource: { ...one, active: true }, request: { method: 'PUT', url: `Patient/${one.id}`, ifMatch: 'W/"9"' } },
      { request: { method: 'DELETE', url: `Patient/${one.id}` } },
      { resource: patient('b3'), request: { method: 'POST', url: 'Wombat' } },
    ] });
    assert.equal(answer.type, 'batch-response');
    const statuses = answer.entry.map(({ response }) => response.status.slice(0, 3));
    assert.deepEqual(statuses, ['201', '422', '200', '404', '200', '412', '204', '404']);
    assert.match(answer.entry[0].response.location, /Patient\/[^/]+\/_history\/1$/);
    assert.equal(answer.entry[1].response.outcome.resourceType, 'OperationOutcome');
    assert.equal(answer.entry[2].resource.id, one.id);
    assert.equal(answer.entry[4].resource.type, 'searchset');
    assert.deepEqual(idsOf(answer.entry[4].resource), [one.id]);
    assert.equal((await client.search('Patient', { identifier: 'b1' })).length, 1);
    assert.equal((await client.search('Patient', { identifier: 'b2' })).length, 0);
  });

  it('$validate answers 200 with every finding and stores nothing', async () => {
    const bad = { ...patient('v0'), gender: 'martian', birthDate: '1980-13-01' };
    const issues = async (path, body) => {
      const outcome = await client.expect('POST', path, body);
      assert.equal(outcome.resourceType, 'OperationOutcome');
      return outcome.issue.map(({ severity, code, expression }) => [severity, code, ...(expression ?? [])].join(' '));
    };
    assert.deepEqual((await issues('/Patient/$validate', bad)).sort(),
      ['error code-invalid Patient.gender', 'error value Patient.birthDate']);
    assert.deepEqual(await issues('/Patient/$validate', patient('v0')), ['information informational']);
    const asked = (...parameter) => ({ resourceType: 'Parameters', parameter });
    assert.deepEqual(await issues('/Patient/$validate', asked({ name: 'resource', resource: patient('v0') },
      { name: 'mode', valueCode: 'create' })), ['information informational']);
    assert.deepEqual(await issues('/Patient/$validate', asked({ name: 'resource', resource: patient('v0') },
      { name: 'profile', valueUri: 'https://other.example/StructureDefinition/x' })), ['error not-supported']);
    assert.deepEqual(await issues('/Observation/$validate', patient('v0')), ['error invalid resourceType']);
    assert.equal((await client.search('Patient', { identifier: 'v0' })).length, 0);

    const stored = await make(patient('v1'));
    assert.deepEqual(await issues(`/Patient/${stored.id}/$validate`, asked({ name: 'mode', valueCode: 'update' })),
      ['information informational']);
    assert.deepEqual(await issues(`/Patient/${stored.id}/$validate`, { ...patient('v1'), id: 'other' }),
      ['error invalid Patient.id']);
    assertOutcome(await client.call('POST', '/Patient/nobody/$validate', asked({ name: 'mode', valueCode: 'update' })), 404, 'not-found');
    assertOutcome(await client.call('POST', '/Patient/$validate', asked({ name: 'mode', valueCode: 'guess' })), 400, ['structure', 'invalid', 'value']);
  });

  it('$validate judges by US Core for those who ask, a write does not', async () => {
    const profile = (name) => `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;
    const issues = async (type, name, body) => {
      const path = `/${type}/$validate?profile=${encodeURIComponent(profile(name))}`;
      const { issue } = await client.expect('POST', path, body);
      return issue.map(({ severity, code, expression }) => [severity, code, ...(expression ?? [])].join(' '));
    };
    const bare = { resourceType: 'Patient', active: true };
    const found = await issues('Patient', 'patient', bare);
    assert.deepEqual(found.filter((line) => line.startsWith('error')), ['error required Patient.identifier',
      'error required Patient.name', 'error required Patient.gender', 'error invariant Patient.name']);
    assert.ok(found.includes('information informational Patient.birthDate'));
    assert.equal((await make(bare)).active, true);

    const good = { ...bare, identifier: [{ system: 'https://hub.example/id', value: 'us1' }], name: [{ family: 'Doe' }], gender: 'other' };
    assert.ok((await issues('Patient', 'patient|6.1.0', good)).every((line) => line.startsWith('information')));
    assert.deepEqual(await issues('Patient', 'patient|3.1.1', good), ['error not-supported']);
    assert.deepEqual(await issues('Patient', 'organization', good), ['error invalid Patient']);
    assert.ok((await issues('Organization', 'organization', { resourceType: 'Organization', name: 'x' })).includes('error required Organization.active'));

    const { body: { rest: [{ resource }] } } = await gateway.raw('/metadata');
    for (const { type, supportedProfile } of resource) {
      for (const canonical of supportedProfile ?? []) {
        const name = canonical.slice(profile('').length);
        assert.equal(canonical, profile(name));
        assert.ok(!(await issues(type, name, { resourceType: type })).includes('error not-supported'), canonical);
      }
    }
    assert.equal(resource.filter(({ supportedProfile }) => supportedProfile).length, 8);
  });

  it('says in metadata what it does, to everybody', async () => {
    const answer = await gateway.raw('/metadata');
    assert.equal(answer.status, 200);
    const statement = answer.body;
    assert.equal(statement.resourceType, 'CapabilityStatement');
    assert.equal(statement.fhirVersion, '4.0.1');
    const [rest] = statement.rest;
    assert.deepEqual(rest.interaction.map(({ code }) => code), ['transaction', 'batch', 'search-system', 'history-system']);
    const entry = rest.resource.find(({ type }) => type === 'Patient');
    assert.deepEqual(entry.interaction.map(({ code }) => code).sort(),
      ['create', 'delete', 'history-instance', 'history-type', 'patch', 'read', 'search-type', 'update', 'vread']);
    assert.equal(entry.updateCreate, true);
    assert.ok(entry.searchParam.some(({ name }) => name === 'identifier'));
    const head = await gateway.raw('/metadata', { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
  });

  it('does what metadata says, line by line, and nothing it does not say', async () => {
    const { body: { rest: [rest], patchFormat } } = await gateway.raw('/metadata');
    assert.equal(rest.resource.length, 146);
    const does = async (status, method, path, ...more) => {
      const answer = await client.call(method, path, ...more);
      assert.ok([status].flat().includes(answer.status), `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    };
    const interactions = {
      read: (type) => does(404, 'GET', `/${type}/nobody`),
      vread: (type) => does(404, 'GET', `/${type}/nobody/_history/1`),
      update: (type) => does([201, 422], 'PUT', `/${type}/made-${type}`, { resourceType: type, id: `made-${type}` }),
      patch: (type) => Promise.all(patchFormat.map((format) => does(404, 'PATCH', `/${type}/nobody`, format.includes('patch') ? [] : { resourceType: 'Parameters' }, { 'content-type': format }))),
      delete: (type) => does(204, 'DELETE', `/${type}/nobody`),
      'history-instance': (type) => does(404, 'GET', `/${type}/nobody/_history`),
      'history-type': (type) => does(200, 'GET', `/${type}/_history?_count=1`),
      create: (type) => does([201, 422], 'POST', `/${type}`, { resourceType: type }),
      'search-type': (type) => does(200, 'GET', `/${type}?_id=nobody`),
    };
    const operations = {
      validate: (type) => does(200, 'POST', `/${type}/$validate`, { resourceType: type, id: 'x' }),
      meta: async (type) => { await does(404, 'GET', `/${type}/nobody/$meta`); await does(200, 'GET', `/${type}/$meta`); },
      'meta-add': (type) => does(404, 'POST', `/${type}/nobody/$meta-add`, { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: {} }] }),
      'meta-delete': (type) => does(404, 'POST', `/${type}/nobody/$meta-delete`, { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: {} }] }),
      everything: (type) => does(404, 'GET', `/${type}/nobody/$everything`),
      approve: (type) => does(404, 'POST', `/${type}/nobody/$approve`, { resourceType: 'Parameters', parameter: [{ name: 'statement', valueString: 'x' }] }),
      review: (type) => does(404, 'GET', `/${type}/nobody/$review`),
      evaluate: (type) => does(404, 'POST', `/${type}/nobody/$evaluate`),
      explain: (type) => does(404, 'GET', `/${type}/nobody/$explain`),
    };
    for (const { type, interaction, operation, searchParam, conditionalCreate, conditionalUpdate, conditionalDelete, conditionalRead } of rest.resource) {
      assert.deepEqual(interaction.map(({ code }) => code).sort(), Object.keys(interactions).sort());
      for (const { code } of interaction) await interactions[code](type);
      for (const { name } of operation) await operations[name](type);
      assert.deepEqual([conditionalCreate, conditionalUpdate, conditionalDelete, conditionalRead], [true, true, 'single', 'full-support']);
      await does([201, 422], 'POST', `/${type}`, { resourceType: type }, { 'If-None-Exist': '_id=nobody' });
      await does([201, 422], 'PUT', `/${type}?_id=nobody`, { resourceType: type });
      await does(204, 'DELETE', `/${type}?_id=nobody`);
      for (const { name, type: kind } of searchParam) {
        const value = { date: '2026', number: '1', quantity: '1', reference: 'x-1' }[kind] ?? { phone: '+18005550100', email: 'a@example.org' }[name] ?? 'x';
        const found = await client.call('GET', `/${type}?${name}=${encodeURIComponent(value)}`);
        // A reference to any type wants its type said.
        const untyped = kind === 'reference' && found.status === 400 && /type/i.test(found.text);
        assert.ok(found.status === 200 || untyped, `${type}?${name}: ${found.text.slice(0, 200)}`);
      }
    }
    for (const type of ['Patient', 'Observation']) {
      const said = new Set(rest.resource.find((one) => one.type === type).searchParam.map(({ name }) => name));
      for (const name of ['_text', '_content', 'near', 'shoe-size', ...(said.has('component-code') ? [] : ['component-code'])]) {
        await does(400, 'GET', `/${type}?${name}=x`);
      }
    }
    assert.deepEqual(rest.resource.filter(({ operation }) => operation.some(({ name }) => name === 'everything')).map(({ type }) => type), ['Patient']);
    await does([404, 405], 'GET', '/Observation/nobody/$everything');
    await does(200, 'GET', '/_history?_count=1');
    assert.deepEqual(rest.operation.map(({ name }) => name), ['meta']);
    await does(200, 'GET', '/$meta');
    await does(404, 'GET', '/$everything');
    await does([404, 405], 'POST', '/$meta-add', { resourceType: 'Parameters' });
    await does(200, 'GET', '/?_type=Patient&_id=nobody');
  });

  it('404 for what is not there, 405 for what cannot be done', async () => {
    assertOutcome(await client.call('GET', '/Patient/nobody'), 404, 'not-found');
    assertOutcome(await client.call('GET', '/Wombat/1'), 404, ['not-found', 'not-supported']);
    assertOutcome(await client.call('POST', '/Wombat', patient('w')), 404, ['not-found', 'not-supported']);
    assertOutcome(await client.call('GET', '/Patient/a/b/c/d'), 404, 'not-found');
    assertOutcome(await client.call('GET', '/$nothing'), 404, 'not-found');
    assertOutcome(await client.call('GET', `/Patient/${'x'.repeat(65)}`), 404, 'not-found');
    assertOutcome(await client.call('POST', '/Patient/x/_history', patient('x')), 405, 'not-supported');
    assertOutcome(await client.call('PUT', '/Patient/x/_history', patient('x')), 405, 'not-supported');
    const refused = await client.call('DELETE', '/Patient/x/_history');
    assert.match(refused.headers.allow ?? '', /GET/, 'RFC 9110 15.5.6: 405 says what is allowed');
    const elsewhere = await gateway.raw(`${gateway.partnersUrl}/nothing`);
    assertOutcome(elsewhere, 404, 'not-found');
  });

  it('writes no patient data to its log', () => gateway.assertLogIsSilent());
});
