// Every decision case, asked of a live gateway: its resources are posted, its programme is registered, its
// pack is activated by two persons, what the patient said and what was sent come in as Communications
// (case_facts.mjs), and $evaluate must answer what the engine answers on the bare facts. A resource that
// the gateway refuses to store (some cases are about broken ones) is laid over the stored facts instead.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateKeyPairSync } from 'node:crypto';
import { CaseFacts, kOnePerson, kWhyGiven } from './case_facts.mjs';
import { Fixture } from './fixture.mjs';

const kBinary = process.env.PSGATEWAY ?? fileURLToPath(new URL('../../build/psgateway', import.meta.url));
const kCases = fileURLToPath(new URL('../../conformance/cases/', import.meta.url));
const run = promisify(execFile);

const casesOf = (binary) => {
  const files = readdirSync(kCases, { recursive: true }).filter((name) => name.endsWith('.json')).sort();
  return files.flatMap((file) => {
    let lines;
    try {
      lines = execFileSync(binary, ['evaluate', '--given', join(kCases, file)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
    } catch (difference) { lines = difference.stdout; }  // that a case differs is another test's to say
    return lines.trim().split('\n').map((line) => ({ file, ...JSON.parse(line) }));
  });
};

// Given -> Parameters: members become parameters of their names, objects become parts.
const valueOf = (value) => {
  if (typeof value === 'boolean') return { valueBoolean: value };
  if (typeof value === 'number') return { valueDecimal: value };
  if (typeof value === 'string') return { valueString: value };
  return { part: partsOf(value) };
};
const partsOf = (object) => Object.entries(object).flatMap(([name, value]) =>
  (Array.isArray(value) && value.length === 0 ? [{ name }] : [value].flat().map((one) => ({ name, ...valueOf(one) }))));

// The programme has another id here; facts that name it follow.
const renamed = (value, from, to) => {
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to));
  if (value === null || typeof value !== 'object') return value === from ? to : value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === 'id' || name === 'reference' ? one : renamed(one, from, to)]));
};

// An opt-out of a number holds for whoever has it, and the cases share their numbers and addresses: where
// something is refused they become the case's own, of the same area.
let contacts = 0;
const withOwnContacts = (given) => {
  if (!(given.optOuts?.length > 0) && given.reply === undefined) return given;
  const own = new Map();
  for (const { telecom } of given.resources) {
    for (const { value } of Array.isArray(telecom) ? telecom : []) {
      if (own.has(value) || typeof value !== 'string') continue;
      if (/^\+1\d{10}$/.test(value)) own.set(value, value.slice(0, 8) + String(2000 + contacts++).padStart(4, '0'));
      else if (/^[^@\s]+@[^@\s]+$/.test(value)) own.set(value, `case${contacts++}.${value}`);
    }
  }
  const owned = (value) => {
    if (Array.isArray(value)) return value.map(owned);
    if (value === null || typeof value !== 'object') return own.get(value) ?? value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, owned(one)]));
  };
  return owned(given);
};

const essence = (got) => ({ outcome: got.outcome, class: got.class, notBefore: got.notBefore ?? null,
  rerouteTo: got.rerouteTo ?? null, reviewQueue: got.reviewQueue ?? null,
  reasons: got.reasons.map(({ rule, effect }) => `${rule} ${effect}`),
  obligations: got.obligations.map(({ code, value }) => `${code} ${value ?? ''}`) });

const answered = ({ parameter }) => {
  const one = (name) => parameter.find((each) => each.name === name);
  const text = (part) => part && Object.entries(part).find(([key]) => key.startsWith('value'))?.[1];
  const groups = (name) => parameter.filter((each) => each.name === name)
    .map(({ part }) => Object.fromEntries(part.map((each) => [each.name, text(each)])));
  return essence({ outcome: text(one('outcome')), class: text(one('class')), notBefore: text(one('notBefore')),
    rerouteTo: text(one('rerouteTo')), reviewQueue: text(one('reviewQueue')), reasons: groups('reason'), obligations: groups('obligation') });
};

