// SMART Backend Services is the only way in; a token opens one programme, and its scopes only.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { clientAssertion, jwkOf, request } from './client.mjs';
import { until } from './demo/process.mjs';
import { load } from './demo/templates.mjs';
import { Fixture, assertOutcome, kProgramme } from './fixture.mjs';

const kMarker = 'Zyxwsecretname';
const patient = (value, changes = {}) => ({ resourceType: 'Patient', name: [{ family: kMarker }],
  identifier: [{ system: 'https://northlight.example/patient-id', value }], ...changes });

describe('authentication', () => {
  let gateway;
  let client;
  before(async () => {
    gateway = await Fixture.started({
      prepare(fixture) {
        fixture.addTenantNamed('elsewhere');
        fixture.addProgrammeOf('aurora', { ...load('programme.json'), id: 'second-support' });
        fixture.addProgrammeOf('elsewhere', { ...load('programme.json'), id: 'elsewhere-support', seller: 'Elsewhere Pharma' });
      },
    });
    gateway.markers.add(kMarker);
    client = gateway.client;
  });
  after(() => gateway.end());

  const form = (fields, headers = {}, url = client.tokenUrl) => request(url, { method: 'POST', ca: gateway.ca,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(fields).toString() });
  const kType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const fields = (assertion, changes = {}) => ({ grant_type: 'client_credentials', client_assertion_type: kType,
    client_assertion: assertion, scope: 'system/*.cruds', ...changes });
  const assertion = (changes = {}, options = {}) =>
    clientAssertion({ clientId: 'hub', key: client.key, audience: client.tokenUrl, changes, ...options });
  const bearer = (token) => ({ authorization: `Bearer ${token}`, accept: 'application/fhir+json' });
  const look = (token, base = client.base) => gateway.raw('/Patient/x', { headers: bearer(token), base });

  it('gives a bearer token of at most 300 s for a signed assertion', async () => {
    const answer = await form(fields(assertion()));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.token_type, 'bearer');
    assert.ok(answer.body.expires_in > 0 && answer.body.expires_in <= 300);
    assert.equal(answer.body.scope, 'system/*.cruds');
    assert.match(answer.headers['cache-control'], /no-store/);
    assert.equal((await look(answer.body.access_token)).status, 404);
  });

  it('says where the token endpoint is', async () => {
    const found = await gateway.raw('/.well-known/smart-configuration');
    assert.equal(found.status, 200);
    assert.equal(found.body.token_endpoint, client.tokenUrl);
    assert.ok(found.body.token_endpoint_auth_signing_alg_values_supported.includes('ES384'));
  });

  it('refuses an assertion that is replayed, stale, early, for another audience, of another key', async () => {
    const once = assertion();
    assert.equal((await form(fields(once))).status, 200);
    const now = Math.floor(Date.now() / 1000);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const [head, claims] = assertion().split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    // HMAC with the public key as its secret (RFC 8725 2.1).
    const confused = `${Buffer.from(JSON.stringify({ alg: 'HS384' })).toString('base64url')}.${claims}`;
    const mac = createHmac('sha384', readFileSync(gateway.path('client.pem'))).update(confused).digest('base64url');
    const cases = {
      'replayed': once,
      'expired': assertion({ iat: now - 600, exp: now - 300 }),
      'too long': assertion({ exp: now + 3600 }),
      'issued in the future': assertion({ iat: now + 120, exp: now + 240 }),
      'another audience': assertion({ aud: 'https://elsewhere.example/token' }),
      'two audiences': assertion({ aud: [client.tokenUrl, 'https://elsewhere.example/token'] }),
      'no jti': assertion({ jti: undefined }),
      'sub is another': assertion({ sub: 'someone-else' }),
      'unknown client': assertion({ iss: 'nobody', sub: 'nobody' }),
      'another key': assertion({}, { key: privateKey }),
      'alg none': none,
      'algorithm confusion': `${confused}.${mac}`,
      'no signature': `${head}.${claims}.`,
      'not a JWT': 'nonsense',
    };
    for (const [what, given] of Object.entries(cases)) {
      const answer = await form(fields(given));
      assert.ok([400, 401].includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
      assert.equal(answer.body.error, 'invalid_client', what);
      assert.equal(answer.body.access_token, undefined, what);
    }
  });

  it('of one assertion sent many times at once one token comes', async () => {
    const once = assertion();
    const answers = await Promise.all(Array.from({ length: 12 }, () => form(fields(once))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(11).fill(401)]);
  });

  it('refuses other grants, and secrets in the URL', async () => {
    const password = await form({ grant_type: 'password', username: 'a', password: 'b' });
    assert.equal(password.status, 400);
    assert.equal(password.body.error, 'unsupported_grant_type');
    const inUrl = await form({}, {}, `${client.tokenUrl}?${new URLSearchParams(fields(assertion()))}`);
    assert.equal(inUrl.status, 400);
    const json = await request(client.tokenUrl, { method: 'POST', ca: gateway.ca, body: fields(assertion()),
      headers: { 'content-type': 'application/json' } });
    assert.equal(json.status, 400);
    const get = await request(client.tokenUrl, { ca: gateway.ca });
    assert.equal(get.status, 405);
    const nowhere = await form(fields(assertion()), {}, `${gateway.partnersUrl}/auth/no-such-programme/token`);
    assert.equal(nowhere.status, 401);
  });

  it('refuses a call without a token, or with one it did not make', async () => {
    const bare = await gateway.raw('/Patient/x');
    assertOutcome(bare, 401, 'login');
    assert.match(bare.headers['www-authenticate'], /^Bearer/);
    const [head, claims, signature] = (await client.token()).split('.');
    const decoded = JSON.parse(Buffer.from(claims, 'base64url'));
    const forgedClaims = Buffer.from(JSON.stringify({ ...decoded, exp: decoded.exp + 9999 })).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    const own = `${Buffer.from('{"alg":"HS256","typ":"at+jwt"}').toString('base64url')}.${claims}`;
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    for (const forged of ['nonsense', `${head}.${forgedClaims}.${signature}`, `${head}.${claims}.${flipped}`,
                          `${none}.${claims}.`, `${own}.${createHmac('sha256', 'guess').update(own).digest('base64url')}`,
                          `${head}.${claims}`, `${head}.${claims}.${signature}.x`]) {
      const answer = await look(forged);
      assertOutcome(answer, 401, 'login', { silent: [forged] });
    }
    const basic = await gateway.raw('/Patient/x', { headers: { authorization: 'Basic aHViOmh1Yg==' } });
    assertOutcome(basic, 401, 'login');
    const inQuery = await gateway.raw(`/Patient/x?access_token=${await client.token()}`);
    assertOutcome(inQuery, 401, 'login');
  });

  it('a token is for its programme only', async () => {
    const second = gateway.addClientWith({ id: 'second-hub', programme: 'second-support' });
    const elsewhere = gateway.addClientWith({ id: 'elsewhere-hub', programme: 'elsewhere-support' });
    const made = await client.create(patient('iso-1'));
    for (const [other, statuses] of [[second, [403]], [elsewhere, [401, 403]]]) {
      const wrong = await look(await client.token(), other.base);
      assert.ok(statuses.includes(wrong.status), String(wrong.status));
      assert.ok(['forbidden', 'login'].includes(wrong.body.issue[0].code));
      // The other way round, and with its own token it finds nothing of the first.
      assert.ok(statuses.includes((await look(await other.token())).status));
      assertOutcome(await other.call('GET', `/Patient/${made.id}`), 404, 'not-found', { silent: [kMarker] });
      assertOutcome(await other.call('GET', `/Patient/${made.id}/_history`), 404, 'not-found');
      assertOutcome(await other.call('GET', `/Patient/${made.id}/_history/1`), 404, 'not-found');
      for (const query of ['', '?identifier=iso-1', `?_id=${made.id}`, '?_lastUpdated=gt2001']) {
        const found = await other.expect('GET', `/Patient${query}`);
        assert.equal((found.entry ?? []).length, 0, `Patient${query}`);
      }
      // The same id in another programme is another resource.
      const own = await other.expect('PUT', `/Patient/${made.id}`, patient('iso-other', { id: made.id, name: [{ family: 'Otherwise' }] }));
      assert.equal(own.meta.versionId, '1');
      assert.equal((await client.read(`Patient/${made.id}`)).name[0].family, kMarker);
      await other.call('DELETE', `/Patient/${made.id}`);
      assert.equal((await client.call('GET', `/Patient/${made.id}`)).status, 200);
      // Its requests cannot be about another programme's patient.
      const request = await other.create({ resourceType: 'CommunicationRequest', status: 'active', subject: { reference: `Patient/${made.id}` } });
      const why = await other.call('GET', `/CommunicationRequest/${request.id}/$explain`);
      assert.ok(!why.text.includes(kMarker));
      assertOutcome(await client.call('GET', `/CommunicationRequest/${request.id}/$explain`), 404, 'not-found');
    }
  });

  it('a client of one programme gets no token of another', async () => {
    const url = `${gateway.partnersUrl}/auth/second-support/token`;
    const answer = await form(fields(clientAssertion({ clientId: 'hub', key: client.key, audience: url })), {}, url);
    assert.equal(answer.status, 401);
    assert.equal(answer.body.error, 'invalid_client');
  });

  it('scopes: a client that may read cannot write', async () => {
    const reader = gateway.addClientWith({ id: 'reader', scope: 'system/Patient.rs system/Consent.r', ask: 'system/*.cruds' });
    const made = await client.create(patient('scope-1'));
    assert.equal((await reader.call('GET', `/Patient/${made.id}`)).status, 200);
    assert.equal((await reader.call('GET', '/Patient?identifier=scope-1')).status, 200);
    const bundle = (type, entry) => ({ resourceType: 'Bundle', type, entry: [entry] });
    const put = { resource: made, request: { method: 'PUT', url: `Patient/${made.id}` } };
    for (const [method, path, body] of [
      ['POST', '/Patient', patient('scope-2')], ['PUT', `/Patient/${made.id}`, made], ['DELETE', `/Patient/${made.id}`],
      ['GET', '/Consent?status=active'], ['GET', '/CommunicationRequest/x'], ['GET', '/CommunicationRequest/x/$explain'],
      ['POST', '', bundle('transaction', put)],
      ['POST', '/$pull-source', { resourceType: 'Parameters', parameter: [{ name: 'source', valueString: 'ehr-main' }, { name: 'patient', valueString: `Patient/${made.id}` }] }],
    ]) {
      assertOutcome(await reader.call(method, path, body), 403, 'forbidden', { silent: [kMarker] });
    }
    const batch = await reader.expect('POST', '', bundle('batch', put));
    assert.match(batch.entry[0].response.status, /^403/);
    assert.equal((await client.read(`Patient/${made.id}`)).meta.versionId, '1');
    assert.equal((await client.search('Patient', { identifier: 'scope-2' })).length, 0);
    const writer = gateway.addClientWith({ id: 'writer', scope: 'system/Patient.c' });
    assert.equal((await writer.call('POST', '/Patient', patient('scope-3'))).status, 201);
    assertOutcome(await writer.call('GET', `/Patient/${made.id}`), 403, 'forbidden', { silent: [kMarker] });
    const nothing = await form(fields(clientAssertion({ clientId: 'writer', key: writer.key, audience: client.tokenUrl }),
      { scope: 'system/Consent.rs' }));
    assert.equal(nothing.status, 400);
    assert.equal(nothing.body.error, 'invalid_scope');
  });

  it('a disabled client is out within seconds, and back when enabled', async () => {
    const passing = gateway.addClientWith({ id: 'passing' });
    assert.equal((await passing.call('GET', '/Patient/x')).status, 404);
    const set = (verb) => gateway.psgateway('client', verb, 'passing', '--programme', kProgramme, '--config', gateway.config);
    set('disable');
    const out = await until(async () => (await passing.call('GET', '/Patient/x')).status === 401, { withinMs: 5000 });
    assert.ok(out, 'the token it has is refused');
    passing.held = null;
    await assert.rejects(passing.token(), /invalid_client/);
    set('enable');
    passing.held = null;
    assert.ok(await until(async () => (await passing.call('GET', '/Patient/x')).status === 404, { withinMs: 5000 }));
  });

  it('clients of a file are registered together, or none of them', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384', privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
    writeFileSync(gateway.path('partner.key'), privateKey, { mode: 0o600 });
    const entry = (id, changes = {}) => ({ id, programme: kProgramme, scope: 'system/*.rs', jwks: { keys: [jwkOf(privateKey)] }, ...changes });
    const imported = (...clients) => {
      writeFileSync(gateway.path('clients.json'), JSON.stringify(clients));
      return gateway.tryPsgateway('client', 'import', gateway.path('clients.json'), '--config', gateway.config);
    };
    const tokenOf = (id, programme) => gateway.clientOf({ id, programme, scope: 'system/*.rs', keyFile: gateway.path('partner.key') }).token();
    const done = imported(entry('file-1'), entry('file-2', { programme: 'elsewhere-support' }));
    assert.equal(done.status, 0, done.stderr);
    await tokenOf('file-1');
    await tokenOf('file-2', 'elsewhere-support');
    for (const [wrong, said] of [[{ scope: 'none' }, /client 2: holds no system scope/], [{ programme: 'nobody-s' }, /nobody-s/],
      [{ id: 'file-1', programme: 'second-support' }, /file-1 is taken/]]) {
      const refused = imported(entry('file-3'), entry('file-4', wrong));
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, said);
      await assert.rejects(tokenOf('file-3'), /invalid_client/);
    }
  });

  it('a revoked token is dead at once', async () => {
    const doomed = gateway.addClientWith({ id: 'doomed' });
    const token = await doomed.token();
    const audience = client.tokenUrl;
    const revoke = await form({ token, client_assertion_type: kType, client_assertion: clientAssertion({ clientId: 'doomed', key: doomed.key, audience }) },
      {}, audience.replace(/token$/, 'revoke'));
    assert.equal(revoke.status, 200, revoke.text);
    assertOutcome(await look(token), 401, 'login');
    await gateway.stopGateway();
    await gateway.serve();
    assertOutcome(await look(token), 401, 'login');
  });

  it('another client key, once it replaces the first, is the only one', async () => {
    const before = gateway.addClientWith({ id: 'rotating' });
    await before.token();
    const now = gateway.addClientWith({ id: 'rotating' });
    await now.token();
    before.held = null;
    await assert.rejects(before.token(), /invalid_client/);
  });

  it('signs as its own discovery says: ES384 with another curve is refused', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = `${Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'JWT' })).toString('base64url')}.` +
      Buffer.from(JSON.stringify({ iss: 'hub', sub: 'hub', aud: client.tokenUrl, jti: randomUUID(), exp: Math.floor(Date.now() / 1000) + 60 })).toString('base64url');
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    assert.equal((await form(fields(`${text}.${signature}`))).status, 401);
  });

  it('writes no name and no token to its log', async () => {
    gateway.markers.add(await client.token());
    gateway.assertLogIsSilent();
  });
});

describe('a token that has expired', () => {
  it('is refused', async () => {
    const gateway = await Fixture.started({ configure: (settings) => { settings.token_seconds = 10; } });
    try {
      const token = await gateway.client.token();
      const look = () => gateway.raw('/Patient/x', { headers: { authorization: `Bearer ${token}` } });
      const first = await look();
      assert.ok([404, 401].includes(first.status), String(first.status));  // 401: this machine is slow
      assert.ok(await until(async () => (await look()).status === 401, { withinMs: 20000, everyMs: 250 }), 'it ends');
      assertOutcome(await look(), 401, 'login', { silent: [token] });
    } finally {
      await gateway.end();
    }
  });
});
