// What is wrong gets a clear error; nothing is lost or half-written; the process goes on, or ends with a
// sentence that says what to do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { complaint, request } from './client.mjs';
import { until } from './demo/process.mjs';
import { Fixture, assertOutcome, person } from './fixture.mjs';

const kMarker = 'Zyxwunspoken';
const patient = (value, changes = {}) => ({ resourceType: 'Patient', name: [{ family: kMarker }],
  identifier: [{ system: 'https://northlight.example/patient-id', value }], ...changes });
const kFhir = { 'content-type': 'application/fhir+json' };

describe('a bad request', () => {
  let gateway;
  let authorization;
  before(async () => {
    gateway = await Fixture.started();
    gateway.markers.add(kMarker);
    authorization = `Bearer ${await gateway.client.token()}`;
  });
  after(() => gateway.end());

  const post = (body, headers = kFhir, path = '/Patient') =>
    gateway.raw(path, { method: 'POST', body, headers: { authorization, ...headers } });
  const nothingStored = async () => {
    const all = await gateway.client.expect('GET', '/Patient?_count=0&_total=accurate');
    assert.equal(all.total, 0, 'nothing is stored');
  };

  it('malformed JSON: 400', async () => {
    const text = JSON.stringify(patient('m'));
    const cases = {
      'cut off': text.slice(0, -5), 'trailing words': `${text} and more`, 'trailing comma': text.replace(/}$/, ',}'),
      'a comment': `/* no */${text}`, 'single quotes': text.replaceAll('"', "'"), 'not an object': '[]', 'a number': '42', 'null': 'null',
      'NaN': '{"resourceType":"Patient","multipleBirthInteger":NaN}', 'a leading zero': '{"resourceType":"Patient","multipleBirthInteger":01}',
      'a control character': `{"resourceType":"Patient","name":[{"family":"${kMarker}\u0001"}]}`,
      'a lone surrogate': `{"resourceType":"Patient","name":[{"family":"${kMarker}\\ud800"}]}`, 'a byte order mark': `\ufeff${text}`,
      'empty': '', 'no resourceType': '{"name":[]}', 'resourceType a number': '{"resourceType":7}',
    };
    for (const [what, body] of Object.entries(cases)) {
      const answer = await post(body);
      assert.ok([400, 422].includes(answer.status), `${what}: ${complaint(answer)}`);
      assertOutcome(answer, answer.status, ['structure', 'invalid', 'required', 'value'], { silent: [kMarker] });
    }
    await nothingStored();
  });

  it('duplicate keys: 400, with the place', async () => {
    for (const body of ['{"resourceType":"Patient","active":true,"active":false}', '{"resourceType":"Patient","resourceType":"Patient"}',
                        `{"resourceType":"Patient","name":[{"family":"${kMarker}","f\\u0061mily":"x"}]}`]) {
      assertOutcome(await post(body), 400, ['structure', 'invalid'], { silent: [kMarker] });
    }
    await nothingStored();
  });

  it('deep nesting: 400, and it does not fall over', async () => {
    for (const depth of [200, 20000, 400000]) {
      const answer = await post(`{"resourceType":"Patient","extension":${'['.repeat(depth)}${']'.repeat(depth)}}`);
      assert.ok([400, 422].includes(answer.status), `${depth}: ${complaint(answer)}`);
      const objects = await post(`{"resourceType":"Patient","a":${'{"a":'.repeat(depth / 2)}1${'}'.repeat(depth / 2)}}`);
      assert.ok([400, 413, 422].includes(objects.status), `${depth}: ${complaint(objects)}`);
    }
    await nothingStored();
  });

  it('bad UTF-8: 400', async () => {
    const wrap = (...bytes) => Buffer.concat([Buffer.from('{"resourceType":"Patient","name":[{"family":"'), Buffer.from(bytes), Buffer.from('"}]}')]);
    for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]]) {
      assertOutcome(await post(wrap(...bytes)), 400, ['structure', 'invalid']);
    }
    await nothingStored();
  });

  it('wrong content type: 415', async () => {
    for (const type of ['application/fhir+xml', 'text/plain', 'application/x-www-form-urlencoded', '']) {
      const answer = await post(JSON.stringify(patient('ct')), type ? { 'content-type': type } : {});
      assertOutcome(answer, 415, 'not-supported', { silent: [kMarker] });
    }
    await nothingStored();
  });

  it('an oversize body: 413, for a resource and for a Bundle', async () => {
    const pad = (size) => JSON.stringify(patient('big', { name: [{ family: kMarker, text: 'x'.repeat(size) }] }));
    const refused = await post(pad(1 << 20)).catch((error) => error);
    // The gateway may close before it has read everything; what it said then is lost on the way.
    if (refused instanceof Error) assert.match(refused.code ?? '', /EPIPE|ECONNRESET/);
    else assertOutcome(refused, 413, 'too-long', { silent: [kMarker] });
    const declared = await new Promise((resolve, reject) => {
      // Only the length is said: the answer comes before the body.
      import('node:https').then(({ default: https }) => {
        const call = https.request(`${gateway.client.base}/Patient`, { method: 'POST', ca: gateway.ca,
          headers: { authorization, ...kFhir, 'content-length': 5 << 20 } }, (answer) => { answer.resume(); resolve(answer.statusCode); call.destroy(); });
        call.on('error', reject);
        call.flushHeaders();
      });
    });
    assert.equal(declared, 413);
    const taken = await gateway.client.call('POST', '/Basic', { resourceType: 'Basic', code: { text: 'x'.repeat(900 << 10) } });
    assert.equal(taken.status, 201, 'what is below the limit is taken');
    const bundle = { resourceType: 'Bundle', type: 'batch', entry: [] };
    for (let n = 0; n < 3; ++n) bundle.entry.push({ resource: { resourceType: 'Basic', code: { text: 'x'.repeat(900 << 10) } }, request: { method: 'POST', url: 'Basic' } });
    assert.equal((await gateway.client.call('POST', '', bundle)).status, 200, 'a Bundle may be larger');
    await nothingStored();
  });

  it('headers past the limit: refused, and the gateway goes on', async () => {
    for (const headers of [{ 'x-long': 'y'.repeat(20 << 10) }, Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`x-${n}`, '1']))]) {
      const answer = await gateway.raw('/metadata', { headers }).catch((error) => ({ status: error.code }));
      assert.ok([400, 413, 431, 'ECONNRESET', 'EPIPE'].includes(answer.status), String(answer.status));
    }
    assert.equal((await gateway.raw('/metadata')).status, 200);
  });

  it('what FHIR does not allow: 422 with the element and no value', async () => {
    const secret = 'Zq9value';
    const cases = [
      ['unknown element', { ...patient('x'), nickname: secret }, 'Patient.nickname'],
      ['unknown element below', { ...patient('x'), name: [{ family: kMarker, nick: secret }] }, 'Patient.name[0].nick'],
      ['a code that is none', { ...patient('x'), gender: secret }, 'Patient.gender'],
      ['empty array', { ...patient('x'), telecom: [] }, 'Patient.telecom'],
      ['empty object', { ...patient('x'), maritalStatus: {} }, 'Patient.maritalStatus'],
      ['empty text', { ...patient('x'), language: '' }, 'Patient.language'],
      ['not an array', { ...patient('x'), telecom: { value: secret } }, 'Patient.telecom'],
      ['an array', { ...patient('x'), birthDate: [secret] }, 'Patient.birthDate'],
      ['a text for a boolean', { ...patient('x'), active: 'true' }, 'Patient.active'],
      ['no such day', { ...patient('x'), birthDate: '2026-02-30' }, 'Patient.birthDate'],
      ['no such month', { ...patient('x'), birthDate: '2026-13-01' }, 'Patient.birthDate'],
      ['an American date', { ...patient('x'), birthDate: '12/31/1999' }, 'Patient.birthDate'],
      ['a time without a zone', { ...patient('x'), deceasedDateTime: '2026-01-01T10:00:00' }, /^Patient\.deceased/],
      ['two of a choice', { ...patient('x'), deceasedBoolean: true, deceasedDateTime: '2026-01-01' }, /Patient\.deceased/],
      ['a status that is none', { resourceType: 'Consent', status: secret, scope: { text: 'x' }, category: [{ text: 'x' }], patient: { reference: 'Patient/x' } }, 'Consent.status'],
      ['no status', { resourceType: 'Consent', scope: { text: 'x' }, category: [{ text: 'x' }], patient: { reference: 'Patient/x' } }, 'Consent.status'],
      ['no subject', { resourceType: 'CommunicationRequest', status: 'active-ish' }, 'CommunicationRequest.status'],
      ['MedicationRequest status', { resourceType: 'MedicationRequest', status: 'on', intent: 'order', medicationCodeableConcept: { text: 'x' }, subject: { reference: 'Patient/x' } }, 'MedicationRequest.status'],
      ['no such type', { resourceType: 'Wombat', text: secret }, undefined, '/Wombat'],
    ];
    for (const [what, resource, expression, path] of cases) {
      const answer = await post(JSON.stringify(resource), kFhir, path ?? `/${resource.resourceType}`);
      assert.ok([400, 404, 422].includes(answer.status), `${what}: ${complaint(answer)}`);
      assertOutcome(answer, answer.status, answer.body.issue[0].code, { expression, silent: [kMarker, secret] });
      if (!path) assert.equal(answer.status, 422, `${what}: ${complaint(answer)}`);
    }
    await nothingStored();
  });

  it('says all that is wrong at once', async () => {
    const answer = await post(JSON.stringify({ ...patient('x'), gender: 'martian', birthDate: 'yesterday', nickname: 'n' }));
    const places = answer.body.issue.flatMap(({ expression }) => expression);
    for (const place of ['Patient.gender', 'Patient.birthDate', 'Patient.nickname']) assert.ok(places.includes(place), `${places}`);
  });

  it('odd requests: refused, and nothing breaks', async () => {
    const odd = [
      ['GET', '/Patient?_count=-1', 400], ['GET', '/Patient?_count=many', 400], ['GET', '/Patient?_after=x', 400],
      ['GET', '/Patient?_format=xml', 406], ['GET', '/Patient/a%2fb', 404],
      ['GET', '/Patient/%00', 404], ['GET', '/Patient/%zz', 404], ['GET', '/Patient/x/_history/99999999999999999999', 404],
    ];
    for (const [method, path, status] of odd) {
      const answer = await gateway.raw(path, { method, headers: { authorization } });
      assert.ok(answer.status === status || answer.status === 400, `${path}: ${answer.status}`);
      assert.equal(answer.body?.resourceType, 'OperationOutcome', `${path}: ${answer.text}`);
    }
    assertOutcome(await gateway.raw('/metadata', { base: `${gateway.partnersUrl}/fhir/no-such-programme` }), 404, 'not-found');
    assertOutcome(await gateway.raw('/Patient/x', { base: `${gateway.partnersUrl}/fhir/no-such-programme`, headers: { authorization } }), 401, 'login');
    assertOutcome(await gateway.raw('/Patient/x', { headers: { authorization: 'Bearer nonsense' } }), 401, 'login');
    assertOutcome(await gateway.raw(`${gateway.publicUrl}/fhir/aurora-support/metadata`), 404, 'not-found');
  });

  it('is still there, with nothing in its log', async () => {
    assert.equal((await request(`${gateway.operationsUrl}/readyz`)).status, 200);
    gateway.assertLogIsSilent();
    const status = await gateway.stopGateway();
    assert.equal(status.code, 0, 'it stops by itself');
  });
});

