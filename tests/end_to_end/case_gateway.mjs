// A gateway that knows the programme of every case: those that the built-in pack decides in one tenant,
// the others in a tenant for each pack, which one person has proposed and another has activated.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { neighbourOf } from './case_facts.mjs';
import { kBinary } from './cases.mjs';
import { jwkOf } from './client.mjs';
import { Fixture } from './fixture.mjs';

const kScope = 'system/*.cruds';
const kFirst = 'aurora';  // the fixture's tenant
const kSigners = ['ann', 'bob'];

export const programmeOf = (i) => `case-${i}`;
const neighbourIdOf = (i) => `case-${i}-other`;

export class CaseGateway {
  static async started(cases) {
    const made = new CaseGateway(cases);
    made.fixture = await Fixture.started({ prepare: (fixture) => made.register(fixture) });
    return made;
  }

  constructor(cases) {
    this.builtIn = JSON.parse(execFileSync(kBinary, ['policy', 'show'], { encoding: 'utf8' })).version;
    this.packs = [];
    this.programmes = new Map([[kFirst, []]]);
    for (const [i, { given }] of cases.entries()) {
      const neighbour = neighbourOf(given);
      this.programmes.get(this.tenantOf(given.policy)).push({ ...given.programme, id: programmeOf(i) },
        ...(neighbour ? [{ ...given.programme, ...neighbour, id: neighbourIdOf(i) }] : []));
    }
  }

  // The FHIR client of a case's programme; of the other one that its facts come through.
  clientOf(i) { return this.client(programmeOf(i)); }
  neighbourOf(i) { return this.client(neighbourIdOf(i)); }
  client(programme) {
    return this.fixture.clientOf({ id: programme, programme, scope: kScope, keyFile: this.fixture.path('cases.key') });
  }

  end() { return this.fixture.end(); }

  // A pack is given by its version, or whole.
  tenantOf(policy) {
    if (policy === this.builtIn) return kFirst;
    const text = JSON.stringify(policy);
    let pack = this.packs.find((each) => each.text === text);
    if (!pack) {
      const tenant = `pack-${this.packs.length}`;
      pack = { text, tenant, policy: { ...policy, version: policy.version === this.builtIn ? tenant : policy.version } };
      this.packs.push(pack);
      this.programmes.set(tenant, []);
    }
    return pack.tenant;
  }

  register(fixture) {
    for (const name of ['cases', ...kSigners]) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384',
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
      writeFileSync(fixture.path(`${name}.key`), privateKey, { mode: 0o600 });
      writeFileSync(fixture.path(`${name}.pem`), publicKey);
    }
    for (const pack of this.packs) this.activate(fixture, pack);
    for (const [tenant, programmes] of this.programmes) {
      const files = programmes.map((programme) => {
        const file = fixture.path(`${programme.id}.json`);
        writeFileSync(file, JSON.stringify({ ...programme, vendors: undefined, nurseQueue: undefined, hubWebhook: undefined }));
        return file;
      });
      fixture.psgateway('programme', 'add', ...files, '--tenant', tenant, '--config', fixture.config);
    }
    const jwks = { keys: [jwkOf(readFileSync(fixture.path('cases.pem')))] };
    const clients = [...this.programmes.values()].flat().map(({ id }) => ({ id, programme: id, scope: kScope, jwks }));
    writeFileSync(fixture.path('clients.json'), JSON.stringify(clients));
    fixture.psgateway('client', 'import', fixture.path('clients.json'), '--config', fixture.config);
  }

  activate(fixture, { tenant, policy }) {
    const psgateway = (...args) => fixture.psgateway(...args, '--tenant', tenant, '--config', fixture.config);
    fixture.addTenantNamed(tenant);
    for (const name of kSigners) psgateway('user', 'add', name, '--role', 'compliance', '--key', fixture.path(`${name}.pem`));
    const [proposer, activator] = kSigners.map((name) => ['--user', name, '--key', fixture.path(`${name}.key`)]);
    const file = fixture.path(`${tenant}.json`);
    writeFileSync(file, JSON.stringify(policy));
    psgateway('policy', 'propose', file, ...proposer);
    psgateway('policy', 'activate', policy.version, ...activator);
  }
}
