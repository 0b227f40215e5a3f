// `./dev demo`: the whole road in one terminal, on real components. Every step states what it expects,
// so the demo is the end-to-end test too: it ends with 1 when an expectation is not met.
//   --gateway FILE  the program        --data DIR  a folder of FHIR NDJSON instead of the story
//   --keep          leave .demo/ there --check     print TAP lines      --dir DIR  work elsewhere
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { relative, resolve } from 'node:path';
import { check, summary, tapOutput } from './checks.mjs';
import { Names } from './templates.mjs';
import { dim, heading, red, say, wrap } from './terminal.mjs';
import { World } from './world.mjs';
import { enrolment, stopReply } from './chapters/enrolment.mjs';
import { pull, requests } from './chapters/requests.mjs';
import { nurse, revocation, unsubscribe, why } from './chapters/afterwards.mjs';
import { loadFolder } from './chapters/folder.mjs';
import { atRest, proof, stop } from './chapters/proof.mjs';

const { values } = parseArgs({ options: {
  gateway: { type: 'string', default: 'build/psgateway' }, dir: { type: 'string', default: '.demo' },
  data: { type: 'string' }, keep: { type: 'boolean', default: false }, check: { type: 'boolean', default: false },
} });
tapOutput(values.check);
const begun = Date.now();

// A gateway, its keys, and the parties around it.
async function build(world) {
  heading('A gateway and the parties around it');
  await world.initialise();
  const receivers = world.startReceivers();
  receivers.catch(() => {});  // awaited below
  const client = world.register();
  const started = Date.now();
  await world.serve();
  const took = Date.now() - started;
  await receivers;
  const ports = world.receiverPorts;
  say(wrap(`psgateway at ${world.partnersUrl} was ready ${took} ms after its start. Keys, a development CA and ` +
           'certificates were made; the store is encrypted. Around it: an SMTP server ' +
           `(STARTTLS, ${ports.smtp}), an SMS provider (${ports.sms}), the hub's webhook (${ports.webhook}), ` +
           `the patient portal (${ports.portal}), a nurse programme's FHIR server (${ports.nurse}) and the EHR (${ports.ehr}).`));
  await client.token();
  say(dim(wrap('The hub signed a JWT (ES384) and holds an access token for five minutes.')));
  return client;
}

const kStory = [enrolment, stopReply, requests, pull, revocation, unsubscribe, why, nurse];

async function main() {
  const dir = resolve(values.dir);
  rmSync(dir, { recursive: true, force: true });
  const world = new World({ dir, gateway: values.gateway });
  const interrupted = new Promise((_, reject) => process.once('SIGINT', () => reject(new Error('interrupted'))));
  interrupted.catch(() => {});
  try {
    const stage = { world, client: await build(world), names: new Names() };
    const chapters = values.data ? [(on) => loadFolder(on, values.data)] : kStory;
    for (const chapter of chapters) {
      await Promise.race([interrupted, chapter(stage)]).catch((error) => {
        if (!world.gateway || error.message === 'interrupted') throw error;
        say(red(wrap(error.message)));
        check(`the chapter '${chapter.name || 'loadFolder'}' runs to its end`, false, error.message);
      });
    }
    stage.client.close();
    await stop(stage);
    await atRest(stage);
    await proof(stage);
    await world.stop();
  } catch (error) {
    say(red(`\n${error.message}`));
    check('the demo runs to its end', false, error.message);
    await world.stop().catch(() => {});
  }
  const good = summary();
  say(dim(`${((Date.now() - begun) / 1000).toFixed(1)} s.`));
  const place = relative(process.cwd(), dir) || dir;
  if (values.keep || !good) {
    say(`Everything is in ${place}/: gateway/ (configuration, keys, store), *.received (what reached each party), psgateway.log.`);
  } else {
    rmSync(dir, { recursive: true, force: true });
    say(dim(`Nothing is left behind; --keep leaves ${place}/ with the configuration, keys, store and logs.`));
  }
  process.exit(good ? 0 : 1);
}

await main();
