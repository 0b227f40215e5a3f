// A full disk: the gateway's data on a small file system of its own, so that only its disk is full.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { complaint, request } from '../end_to_end/client.mjs';
import { until } from '../end_to_end/demo/process.mjs';
import { Fixture, assertOutcome } from '../end_to_end/fixture.mjs';

const kMarker = 'Zyxwunspoken';

describe('a full disk', () => {
  let gateway;
  let mount;
  let reason;
  before(() => {
    mount = mkdtempSync(join(tmpdir(), 'psg-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'tmpfs', mount], { encoding: 'utf8' });
    if (mounted.status !== 0) reason = `no file system can be mounted here: ${(mounted.stderr ?? String(mounted.error)).trim()}`;
  });
  after(async () => {
    await gateway?.end();
    if (!reason) spawnSync('umount', ['-l', mount]);
    rmSync(mount, { recursive: true, force: true });
  });

  it('writes are refused in words, reads go on, and after space is freed all is well', async (t) => {
    if (reason) return t.skip(reason);
    gateway = await Fixture.started({ configure(settings) {
      mkdirSync(join(mount, 'data'));
      settings.data_dir = join(mount, 'data');
    } });
    const { client } = gateway;
    const acknowledged = [];
    const write = async () => {
      const answer = await client.call('POST', '/Basic', { resourceType: 'Basic', code: { text: `${kMarker} ${'x'.repeat(20000)}` } });
      if (answer.status === 201) acknowledged.push(`Basic/${answer.body.id}`);
      return answer;
    };
    for (let n = 0; n < 20; ++n) assert.equal((await write()).status, 201);
    // Something else takes the rest of the disk.
    const { bavail, bsize } = statfsSync(mount);
    const ballast = join(mount, 'ballast');
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - (1 << 20))));
    let refused;
    for (let n = 0; n < 400 && !refused; ++n) {
      const answer = await write();
      if (answer.status !== 201) refused = answer;
    }
    assert.ok(refused, 'the disk becomes full');
    assert.ok([503, 507].includes(refused.status), complaint(refused));
    assertOutcome(refused, refused.status, ['transient', 'no-store'], { silent: [kMarker] });
    const many = await Promise.all(Array.from({ length: 20 }, write));
    for (const answer of many) assert.ok([201, 503, 507].includes(answer.status), complaint(answer));
    assert.equal(gateway.gateway.pid > 0 && spawnSync('kill', ['-0', String(gateway.gateway.pid)]).status, 0, 'the process goes on');
    assert.equal((await request(`${gateway.operationsUrl}/healthz`)).status, 200);
    rmSync(ballast);
    const back = await until(async () => (await write()).status === 201, { withinMs: 15000, everyMs: 200 });
    assert.ok(back, 'writes work again without a restart');
    for (const reference of acknowledged) assert.equal((await client.call('GET', `/${reference}`)).status, 200, 'an acknowledged write is there');
    gateway.markers.add(kMarker);
    gateway.assertLogIsSilent();
    assert.equal((await gateway.stopGateway()).code, 0);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
    await gateway.serve();
    for (const reference of acknowledged) assert.equal((await client.call('GET', `/${reference}`)).status, 200, 'after a restart as well');
    const all = await client.expect('GET', '/Basic?_count=0&_total=accurate');
    assert.equal(all.total, acknowledged.length, 'and nothing that was refused');
  });
});
