// A road walked with fhir-kit-client, a FHIR client that we did not write:
//   NODE_EXTRA_CA_CERTS=ca.pem node fhir_kit.mjs BASE TOKEN
// It uses the fetch of node, which takes a certificate authority from the environment alone.
import assert from 'node:assert/strict';
import Client from 'fhir-kit-client';

const [baseUrl, token] = process.argv.slice(2);
const client = new Client({ baseUrl, bearerToken: token });
const system = 'https://northlight.example/patient-id';
const patient = (value, more = {}) => ({ resourceType: 'Patient', identifier: [{ system, value }], name: [{ family: 'Kitson' }], ...more });
const refused = async (status, work) => {
  const error = await work().then(() => null, (e) => e);
  assert.equal(error?.response?.status, status, `${status} is expected: ${error?.message}`);
  return error.response.data;
};

const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, '4.0.1');
const made = await client.create({ resourceType: 'Patient', body: patient('kit-1') });
assert.ok(made.id);
assert.equal((await client.read({ resourceType: 'Patient', id: made.id })).name[0].family, 'Kitson');
const updated = await client.update({ resourceType: 'Patient', id: made.id, body: { ...made, active: true } });
assert.equal(updated.meta.versionId, '2');
const patched = await client.patch({ resourceType: 'Patient', id: made.id,
  JSONPatch: [{ op: 'replace', path: '/active', value: false }] });
assert.equal(patched.active, false);
assert.equal((await client.vread({ resourceType: 'Patient', id: made.id, version: '2' })).active, true);
assert.equal((await client.history({ resourceType: 'Patient', id: made.id })).entry.length, 3);
assert.ok((await client.history({ resourceType: 'Patient' })).entry.length >= 3);
assert.ok((await client.history({})).entry.length >= 3);

const transaction = await client.transaction({ body: { resourceType: 'Bundle', type: 'transaction',
  entry: Array.from({ length: 25 }, (_, n) => ({ resource: patient(`kit-page-${n}`, { name: [{ family: 'Paged' }] }), request: { method: 'POST', url: 'Patient' } })) } });
assert.equal(transaction.entry.length, 25);
const batch = await client.batch({ body: { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `Patient/${made.id}` } }] } });
assert.equal(batch.entry[0].resource.id, made.id);

const seen = new Set();
let page = await client.search({ resourceType: 'Patient', searchParams: { family: 'paged', _count: 10, _sort: '-_lastUpdated' } });
let pages = 0;
for (; page; page = await client.nextPage({ bundle: page })) {
  pages += 1;
  for (const { resource } of page.entry) seen.add(resource.id);
}
assert.deepEqual([pages, seen.size], [3, 25]);
const posted = await client.resourceSearch({ resourceType: 'Patient', searchParams: { identifier: `${system}|kit-1` }, options: { postSearch: true } });
assert.deepEqual(posted.entry.map(({ resource }) => resource.id), [made.id]);
const system_ = await client.systemSearch({ searchParams: { _type: 'Patient', _id: made.id } });
assert.equal(system_.entry.length, 1);
await client.create({ resourceType: 'MedicationRequest', body: { resourceType: 'MedicationRequest', status: 'active', intent: 'order',
  subject: { reference: `Patient/${made.id}` }, medicationCodeableConcept: { text: 'Made-up Tablet' } } });
const everything = await client.operation({ resourceType: 'Patient', id: made.id, name: '$everything', method: 'GET' });
assert.equal(everything.entry.length, 2);

const outcome = await refused(422, () => client.create({ resourceType: 'Patient', body: patient('kit-2', { gender: 'martian' }) }));
assert.equal(outcome.resourceType, 'OperationOutcome');
assert.deepEqual(outcome.issue[0].expression, ['Patient.gender']);
await client.delete({ resourceType: 'Patient', id: made.id });
await refused(410, () => client.read({ resourceType: 'Patient', id: made.id }));
await refused(404, () => client.read({ resourceType: 'Patient', id: 'nobody' }));
console.log('fhir-kit-client: the whole road');
