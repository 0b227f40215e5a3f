// A gateway of a test's own: temporary folder, free ports, only the receivers that the test needs, each
// of which can be stopped and started again in another mode. Built on the demo's World.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FhirClient, complaint } from './client.mjs';
import { explain } from './demo/explain.mjs';
import { readyPort, start, until } from './demo/process.mjs';
import { Names, fill, load, remember, transaction } from './demo/templates.mjs';
import { World, kProgramme } from './demo/world.mjs';

const kReceivers = fileURLToPath(new URL('./receivers/', import.meta.url));
const kBinary = process.env.PSGATEWAY ?? fileURLToPath(new URL('../../build/psgateway', import.meta.url));
const kPython = '/usr/bin/python3';  // Debian's own: it has python3-aiosmtpd

export { kProgramme };

// However a test ends, nothing is left behind (process.mjs ends the children on exit).
const folders = new Set();
process.on('exit', () => { for (const folder of folders) remove(folder); });
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));

function remove(folder) {
  if (!process.env.PSG_KEEP) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

export class Fixture extends World {
  // configure(settings): changes the configuration before it is written. under: parent of the folder.
  constructor({ configure = () => {}, under = tmpdir() } = {}) {
    super({ dir: mkdtempSync(join(under, 'psg-')), gateway: kBinary });
    folders.add(this.dir);
    this.configure = configure;
    this.receivers = new Map();
    this.clients = [];
    this.markers = new Set();  // values that no log may hold
    this.names = new Names();
  }

  // Folder, keys, tenant, programme and client; the named receivers; the gateway.
  // prepare(fixture): more to register before it serves.
  static async started({ receivers = [], programme = {}, prepare = () => {}, ...options } = {}) {
    const fixture = new Fixture(options);
    try {
      await fixture.initialise();
      await Promise.all(receivers.map((name) => fixture.startReceiver(name)));
      fixture.writeConfiguration();
      fixture.addTenant();
      fixture.addProgramme({ ...load('programme.json'), ...programme });
      fixture.client = fixture.addClient();
      fixture.clients.push(fixture.client);
      prepare(fixture);
      await fixture.serve();
      return fixture;
    } catch (error) {
      await fixture.end();
      throw error;
    }
  }

  writeConfiguration() {
    super.writeConfiguration();
    const settings = JSON.parse(readFileSync(this.config, 'utf8').replace(/^\/\/.*\n/, ''));
    this.configure(settings);
    writeFileSync(this.config, JSON.stringify(settings, null, 2));
  }

  async startReceiver(name, ...more) {
    const ports = { ...this.receiverPorts, 'nurse-queue': this.receiverPorts.nurse };
    const data = this.path('ehr.json');
    if (name === 'ehr') writeFileSync(data, JSON.stringify(fill(load('ehr.json'))));
    const signed = ['http_receiver.mjs', '--signing-key-file', this.path('webhook-key')];
    const own = {
      smtp: ['smtp_receiver.py'],
      sms: ['http_receiver.mjs', '--sms-token-file', this.path('sms-credential')],
      webhook: signed, portal: signed, 'nurse-queue': ['fhir_server.mjs'],
      ehr: ['fhir_server.mjs', '--load', data],
    }[name];
    const [script, ...options] = own;
    const certificate = ['--cert', join(this.home, 'certs', 'server.pem'), '--key', join(this.home, 'certs', 'server.key')];
    const args = [join(kReceivers, script), '--port', String(ports[name]), ...certificate,
                  '--log', this.path(`${name}.received`), ...options, ...more];
    if (!this.receivers.has(name)) writeFileSync(this.path(`${name}.received`), '');
    this.receivers.set(name, await start(name, script.endsWith('.py') ? kPython : process.execPath, args,
      { ready: readyPort, logFile: this.log(name) }));
  }

  // What it received stays in its log. Kills: a hanging receiver does not stop by itself.
  async stopReceiver(name) { await this.receivers.get(name).stop('SIGKILL'); }

  async restartReceiver(name, ...more) {
    await this.stopReceiver(name);
    await this.startReceiver(name, ...more);
  }

  // A key pair of its own and a client registered with it. The answer is not closed by the caller.
  addClientWith({ id, programme = kProgramme, scope = 'system/*.cruds', ask = scope }) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    writeFileSync(this.path(`${id}.key`), privateKey, { mode: 0o600 });
    writeFileSync(this.path(`${id}.pem`), publicKey);
    this.psgateway('client', 'add', id, '--programme', programme, '--scope', scope,
      '--key', this.path(`${id}.pem`), '--config', this.config);
    return this.clientOf({ id, programme, scope: ask });
  }

  clientOf({ id, programme = kProgramme, scope, keyFile = this.path(`${id}.key`) }) {
    const client = new FhirClient({ partners: this.partnersUrl, programme, clientId: id, keyFile, caFile: this.caFile, scope });
    this.clients.push(client);
    return client;
  }

  addTenantNamed(name) { this.psgateway('tenant', 'add', name, '--config', this.config); }

  addProgrammeOf(tenant, programme) {
    const file = this.path(`${programme.id}.json`);
    writeFileSync(file, JSON.stringify(programme, null, 2));
    this.psgateway('programme', 'add', file, '--tenant', tenant, '--config', this.config);
  }

  // Stores what requests are about: the prescriber and the approved modules.
  async enrolContent(client = this.client, names = this.names) {
    const prescriber = load('enrolment/people.json').filter(({ as }) => as === 'prescriber');
    const entries = [...prescriber, ...load('enrolment/content.json')];
    remember(names, entries, await client.bundle(transaction(entries)));
  }

  // Stores a patient with a prescription and consents: names.reference('p7'), 'rx-p7', 'texts-p7', ...
  async enrol(person, client = this.client, names = this.names) {
    const entries = entriesOf(person, names);
    for (const marker of [person.family, person.phone, person.email]) this.markers.add(marker);
    remember(names, entries, await client.bundle(transaction(entries)));
  }

  // Asks for a refill reminder and answers the request's id.
  async remind(person, channel, { client = this.client, names = this.names, changes = {} } = {}) {
    const resource = this.reminder(person, channel, names);
    return (await client.create({ ...resource, ...changes })).id;
  }

  // The resource that `remind` creates.
  reminder(who, channel, names = this.names) { return reminder(who, channel, names); }

  explain(id, client = this.client) { return explain(client, id); }

  // Waits until `wanted(explained)`; fails with what was there instead.
  async explained(id, wanted, what, { client = this.client, withinMs = 20000 } = {}) {
    let seen;
    const met = await until(async () => { seen = await explain(client, id); return wanted(seen); }, { withinMs });
    assert.ok(met, `${what}; seen: ${seen.outcome} by ${seen.rule}, ${seen.state}, delivery ${seen.delivery.state}`);
    return seen;
  }

  state(id, state, options) { return this.explained(id, (seen) => seen.state === state, `request ${id} becomes ${state}`, options); }

  // Waits until the receiver's log holds an entry like this.
  async arrived(name, matches, what = `something arrives at ${name}`, withinMs = 20000) {
    const found = await until(() => this.received(name).find(matches), { withinMs });
    assert.ok(found, what);
    return found;
  }

  // Headers and bytes as given, whatever they are.
  raw(path, { method = 'GET', headers = {}, body, base = this.client.base, agent } = {}) {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    return new Promise((resolve, reject) => {
      const call = https.request(path.startsWith('https:') ? path : base + path, { method, ca: this.ca, agent, timeout: 40000,
        headers: { ...headers, ...(bytes ? { 'content-length': bytes.length } : {}) } }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          let json;
          try { json = JSON.parse(text); } catch { json = undefined; }
          resolve({ status: answer.statusCode, headers: answer.headers, text, body: json });
        });
      });
      call.on('timeout', () => call.destroy(new Error('no answer within 40 s')));
      call.on('error', reject);
      call.end(bytes);
    });
  }

  // No value that a test marked stands in what the gateway wrote for operators.
  assertLogIsSilent() {
    const log = readFileSync(this.log('psgateway'), 'utf8');
    assert.ok(log.length > 0, 'the gateway writes a log');
    const said = [...this.markers].filter((marker) => log.includes(marker));
    assert.deepEqual(said, [], 'the log holds patient data');
  }

  // Ends everything; with PSG_KEEP set the folder stays.
  // What the gateway wrote beside its log: the last words of a sanitizer, or of an assertion.
  showWhatIsNoLog() {
    if (!existsSync(this.log('psgateway'))) return;
    for (const line of readFileSync(this.log('psgateway'), 'utf8').split('\n')) {
      if (line && !line.startsWith('{') && !/ is ready: /.test(line)) console.error(line);
    }
  }

  async end() {
    for (const client of this.clients) client.close();
    if (this.gateway) await this.gateway.stop('SIGKILL');
    await Promise.all([...this.receivers.values()].map((server) => server.stop('SIGKILL')));
    this.showWhatIsNoLog();
    remove(this.dir);
  }
}

