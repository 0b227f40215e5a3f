// `./dev run`: a gateway to develop against, with the demo's receivers around it. Ctrl-C ends it;
// .run/ keeps its data until it is deleted.
import { parseArgs } from 'node:util';
import { relative } from 'node:path';
import { bold, dim, say } from './terminal.mjs';
import { World, kProgramme } from './world.mjs';

const { values } = parseArgs({ options: {
  gateway: { type: 'string', default: 'build/psgateway' }, dir: { type: 'string', default: '.run' },
} });

const world = new World({ dir: values.dir, gateway: values.gateway, ports: [8443, 8444, 8445] });
try {
  await world.initialise();
  const receivers = world.startReceivers();
  receivers.catch(() => {});  // awaited below
  world.register();
  await world.serve();
  await receivers;
} catch (error) {
  say(`dev: ${error.message}`);
  await world.stop();
  process.exit(1);
}

const file = (path) => relative(process.cwd(), path);
const base = `${world.partnersUrl}/fhir/${kProgramme}`;
say(bold(`\nThe gateway is ready: ${base}`));
say(`
  CURL="curl --cacert ${file(world.caFile)}"
  $CURL ${base}/metadata
  AUTH="Authorization: Bearer $(./dev token)"          # lives for five minutes
  FHIR="Content-Type: application/fhir+json"
  $CURL -H "$AUTH" ${base}/Patient
  $CURL -H "$AUTH" -H "$FHIR" -d '{"resourceType":"Patient","name":[{"family":"Madeup"}]}' ${base}/Patient
  curl ${world.operationsUrl}/readyz
`);
say(dim(`  configuration ${file(world.config)}, log ${file(world.log('psgateway'))}; what was sent is in ` +
        `${file(world.path('smtp.received'))}, ${file(world.path('sms.received'))} and so on.`));
say(dim('  Ctrl-C stops it; rm -r .run starts over.'));

let stopping = false;
async function stop(status) {
  if (stopping) return;
  stopping = true;
  say('\nStopping.');
  await world.stop();
  process.exit(status);
}
process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
world.gateway.exited.then(({ code }) => {
  if (!stopping) say(`psgateway ended by itself (${code}); see ${file(world.log('psgateway'))}`);
  stop(1);
});
