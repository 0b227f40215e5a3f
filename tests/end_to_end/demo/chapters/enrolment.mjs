// The hub enrols patients: one transaction Bundle. Then one of them answers STOP to an earlier text.
import { check } from '../checks.mjs';
import { heading, say, dim, wrap } from '../terminal.mjs';
import { load, remember, transaction, zones } from '../templates.mjs';

export async function enrolment({ world, client, names }) {
  heading('The hub enrols its patients');
  const entries = ['people', 'permissions', 'content'].flatMap((file) => load(`enrolment/${file}.json`));
  const begun = Date.now();
  const answer = await client.bundle(transaction(entries));
  const took = Date.now() - begun;
  remember(names, entries, answer);
  const created = (answer.entry ?? []).filter((entry) => entry.response?.status?.startsWith('201')).length;
  check('the enrolment Bundle is stored whole', created === entries.length, `${created} of ${entries.length}`);

  const types = new Map();
  for (const { resource } of entries) types.set(resource.resourceType, (types.get(resource.resourceType) ?? 0) + 1);
  const list = [...types].map(([type, count]) => `${count} ${type}`).join(', ');
  say(wrap(`One transaction of ${entries.length} resources, stored in ${took} ms: ${list}.`));
  const { day, night } = zones();
  say(dim(wrap(`Every reference in it was a urn:uuid. Nora, Emil, Ida and Lena live in ${day}, where it is day; ` +
               `Otto in ${night}, where it is night; Greta has died.`)));
}

export async function stopReply({ world }) {
  heading('Emil answers STOP');
  const begun = Date.now();
  const answer = await world.smsReply({ from: '+18005550102', to: '+18005550100', body: 'STOP' });
  check('a STOP reply is acknowledged', answer.status >= 200 && answer.status < 300, String(answer.status));
  say(wrap(`The SMS provider's signed webhook was answered ${answer.status} in ${Date.now() - begun} ms; ` +
           'from here on no text leaves for his number.'));
  const forged = await world.smsReply({ from: '+18005550101', to: '+18005550100', body: 'STOP', forged: true });
  check('a hook with a wrong signature is refused', forged.status === 401 || forged.status === 403, String(forged.status));
}