// Made-up people; k below 8000. Toll-free numbers 555-01xx: an area code says where the patient may be, and
// then the tests would depend on the hour there.
const kAreas = ['800', '888', '877', '866', '855', '844', '833', '822', '881', '882'];
export function person(k, { family = `Madeupson${k}` } = {}) {
  const area = kAreas[Math.floor(k / 90) % kAreas.length];
  return { as: `p${k}`, family, email: `p${k}.${family.toLowerCase()}@example.org`,
           phone: `+1${area}55501${String(10 + (k % 90))}` };
}

// The demo's Nora under another name: patient, prescription, consents to texts and to marketing.
function entriesOf({ as, family, phone, email }, names) {
  const wanted = ['nora', 'rx-nora', 'texts-nora', 'authorization-nora', 'care-nora'];
  const all = [...load('enrolment/people.json'), ...load('enrolment/permissions.json')];
  const text = JSON.stringify(all.filter((entry) => wanted.includes(entry.as)))
    .replaceAll('+18005550101', phone).replaceAll('nora.samplesson@example.org', email).replaceAll('Samplesson', family)
    .replaceAll('NL-1001', `NL-${as}`).replaceAll('MRN-77001', `MRN-${as}`)
    .replaceAll('-nora', `-${as}`).replaceAll('urn:nora', `urn:${as}`).replaceAll('"nora"', `"${as}"`)
    .replaceAll('{{urn:prescriber}}', names.reference('prescriber'));
  return JSON.parse(text);
}

