#!/usr/bin/env node
// An SMS provider (POST /sms, the interface of Twilio's Messages) and a webhook receiver
// (POST /webhook, signature and idempotency key checked).
//   --port 0 --cert FILE --key FILE [--client-ca FILE] [--log FILE]
//   --mode accept | refuse | hang | drop | status
//     hang: takes the message and never answers; drop: takes it and closes without an answer;
//     refuse: 400; status: answers --status N (with --retry-after) to everything
//   --delay-ms N              takes a message only N ms after it was read (a slow provider)
//   --sms-token-file FILE     the Basic credential "account:token" that /sms asks for
//   --signing-key-file FILE   the key of /webhook's signatures
//   --answer FILE             answers every other path with these bytes
//   --answer-bytes N          answers every other path with N blanks; with --one-chunk in one chunk
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { answer, appendLog, body, options, secret, serve } from './receiver.mjs';

const MAX_CLOCK_SKEW_SECONDS = 300;
const opts = options({
  status: { type: 'string', default: '500' },
  'retry-after': { type: 'string' },
  'delay-ms': { type: 'string', default: '0' },
  'sms-token-file': { type: 'string' },
  'signing-key-file': { type: 'string' },
  answer: { type: 'string' },
  'answer-bytes': { type: 'string' },
  'one-chunk': { type: 'boolean' },
});
const seen = new Map(); // idempotency key -> receipt

function same(a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function sms(request, bytes) {
  if (opts['sms-token-file']) {
    const want = 'Basic ' + Buffer.from(secret(opts['sms-token-file'])).toString('base64');
    if (!same(request.headers.authorization ?? '', want)) {
      return [401, { code: 20003, message: 'Authenticate', status: 401 }];
    }
  }
  const form = new URLSearchParams(bytes.toString('utf8'));
  const to = form.get('To') ?? '';
  if (!/^\+[1-9]\d{6,14}$/.test(to)) {
    return [400, { code: 21211, message: "Invalid 'To' Phone Number", status: 400 }];
  }
  const sid = 'SM' + randomBytes(16).toString('hex');
  appendLog(opts, { kind: 'sms', sid, to, from: form.get('From'), body: form.get('Body') });
  return [201, { sid, status: 'queued', error_code: null }];
}

function webhook(request, bytes) {
  const timestamp = request.headers['x-psg-timestamp'] ?? '';
  const key = request.headers['idempotency-key'] ?? '';
  if (!opts['signing-key-file']) return [500, { message: 'no --signing-key-file' }];
  const mac = createHmac('sha256', Buffer.from(secret(opts['signing-key-file']), 'latin1'));
  const want = 'v1=' + mac.update(timestamp + '.').update(bytes).digest('hex');
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!same(request.headers['x-psg-signature'] ?? '', want) || !(age <= MAX_CLOCK_SKEW_SECONDS)) {
    return [401, { message: 'the signature is not valid' }];
  }
  if (!key) return [400, { message: 'no idempotency key' }];
  const duplicate = seen.has(key);
  if (!duplicate) {
    seen.set(key, { received: seen.size + 1 });
    appendLog(opts, {
      kind: 'webhook',
      key,
      content_type: request.headers['content-type'],
      body: bytes.toString('utf8'),
    });
  }
  return [202, { ...seen.get(key), duplicate }];
}

function pour(sink, bytes) {
  const block = Buffer.alloc(64 * 1024, ' ');
  let rest = bytes;
  const more = () => {
    while (rest > 0 && sink.write(block)) rest -= block.length;
    if (rest > 0) sink.once('drain', more);
    else sink.end();
  };
  more();
}

function fixedAnswer(request, response) {
  if (opts.answer) return answer(response, 200, readFileSync(opts.answer, 'utf8'));
  const bytes = Number(opts['answer-bytes']);
  if (opts['one-chunk']) {
    const head = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`;
    request.socket.on('error', () => {});
    request.socket.write(head);
    return pour(request.socket, bytes);
  }
  response.writeHead(200, { 'Content-Type': 'application/fhir+json' });
  return pour(response, bytes);
}

serve(opts, async (request, response) => {
  const bytes = await body(request);
  const path = new URL(request.url, 'https://receiver').pathname;
  if (opts.mode === 'status') {
    const headers = opts['retry-after'] ? { 'Retry-After': opts['retry-after'] } : {};
    return answer(response, Number(opts.status), { message: 'as told' }, headers);
  }
  if (opts.mode === 'refuse') {
    return answer(response, 400, { code: 21610, message: 'refused', status: 400 });
  }
  const handlers = { '/sms': sms, '/webhook': webhook };
  if (!handlers[path] && (opts.answer || opts['answer-bytes'])) {
    return fixedAnswer(request, response);
  }
  if (request.method !== 'POST' || !handlers[path]) {
    return answer(response, 404, { message: 'no such route' });
  }
  if (Number(opts['delay-ms']) > 0) {
    appendLog(opts, { kind: 'reading', path });
    await new Promise((resolve) => setTimeout(resolve, Number(opts['delay-ms'])));
  }
  const [status, content] = handlers[path](request, bytes);
  if (opts.mode === 'hang') return;
  if (opts.mode === 'drop') return request.socket.destroy();
  return answer(response, status, content);
});
