// Everything around one gateway: folders, keys, the receivers it sends to, its configuration, and the
// process itself. Used by the demo and by `./dev run`.
import { generateKeyPairSync, randomBytes, createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FhirClient, request } from '../client.mjs';
import { freePorts, readyPort, run, start } from './process.mjs';
import { fill, load } from './templates.mjs';

const kReceivers = fileURLToPath(new URL('../receivers/', import.meta.url));
export const kProgramme = 'aurora-support';
const kTenant = 'aurora';
const kClient = 'hub';

export class World {
  // dir: where everything is put. ports: [partners, public, operations], or none for free ones.
  constructor({ dir, gateway, ports }) {
    this.dir = resolve(dir);
    this.binary = resolve(gateway);
    this.ports = ports;
    this.servers = [];
    this.home = join(this.dir, 'gateway');
    this.config = join(this.home, 'gateway.jsonc');
    this.caFile = join(this.home, 'certs', 'ca.pem');
  }

  path(name) { return join(this.dir, name); }
  log(name) { return this.path(`${name}.log`); }
  psgateway(...args) { return run(this.binary, args); }
  tryPsgateway(...args) { return run(this.binary, args, { mayFail: true }); }

  // `psgateway init`: keys, development CA, server certificate.
  async initialise() {
    mkdirSync(this.dir, { recursive: true });
    const free = await freePorts(9);
    this.ports ??= free.splice(0, 3);
    const [partners, publicPort, operations] = this.ports;
    const [smtp, sms, webhook, portal, nurse, ehr] = free;
    this.receiverPorts = { smtp, sms, webhook, portal, nurse, ehr };
    this.partnersUrl = `https://localhost:${partners}`;
    this.publicUrl = `https://localhost:${publicPort}`;
    this.operationsUrl = `http://127.0.0.1:${operations}`;
    this.psgateway('init', this.home, '--partners-listen', `127.0.0.1:${partners}`,
      '--public-listen', `127.0.0.1:${publicPort}`, '--operations-listen', `127.0.0.1:${operations}`);
    this.ca = readFileSync(this.caFile);
    for (const secret of ['sms-token', 'webhook-key', 'hook-key']) {
      if (!existsSync(this.path(secret))) {
        writeFileSync(this.path(secret), randomBytes(32).toString('hex'), { mode: 0o600 });
      }
    }
    writeFileSync(this.path('sms-credential'), `ACdemo:${readFileSync(this.path('sms-token'), 'utf8')}`, { mode: 0o600 });
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-384', privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    this.newClientKey = !existsSync(this.path('client.key'));
    if (this.newClientKey) {
      writeFileSync(this.path('client.key'), privateKey, { mode: 0o600 });
      writeFileSync(this.path('client.pem'), publicKey);
    }
  }

  // The parties the gateway sends to: real servers, each with a log of what reached it. They take a
  // second or two to start, so callers go on meanwhile and wait at the end.
  async startReceivers() {
    const certificate = ['--cert', join(this.home, 'certs', 'server.pem'), '--key', join(this.home, 'certs', 'server.key')];
    const ehrData = this.path('ehr.json');
    writeFileSync(ehrData, JSON.stringify(fill(load('ehr.json'))));
    const receiver = async (name, port, command, script, ...more) => {
      const args = [join(kReceivers, script), '--port', String(port), ...certificate, '--log', this.path(`${name}.received`), ...more];
      writeFileSync(this.path(`${name}.received`), '');
      this.servers.push(await start(name, command, args, { ready: readyPort, logFile: this.log(name) }));
    };
    const { smtp, sms, webhook, portal, nurse, ehr } = this.receiverPorts;
    const signed = ['--signing-key-file', this.path('webhook-key')];
    await Promise.all([
      receiver('nurse-queue', nurse, 'node', 'fhir_server.mjs'),
      receiver('ehr', ehr, 'node', 'fhir_server.mjs', '--load', ehrData),
      // Debian's own Python: it is the one that has python3-aiosmtpd.
      receiver('smtp', smtp, '/usr/bin/python3', 'smtp_receiver.py'),
      receiver('sms', sms, 'node', 'http_receiver.mjs', '--sms-token-file', this.path('sms-credential')),
      receiver('webhook', webhook, 'node', 'http_receiver.mjs', ...signed),
      receiver('portal', portal, 'node', 'http_receiver.mjs', ...signed),
    ]);
  }