describe('a bad start', () => {
  let gateway;
  before(async () => {
    gateway = new Fixture();
    await gateway.initialise();
    gateway.writeConfiguration();
    gateway.addTenant();
    gateway.addProgramme();
    gateway.addClient();
  });
  after(() => gateway.end());

  // Ends with a status above 0 and one sentence on stderr; answers that sentence.
  const refuses = (pattern, ...args) => {
    const answer = gateway.tryPsgateway(...(args.length ? args : ['serve', '--config', gateway.config]));
    assert.ok(answer.status > 0, `exit status ${answer.status}: ${answer.stderr}`);
    assert.match(answer.stderr, pattern);
    assert.ok(!/terminate|Aborted|exception|what\(\)/.test(answer.stderr), answer.stderr);
    return answer.stderr;
  };
  // Puts `file` back however the test ends.
  const replacing = async (file, change) => {
    const spare = `${file}.spare`;
    copyFileSync(file, spare);
    try { await change(); } finally { renameSync(spare, file); }
  };
  const key = () => join(gateway.home, 'keys', 'wrapping.key');

  it('an unknown key of the configuration: the line and the nearest key', () => replacing(gateway.config, () => {
    const text = readFileSync(gateway.config, 'utf8').replace('"log_level"', '"log_levle"');
    writeFileSync(gateway.config, text);
    const line = text.split('\n').findIndex((one) => one.includes('log_levle')) + 1;
    const said = refuses(/gateway\.jsonc:(\d+): unknown key 'log_levle'/);
    assert.match(said, new RegExp(`gateway\\.jsonc:${line}:`));
    assert.match(said, /log_level/);
    refuses(/log_levle/, 'check-config', gateway.config);
  }));

  it('a configuration that is no JSON, or is not there', () => replacing(gateway.config, () => {
    writeFileSync(gateway.config, readFileSync(gateway.config, 'utf8').replace('"data_dir"', 'data_dir'));
    refuses(/gateway\.jsonc.*line \d+/);
    rmSync(gateway.config);
    refuses(/gateway\.jsonc/);
  }));

  it('another wrapping key: says so and touches nothing', () => replacing(key(), async () => {
    const old = readFileSync(key());
    const text = /^[0-9a-f]+\s*$/.test(old.toString('latin1'));
    writeFileSync(key(), text ? `${'5a'.repeat(old.toString().trim().length / 2)}\n` : Buffer.alloc(old.length, 0x5a));
    refuses(/key/i);
    refuses(/key/i, 'verify-ledger', '--config', gateway.config);
    writeFileSync(key(), 'short');
    refuses(/wrapping\.key/);
    rmSync(key());
    refuses(/wrapping\.key/);
  }));

  it('a key file that others can read', () => {
    chmodSync(key(), 0o644);
    try {
      refuses(/wrapping\.key.*(0600|chmod|others|permission)/s);
    } finally { chmodSync(key(), 0o600); }
  });

  it('a certificate that is missing, or does not belong to its key', async () => {
    const certificate = join(gateway.home, 'certs', 'server.pem');
    await replacing(certificate, () => {
      rmSync(certificate);
      refuses(/server\.pem/);
      copyFileSync(gateway.caFile, certificate);
      refuses(/server\.(pem|key)/);
      writeFileSync(certificate, 'nonsense');
      refuses(/server\.pem/);
    });
  });

  it('a port in use: which one', async () => {
    for (const port of gateway.ports) {
      const holder = createServer();
      await new Promise((resolve) => holder.listen(port, '127.0.0.1', resolve));
      try {
        refuses(new RegExp(`${port}.*use|use.*${port}`, 's'));
      } finally { await new Promise((resolve) => holder.close(resolve)); }
    }
  });

  it('a second gateway on the same data', async () => {
    await gateway.serve();
    const settings = JSON.parse(readFileSync(gateway.config, 'utf8'));
    for (const name of Object.keys(settings.listen)) settings.listen[name] = '127.0.0.1:0';
    writeFileSync(join(gateway.home, 'second.jsonc'), JSON.stringify(settings));
    const second = spawnSync(gateway.binary, ['serve', '--config', join(gateway.home, 'second.jsonc')], { encoding: 'utf8', timeout: 5000 });
    assert.match(second.stderr, /another psgateway/);
    assert.ok(second.status > 0, `two dispatchers on one store would send twice; it ended ${second.status ?? second.signal}: ${second.stderr}`);
    await gateway.stopGateway();
  });

  it('an older copy of the database, or none: what patients have refused since is not in it', async () => {
    const tenant = join(gateway.home, 'data', 'tenants', 'aurora');
    const at = (name) => join(tenant, name);
    const databases = () => readdirSync(tenant).filter((name) => name.startsWith('data.db'));
    const older = mkdtempSync(join(tenant, 'older-'));
    for (const name of databases()) copyFileSync(at(name), join(older, name));
    await gateway.serve();
    gateway.addClientWith({ id: 'one-more' });
    assert.equal((await gateway.stopGateway()).code, 0, 'and the last head is signed');
    const newest = mkdtempSync(join(tenant, 'newest-'));
    for (const name of databases()) renameSync(at(name), join(newest, name));
    const putBack = (from) => {
      for (const name of databases()) rmSync(at(name));
      for (const name of readdirSync(from)) copyFileSync(join(from, name), at(name));
    };
    refuses(/tenant aurora: data\.db holds .*older copy was put back.*heads\.jsonl/s);
    putBack(older);
    refuses(/older copy was put back/);
    putBack(newest);
    renameSync(at('patients.db'), at('elsewhere'));
    refuses(/patients\.db/);
    renameSync(at('elsewhere'), at('patients.db'));
    for (const folder of [older, newest]) rmSync(folder, { recursive: true });
  });

  it('a clock that is not behind needs no word', () => {
    assert.match(gateway.psgateway('clock', 'accept', '--config', gateway.config).stdout, /tenant aurora: the clock is not behind/);
  });

  it('and when all is right again it starts', async () => {
    await gateway.serve();
    assert.equal((await request(`${gateway.operationsUrl}/healthz`)).status, 200);
    assert.equal((await gateway.stopGateway()).code, 0);
  });
});

