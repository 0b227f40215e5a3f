// What is huge must not hold up what is small. Counts and orders, not speeds.
import assert from 'node:assert/strict';
import https from 'node:https';
import { after, before, describe, it } from 'node:test';
import { Fixture, assertOutcome } from './fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const patient = (value) => ({ resourceType: 'Patient', identifier: [{ system: kSystem, value }] });
const bundle = (type, count, name) => ({ resourceType: 'Bundle', type, entry: Array.from({ length: count }, (_, n) => (
  { resource: patient(`${name}-${n}`), request: { method: 'POST', url: 'Patient' } })) });

describe('huge and small', () => {
  let gateway;
  let small;
  let huge;
  before(async () => {
    gateway = await Fixture.started();
    small = gateway.addClientWith({ id: 'small-writer' });
    huge = gateway.addClientWith({ id: 'huge-writer' });
    huge.agent = new https.Agent({ keepAlive: true, maxSockets: 128, ca: huge.ca });
    await Promise.all([small.create(patient('first')), huge.create(patient('first'))]);
  });
  after(() => gateway?.end());

  it('a batch of 2000 is answered entry by entry, in its order', async () => {
    const asked = bundle('batch', 2000, 'batch');
    for (let n = 0; n < asked.entry.length; n += 100) asked.entry[n].resource.gender = 'martian';
    const { entry } = await huge.bundle(asked);
    assert.deepEqual(entry.map(({ response }) => response.status), asked.entry.map((_, n) => (n % 100 ? '201' : '422')));
    assert.deepEqual(entry.filter(({ resource }) => resource).map(({ resource }) => resource.identifier[0].value),
      asked.entry.filter((_, n) => n % 100).map(({ resource }) => resource.identifier[0].value));
    assert.deepEqual((await small.search('Patient', { identifier: 'batch-1999', _elements: 'identifier' })).length, 1);
    assert.deepEqual(await small.search('Patient', { identifier: 'batch-100' }), []);
  });

  it('a batch past its size is refused before anything is done', async () => {
    const answer = await huge.call('POST', '', bundle('batch', 5001, 'too-many'));
    assertOutcome(answer, answer.status, 'too-costly', { expression: 'Bundle.entry' });
    assert.deepEqual(await small.search('Patient', { identifier: 'too-many-0' }), []);
  });

  it('a small write waits for a transaction or two, not for all that are queued', async () => {
    const body = JSON.stringify(bundle('transaction', 500, 'stream'));
    let answered = 0;
    let over = false;
    const streams = Array.from({ length: 16 }, async () => {
      while (!over) {
        const answer = await huge.call('POST', '', body);
        assert.equal(answer.status, 200, answer.text.slice(0, 200));
        answered += 1;
      }
    });
    while (answered === 0) await small.search('Patient', { identifier: 'nobody' });
    const before = answered;
    const writes = 10;
    for (let n = 0; n < writes; ++n) await small.create(patient(`between-${n}`));
    const meanwhile = answered - before;
    over = true;
    await Promise.all(streams);
    assert.ok(meanwhile <= 4 * writes, `${meanwhile} transactions came before ${writes} small writes`);
  });

  it('small writes are answered before any of sixty huge batches', async () => {
    const body = JSON.stringify(bundle('batch', 1000, 'flood'));
    let answered = 0;
    const flood = Array.from({ length: 60 }, () => huge.call('POST', '', body).then(() => { answered += 1; }, () => {}));
    while ((await small.search('Patient', { identifier: 'flood-0' })).length === 0);  // they have begun
    for (let n = 0; n < 10; ++n) {
      await small.create(patient(`beside-${n}`));
      assert.equal(answered, 0, `${n} small writes were done, and ${answered} of the batches`);
    }
    huge.agent.destroy();
    await Promise.all(flood);
  });
});
