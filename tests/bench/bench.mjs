// Measures a gateway over HTTPS with authentication and durable audit beside the bare limit of this
// machine, in turn, in one run. Client and server share the machine. Prints Markdown, writes bench.json.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { World, kProgramme } from '../end_to_end/demo/world.mjs';
import { freePorts, start } from '../end_to_end/demo/process.mjs';
import { evaluate } from './evaluate.mjs';

const { values: options } = parseArgs({ options: {
  build: { type: 'string', default: 'build-bench' }, seconds: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '5' }, data: { type: 'string' },
} });
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const dir = join(options.build, 'bench');
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const medians = (rounds, names) => Object.fromEntries(names.map((name) => [name, median(rounds.map((one) => one[name]))]));
const round = (n, digits = 0) => Number(n.toFixed(digits));
const latencies = (r) => `${[r.p50, r.p99, r.p999].map((ms) => round(ms, 2)).join(' / ')} ms`;
const tell = (text) => process.stderr.write(`${text}\n`);

// Not spawnSync: this process must go on reading what the gateway writes.
const run = (command, args) => promisify(execFile)(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });

// Requests per second and latencies of one wrk run.
async function wrk(url, { connections = 32, headers = {}, script = 'tests/bench/latency.lua', args = [] } = {}) {
  const list = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script];
  for (const [name, value] of Object.entries(headers)) list.push('-H', `${name}: ${value}`);
  const out = await run('wrk', [...list, url, ...(args.length ? ['--', ...args] : [])]);
  if (/Non-2xx/.test(out.stdout)) throw new Error(`wrk saw refusals:\n${out.stdout}`);
  const [p50, p99, p999] = /microseconds (\d+) (\d+) (\d+)/.exec(out.stdout).slice(1).map((us) => Number(us) / 1000);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out.stdout)[1]), p50, p99, p999 };
}

const kCompared = ['ours', 'baseline', 'ratio', 'p50', 'p99', 'p999'];

// Ours and the baseline in turn, so that a machine that drifts drifts under both.
async function paired(name, ours, baseline) {
  const pairs = [];
  for (let i = 0; i < rounds; ++i) {
    const a = await ours();
    const b = await baseline();
    pairs.push({ ...a, ours: a.rate, baseline: b.rate, ratio: a.rate / b.rate });
    tell(`  ${name} ${i + 1}/${rounds}: ${round(a.rate)}/s against ${round(b.rate)}/s, ratio ${round(a.rate / b.rate, 2)}`);
  }
  return { ...medians(pairs, kCompared), pairs };
}

const patient = (identifier) => ({
  resourceType: 'Patient', active: true,
  identifier: [{ system: 'https://hub.example/member', value: identifier }],
  name: [{ use: 'official', family: 'Madeup', given: ['Benchmark', 'Synthetic'] }],
  telecom: [{ system: 'email', value: `bench-${identifier}@mail.example` }],
  gender: 'unknown', birthDate: '1970-01-01',
  address: [{ line: ['1 Nowhere Road'], city: 'Nowhere', state: 'WA', postalCode: '98000', country: 'US' }],
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'Synthetic record of a benchmark. '.repeat(46)}</div>` },
});

async function bareListener(world, bytes) {
  const [port] = await freePorts(1);
  const file = join(dir, 'body.json');
  writeFileSync(file, bytes);
  const server = await start('bare_listener', join(options.build, 'tests/bench/bare_listener'),
    [String(port), join(world.home, 'certs/server.pem'), join(world.home, 'certs/server.key'), file, '2'],
    { logFile: join(dir, 'bare.log'), ready: (line) => line.startsWith('listening') });
  return { server, url: `https://localhost:${port}/` };
}

