// $evaluate over HTTPS with token and audit: the facts are stored (a patient with consents, a
// prescription, an approved module and its funding), the request is given, and the decision answered.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const kCases = 'conformance/cases/marketing-authorization.json';

// The first case, and `consents` of its authorization under other ids, for a patient of its own.
function factsOf(consents) {
  const { fixtures, cases } = JSON.parse(readFileSync(kCases, 'utf8'));
  const named = (each) => (typeof each === 'string' ? fixtures[each.slice(1)] : each);
  const [request, ...resources] = cases[0].given.resources.map(named)
    .sort((a, b) => Number(b.resourceType === 'CommunicationRequest') - Number(a.resourceType === 'CommunicationRequest'));
  const authorization = resources.find(({ resourceType }) => resourceType === 'Consent');
  for (let n = 1; n < consents; ++n) resources.push({ ...authorization, id: `${authorization.id}-${n}` });
  resources.push({ resourceType: 'MedicationRequest', id: 'order', status: 'active', intent: 'order', subject: request.subject,
    medicationCodeableConcept: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1001' }] } });
  // Every count of consents has a patient of its own; modules and contracts are shared.
  let text = JSON.stringify({ request, resources, now: named(cases[0].given.now) ?? cases[0].given.now });
  for (const { resourceType, id } of resources) {
    if (!['ActivityDefinition', 'Contract'].includes(resourceType)) {
      text = text.replaceAll(`"id":"${id}"`, `"id":"${id}-of-${consents}"`)
        .replaceAll(`"${resourceType}/${id}"`, `"${resourceType}/${id}-of-${consents}"`);
    }
  }
  return { ...JSON.parse(text), programme: named(cases[0].given.programme), want: cases[0].want.outcome };
}

// {consents: paired(...)}; the world's gateway serves. paired, wrk and bareListener are those of bench.mjs.
export async function evaluate({ world, dir, paired, wrk, bareListener }) {
  const { programme } = factsOf(1);
  world.addProgramme(programme);
  const client = world.addClient(programme.id);
  const results = {};
  for (const consents of [1, 10, 50]) {
    const { request, resources, now, want } = factsOf(consents);
    for (const resource of resources) {
      const stored = await client.call('PUT', `/${resource.resourceType}/${resource.id}`, resource);
      assert.ok([200, 201].includes(stored.status), stored.text);
    }
    const asked = { resourceType: 'Parameters', parameter: [{ name: 'request', resource: request }, { name: 'now', valueInstant: now }] };
    const answer = await client.call('POST', '/CommunicationRequest/$evaluate', asked);
    const outcome = answer.body?.parameter?.find(({ name }) => name === 'outcome')?.valueCode;
    assert.equal(outcome, want, answer.text);
    const body = join(dir, 'evaluate.json');
    writeFileSync(body, JSON.stringify(asked));
    const bare = await bareListener(world, answer.text);
    const url = `${world.partnersUrl}/fhir/${programme.id}/CommunicationRequest/$evaluate`;
    results[consents] = { bytes: answer.text.length, ...await paired(`$evaluate, ${consents} consents`,
      async () => wrk(url, { script: 'tests/bench/post_patients.lua', args: [await client.token(), body, 'evaluate'] }),
      () => wrk(bare.url)) };
    await bare.server.stop();
  }
  return results;
}
