// What the demo expects of the gateway. Every expectation is one line of TAP under --check; without it
// only those not met are shown, at the end.
import { green, red, say } from './terminal.mjs';

const results = [];
let tap = false;

export function tapOutput(on) { tap = on; }

// Records one expectation; `seen` says what was there instead.
export function check(sentence, met, seen = '') {
  results.push({ sentence, met: Boolean(met), seen });
  if (tap) say(`${met ? 'ok' : 'not ok'} ${results.length} - ${sentence}${met || !seen ? '' : ` # ${seen}`}`);
  return Boolean(met);
}

// True when all are met. Says so.
export function summary() {
  const missed = results.filter((result) => !result.met);
  if (tap) say(`1..${results.length}`);
  if (missed.length === 0) {
    say(green(`\nAll ${results.length} expectations were met.`));
    return true;
  }
  say(red(`\n${missed.length} of ${results.length} expectations were not met:`));
  for (const { sentence, seen } of missed) say(`  - ${sentence}${seen ? ` (seen: ${seen})` : ''}`);
  return false;
}