  // What reached a receiver: its log, one JSON object a line. The last line may be half written as yet.
  received(name) {
    return readFileSync(this.path(`${name}.received`), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
  }

  writeConfiguration() {
    const { smtp, sms, webhook, portal, nurse, ehr } = this.receiverPorts;
    const trust = { ca_file: this.caFile };
    const [partners, publicPort, operations] = this.ports;
    const settings = {
      data_dir: 'data', wrapping_key_file: 'keys/wrapping.key', ledger_signing_key_file: 'keys/ledger.pem',
      listen: { partners: `127.0.0.1:${partners}`, public: `127.0.0.1:${publicPort}`, operations: `127.0.0.1:${operations}` },
      partners_base_url: this.partnersUrl, public_base_url: this.publicUrl,
      tls: { certificate_file: 'certs/server.pem', private_key_file: 'certs/server.key' },
      dispatch_interval_ms: 50, log_level: 'info',
      vendors: {
        smtp: [{ name: 'smtp-main', host: 'localhost', port: smtp, trust }],
        sms: [{ name: 'sms-main', url: `https://localhost:${sms}/sms`, account: 'ACdemo',
                token_file: this.path('sms-token'), trust }],
        webhook: [{ name: 'hub', url: `https://localhost:${webhook}/webhook`, signing_key_file: this.path('webhook-key'), trust },
                  { name: 'portal-main', url: `https://localhost:${portal}/webhook`, signing_key_file: this.path('webhook-key'), trust }],
      },
      endpoints: [{ name: 'nurse-queue', base_url: `https://localhost:${nurse}/fhir`, trust },
                  { name: 'ehr', base_url: `https://localhost:${ehr}/fhir`, trust }],
      sources: [{ name: 'ehr-main', programme: kProgramme, endpoint: 'ehr', types: ['MedicationRequest'],
                  identifier_system: 'https://fjord-clinic.example/mrn' }],
      hooks: { 'sms-main': { signing_key_file: this.path('hook-key') } },
    };
    writeFileSync(this.config, `// Written by the demo.\n${JSON.stringify(settings, null, 2)}\n`);
    this.psgateway('check-config', this.config);
  }

  // Everything the gateway must know before it serves; answers the hub's FhirClient.
  register() {
    this.writeConfiguration();
    this.addTenant();
    this.addProgramme();
    return this.addClient();
  }

  addTenant() {
    if (!existsSync(join(this.home, 'data', 'tenants', kTenant))) {
      this.psgateway('tenant', 'add', kTenant, '--config', this.config);
    }
  }

  addProgramme(programme = load('programme.json')) {
    const file = this.path(`${programme.id}.json`);
    writeFileSync(file, JSON.stringify(programme, null, 2));
    this.psgateway('programme', 'add', file, '--tenant', kTenant, '--config', this.config);
  }

  // Registers the hub's client for a programme and answers a FhirClient of it.
  addClient(programme = kProgramme) {
    const clientId = programme === kProgramme ? kClient : `${kClient}-${programme}`;
    const settings = { partners: this.partnersUrl, programme, clientId, keyFile: this.path('client.key'), caFile: this.caFile };
    if (this.newClientKey) {
      this.psgateway('client', 'add', clientId, '--programme', programme, '--scope', 'system/*.cruds',
        '--key', this.path('client.pem'), '--config', this.config);
    }
    writeFileSync(this.path('client.json'), JSON.stringify(settings, null, 2));
    return new FhirClient(settings);
  }

  async serve() {
    this.gateway = await start('psgateway', this.binary, ['serve', '--config', this.config], {
      logFile: this.log('psgateway'), ready: (line) => line.startsWith('psgateway is ready') });
  }

  // A reply to a text message, as the SMS provider would pass it on.
  async smsReply({ from, to, body, forged = false }) {
    const text = new URLSearchParams({ From: from, To: to, Body: body, MessageSid: `SM${randomBytes(16).toString('hex')}` }).toString();
    const at = String(Math.floor(Date.now() / 1000));
    const key = forged ? 'not the key of this hook, but as long' : readFileSync(this.path('hook-key'), 'utf8');
    const signature = createHmac('sha256', key).update(`${at}.${text}`).digest('hex');
    return request(`${this.publicUrl}/hooks/sms-main`, { method: 'POST', ca: this.ca, body: text, headers: {
      'content-type': 'application/x-www-form-urlencoded', 'x-psg-timestamp': at, 'x-psg-signature': `v1=${signature}` } });
  }

  // Resident memory of the gateway in MB.
  memory() {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.gateway.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  }

  async stopGateway() {
    const status = await this.gateway.stop();
    this.gateway = null;
    return status;
  }

  async stop() {
    if (this.gateway) await this.stopGateway();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