const metric = async (world, name) => {
  const text = await (await fetch(`${world.operationsUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(text)?.[1] ?? 0);
};

async function coldStart(world) {
  const times = [];
  for (let i = 0; i < 5; ++i) {
    const begin = performance.now();
    await world.serve();
    const answer = await fetch(`${world.operationsUrl}/readyz`);
    if (answer.status !== 200) throw new Error('not ready');
    times.push(performance.now() - begin);
    if (i < 4) await world.stopGateway();
  }
  return median(times);
}

// What hubs and EHRs do all day, over the Patients that are there and 2,000 prescriptions of 500 of them.
async function interactions(world, client, base) {
  const ids = [];
  let page = await client.call('GET', '/Patient?_count=500');
  for (const { resource } of page.body.entry) ids.push({ id: resource.id, member: resource.identifier[0].value });
  const prescription = (id, n) => ({ resourceType: 'MedicationRequest', status: n % 4 ? 'stopped' : 'active', intent: 'order',
    authoredOn: `2026-${String(n % 12 + 1).padStart(2, '0')}-15`, subject: { reference: `Patient/${id}` }, medicationCodeableConcept: { text: 'Made-up Tablet' } });
  for (let at = 0; at < ids.length; at += 25) {
    const entry = ids.slice(at, at + 25).flatMap(({ id }) => [0, 1, 2, 3].map((n) => ({ resource: prescription(id, at + n), request: { method: 'POST', url: 'MedicationRequest' } })));
    const made = await client.call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    if (made.status !== 200) throw new Error(made.text.slice(0, 300));
  }
  const path = new URL(base).pathname;
  const kinds = {
    read: ({ id }) => `Patient/${id}`,
    vread: ({ id }) => `Patient/${id}/_history/1`,
    'search by identifier': ({ member }) => `Patient?identifier=https://hub.example/member%7C${member}`,
    'search by patient and status': ({ id }) => `MedicationRequest?patient=${id}&status=active`,
    'search by patient and date range': ({ id }) => `MedicationRequest?patient=${id}&authoredon=ge2026-02&authoredon=lt2026-09`,
    'chained search': ({ member }) => `MedicationRequest?patient.identifier=https://hub.example/member%7C${member}`,
    'search with _include': ({ id }) => `MedicationRequest?patient=${id}&_include=MedicationRequest:patient`,
  };
  const found = {};
  const run = async (name, work) => {
    const all = [];
    for (let i = 0; i < Math.min(rounds, 3); ++i) all.push(await work());
    found[name] = medians(all, ['rate', 'p50', 'p99', 'p999']);
    tell(`  ${name}: ${round(found[name].rate)}/s, ${latencies(found[name])}`);
  };
  for (const [name, url] of Object.entries(kinds)) {
    const file = join(dir, 'urls');
    writeFileSync(file, ids.map((one) => `${path}/${url(one)}`).join('\n') + '\n');
    await run(name, async () => wrk(base, { script: 'tests/bench/get_urls.lua', args: [await client.token(), file] }));
  }
  const template = join(dir, 'patient.json');
  let again = 0;
  await run('conditional create, one in ten finds', async () => wrk(`${base}/Patient`, { script: 'tests/bench/post_patients.lua',
    args: [await client.token(), template, `cond${again++}`, 'identifier=https://hub.example/member%7C@ID@'] }));
  const hundred = join(dir, 'hundred.json');
  writeFileSync(hundred, JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: Array.from({ length: 100 }, (_, n) => ({
    resource: patient(`@ID@-${n}`), request: { method: 'POST', url: 'Patient' } })) }));
  await run('transaction of 100', async () => wrk(base, { connections: 4, script: 'tests/bench/post_patients.lua',
    args: [await client.token(), hundred, `tx${again++}`] }));
  return found;
}

const results = { at: new Date().toISOString(), cpu: cpus()[0].model, cores: cpus().length, memory_gb: round(totalmem() / 2 ** 30), seconds, rounds };
const world = new World({ dir: join(dir, 'world'), gateway: join(options.build, 'psgateway') });
try {
  await world.initialise();
  const client = world.register();
  tell('Cold start');
  results.cold_start_ms = round(await coldStart(world), 1);
  results.idle_mb = round(world.memory(), 1);

  const base = `${world.partnersUrl}/fhir/${kProgramme}`;
  const token = async () => ({ Authorization: `Bearer ${await client.token()}` });
  const metadata = await (await client.call('GET', '/metadata')).text;

  tell('metadata over HTTPS, against a bare listener with the same bytes');
  let bare = await bareListener(world, metadata);
  results.metadata = await paired('metadata', () => wrk(`${base}/metadata`), () => wrk(bare.url));
  await bare.server.stop();

  const made = await client.call('POST', '/Patient', patient('reader'));
  const read = await client.call('GET', `/Patient/${made.body.id}`);
  bare = await bareListener(world, read.text);
  tell('GET Patient by id, authenticated, with a durable row in the access journal');
  for (const connections of [32, 128]) {
    const headers = await token();
    results[`read_${connections}`] = await paired(`read, ${connections} clients`,
      () => wrk(`${base}/Patient/${made.body.id}`, { headers, connections }), () => wrk(bare.url, { connections }));
  }
  await bare.server.stop();

  tell('Durable creates with 32 clients, against bare SQLCipher writing the same rows');
  const template = join(dir, 'patient.json');
  writeFileSync(template, JSON.stringify(patient('@ID@')));
  results.create_bytes = readFileSync(template).length;
  // Both write onto 100,000.
  let there = 0;
  while (there < 100000) {
    there += (await wrk(`${base}/Patient`, { connections: 128, script: 'tests/bench/post_patients.lua', args: [await client.token(), template, `load${there}`] })).rate * seconds;
    tell(`  preloading: ${round(there)} of 100000`);
  }
  const creates = [];
  for (let i = 0; i < Math.min(rounds, 3); ++i) {
    const before = [await metric(world, 'psgateway_store_works_total'), await metric(world, 'psgateway_store_commits_total')];
    const ours = await wrk(`${base}/Patient`, { script: 'tests/bench/post_patients.lua', args: [await client.token(), template, `round${i}`] });
    const works = await metric(world, 'psgateway_store_works_total') - before[0];
    const commits = await metric(world, 'psgateway_store_commits_total') - before[1];
    const group = Math.max(1, Math.round(works / commits));
    const out = await run(join(options.build, 'tests/bench/bare_sqlcipher'),
      [join(dir, 'bare'), template, String(Math.max(2000, Math.round(ours.rate * seconds))), String(group), '100000']);
    const baseline = JSON.parse(out.stdout).rows_per_s;
    creates.push({ ...ours, ours: ours.rate, baseline, ratio: ours.rate / baseline, group });
    tell(`  create ${i + 1}/${rounds}: ${round(ours.rate)}/s in groups of ${group}, bare ${round(baseline)}/s, ratio ${round(ours.rate / baseline, 2)}`);
  }
  rmSync(join(dir, 'bare'), { recursive: true, force: true });
  results.create = { ...medians(creates, [...kCompared, 'group']), rounds: creates };
  results.after_creates_mb = round(world.memory(), 1);

  tell('Interactions, 32 clients, HTTPS, authenticated, audited');
  results.interactions = await interactions(world, client, base);

  tell('$evaluate on stored facts, against a bare listener with the same bytes');
  results.evaluate = await evaluate({ world, dir, paired, wrk, bareListener });
  await world.stopGateway();
  results.cold_start_full_ms = round(await coldStart(world), 1);
} finally {
  await world.stop();
}

