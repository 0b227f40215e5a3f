// Child processes that say when they are ready and end when told to.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { createWriteStream } from 'node:fs';

const running = new Set();

// Nothing is left behind, however the demo ends.
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });

// Starts a server. `ready(line)` looks at each line of stdout and answers something truthy when the
// server can be used; that answer is `.ready` of the result. stderr goes to `logFile`.
export function start(name, command, args, { ready, logFile, timeoutMs = 60000, env } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  running.add(child);
  const log = createWriteStream(logFile, { flags: 'a' });
  let last = '';
  child.stderr.on('data', (part) => {
    const lines = part.toString().trim().split('\n');
    last = lines.find((line) => /\bError\b/.test(line)) ?? (lines.pop() || last);
    log.write(part);
  });
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => {
    running.delete(child);
    resolve({ code, signal });
  }));
  const server = {
    name, pid: child.pid, exited,
    // Ends the process and answers its exit status.
    async stop(signal = 'SIGTERM', withinMs = 10000) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
      const status = await exited;
      clearTimeout(timer);
      log.end();
      return status;
    },
  };
  return new Promise((resolve, reject) => {
    const failed = (why) => reject(new Error(`${name} ${why}${last ? `: ${last}` : ''} (log: ${logFile})`));
    const timer = setTimeout(() => { child.kill('SIGKILL'); failed(`was not ready within ${timeoutMs} ms`); }, timeoutMs);
    child.on('error', (error) => { clearTimeout(timer); failed(`cannot be started (${error.code})`); });
    exited.then(({ code, signal }) => { clearTimeout(timer); failed(`ended early (${signal ?? code})`); });
    let text = '';
    child.stdout.on('data', (part) => {
      log.write(part);
      if (server.ready) return;
      text += part;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) {
        server.ready ??= ready(line) || undefined;
        if (server.ready) { clearTimeout(timer); resolve(server); return; }
      }
    });
  });
}

// The receivers' first line: {"ready":true,"port":N}.
export function readyPort(line) {
  try {
    const said = JSON.parse(line);
    return said.ready ? said : undefined;
  } catch { return undefined; }
}

// Runs a command to its end; throws with what it said when it fails (unless told to accept that).
export function run(command, args, { mayFail = false } = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: 60000, maxBuffer: 64 << 20 });
  if (done.error) throw new Error(`${command} cannot be started: ${done.error.code}`);
  if (done.status !== 0 && !mayFail) {
    const said = (done.stderr || done.stdout).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${command.split('/').pop()} ${args.slice(0, 2).join(' ')} failed (${done.status ?? done.signal}): ${said}`);
  }
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

// Ports that are free now, all different.
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server)).on('error', reject);
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Asks again until the answer is truthy; the last answer when time is up.
export async function until(ask, { withinMs = 5000, everyMs = 60 } = {}) {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer || Date.now() > end) return answer;
    await sleep(everyMs);
  }
}
