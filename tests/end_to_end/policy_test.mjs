// Policy packs: proposed by one person, activated by another; every decision names the pack it was made
// under and is taken again under it, whatever decides today.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Fixture, person } from './fixture.mjs';

const kTenant = 'aurora';
const kPerson = person(1, { family: 'Zyxwpolicy' });

describe('policy packs', () => {
  let gateway;
  let builtIn;

  const admin = (...args) => gateway.psgateway(...args, '--config', gateway.config).stdout;
  const refused = (...args) => gateway.tryPsgateway(...args, '--config', gateway.config);
  const signer = (name) => ['--tenant', kTenant, '--user', name, '--key', gateway.path(`${name}.key`)];
  const pack = (changes) => {
    const changed = { ...structuredClone(builtIn), ...changes };
    const file = gateway.path(`${changed.version}.json`);
    writeFileSync(file, JSON.stringify(changed, null, 2));
    return file;
  };
  // The person is where it is day now.
  const evaluated = async () => {
    const request = { ...gateway.reminder(kPerson, 'sms'), id: 'dry-run' };
    const answer = await gateway.client.call('POST', '/CommunicationRequest/$evaluate', { resourceType: 'Parameters',
      parameter: [{ name: 'request', resource: request }] });
    assert.equal(answer.status, 200, answer.text);
    const rules = answer.body.parameter.filter(({ name }) => name === 'reason').map(({ part }) => part[0].valueCode);
    return { ...Object.fromEntries(answer.body.parameter.map((each) => [each.name, Object.values(each).at(-1)])), rules };
  };

  before(async () => {
    gateway = await Fixture.started({ receivers: ['sms'], prepare: (fixture) => {
      for (const name of ['ann', 'bob', 'nel']) {
        const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384',
          privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
        writeFileSync(fixture.path(`${name}.key`), privateKey, { mode: 0o600 });
        writeFileSync(fixture.path(`${name}.pem`), publicKey);
        fixture.psgateway('user', 'add', name, '--tenant', kTenant, '--role', name === 'nel' ? 'nurse' : 'compliance',
          '--key', fixture.path(`${name}.pem`), '--config', fixture.config);
      }
    } });
    builtIn = JSON.parse(execFileSync(gateway.binary, ['policy', 'show'], { encoding: 'utf8' }));
    await gateway.enrolContent();
    await gateway.enrol(kPerson);
  });
  after(() => gateway?.end());

  it('a mistake in a pack is named with its path', () => {
    const file = pack({ version: 'broken', channels: { ...builtIn.channels, opensAt: '8 o\'clock' } });
    const said = refused('policy', 'propose', file, ...signer('ann'));
    assert.equal(said.status, 1);
    assert.match(said.stderr, /policy\.channels\.opensAt/);
    assert.match(execFileSync(gateway.binary, ['policy', 'show', pack({ version: 'fine' })], { encoding: 'utf8' }), /can be read/);
  });

  it('law cannot be relaxed', () => {
    const said = refused('policy', 'propose', pack({ version: 'lawless', relaxed: ['V5'] }), ...signer('ann'));
    assert.equal(said.status, 1);
    assert.match(said.stderr, /policy\.relaxed/);
  });

  it('one person proposes, and cannot activate it alone', () => {
    admin('policy', 'propose', pack({ version: 'late-mornings', channels: { ...builtIn.channels, opensAt: '10:00', closesAt: '10:01' } }), ...signer('ann'));
    const alone = refused('policy', 'activate', 'late-mornings', ...signer('ann'));
    assert.equal(alone.status, 1);
    assert.match(alone.stderr, /another must/);
    assert.match(admin('policy', 'list'), /late-mornings\tproposed\tann/);
  });

  it('a nurse, a stranger and a wrong key cannot', () => {
    assert.match(refused('policy', 'activate', 'late-mornings', ...signer('nel')).stderr, /roles/);
    assert.match(refused('policy', 'activate', 'late-mornings', '--tenant', kTenant, '--user', 'eve', '--key', gateway.path('bob.key')).stderr, /nobody/);
    assert.match(refused('policy', 'activate', 'late-mornings', '--tenant', kTenant, '--user', 'bob', '--key', gateway.path('ann.key')).stderr, /registered key/);
  });

  it('a version is never used twice, and one of the future waits', () => {
    assert.match(refused('policy', 'propose', pack({ version: 'late-mornings' }), ...signer('bob')).stderr, /version/);
    admin('policy', 'propose', pack({ version: 'next-century', effective: '2100-01-01' }), ...signer('ann'));
    assert.match(refused('policy', 'activate', 'next-century', ...signer('bob')).stderr, /not effective/);
  });

  it('another person activates it: it decides at once, and old decisions stay what they were', async () => {
    const before = await evaluated();
    await gateway.remind(kPerson, 'sms');
    admin('policy', 'activate', 'late-mornings', ...signer('bob'));
    const now = await evaluated();
    assert.equal(before.policy, builtIn.version);
    assert.equal(now.policy, 'late-mornings');
    assert.notEqual(before.policyHash, now.policyHash);
    assert.ok(!before.rules.includes('B1-27'));
    assert.ok(now.rules.includes('B1-27'), 'the window of the new pack is one minute long');
    assert.match(admin('policy', 'list'), /late-mornings\tactive\tann\tbob/);
    const replayed = gateway.tryPsgateway('replay', '--config', gateway.config);
    assert.equal(replayed.status, 0, replayed.stdout + replayed.stderr);
  });

  it('replay --policy lists what another pack would have changed', () => {
    const strict = pack({ version: 'never', channels: { ...builtIn.channels, opensAt: '12:00', closesAt: '12:01' } });
    const replayed = gateway.tryPsgateway('replay', '--policy', strict, '--config', gateway.config);
    assert.equal(replayed.status, 1);
    assert.match(replayed.stderr, /policy never/);
    const [line] = replayed.stdout.trim().split('\n').map((text) => JSON.parse(text));
    assert.equal(line.result, 'different');
    assert.ok(line.now.reasons.some(({ rule }) => rule === 'B1-27'));
  });

  it('a user who is disabled signs no more', () => {
    admin('user', 'disable', 'bob', '--tenant', kTenant);
    assert.match(refused('policy', 'activate', builtIn.version, ...signer('bob')).stderr, /disabled/);
    admin('user', 'enable', 'bob', '--tenant', kTenant);
    admin('policy', 'activate', builtIn.version, ...signer('bob'));
  });
});
