// A REVIEW holds a message until a person has signed for it; what he signs is this request, these words
// and these rules, for a time. It never turns a denial into a permit.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Fixture, assertOutcome, person } from './fixture.mjs';

const kTenant = 'aurora';
const kWords = 'Your care team has a question about your last visit. Please call us. Reply STOP to opt out.';

describe('review by a person', () => {
  let gateway;
  let client;
  let next = 1;

  before(async () => {
    gateway = await Fixture.started({ receivers: ['sms'], programme: { hubWebhook: undefined, nurseQueue: undefined },
      prepare: (fixture) => {
        for (const [name, role] of [['cora', 'compliance'], ['nel', 'nurse']]) {
          const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384',
            privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
          writeFileSync(fixture.path(`${name}.key`), privateKey, { mode: 0o600 });
          writeFileSync(fixture.path(`${name}.pem`), publicKey);
          fixture.psgateway('user', 'add', name, '--tenant', kTenant, '--role', role, '--key', fixture.path(`${name}.pem`), '--config', fixture.config);
        }
      } });
    client = gateway.client;
    await gateway.enrolContent();
  });
  after(() => gateway?.end());

  // A request whose words no module approved: held for compliance.
  const held = async (changes = {}) => {
    const who = person(next++, { family: 'Zyxwreview' });
    await gateway.enrol(who);
    const id = await gateway.remind(who, 'sms', { changes: { payload: [{ contentString: kWords }], ...changes } });
    await gateway.state(id, 'held');
    return { id, who };
  };
  const valueOf = (parameters, name) => {
    const found = parameters.parameter.find((each) => each.name === name);
    return found && Object.entries(found).find(([key]) => key.startsWith('value'))[1];
  };
  const statementOf = async (id) => {
    const answer = await client.call('GET', `/CommunicationRequest/${id}/$review`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(valueOf(answer.body, 'outcome'), 'REVIEW');
    return JSON.parse(valueOf(answer.body, 'statement'));
  };
  const signed = (statement, { by = 'cora', key = by, hours = 24 } = {}) => {
    const file = gateway.path('statement.json');
    writeFileSync(file, JSON.stringify(statement));
    return gateway.psgateway('sign', file, '--user', by, '--key', gateway.path(`${key}.key`), '--hours', String(hours)).stdout.trim();
  };
  const approve = (id, statement) => client.call('POST', `/CommunicationRequest/${id}/$approve`,
    { resourceType: 'Parameters', parameter: [{ name: 'statement', valueString: statement }] });
  const tasksOf = async (id) => (await client.call('GET', `/Task?focus=CommunicationRequest/${id}`)).body.entry.map(({ resource }) => resource.status);

  it('the signed word of the right person lets it go, and the Task is done', async () => {
    const { id, who } = await held();
    const statement = await statementOf(id);
    assert.deepEqual(statement.rules, ['CM1']);
    assert.deepEqual(await tasksOf(id), ['requested']);
    const answer = await approve(id, signed(statement));
    assert.equal(answer.status, 200, answer.text);
    assert.match(valueOf(answer.body, 'outcome'), /^PERMIT/);
    await gateway.state(id, 'sent');
    await gateway.arrived('sms', ({ to }) => to === who.phone);
    assert.deepEqual(await tasksOf(id), ['completed']);
    const replayed = gateway.tryPsgateway('replay', '--config', gateway.config);
    assert.equal(replayed.status, 0, replayed.stdout + replayed.stderr);
  });

  it('not that of a nurse, of a stranger, or one signed with another key', async () => {
    const { id } = await held();
    const statement = await statementOf(id);
    assertOutcome(await approve(id, signed(statement, { by: 'nel' })), 403, 'forbidden');
    assertOutcome(await approve(id, signed(statement, { by: 'eve', key: 'cora' })), 403, 'forbidden');
    assertOutcome(await approve(id, signed(statement, { by: 'cora', key: 'nel' })), 403, 'forbidden');
    assertOutcome(await approve(id, 'a.b.c'), 403, 'forbidden');
    assert.equal((await gateway.explain(id)).state, 'held');
  });

  it('not for another request, other words or other rules', async () => {
    const { id } = await held();
    const statement = await statementOf(id);
    assertOutcome(await approve(id, signed({ ...statement, request: 'CommunicationRequest/other' })), 403, 'forbidden');
    for (const other of [{ textHash: '0'.repeat(64) }, { rules: ['M12'] }]) {
      const answer = await approve(id, signed({ ...statement, ...other }));
      assert.equal(answer.status, 200, answer.text);
      assert.equal(valueOf(answer.body, 'outcome'), 'REVIEW');
    }
    assert.equal((await gateway.explain(id)).state, 'held');
  });

  it('an opt-out that came meanwhile stands', async () => {
    const { id, who } = await held();
    const statement = await statementOf(id);
    const stop = await client.call('POST', '/Communication', { resourceType: 'Communication', status: 'completed',
      subject: { reference: gateway.names.reference(who.as) }, sender: { reference: gateway.names.reference(who.as) },
      medium: [{ coding: [{ system: 'https://psgateway.example/fhir/CodeSystem/channel', code: 'sms' }] }],
      payload: [{ contentString: 'STOP' }] });
    assert.equal(stop.status, 201, stop.text);
    const answer = await approve(id, signed(statement));
    assert.equal(valueOf(answer.body, 'outcome'), 'DENY');
    await gateway.state(id, 'cancelled');
  });
});
