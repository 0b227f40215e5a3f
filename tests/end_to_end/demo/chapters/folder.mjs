// `--data DIR`: a folder of FHIR NDJSON (bulk export) instead of the story. Patients and their
// prescriptions are stored under their own ids; every patient who takes something now gets one refill
// reminder; the outcomes are summed up.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../checks.mjs';
import { fill, load, remember, transaction } from '../templates.mjs';
import { Progress, dim, heading, outcomeColour, say, table, wrap } from '../terminal.mjs';
import { kShort, settle } from './requests.mjs';

const kBatch = 100;
const kAtOnce = 4;
const kFunding = 'https://psgateway.example/fhir/StructureDefinition/';

function readNdjson(folder, type) {
  const file = join(folder, `${type}.ndjson`);
  if (!existsSync(file)) throw new Error(`${file} is not there: --data wants a folder with Patient.ndjson and MedicationRequest.ndjson`);
  return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line, index) => {
    try { return JSON.parse(line); } catch { throw new Error(`${file}:${index + 1} is not JSON`); }
  });
}

// Conditional references ("Practitioner?identifier=...") need a search that this server does not do
// yet; what they display is kept.
function withoutConditionalReferences(value) {
  if (Array.isArray(value)) return value.map(withoutConditionalReferences);
  if (value === null || typeof value !== 'object') return value;
  const { reference, ...rest } = value;
  const kept = typeof reference === 'string' && reference.includes('?') ? rest : value;
  return Object.fromEntries(Object.entries(kept).map(([key, item]) => [key, withoutConditionalReferences(item)]));
}

// Batches of PUTs, several at a time; answers how many were refused and says why.
async function store({ client }, what, resources) {
  const progress = new Progress(what, resources.length);
  const refused = new Map();
  const batches = [];
  for (let from = 0; from < resources.length; from += kBatch) batches.push(resources.slice(from, from + kBatch));
  const sendBatches = async () => {
    for (let part = batches.shift(); part; part = batches.shift()) await sendBatch(part);
  };
  const sendBatch = async (part) => {
    const answer = await client.bundle({ resourceType: 'Bundle', type: 'batch', entry: part.map((resource) => ({
      resource: withoutConditionalReferences(resource),
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })) });
    for (const { response } of answer.entry) {
      if (/^2/.test(response.status)) continue;
      const issue = response.outcome?.issue?.[0];
      const why = `${response.status} ${issue?.diagnostics ?? ''} ${issue?.expression?.[0] ?? ''}`.trim();
      refused.set(why, (refused.get(why) ?? 0) + 1);
    }
    progress.add(part.length);
  };
  await Promise.all(Array.from({ length: kAtOnce }, sendBatches));
  progress.end();
  for (const [why, count] of refused) say(wrap(`refused ${count}: ${why}`, '    '));
  return [...refused.values()].reduce((sum, count) => sum + count, 0);
}

const codingOf = (prescription) => prescription.medicationCodeableConcept?.coding?.[0];

// An approved refill module for each product, all paid within their cost, as the story's.
async function modules({ client, names }, products) {
  const content = load('enrolment/content.json');
  const funding = content.find(({ as }) => as === 'funding-at-cost');
  const pattern = content.find(({ as }) => as === 'refill-reminder').resource;
  const entries = [funding, ...products.map((product) => ({ as: `module-${product.code}`, resource: {
    ...pattern, url: `https://northlight.example/module/refill-${product.code}`, name: `refill_${product.code}`,
    extension: pattern.extension.map((extension) => (extension.url === `${kFunding}mentions-product`
      ? { ...extension, valueCodeableConcept: { coding: [product] } } : extension)) } }))];
  remember(names, entries, await client.bundle(transaction(entries)));
}

// One way to reach each: e-mail, else a text to a telephone.
const mediumOf = (patient) => ((patient.telecom ?? []).some(({ system }) => system === 'email') ? 'email' : 'sms');

export async function loadFolder(stage, folder) {
  heading(`Loading ${folder}`);
  const patients = readNdjson(folder, 'Patient');
  const prescriptions = readNdjson(folder, 'MedicationRequest');
  const active = prescriptions.filter((prescription) => prescription.status === 'active' && codingOf(prescription));
  const products = [...new Map(active.map((prescription) => [codingOf(prescription).code, codingOf(prescription)])).values()];

  const programme = load('programme.json');
  stage.world.addProgramme({ ...programme, products: [...programme.products, ...products.map(({ system, code, display }) =>
    ({ system, code, display, maker: programme.seller, ingredient: display }))] });

  // What must not be found in clear afterwards.
  stage.secrets = patients.slice(0, 40).map((patient) => patient.name?.[0]?.family ?? '').filter((name) => name.length >= 7);
  const refused = await store(stage, 'Patients', patients) + await store(stage, 'Prescriptions', prescriptions);
  check('every resource of the folder is stored', refused === 0, `${refused} refused`);
  say(dim(wrap(`The gateway now uses ${stage.world.memory().toFixed(0)} MB of memory.`)));

  await modules(stage, products);
  const firstOf = new Map(active.map((prescription) => [prescription.subject.reference, prescription]));
  const known = patients.filter((patient) => firstOf.has(`Patient/${patient.id}`));
  heading(`A refill reminder for each of the ${known.length} patients with an active prescription`);
  const progress = new Progress('Reminders', known.length);
  const done = [];
  for (const patient of known) done.push(await remind(stage, patient, firstOf.get(`Patient/${patient.id}`), progress));
  progress.end();
  const settled = [];
  for (const request of done) settled.push(await settle(stage, request));
  summarise(settled);
  check('every reminder has a decision', settled.every(({ explained }) => explained.outcome !== '?'));
}

async function remind({ client, names }, patient, prescription, progress) {
  const pattern = load('requests.json').find(({ as }) => as === 'one-send').resource;
  const subject = { reference: `Patient/${patient.id}` };
  const request = await client.create({
    ...fill({ ...pattern, subject: undefined, recipient: undefined, about: undefined }, names),
    subject, recipient: [subject],
    about: [{ reference: names.reference(`module-${codingOf(prescription).code}`) }, { reference: `MedicationRequest/${prescription.id}` }],
    medium: [{ coding: [{ ...pattern.medium[0].coding[0], code: mediumOf(patient) }] }],
  });
  progress.add(1);
  return { id: request.id };
}

function summarise(requests) {
  const groups = new Map();
  for (const { explained } of requests) {
    const { class: kind, outcome, rule, reasons } = explained;
    const key = JSON.stringify([kind, outcome, rule, reasons[0]?.text ?? '']);
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const rows = [...groups].sort((a, b) => b[1] - a[1]).map(([key, count]) => {
    const [kind, outcome, rule, text] = JSON.parse(key);
    return [String(count).padStart(4), kind, { text: kShort[outcome] ?? outcome, colour: outcomeColour(outcome) }, rule, text];
  });
  table([{ title: 'many', width: 4 }, { title: 'class', width: 13 }, { title: 'outcome', width: 11 },
         { title: 'rule', width: 7 }, { title: 'reason', width: 79 }], rows);
}
