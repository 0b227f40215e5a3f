// Prints the agreement of two validators' answers as a Markdown table, then what they differ about.
// usage: node agree.mjs PSGATEWAY.tsv HAPI.tsv
import {readFileSync} from 'node:fs';

function read(file) {
  const answers = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [path, severity, code, place, message] = line.split('\t');
    const name = path.split('/').pop();
    if (!answers.has(name)) answers.set(name, []);
    if (severity === 'error') answers.get(name).push(`${code} ${place}: ${message}`);
  }
  return answers;
}

const [ours, hapi] = process.argv.slice(2).map(read);
const table = new Map();
const apart = [];
for (const [name, errors] of ours) {
  const fault = name.includes('~') ? name.split('~')[1].replace('.json', '') : '(example as published)';
  const theirs = hapi.get(name) ?? [];
  const row = table.get(fault) ?? {both: 0, neither: 0, ours: 0, hapi: 0};
  const verdict = errors.length ? (theirs.length ? 'both' : 'ours') : theirs.length ? 'hapi' : 'neither';
  row[verdict]++;
  table.set(fault, row);
  if (verdict === 'ours') apart.push(`psgateway only: ${name}: ${errors[0]}`);
  if (verdict === 'hapi') apart.push(`HAPI only: ${name}: ${theirs[0]}`);
}
console.log('| fault | both refuse | both accept | psgateway only refuses | HAPI only refuses |\n|---|---|---|---|---|');
const total = {both: 0, neither: 0, ours: 0, hapi: 0};
for (const [fault, row] of [...table].sort()) {
  for (const key of Object.keys(total)) total[key] += row[key];
  console.log(`| ${fault} | ${row.both} | ${row.neither} | ${row.ours} | ${row.hapi} |`);
}
console.log(`| **all** | ${total.both} | ${total.neither} | ${total.ours} | ${total.hapi} |`);
console.log(`\n${apart.join('\n')}`);
