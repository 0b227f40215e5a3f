// ./dev bench --scale N: imports N made-up resources (two thirds Patients of 2 KB), then measures the
// gateway that serves them: cold start, and resident memory before and after a minute of reads and
// searches. Prints Markdown, writes scale.json. Needs about 5 KB of disk for each resource, in --dir.
import { execFile } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { World, kProgramme } from '../end_to_end/demo/world.mjs';

const { values: options } = parseArgs({ options: {
  build: { type: 'string', default: 'build-bench' }, scale: { type: 'string' }, seconds: { type: 'string', default: '60' },
  dir: { type: 'string', default: tmpdir() },
} });
const count = Number(options.scale);
const seconds = Number(options.seconds);
if (!(count >= 1000)) throw new Error('--scale wants a number of resources, at least 1000');
const dir = mkdtempSync(join(options.dir, 'psg-scale-'));
const world = new World({ dir: join(dir, 'world'), gateway: join(options.build, 'psgateway') });
const run = (command, args) => promisify(execFile)(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
const tell = (text) => process.stderr.write(`${text}\n`);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const round = (n, digits = 0) => Number(n.toFixed(digits));

const kSystem = 'https://hub.example/member';
const patients = Math.round(count * 2 / 3);
const kFamilies = ['Madeup', 'Samplesson', 'Testova', 'Mustermann', 'Exemple', 'Placeholder', 'Noname', 'Fictive'];
const narrative = `<div xmlns="http://www.w3.org/1999/xhtml">${'Synthetic record of a benchmark. '.repeat(40)}</div>`;
const patient = (n) => ({ resourceType: 'Patient', id: `p${n}`, text: { status: 'generated', div: narrative }, active: true,
  identifier: [{ system: kSystem, value: `m${n}` }],
  name: [{ use: 'official', family: `${kFamilies[n % 8]}${n % 997}`, given: [`Given${n % 89}`] }],
  telecom: [{ system: 'email', value: `m${n}@mail.example` }], gender: n % 2 ? 'female' : 'male',
  birthDate: `19${String(30 + n % 70)}-0${1 + n % 9}-1${n % 9}`,
  address: [{ line: [`${n % 300} Nowhere Road`], city: 'Nowhere', state: 'WA', postalCode: `98${String(n % 1000).padStart(3, '0')}`, country: 'US' }] });
const other = (n) => (n % 2
  ? { resourceType: 'MedicationRequest', id: `r${n}`, status: n % 4 === 1 ? 'active' : 'stopped', intent: 'order',
      authoredOn: `2026-0${1 + n % 9}-15`, subject: { reference: `Patient/p${n % patients}` },
      medicationCodeableConcept: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: String(1000 + n % 50) }], text: 'Made-up Tablet' } }
  : { resourceType: 'Observation', id: `o${n}`, status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
      subject: { reference: `Patient/p${n % patients}` }, effectiveDateTime: `2026-0${1 + n % 9}-20`,
      valueQuantity: { value: 50 + n % 60, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } });

async function generate(folder) {
  mkdirSync(folder);
  const files = { Patient: createWriteStream(join(folder, 'Patient.ndjson')), Other: createWriteStream(join(folder, 'Other.ndjson')) };
  for (let n = 0; n < count; ++n) {
    const [file, resource] = n < patients ? [files.Patient, patient(n)] : [files.Other, other(n)];
    if (!file.write(`${JSON.stringify(resource)}\n`)) await once(file, 'drain');
  }
  await Promise.all(Object.values(files).map((file) => { file.end(); return once(file, 'close'); }));
}

async function coldStart() {
  const times = [];
  for (let i = 0; i < 5; ++i) {
    const begun = performance.now();
    await world.serve();
    const answer = await fetch(`${world.operationsUrl}/readyz`);
    if (answer.status !== 200) throw new Error('not ready');
    times.push(performance.now() - begun);
    if (i < 4) await world.stopGateway();
  }
  return median(times);
}

