// A small FHIR client: SMART Backend Services with ES384, HTTPS with a CA of one's own, no packages.
// As a program: `node client.mjs token FILE` prints an access token; FILE holds what FhirClient wants.
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { fileURLToPath } from 'node:url';

const base64url = (data) => Buffer.from(data).toString('base64url');

// The public half of a P-384 key; its kid, under which the gateway knows it, is its thumbprint (RFC 7638).
export function jwkOf(key) {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { crv, kty, x, y, kid };
}

// RFC 7523 as SMART profiles it: iss = sub = the client, aud = the token endpoint, at most 5 minutes.
export function clientAssertion({ clientId, key, audience, now = Date.now(), changes = {} }) {
  const privateKey = typeof key === 'string' ? createPrivateKey(key) : key;
  const header = { alg: 'ES384', typ: 'JWT', kid: jwkOf(privateKey).kid };
  const issued = Math.floor(now / 1000);
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat: issued,
                   exp: issued + 240, ...changes };
  const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const signature = sign('sha384', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${base64url(signature)}`;
}

// One request; resolves for every status. body: a string, or anything JSON can hold.
export function request(url, { method = 'GET', headers = {}, body, agent, ca, timeoutMs = 30000 } = {}) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = (url.startsWith('https:') ? https : http).request(url, {
      method, agent, ca, timeout: timeoutMs,
      headers: { ...headers, ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }) },
    }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const received = Buffer.concat(parts).toString('utf8');
        let json;
        try { json = JSON.parse(received); } catch { json = undefined; }
        resolve({ status: answer.statusCode, headers: answer.headers, text: received, body: json });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    call.on('error', reject);
    call.end(text);
  });
}

// What an OperationOutcome (or an OAuth error) says, in one line.
export function complaint(answer) {
  const issues = (answer.body?.issue ?? []).map((issue) => {
    const where = (issue.expression ?? []).join(', ');
    return `${issue.diagnostics ?? issue.details?.text ?? issue.code}${where ? ` (${where})` : ''}`;
  });
  const oauth = [answer.body?.error, answer.body?.error_description].filter(Boolean).join(': ');
  return `${answer.status} ${issues.join('; ') || oauth || answer.text.slice(0, 200)}`;
}

export class FhirClient {
  // partners: "https://localhost:8443". keyFile: PEM of a P-384 private key. caFile: PEM.
  constructor({ partners, programme, clientId, keyFile, caFile, scope = 'system/*.cruds' }) {
    this.base = `${partners}/fhir/${programme}`;
    this.tokenUrl = `${partners}/auth/${programme}/token`;
    this.clientId = clientId;
    this.scope = scope;
    this.key = createPrivateKey(readFileSync(keyFile));
    this.ca = readFileSync(caFile);
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 8, ca: this.ca });
    this.held = null;
  }

  async token() {
    if (this.held && this.held.until > Date.now()) return this.held.token;
    const answer = await request(this.tokenUrl, {
      method: 'POST', agent: this.agent,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: clientAssertion({ clientId: this.clientId, key: this.key, audience: this.tokenUrl }),
        scope: this.scope,
      }).toString(),
    });
    if (answer.status !== 200) throw new Error(`no token: ${complaint(answer)}`);
    this.held = { token: answer.body.access_token,
                  until: Date.now() + (answer.body.expires_in - 20) * 1000 };
    return this.held.token;
  }

  async call(method, path, body, headers = {}) {
    return request(path.startsWith('https:') ? path : this.base + path, {
      method, body, agent: this.agent,
      headers: {
        authorization: `Bearer ${await this.token()}`, accept: 'application/fhir+json',
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...headers,
      },
    });
  }

  // The body of a 2xx; anything else is thrown with what the OperationOutcome says.
  async expect(method, path, body, headers) {
    const answer = await this.call(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path.split('?')[0] || '/'}: ${complaint(answer)}`);
    return answer.body;
  }

  read(reference) { return this.expect('GET', `/${reference}`); }
  create(resource) { return this.expect('POST', `/${resource.resourceType}`, resource); }
  bundle(bundle) { return this.expect('POST', '', bundle); }

  // Update with the version that was read.
  update(resource) {
    return this.expect('PUT', `/${resource.resourceType}/${resource.id}`, resource,
      resource.meta?.versionId ? { 'if-match': `W/"${resource.meta.versionId}"` } : {});
  }

  async search(type, query) {
    const bundle = await this.expect('GET', `/${type}?${new URLSearchParams(query)}`);
    return (bundle.entry ?? []).map((entry) => entry.resource).filter((r) => r.resourceType === type);
  }

  close() { this.agent.destroy(); }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, file] = process.argv.slice(2);
  if (command !== 'token' || !file) {
    console.error('usage: node client.mjs token FILE   (FILE: {"partners","programme","clientId","keyFile","caFile"})');
    process.exit(2);
  }
  try {
    const client = new FhirClient(JSON.parse(readFileSync(file, 'utf8')));
    console.log(await client.token());
    client.close();
  } catch (error) {
    console.error(error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
      ? 'no gateway to ask: start one with ./dev run' : error.message);
    process.exit(1);
  }
}
