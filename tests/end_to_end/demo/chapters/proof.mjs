// The gateway is stopped; what it left behind is looked at without it.
import { closeSync, copyFileSync, openSync, readFileSync, readSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { randomBytes } from 'node:crypto';
import { check } from '../checks.mjs';
import { dim, heading, say, wrap } from '../terminal.mjs';

// Of the story's data.
const kSecrets = ['Samplesson', 'Examplewright', '8005550101', 'Zelunex', 'zelunexib', 'MRN-77001'];

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function firstBytes(file, count) {
  const bytes = Buffer.alloc(count);
  const fd = openSync(file, 'r');
  const read = readSync(fd, bytes, 0, count, 0);
  closeSync(fd);
  return bytes.subarray(0, read);
}

// A clean end: status 0.
export async function stop({ world }) {
  heading('A clean stop');
  const begun = Date.now();
  const { code, signal } = await world.stopGateway();
  say(wrap(`SIGTERM; psgateway ended with ${code ?? signal} after ${Date.now() - begun} ms.`));
  check('psgateway ends with 0 on SIGTERM', code === 0, String(code ?? signal));
}

// No patient's name in any file, no SQLite header, and no way in with another key.
export async function atRest({ world, secrets = kSecrets }) {
  heading('The store without its key');
  const data = join(world.home, 'data');
  const files = filesUnder(data);
  for (const file of files.filter((name) => name.endsWith('.db'))) {
    const head = firstBytes(file, 16);
    say(`  ${relative(world.dir, file).padEnd(34)} ${String(Math.round(statSync(file).size / 1024)).padStart(6)} KiB  ` +
        `begins ${head.toString('hex').replace(/(..)/g, '$1 ')}`);
    check(`${relative(data, file)} has no SQLite header`, !head.toString('latin1').startsWith('SQLite format'));
  }
  const found = secrets.filter((secret) => files.some((file) => readFileSync(file).includes(secret)));
  say(wrap(`${files.length} files searched for ${secrets.slice(0, 3).join(', ')}, …: ${found.length === 0 ? 'nothing found' : `found ${found.join(', ')}`}.`));
  check('no name, number or drug stands in clear in any file of the store', found.length === 0, found.join(', '));
  const logged = secrets.filter((secret) => readFileSync(world.log('psgateway')).includes(secret));
  check('no name, number or drug stands in the log', logged.length === 0, logged.join(', '));

  const key = join(world.home, 'keys', 'wrapping.key');
  const spare = join(world.dir, 'wrapping.key.right');
  copyFileSync(key, spare);
  const right = readFileSync(key);
  // The same form as the right key (hexadecimal text or plain bytes), another value.
  const wrong = /^[0-9a-f]+\s*$/i.test(right.toString('latin1')) ? randomBytes(right.toString().trim().length / 2).toString('hex') : randomBytes(right.length);
  writeFileSync(key, wrong);
  const answer = world.tryPsgateway('verify-ledger', '--config', world.config);
  writeFileSync(key, right);
  const said = (answer.stderr || answer.stdout).trim().split('\n').pop();
  say(wrap(`With another wrapping key: exit ${answer.status}, ${dim(said)}`));
  check('another wrapping key opens nothing and says so', answer.status !== 0 && /key/i.test(said), said);
}

// Every decision once more, and the ledger against its signed heads.
export async function proof({ world }) {
  heading('Proof');
  for (const command of ['replay', 'verify-ledger']) {
    const begun = Date.now();
    const { status, stdout, stderr } = world.tryPsgateway(command, '--config', world.config);
    const lines = `${stdout}${stderr}`.trim().split('\n');
    for (const line of lines.slice(-4)) say(wrap(line));
    say(dim(`  psgateway ${command}: exit ${status}, ${Date.now() - begun} ms`));
    check(`psgateway ${command} finds nothing wrong`, status === 0, lines.pop());
  }
}
