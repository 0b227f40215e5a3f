// kill -9 in the middle of the work: node tests/faults/kill.mjs [COUNT=25] [SEED]
// A gateway under load (patients, enrolments, messages, opt-outs) is killed COUNT times at random
// moments and started again; then every promise is checked against what the clients were told and what
// the receivers hold. Ends with 1 when one is broken. See README.md.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { sleep, until } from '../end_to_end/demo/process.mjs';
import { Fixture, person } from '../end_to_end/fixture.mjs';

const kKillsPerRound = 25;   // a round has a store of its own: the made-up numbers are 900
const kMostPeople = 880;
const kMarker = 'Zyxwkillmark';
// kill -9 leaves the page cache: memory is as good as a disk here, and lets more happen between kills.
const kFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const kBusy = 0.8;           // of the kills met requests under way
const count = Number(process.argv[2] ?? 25);
const seed = Number(process.argv[3] ?? randomBytes(4).readUInt32LE());

// mulberry32: the same seed, the same moments.
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

class Round {
  constructor(gateway) {
    this.gateway = gateway;
    this.client = gateway.client;
    this.underWay = 0;       // requests sent and not answered
    this.acknowledged = [];  // { reference, version }
    this.people = [];        // { who, names, enrolled, optOuts: [{ channel, at }], requests: [{ id, channel, late }] }
    this.odd = new Map();    // answers nobody should get
    this.atKill = [];
    this.next = 0;
    this.ending = false;
  }

  // One call; undefined when the gateway was killed meanwhile. What is not 2xx is remembered.
  async ask(call) {
    await this.up;
    this.underWay += 1;
    try {
      const answer = await call();
      if (answer.status < 300) return answer;
      const what = `${answer.status} ${answer.text.slice(0, 160)}`;
      this.odd.set(what, (this.odd.get(what) ?? 0) + 1);
      return undefined;
    } catch (error) {
      if (!['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_SSL_WRONG_VERSION_NUMBER'].includes(error.code) && !/socket|TLS/.test(error.message)) throw error;
      await sleep(20);
      return undefined;
    } finally {
      this.underWay -= 1;
    }
  }

  async write(method, resource, headers) {
    const path = `/${resource.resourceType}${method === 'PUT' ? `/${resource.id}` : ''}`;
    const answer = await this.ask(() => this.client.call(method, path, resource, headers));
    if (answer) this.acknowledged.push({ reference: `${resource.resourceType}/${answer.body.id}`, version: Number(answer.body.meta.versionId) });
    return answer?.body;
  }

  // Single creates and updates of patients nobody writes to.
  async writePatients() {
    while (!this.ending) {
      const made = await this.write('POST', { resourceType: 'Patient', name: [{ family: kMarker }] });
      // After an update without an answer the version is not known: the next would rightly be refused.
      for (let n = 1, known = made; known && n < 3; ++n) {
        known = await this.write('PUT', { ...made, active: n === 1 }, { 'if-match': `W/"${n}"` });
      }
    }
  }

  // Enrols people, asks for one text and one e-mail to each, and lets half of them opt out meanwhile.
  async reachOut() {
    while (!this.ending && this.next < kMostPeople) {
      const who = person(this.next++, { family: kMarker });
      const one = { who, enrolled: false, optOuts: [], requests: [] };
      this.people.push(one);
      const taken = await this.ask(async () => {
        try { await this.gateway.enrol(who); return { status: 200 }; } catch (error) {
          if (/: \d{3} /.test(error.message)) return { status: 599, text: error.message };
          throw error;
        }
      });
      if (!taken) continue;
      one.enrolled = true;
      for (const name of [who.as, `rx-${who.as}`, `texts-${who.as}`, `authorization-${who.as}`, `care-${who.as}`]) {
        this.acknowledged.push({ reference: this.gateway.names.reference(name), version: 1 });
      }
      await Promise.all([this.message(one, 'sms'), this.message(one, 'email'), random() < 0.6 ? this.optOut(one) : undefined]);
    }
  }

