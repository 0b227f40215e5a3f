// No duplicates: node tests/faults/duplicates.mjs [COUNT=20000] [CLIENTS=64] [SEED]
// CLIENTS at once send COUNT conditional creates, conditional updates and conditional transactions over
// few keys, while the gateway is killed (kill -9) and started again; in the end every key has exactly one
// Patient, and it is the one that every answer named. Ends with 1 when it is not so.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { sleep } from '../end_to_end/demo/process.mjs';
import { Fixture } from '../end_to_end/fixture.mjs';

const kSystem = 'https://northlight.example/patient-id';
const kAttemptsPerKey = 40;
const kKeysAtOnce = 8;
const kCreatesPerKill = 2500;
const kFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const count = Number(process.argv[2] ?? 20000);
const clients = Number(process.argv[3] ?? 64);
const seed = Number(process.argv[4] ?? randomBytes(4).readUInt32LE());

let state = seed >>> 0;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
}

console.log(`${count} conditional writes by ${clients} clients, seed ${seed}`);
const gateway = await Fixture.started({ under: kFolder });
const { client } = gateway;
client.agent = new https.Agent({ keepAlive: true, maxSockets: clients, ca: client.ca });

const named = new Map();  // key -> Set of ids that answers named
let sent = 0;
let acknowledged = 0;
let underWay = 0;
const atKill = [];
let up = Promise.resolve();

const condition = (key) => `identifier=${encodeURIComponent(`${kSystem}|${key}`)}`;
const patient = (key) => ({ resourceType: 'Patient', identifier: [{ system: kSystem, value: key }] });
const kWays = [
  async (key) => (await client.call('POST', '/Patient', patient(key), { 'If-None-Exist': condition(key) })),
  async (key) => (await client.call('PUT', `/Patient?${condition(key)}`, patient(key))),
  async (key) => (await client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [
    { resource: patient(key), request: { method: 'POST', url: 'Patient', ifNoneExist: condition(key) } }] })),
];
const idIn = (answer) => answer.body.id ?? answer.body.entry[0].response.location.split('/')[1];

async function work() {
  while (sent < count) {
    const key = `k${Math.floor(sent / kAttemptsPerKey / kKeysAtOnce) * kKeysAtOnce + Math.floor(random() * kKeysAtOnce)}`;
    sent += 1;
    await up;
    underWay += 1;
    try {
      const answer = await kWays[Math.floor(random() * kWays.length)](key);
      // 409: a transaction whose conditions were overtaken again and again; 429, 503: come back later.
      if ([409, 429, 503].includes(answer.status)) continue;
      assert.ok(answer.status === 200 || answer.status === 201, `${answer.status} ${answer.text.slice(0, 300)}`);
      if (!named.has(key)) named.set(key, new Set());
      named.get(key).add(idIn(answer));
      acknowledged += 1;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      await sleep(10);  // killed under it
    } finally {
      underWay -= 1;
    }
  }
}

async function kill() {
  for (let next = kCreatesPerKill; next < count; next += kCreatesPerKill) {
    while (sent < next) await sleep(5);
    await sleep(random() * 30);
    atKill.push(underWay);
    let started;
    up = new Promise((resolve) => { started = resolve; });
    await gateway.gateway.stop('SIGKILL');
    await gateway.serve();
    started();
  }
}

try {
  const begun = Date.now();
  await Promise.all([kill(), ...Array.from({ length: clients }, work)]);
  const seconds = (Date.now() - begun) / 1000;
  const ids = new Set();
  for (const [key, answers] of named) {
    const found = await client.search('Patient', { identifier: `${kSystem}|${key}` });
    assert.equal(found.length, 1, `${key} has ${found.length} Patients`);
    assert.deepEqual([...answers], [found[0].id], `${key}: answers named another Patient`);
    ids.add(found[0].id);
  }
  assert.equal(ids.size, named.size);
  if (count >= 2 * kCreatesPerKill) assert.ok(atKill.some((n) => n > clients / 2), 'the kills met requests under way');
  console.log(JSON.stringify({ sent, acknowledged, keys: named.size, duplicates: 0, kills: atKill.length,
    underWayAtKill: atKill, perSecond: Math.round(sent / seconds) }));
} catch (error) {
  console.log(`a promise is broken (seed ${seed}): ${error.stack}`);
  process.exitCode = 1;
} finally {
  await gateway.end();
}
process.exit(process.exitCode ?? 0);
