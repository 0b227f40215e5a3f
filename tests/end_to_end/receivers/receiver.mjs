// What the HTTPS receivers share: options, the line that says "ready", the log, a clean stop.
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { parseArgs } from 'node:util';

const COMMON = {
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  cert: { type: 'string' },
  key: { type: 'string' },
  'client-ca': { type: 'string' }, // with it a client certificate is required
  log: { type: 'string' },
  mode: { type: 'string', default: 'accept' },
};

export function options(own = {}) {
  const { values } = parseArgs({ options: { ...COMMON, ...own } });
  if (!values.cert || !values.key) throw new Error('--cert FILE and --key FILE are required');
  return values;
}

// Bytes without trailing line ends, as the gateway reads its secret files.
export function secret(path) {
  return readFileSync(path, 'latin1').replace(/[\r\n]+$/, '');
}

export function appendLog(opts, entry) {
  const line = JSON.stringify({ at: new Date().toISOString(), ...entry }) + '\n';
  if (opts.log) appendFileSync(opts.log, line);
}

export async function body(request, limit = 16 * 1024 * 1024) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function answer(response, status, content, headers = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(text);
}

export function serve(opts, handler) {
  const tls = {
    cert: readFileSync(opts.cert),
    key: readFileSync(opts.key),
    minVersion: 'TLSv1.2',
    ...(opts['client-ca'] && {
      ca: readFileSync(opts['client-ca']),
      requestCert: true,
      rejectUnauthorized: true,
    }),
  };
  const server = createServer(tls, (request, response) => {
    handler(request, response).catch((error) => {
      console.error(error.message);
      if (!response.headersSent) answer(response, 500, { message: 'the receiver failed' });
    });
  });
  server.listen(Number(opts.port), opts.host, () => {
    console.log(JSON.stringify({ ready: true, port: server.address().port }));
  });
  server.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  process.on('SIGTERM', () => process.exit(0));
}
