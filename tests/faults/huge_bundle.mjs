// How long a small write waits beside huge ones: node tests/faults/huge_bundle.mjs [SECONDS=8] [ENTRIES=4000]
// One client creates Patients one after the other while another one, over many connections, sends
// transactions of 500 entries, then batches of ENTRIES. Prints a line of JSON per company kept. Ends with 1
// when a small write is refused or the small ones stand still.
import https from 'node:https';
import { Fixture } from '../end_to_end/fixture.mjs';

const seconds = Number(process.argv[2] ?? 8);
const entries = Number(process.argv[3] ?? 4000);
const kSystem = 'https://northlight.example/patient-id';
const kFewest = 5;  // small writes in a phase

const patient = (value) => ({ resourceType: 'Patient', identifier: [{ system: kSystem, value }],
  name: [{ family: 'Madeup', given: ['Small'] }], telecom: [{ system: 'email', value: `${value}@mail.example` }], gender: 'unknown' });
const bundle = (type, count) => JSON.stringify({ resourceType: 'Bundle', type, entry: Array.from({ length: count }, (_, n) => (
  { resource: patient(`${type}-${n}`), request: { method: 'POST', url: 'Patient' } })) });
const quantile = (sorted, part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] * 10) / 10;

const gateway = await Fixture.started();
try {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 256, ca: gateway.ca });
  const small = gateway.addClientWith({ id: 'small-writer' });
  const huge = gateway.addClientWith({ id: 'huge-writer' });
  huge.agent = agent;
  await huge.token();
  await small.create(patient('first'));

  async function phase(company, streams, body) {
    const end = performance.now() + seconds * 1000;
    let done = 0;
    let refused = 0;
    const stream = async () => {
      while (performance.now() < end) {
        const answer = await huge.call('POST', '', body);
        if (answer.status === 200) done += 1; else refused += 1;
        if (answer.status !== 200 && answer.status !== 429) throw new Error(answer.text.slice(0, 300));
      }
    };
    const streaming = Promise.all(Array.from({ length: streams }, stream));
    const times = [];
    for (let n = 0; performance.now() < end; ++n) {
      const begun = performance.now();
      await small.create(patient(`small-${company}-${n}`));
      times.push(performance.now() - begun);
    }
    const completed = done;
    await streaming;
    times.sort((a, b) => a - b);
    console.log(JSON.stringify({ beside: company, streams, smallWrites: times.length, p50_ms: quantile(times, 0.5),
      p99_ms: quantile(times, 0.99), longest_ms: quantile(times, 1), bundlesMeanwhile: completed, bundlesInAll: done, refused }));
    if (times.length < kFewest) throw new Error(`only ${times.length} small writes in ${seconds} s`);
  }
  await phase('nothing', 0);
  for (const streams of [1, 16, 64]) await phase('transactions of 500', streams, bundle('transaction', 500));
  for (const streams of [1, 64]) await phase(`batches of ${entries}`, streams, bundle('batch', entries));
} catch (error) {
  console.log(error.stack);
  process.exitCode = 1;
} finally {
  await gateway.end();
}
process.exit(process.exitCode ?? 0);