// Reads and point searches of all kinds, spread over everything that is there.
function addresses(base) {
  const path = new URL(base).pathname;
  const any = (limit) => Math.floor(Math.random() * limit);
  const kinds = [
    () => `Patient/p${any(patients)}`, () => `Patient/p${any(patients)}/_history/1`,
    () => `Patient?identifier=${kSystem}%7Cm${any(patients)}`, () => `Patient?family=${kFamilies[any(8)]}${any(997)}&_count=5`,
    () => `MedicationRequest?patient=p${any(patients)}&status=active`, () => `Observation?patient=p${any(patients)}&date=ge2026-03`,
    () => `MedicationRequest?patient=p${any(patients)}&_include=MedicationRequest:patient`,
  ];
  return Array.from({ length: 200000 }, (_, n) => `${path}/${kinds[n % kinds.length]()}`).join('\n') + '\n';
}

const results = { at: new Date().toISOString(), cpu: cpus()[0].model, cores: cpus().length, resources: count, patients };
try {
  await world.initialise();
  const client = world.register();
  tell(`Writing ${count} resources to ${dir}`);
  await generate(join(dir, 'ndjson'));
  const sizes = (folder) => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  results.ndjson_mb = round(sizes(join(dir, 'ndjson')) / 2 ** 20);
  tell(`Importing ${results.ndjson_mb} MB`);
  const begun = performance.now();
  const done = await run(world.binary, ['import', join(dir, 'ndjson'), '--programme', kProgramme, '--config', world.config, '--errors', join(dir, 'errors.ndjson')]);
  results.import_s = round((performance.now() - begun) / 1000, 1);
  results.import_per_s = round(count / results.import_s);
  if (!done.stdout.startsWith(`${count} created`)) throw new Error(done.stdout);
  rmSync(join(dir, 'ndjson'), { recursive: true });
  results.store_mb = round(sizes(join(world.home, 'data', 'tenants', 'aurora')) / 2 ** 20);
  tell(`  ${results.import_per_s}/s; the store has ${results.store_mb} MB. Cold start`);
  results.cold_start_ms = round(await coldStart(), 1);
  results.after_start_mb = round(world.memory(), 1);

  const base = `${world.partnersUrl}/fhir/${kProgramme}`;
  const file = join(dir, 'urls');
  writeFileSync(file, addresses(base));
  tell(`${seconds} s of reads and searches, 32 clients`);
  const out = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', 'tests/bench/get_urls.lua', base, '--', await client.token(), file]);
  if (/Non-2xx/.test(out.stdout)) throw new Error(`wrk saw refusals:\n${out.stdout}`);
  results.mixed_per_s = round(Number(/Requests\/sec:\s+([\d.]+)/.exec(out.stdout)[1]));
  const [p50, p99, p999] = /microseconds (\d+) (\d+) (\d+)/.exec(out.stdout).slice(1).map((us) => round(Number(us) / 1000, 1));
  Object.assign(results, { mixed_p50_ms: p50, mixed_p99_ms: p99, mixed_p999_ms: p999 });
  results.after_mixed_mb = round(world.memory(), 1);
} finally {
  await world.stop();
  rmSync(dir, { recursive: true, force: true });
}
process.stdout.write(`| resources | import | store | cold start to 200 on /readyz | resident after start | mixed reads and searches, 32 clients | resident after ${seconds} s of them |
|---|---|---|---|---|---|---|
| ${count.toLocaleString('en')} | ${results.import_per_s}/s | ${results.store_mb} MB | ${results.cold_start_ms} ms | ${results.after_start_mb} MB | ${results.mixed_per_s}/s, p50 / p99 / p99.9 ${results.mixed_p50_ms} / ${results.mixed_p99_ms} / ${results.mixed_p999_ms} ms | ${results.after_mixed_mb} MB |
`);
writeFileSync(join(options.build, `scale-${count}.json`), `${JSON.stringify(results, null, 2)}\n`);