describe('a live gateway decides every case like the engine', () => {
  let gateway;
  const cases = casesOf(kBinary);
  const count = { stored: 0, refused: 0, wholly: 0, asked: 0 };
  const why = {};
  const builtIn = JSON.parse(execFileSync(kBinary, ['policy', 'show'], { encoding: 'utf8' })).version;

  // A tenant for each pack that decides a case, and the name under which it is activated there.
  const packs = [];
  const packOf = ({ policy }) => {
    if (typeof policy === 'string') return undefined;
    const text = JSON.stringify(policy);
    let at = packs.findIndex((pack) => pack.text === text);
    if (at < 0) at = packs.push({ text, tenant: `pack-${packs.length}`, policy: { ...policy,
      version: policy.version === builtIn ? `pack-${packs.length}` : policy.version } }) - 1;
    return packs[at];
  };
  const tenants = cases.map(({ given }) => packOf(given)?.tenant ?? 'aurora');

  const keysOf = (fixture, name) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    writeFileSync(fixture.path(`${name}.key`), privateKey, { mode: 0o600 });
    writeFileSync(fixture.path(`${name}.pem`), publicKey);
  };
  const admin = (fixture, ...args) => fixture.psgateway(...args, '--config', fixture.config);

  const activate = (fixture, { tenant, policy }) => {
    admin(fixture, 'tenant', 'add', tenant);
    const file = fixture.path(`${tenant}.json`);
    writeFileSync(file, JSON.stringify(policy));
    const signer = (name) => ['--tenant', tenant, '--user', name, '--key', fixture.path(`${name}.key`)];
    for (const name of ['ann', 'bob']) {
      admin(fixture, 'user', 'add', name, '--tenant', tenant, '--role', 'compliance', '--key', fixture.path(`${name}.pem`));
    }
    admin(fixture, 'policy', 'propose', file, ...signer('ann'));
    admin(fixture, 'policy', 'activate', policy.version, ...signer('bob'));
  };

  const programmeFile = (fixture, id, programme) => {
    const file = fixture.path(`${id}.json`);
    writeFileSync(file, JSON.stringify({ ...programme, id, vendors: undefined, nurseQueue: undefined, hubWebhook: undefined }));
    return file;
  };
  const addClient = (id) => run(gateway.binary, ['client', 'add', `cases-${id}`, '--programme', id,
    '--key', gateway.path('cases.pem'), '--config', gateway.config]);
  const clientOf = (id) => gateway.clientOf({ id: `cases-${id}`, programme: id, scope: 'system/*.cruds', keyFile: gateway.path('cases.key') });

  before(async () => {
    gateway = await Fixture.started({ prepare: (fixture) => {
      for (const name of ['cases', 'ann', 'bob']) keysOf(fixture, name);
      for (const pack of packs) activate(fixture, pack);
      for (const tenant of new Set(tenants)) {
        const files = cases.flatMap(({ given }, i) => (tenants[i] === tenant ? [programmeFile(fixture, `case-${i}`, given.programme)] : []));
        admin(fixture, 'programme', 'add', ...files, '--tenant', tenant);
      }
    } });
    // Four at a time: a process each, beside the running gateway.
    const waiting = cases.map((_, i) => i);
    await Promise.all([1, 2, 3, 4].map(async () => {
      for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) await addClient(`case-${i}`);
    }));
  });
  after(() => gateway?.end());

  // Another programme of the case's tenant, of this seller.
  const neighbour = async (i, programme, seller) => {
    const id = `case-${i}-other`;
    admin(gateway, 'programme', 'add', programmeFile(gateway, id, { ...programme, seller }), '--tenant', tenants[i]);
    await addClient(id);
    return clientOf(id);
  };

  const store = async (client, resource) => {
    // The version that the case knows it by is the one that the gateway gives.
    const versions = Number(resource.meta?.versionId ?? 1);
    let stored;
    for (let version = 0; version < versions; ++version) {
      stored = await client.call('PUT', `/${resource.resourceType}/${resource.id}`, resource);
    }
    return [200, 201].includes(stored.status);
  };

  for (const [i, { file, note, got, given: asWritten }] of cases.entries()) {
    it(`${file}: ${note}`, async () => {
      const given = withOwnContacts(renamed(asWritten, asWritten.programme.id, `case-${i}`));
      const client = clientOf(`case-${i}`);
      const facts = new CaseFacts({ given, client, mark: `case-${i}`, neighbour: (seller) => neighbour(i, given.programme, seller) });
      const request = given.resources.find(({ resourceType, id }) => `${resourceType}/${id}` === given.request);
      const persons = [...(given.person ?? []), ...(facts.haveNeighbours ? [facts.subject] : [])];
      const laidOver = [];
      for (const resource of given.resources) {
        if (resource === request) continue;
        // Here the gateway finds out by itself whose records are one person's.
        if (persons.includes(`${resource.resourceType}/${resource.id}`)) {
          resource.identifier = [...(resource.identifier ?? []), { system: kOnePerson, value: `case-${i}` }];
        }
        const stored = await store(client, resource);
        if (!stored) laidOver.push(resource);
        count[stored ? 'stored' : 'refused'] += 1;
      }
      const { asked, left } = await facts.store();
      const { programme, resources, request: named, policy, person, ...more } = asked;
      const parameter = [...(request ? [{ name: 'request', resource: request }] : []),
        ...laidOver.map((resource) => ({ name: 'resource', resource })), ...partsOf({ ...more, ...left })];
      const answer = await client.call('POST', '/CommunicationRequest/$evaluate', { resourceType: 'Parameters', parameter });
      if (laidOver.length > 0) facts.why.add('refused');
      count.asked += 1;
      count.wholly += facts.why.size === 0 ? 1 : 0;
      for (const reason of facts.why) why[reason] = (why[reason] ?? 0) + 1;
      if (!request && !given.disclosure && !given.reply) return assert.equal(answer.status, 422, 'there is nothing to ask about');
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answered(answer.body), essence(got));
    });
  }

  it('nearly all of them on stored facts alone, and the rest for a reason', (t) => {
    t.diagnostic(`${count.wholly} of ${count.asked} cases ran wholly from stored facts; ${count.stored} resources stored, ${count.refused} refused`);
    for (const [reason, times] of Object.entries(why)) t.diagnostic(`${times}: ${kWhyGiven[reason]}`);
    assert.deepEqual(Object.keys(why).filter((reason) => !kWhyGiven[reason]), []);
    assert.equal(count.asked, cases.length);
    assert.ok(count.wholly >= cases.length * 0.9, `${count.wholly} of ${cases.length}`);
    assert.ok(count.refused <= count.stored / 20, `${count.refused} refused, ${count.stored} stored`);
  });
});