  async message(one, channel, late = false) {
    const offer = { about: [{ reference: this.gateway.names.reference('savings-zelunex') }],
      reasonCode: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }] }] };
    const made = await this.write('POST', { ...this.gateway.reminder(one.who, channel), ...(channel === 'email' ? offer : {}) });
    if (made) one.requests.push({ id: made.id, channel, late });
  }

  async optOut(one) {
    await sleep(random() * 80);
    const { who } = one;
    const patient = this.gateway.names.reference(who.as);
    const ways = [
      ['sms', () => this.gateway.smsReply({ from: who.phone, to: '+18005550100', body: 'STOP' })],
      ['email', async () => {
        const consent = await this.client.read(this.gateway.names.reference(`authorization-${who.as}`));
        return this.client.call('PUT', `/Consent/${consent.id}`, { ...consent, status: 'inactive' });
      }],
      ['sms', async () => this.client.call('PUT', `/${patient}`, { ...await this.client.read(patient), deceasedBoolean: true })],
      ['sms', () => this.client.call('POST', '/Communication', { resourceType: 'Communication', status: 'completed', subject: { reference: patient },
        sender: { reference: patient }, medium: [{ coding: [{ system: 'https://psgateway.example/fhir/CodeSystem/channel', code: 'sms' }] }],
        payload: [{ contentString: 'STOP' }] })],
    ];
    const [channel, act] = ways[Math.floor(random() * ways.length)];
    const done = await this.ask(act);
    if (!done) return;
    one.optOuts.push({ channel, at: Date.now() });
    await this.message(one, channel, true);  // must never arrive
  }

  async kill() {
    const here = this.acknowledged.length;
    await until(() => this.acknowledged.length > here || this.ending, { withinMs: 20000, everyMs: 5 });
    await sleep(random() * 900);
    this.atKill.push(this.underWay);
    let open;
    this.up = new Promise((resolve) => { open = resolve; });
    this.gateway.gateway.stop('SIGKILL');
    await this.gateway.gateway.exited;
    await this.gateway.serve();
    open();
  }

  async run(kills) {
    this.up = Promise.resolve();
    let failed;
    const writers = [this.writePatients(), this.writePatients(), ...Array.from({ length: 5 }, () => this.reachOut())]
      .map((writer) => writer.catch((error) => { failed ??= error; this.ending = true; }));
    for (let n = 0; n < kills && !failed; ++n) {
      await this.kill();
      process.stderr.write(`\r${n + 1} of ${kills} kills, ${this.acknowledged.length} writes acknowledged, ${this.people.length} people `);
    }
    process.stderr.write('\n');
    this.ending = true;
    await Promise.all(writers);
    if (failed) throw failed;
  }

  async verify() {
    const { gateway, client } = this;
    const each = async (list, work) => {
      const rest = [...list];
      await Promise.all(Array.from({ length: 8 }, async () => { while (rest.length) await work(rest.pop()); }));
    };
    const busy = this.atKill.filter((requests) => requests > 0).length;
    assert.ok(busy >= this.atKill.length * kBusy, `only ${busy} of ${this.atKill.length} kills met requests under way`);
    assert.equal(this.odd.size, 0, `answers other than 2xx: ${JSON.stringify([...this.odd])}`);

    // 1. What was acknowledged is there, in that version or a later one, and the version itself too.
    await each(this.acknowledged, async ({ reference, version }) => {
      const now = await client.call('GET', `/${reference}`);
      assert.equal(now.status, 200, `${reference} was acknowledged and is ${now.status}`);
      assert.ok(Number(now.body.meta.versionId) >= version, `${reference}: version ${version} was acknowledged`);
      assert.equal((await client.call('GET', `/${reference}/_history/${version}`)).status, 200, `${reference}/_history/${version}`);
    });
    // A transaction is there whole or not at all, acknowledged or not.
    await each(this.people, async ({ who, enrolled }) => {
      const found = await client.search('Patient', { identifier: `NL-${who.as}` });
      assert.ok(found.length <= 1 && (found.length === 1 || !enrolled), `${who.as}: ${found.length} patients`);
      if (!found.length) return;
      const of = { patient: `Patient/${found[0].id}` };
      assert.equal((await client.search('MedicationRequest', of)).length, 1);
      assert.equal((await client.search('Consent', of)).length, 3);
    });

    // Everything comes to its end.
    const asked = this.people.flatMap((one) => one.requests);
    const kEnds = ['sent', 'unknown', 'cancelled', 'failed', 'held'];
    const ends = new Map();
    await each(asked, async ({ id }) => {
      const end = await until(async () => { const seen = await gateway.explain(id); return kEnds.includes(seen.state) && seen; }, { withinMs: 60000, everyMs: 200 });
      assert.ok(end, `CommunicationRequest/${id} has no end`);
      ends.set(id, end.state);
    });

    // 2. At most one message a request, and one that was sent has arrived. Each person has one request
    // a channel that may be sent.
    const mails = gateway.received('smtp').filter(({ kind }) => kind === 'email');
    const texts = gateway.received('sms').filter(({ kind }) => kind === 'sms');
    const messageIds = mails.map(({ headers }) => headers.find(([name]) => name.toLowerCase() === 'message-id')[1]);
    assert.equal(new Set(messageIds).size, messageIds.length, 'a Message-ID came twice');
    let late = 0;
    for (const { who, optOuts, requests } of this.people) {
      const arrived = { sms: texts.filter(({ to }) => to === who.phone), email: mails.filter(({ rcpt_tos: to }) => to.includes(who.email)) };
      for (const channel of ['sms', 'email']) {
        assert.ok(arrived[channel].length <= 1, `${who.as}: ${arrived[channel].length} messages by ${channel}`);
        const first = requests.find((one) => one.channel === channel && !one.late);
        if (first && ends.get(first.id) === 'sent') assert.equal(arrived[channel].length, 1, `${who.as}: sent by ${channel}`);
        if (first && ends.get(first.id) === 'cancelled') assert.equal(arrived[channel].length, 0, `${who.as}: cancelled, ${channel}`);
      }
      // 3. Nothing after an acknowledged opt-out.
      for (const { channel, at } of optOuts) {
        for (const message of arrived[channel]) {
          assert.ok(Date.parse(message.at) <= at, `${who.as}: ${channel} ${Date.parse(message.at) - at} ms after the opt-out was acknowledged`);
        }
        for (const request of requests.filter((one) => one.late && one.channel === channel)) {
          assert.equal(ends.get(request.id), 'cancelled', 'a request after the opt-out');
          late += 1;
        }
      }
    }
    // 4. The hub hears of each end once, under one key.
    const told = gateway.received('webhook').map(({ key, body }) => ({ key, event: JSON.parse(body) }));
    const keys = new Map();
    for (const { key, event } of told) {
      const what = `${event.request} ${event.state}`;
      assert.ok(!keys.has(what) || keys.get(what) === key, `two webhooks under two keys for ${what}`);
      keys.set(what, key);
    }
    // 5. The proof.
    gateway.markers.add(kMarker);
    gateway.assertLogIsSilent();
    assert.equal((await gateway.stopGateway()).code, 0);
    gateway.psgateway('verify-ledger', '--config', gateway.config);
    gateway.psgateway('replay', '--config', gateway.config);
    const states = [...ends.values()].reduce((sum, end) => ({ ...sum, [end]: (sum[end] ?? 0) + 1 }), {});
    assert.ok(mails.length > 0 && texts.length > 0 && late > 0, 'the load had messages and opt-outs');
    return { kills: this.atKill.length, busy, writes: this.acknowledged.length, people: this.people.length,
             optOuts: this.people.flatMap(({ optOuts }) => optOuts).length, texts: texts.length, mails: mails.length, webhooks: told.length, ends: states };
  }
}

console.log(`${count} kills, seed ${seed}`);
for (let done = 0; done < count;) {
  const kills = Math.min(kKillsPerRound, count - done);
  const gateway = await Fixture.started({ receivers: ['webhook'], under: kFolder, programme: { nurseQueue: undefined },
    configure(settings) { settings.send_deadline_ms = 4000; settings.dispatch_interval_ms = 20; settings.send_threads = 8; } });
  try {
    await Promise.all([gateway.startReceiver('smtp', '--delay-ms', '30'), gateway.startReceiver('sms', '--delay-ms', '30')]);
    await gateway.enrolContent();
    const round = new Round(gateway);
    await round.run(kills);
    console.log(JSON.stringify(await round.verify()));
  } catch (error) {
    console.log(`a promise is broken (seed ${seed}, after ${done} kills): ${error.stack}`);
    process.exitCode = 1;
    break;
  } finally {
    await gateway.end();
  }
  done += kills;
}
process.exit(process.exitCode ?? 0);
