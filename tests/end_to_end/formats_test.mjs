// What an integrator sends and asks for around the resources: formats, versions, spelling of addresses.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import { Fixture, assertOutcome } from './fixture.mjs';

const kMarker = 'Wqxformat';

describe('formats and addresses', () => {
  let gateway;
  let client;
  let id;
  const patient = { resourceType: 'Patient', name: [{ family: kMarker }], active: true,
    contact: [{ name: { text: 'somebody' } }] };
  const call = (...args) => client.call(...args);
  const read = (headers, query = '') => call('GET', `/Patient/${id}${query}`, undefined, headers);
  before(async () => {
    gateway = await Fixture.started();
    gateway.markers.add(kMarker);
    client = gateway.client;
    id = (await client.create(patient)).id;
  });
  after(() => gateway.end());

  it('what cannot be produced is 406, and _format outranks Accept', async () => {
    for (const accept of ['application/fhir+xml', 'text/html', 'application/fhir+json;q=0', 'application/fhir+json; fhirVersion=3.0']) {
      assertOutcome(await read({ accept }), 406, 'not-supported');
      assert.equal((await read({ accept }, '?_format=json')).status, 200, accept);
    }
    for (const accept of ['*/*', 'application/*;q=0.1', 'text/html, application/json;q=0.2', 'application/fhir+json; fhirVersion=4.0']) {
      assert.equal((await read({ accept })).status, 200, accept);
    }
    for (const format of ['xml', 'ttl', 'text/html', 'application/fhir%2Bxml', 'application/fhir%2Bjson;fhirVersion=5.0']) {
      assertOutcome(await read({}, `?_format=${format}`), 406, 'not-supported');
      assertOutcome(await call('GET', `/Patient?_format=${format}`), 406, 'not-supported');
      assertOutcome(await call('GET', `/metadata?_format=${format}`), 406, 'not-supported');
    }
    for (const format of ['json', 'application/json', 'application/fhir+json', 'application/fhir%2Bjson']) {
      assert.equal((await read({}, `?_format=${format}`)).status, 200, format);
    }
    assertOutcome(await call('POST', '/Patient/_search', '_format=xml', { 'content-type': 'application/x-www-form-urlencoded' }), 406, 'not-supported');
  });

  it('_pretty lays JSON out for a person, and says the same', async () => {
    const plain = await read({});
    const laidOut = (answer) => assert.equal(answer.text, JSON.stringify(JSON.parse(answer.text), null, 2));
    const odd = { ...patient, id: 'odd', name: [{ family: `${kMarker} "{[,:]}" \\ \u00e9\n` }], multipleBirthInteger: 2 };
    await call('PUT', '/Patient/odd', odd);
    for (const path of [`/Patient/${id}`, '/Patient/odd', '/Patient', '/Patient/odd/_history', '/Patient/odd/$everything', '/metadata', '/$meta']) {
      const pretty = await call('GET', `${path}?_pretty=true`);
      assert.equal(pretty.status, 200, path);
      laidOut(pretty);
      assert.equal((await call('GET', `${path}?_pretty=false`)).status, 200, path);
      assertOutcome(await call('GET', `${path}?_pretty=perhaps`), 400, 'structure', { expression: '_pretty' });
    }
    assert.deepEqual((await read({}, '?_pretty=true')).body, plain.body);
    assert.equal((await read({}, '?_pretty=false')).text, plain.text);
    const strict = await call('GET', '/Patient?_pretty=true&_format=json&_count=1', undefined, { prefer: 'handling=strict' });
    assert.match(strict.body.link[0].url, /\?_pretty=true&_format=json&_count=1$/);
    const next = strict.body.link.find(({ relation }) => relation === 'next').url;
    laidOut(await call('GET', next.slice(client.base.length)));
    laidOut(await call('PUT', '/Patient/odd?_pretty=true', { ...odd, active: false }));
  });

  it('a body that is packed, in another character set or of another FHIR is 415', async () => {
    const authorization = `Bearer ${await client.token()}`;
    const packed = await gateway.raw('/Patient', { method: 'POST', body: gzipSync(JSON.stringify(patient)),
      headers: { authorization, 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' } });
    assertOutcome(packed, 415, 'not-supported', { expression: 'Content-Encoding', silent: [kMarker] });
    for (const type of ['application/fhir+json; charset=iso-8859-1', 'application/fhir+json; fhirVersion=5.0']) {
      assertOutcome(await call('POST', '/Patient', patient, { 'content-type': type }), 415, 'not-supported', { silent: [kMarker] });
    }
    for (const type of ['Application/FHIR+JSON;charset="UTF-8"', 'application/json; fhirVersion=4.0']) {
      assert.equal((await call('POST', '/Patient/$validate', patient, { 'content-type': type })).status, 200, type);
    }
  });

  it('an address means the same with needless escapes, and a broken one is refused', async () => {
    const hex = (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
    assert.equal((await call('GET', `/${hex('Patient')}/${hex(id)}`)).status, 200);
    assert.equal((await call('GET', `/Patient/${id}/%24meta`)).status, 200);
    assert.equal((await call('POST', '/Patient/%24validate', patient)).status, 200);
    assert.equal((await call('GET', `/Patient%2F${id}`)).status, 404);
    for (const query of ['family=a%', 'family=%zz', 'family=%ff', 'family=a%00']) {
      assertOutcome(await call('GET', `/Patient?${query}`), 400, 'structure');
    }
    const asked = await call('POST', '/metadata', patient);
    assertOutcome(asked, 405, 'not-supported', { silent: [kMarker] });
    assert.equal(asked.headers.allow, 'GET, HEAD');
  });

  it('a version is written in one way only', async () => {
    for (const version of ['0', '01', '-1', '2', '99999999999999999999', 'x']) {
      assertOutcome(await call('GET', `/Patient/${id}/_history/${version}`), 404, 'not-found');
    }
    assertOutcome(await call('PUT', `/Patient/${id}`, { ...patient, id }, { 'if-match': 'W/"01"' }), 400, 'structure');
  });

  it('If-None-Match takes lists and strong tags', async () => {
    for (const tag of ['"1"', 'W/"9", W/"1"', '*']) assert.equal((await read({ 'if-none-match': tag })).status, 304, tag);
    for (const tag of ['"2"', '1', 'W/"11"', ',']) assert.equal((await read({ 'if-none-match': tag })).status, 200, tag);
  });

  it('a read may ask for a part, which cannot then replace the whole', async () => {
    const part = (await read({}, '?_elements=active')).body;
    assert.deepEqual(Object.keys(part), ['resourceType', 'id', 'meta', 'active']);
    assert.equal(part.meta.tag[0].code, 'SUBSETTED');
    assert.equal((await read({}, '?_summary=true')).body.contact, undefined);
    assertOutcome(await read({}, '?_summary=count'), 400, 'structure', { expression: '_summary' });
    assertOutcome(await call('PUT', `/Patient/${id}`, part), 422, 'invalid', { expression: 'meta.tag' });
  });

  it('tags and security labels stay when a writer does not know of them', async () => {
    const restricted = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
    const [vip, late] = ['vip', 'late'].map((code) => ({ system: 'urn:t', code }));
    const put = (meta) => call('PUT', '/Patient/labelled', { resourceType: 'Patient', id: 'labelled', ...(meta ? { meta } : {}) });
    await put({ tag: [vip], security: [restricted], profile: ['http://x.example/p'] });
    const next = (await put({ tag: [late, { ...vip, display: 'of note' }] })).body.meta;
    assert.deepEqual(next.tag, [{ ...vip, display: 'of note' }, late]);
    assert.deepEqual(next.security, [restricted]);
    assert.equal(next.profile, undefined, 'profiles are the writer\'s claim, not the record\'s');
    assert.deepEqual((await put()).body.meta.security, [restricted]);
    assert.deepEqual((await client.search('Patient', { _tag: 'urn:t|vip', _security: restricted.code })).map(({ id }) => id), ['labelled'], 'and are found');
    const gone = await call('POST', '/Patient/labelled/$meta-delete', { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { security: [restricted] } }] });
    assert.equal(gone.body.parameter[0].valueMeta.security, undefined);
    const patched = await call('PATCH', '/Patient/labelled', JSON.stringify([{ op: 'remove', path: '/meta/tag' }]), { 'content-type': 'application/json-patch+json' });
    assert.equal(patched.body.meta.tag, undefined);
    await call('DELETE', '/Patient/labelled');
    assert.equal((await put()).body.meta.tag, undefined, 'what was deleted begins anew');
  });

  it('writes no patient data to its log', () => gateway.assertLogIsSilent());
});