describe('a receiver that fails', () => {
  const kDeadline = 1500;
  let gateway;
  let next = 1;
  const someone = async () => {
    const who = person(next++, { family: kMarker });
    await gateway.enrol(who);
    return who;
  };
  const mailsTo = (who) => gateway.received('smtp').filter(({ rcpt_tos: to }) => to.includes(who.email));
  const textsTo = (who) => gateway.received('sms').filter(({ to }) => to === who.phone);
  const tasksOf = async (who, code) => (await gateway.client.search('Task', { patient: gateway.names.reference(who.as) }))
    .filter((task) => (task.code?.coding ?? []).some((coding) => coding.code === code));

  before(async () => {
    gateway = await Fixture.started({ receivers: ['smtp', 'sms', 'webhook', 'nurse-queue', 'ehr'],
      configure(settings) { settings.send_deadline_ms = kDeadline; } });
    gateway.markers.add(kMarker);
    await gateway.enrolContent();
  });
  after(() => gateway.end());

  it('the SMTP server is down: the message waits, then arrives once', async () => {
    const who = await someone();
    await gateway.stopReceiver('smtp');
    const id = await gateway.remind(who, 'email');
    const waiting = await gateway.explained(id, ({ delivery }) => delivery.state === 'not-sent', 'an attempt is not sent');
    assert.equal(waiting.state, 'queued');
    await gateway.startReceiver('smtp');
    await gateway.state(id, 'sent', { withinMs: 90000 });
    assert.equal(mailsTo(who).length, 1);
  });

  it('the SMTP server says "later": the message waits, then arrives once', async () => {
    const who = await someone();
    await gateway.restartReceiver('smtp', '--mode', 'busy');
    const id = await gateway.remind(who, 'email');
    await gateway.explained(id, ({ delivery }) => delivery.state === 'not-sent', 'an attempt is not sent');
    await gateway.restartReceiver('smtp');
    await gateway.state(id, 'sent', { withinMs: 90000 });
    assert.equal(mailsTo(who).length, 1);
  });

  it('the SMTP server refuses the mailbox: failed, and a person is told', async () => {
    const who = await someone();
    await gateway.restartReceiver('smtp', '--mode', 'refuse');
    const id = await gateway.remind(who, 'email');
    await gateway.state(id, 'failed');
    assert.equal((await tasksOf(who, 'delivery-failed')).length, 1);
    assert.equal(mailsTo(who).length, 0);
    await gateway.restartReceiver('smtp');
  });

  it('the SMTP server without STARTTLS gets nothing', async () => {
    const who = await someone();
    await gateway.restartReceiver('smtp', '--mode', 'no-starttls');
    const id = await gateway.remind(who, 'email');
    await gateway.explained(id, ({ delivery }) => ['not-sent', 'refused'].includes(delivery.state), 'it does not leave');
    assert.equal(mailsTo(who).length, 0);
    await gateway.restartReceiver('smtp');
  });

  for (const mode of ['hang', 'drop']) {
    it(`the SMS provider takes the message and does not answer (${mode}): unknown, and never again`, async () => {
      const who = await someone();
      await gateway.restartReceiver('sms', '--mode', mode);
      const id = await gateway.remind(who, 'sms');
      await gateway.state(id, 'unknown');
      assert.equal((await tasksOf(who, 'delivery-unknown')).length, 1);
      const [record] = await gateway.client.search('Communication', { 'based-on': `CommunicationRequest/${id}` });
      assert.equal(record.status, 'unknown');
      await gateway.restartReceiver('sms');
      // It is not due again: a later message to somebody else passes it, also after a restart.
      await gateway.stopGateway();
      await gateway.serve();
      const other = await someone();
      await gateway.state(await gateway.remind(other, 'sms'), 'sent');
      assert.equal(textsTo(who).length, 1);
      assert.equal((await gateway.explain(id)).state, 'unknown');
    });
  }

  it('the SMS provider is down: the message waits, then arrives once', async () => {
    const who = await someone();
    await gateway.stopReceiver('sms');
    const id = await gateway.remind(who, 'sms');
    await gateway.explained(id, ({ delivery }) => delivery.state === 'not-sent', 'an attempt is not sent');
    await gateway.startReceiver('sms');
    await gateway.state(id, 'sent', { withinMs: 90000 });
    assert.equal(textsTo(who).length, 1);
  });

  it("the hub's webhook is down: it hears once, by one key", async () => {
    const who = await someone();
    await gateway.stopReceiver('webhook');
    const id = await gateway.remind(who, 'email');
    await gateway.state(id, 'sent');
    const about = () => gateway.received('webhook').filter(({ body }) => JSON.parse(body).request === `CommunicationRequest/${id}`);
    assert.equal(about().length, 0);
    // Takes it and does not answer: the gateway tries again under the same key.
    await gateway.startReceiver('webhook', '--mode', 'drop');
    await gateway.arrived('webhook', ({ body }) => JSON.parse(body).request === `CommunicationRequest/${id}`, 'the webhook arrives', 90000);
    await gateway.restartReceiver('webhook');
    const [first] = about();
    await gateway.arrived('webhook', (entry) => entry.key === first.key && entry !== first && entry.at !== first.at, 'it is repeated under its key', 90000);
    assert.deepEqual([...new Set(about().map(({ key }) => key))], [first.key]);
    assert.deepEqual([...new Set(about().map(({ body }) => body))], [first.body]);
  });

  it('the nurse queue is down: the Task arrives when it is up', async () => {
    const who = await someone();
    await gateway.stopReceiver('nurse-queue');
    const free = await gateway.remind(who, 'sms', { changes: { payload: [{ contentString: `Dear ${kMarker}, just take half of it.` }], about: [{ reference: gateway.names.reference(`rx-${who.as}`) }] } });
    await gateway.state(free, 'held');
    const [task] = await until(async () => { const found = await tasksOf(who, 'review-outreach'); return found.length && found; });
    assert.ok(task, 'there is a Task');
    await gateway.startReceiver('nurse-queue');
    const pushed = await gateway.arrived('nurse-queue', ({ path }) => path.endsWith(`/Task/${task.id}`), 'the Task is pushed', 90000);
    assert.ok(!JSON.stringify(pushed).includes(kMarker));
  });

  it('the EHR hangs: 504 within the deadline, nothing half-written, and the gateway goes on', async () => {
    const who = await someone();
    await gateway.restartReceiver('ehr', '--mode', 'hang');
    const pull = () => gateway.client.call('POST', '/$pull-source', { resourceType: 'Parameters', parameter: [
      { name: 'source', valueString: 'ehr-main' }, { name: 'patient', valueString: gateway.names.reference(who.as) }] });
    const before = (await gateway.client.search('MedicationRequest', { patient: gateway.names.reference(who.as) })).length;
    const begun = Date.now();
    const hanging = pull();
    assert.equal((await gateway.client.call('GET', '/Patient/x')).status, 404, 'others are served meanwhile');
    const answer = await hanging;
    assert.ok(Date.now() - begun < 25000, `it took ${Date.now() - begun} ms`);
    assert.ok([503, 504].includes(answer.status), complaint(answer));
    assertOutcome(answer, answer.status, ['timeout', 'transient'], { silent: [kMarker, who.phone] });
    await gateway.restartReceiver('ehr', '--mode', 'drop');
    const dropped = await pull();
    assert.ok([500, 502, 503, 504].includes(dropped.status), complaint(dropped));
    await gateway.stopReceiver('ehr');
    const down = await pull();
    assertOutcome(down, 503, 'transient');
    assert.equal((await gateway.client.search('MedicationRequest', { patient: gateway.names.reference(who.as) })).length, before);
    await gateway.startReceiver('ehr');
    // The EHR does not know this made-up patient.
    assertOutcome(await pull(), 404, 'not-found', { silent: [kMarker] });
  });

  it('nothing of a patient is in the log, and the records replay', async () => {
    gateway.assertLogIsSilent();
    assert.equal((await gateway.stopGateway()).code, 0);
    gateway.psgateway('replay', '--config', gateway.config);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
  });
});