tell('Decisions on one core');
const decide = await run(join(options.build, 'tests/bench/decide'),
  ['conformance/cases/marketing-authorization.json', JSON.parse(readFileSync('conformance/cases/marketing-authorization.json', 'utf8')).cases[0].note, '1']);
results.decide = JSON.parse(decide.stdout);

tell('Validation of a 2 KB Patient on one core');
results.validation = (await run(join(options.build, 'tests/bench/validate'), [])).stdout.trim();

if (options.data && existsSync(join(options.data, 'Patient.ndjson'))) {
  tell(`Loading ${options.data}`);
  const loaded = await run('node', ['tests/end_to_end/demo/demo.mjs', '--gateway', join(options.build, 'psgateway'), '--data', options.data]);
  const [, megabytes] = /now uses (\d+) MB/.exec(loaded.stdout) ?? [];
  results.after_data_mb = Number(megabytes);
}

// Ten times a TypeScript and PostgreSQL server over plain HTTP on two such cores.
const kGoals = { read: '≥ 17,130/s, p99 < 5 ms', 'search by identifier': '≥ 12,000/s', 'transaction of 100': '≥ 34/s' };
const pairRow = (name, r, goal) => `| ${name} | ${round(r.ours)}/s | ${round(r.baseline)}/s | ${round(r.ratio, 2)} | ${goal} | ${latencies(r)} |`;
const table = `# Bench, ${results.at}

${results.cores} cores (${results.cpu}), ${results.memory_gb} GB; client and server on the same machine; median of ${rounds} rounds of ${seconds} s, in turn with the baseline.

| what | psgateway | baseline | ratio | goal | p50 / p99 / p99.9 |
|---|---|---|---|---|---|
${pairRow('`metadata`, HTTPS, 32 clients', results.metadata, '≥ 0.6')}
${pairRow('GET Patient by id, token + durable journal, 32 clients', results.read_32, '≥ 0.35')}
${pairRow('the same, 128 clients', results.read_128, '≥ 0.35')}
${pairRow(`durable create of a ${results.create_bytes} B Patient, 32 clients, groups of ${results.create.group}`, results.create, '≥ 0.6 and ≥ 2,830/s')}
${Object.entries(results.evaluate).map(([consents, r]) => pairRow(`\`$evaluate\`, stored facts with ${consents} consents, token + durable journal, 32 clients`, r, '≥ 8,000/s')).join('\n')}

Baselines: a bare Beast HTTPS listener that answers the same bytes; a bare SQLCipher loop that writes the same rows in the same group size onto 100,000.

| decisions on one core | rules on facts | p50 / p99 | facts read from FHIR, then decided | p50 / p99 |
|---|---|---|---|---|
${results.decide.map(({ consents, decide: d, interpret_and_decide: i }) => `| ${consents} consents | ${d.rate}/s | ${d.p50_us} / ${d.p99_us} µs | ${i.rate}/s | ${i.p50_us} / ${i.p99_us} µs |`).join('\n')}

| interactions over 100,000 and more Patients, HTTPS, 32 clients (transactions: 4) | per s | p50 / p99 / p99.9 | goal |
|---|---|---|---|
${Object.entries(results.interactions).map(([name, r]) => `| ${name} | ${round(r.rate)} | ${latencies(r)} | ${kGoals[name] ?? ''} |`).join('\n')}

Validation: ${results.validation}

| process | measured | goal |
|---|---|---|
| cold start to the first 200 | ${results.cold_start_ms} ms | < 250 ms |
| cold start on more than 100,000 | ${results.cold_start_full_ms} ms | < 250 ms |
| resident, idle | ${results.idle_mb} MB | < 64 MB |
| resident, after the creates | ${results.after_creates_mb} MB | |
${results.after_data_mb ? `| resident, after loading the data folder | ${results.after_data_mb} MB | |\n` : ''}`;
writeFileSync(join(dir, 'bench.md'), table);
writeFileSync(join(dir, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(table);
tell(`\nAlso in ${dir}/bench.md and bench.json.`);