function reminder({ as }, channel, names) {
  const pattern = load('requests.json').find((request) => request.as === 'one-send').resource;
  const text = JSON.stringify(pattern).replaceAll('{{ref:nora}}', `{{ref:${as}}}`).replaceAll('{{ref:rx-nora}}', `{{ref:rx-${as}}}`);
  const request = fill(JSON.parse(text), names);
  request.medium[0].coding[0].code = channel;
  return request;
}

// Every error is an OperationOutcome with this status and issue code, which names the place and says
// none of the values sent.
export function assertOutcome(answer, status, code, { expression, silent = [] } = {}) {
  assert.equal(answer.status, status, complaint(answer));
  assert.match(answer.headers['content-type'] ?? '', /^application\/fhir\+json/);
  assert.equal(answer.body?.resourceType, 'OperationOutcome', answer.text.slice(0, 200));
  assert.ok(answer.body.issue.length >= 1);
  for (const issue of answer.body.issue) {
    assert.equal(issue.severity, 'error');
    assert.ok((issue.diagnostics ?? '').length > 5, 'the issue says what is wrong in words');
  }
  const codes = answer.body.issue.map((issue) => issue.code);
  const allowed = Array.isArray(code) ? code : [code];
  assert.ok(codes.some((one) => allowed.includes(one)), `issue code ${codes} instead of ${allowed}: ${complaint(answer)}`);
  if (expression) {
    const places = answer.body.issue.flatMap((issue) => issue.expression ?? []);
    assert.ok(places.some((place) => (expression instanceof RegExp ? expression.test(place) : place === expression)),
      `expression ${places} instead of ${expression}`);
  }
  for (const value of silent) assert.ok(!answer.text.includes(value), `the answer repeats the value ${value}`);
}
