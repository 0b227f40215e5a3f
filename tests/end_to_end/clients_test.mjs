// FHIR clients that we did not write.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Fixture } from './fixture.mjs';

describe('clients', () => {
  let gateway;
  before(async () => { gateway = await Fixture.started(); });
  after(() => gateway.end());

  it('fhir-kit-client creates, reads, patches, pages, transacts and is refused in words', async () => {
    const script = fileURLToPath(new URL('clients/fhir_kit.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, gateway.client.base, await gateway.client.token()],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: gateway.caFile } });
    assert.match(stdout, /the whole road/);
  });
});
