// Every decision case, asked of a live gateway: its resources are posted, its programme is registered, its
// pack is activated by two persons, what the patient said and what was sent come in as Communications
// (case_facts.mjs), and $evaluate must answer what the engine answers on the bare facts. A resource that
// the gateway refuses to store (some cases are about broken ones) is laid over the stored facts instead.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CaseFacts, kWhyGiven, neighbourOf } from './case_facts.mjs';
import { CaseGateway, programmeOf } from './case_gateway.mjs';
import { allCases, essence, essenceOf, inProgramme, partsOf, withOwnContacts } from './cases.mjs';

describe('a live gateway decides every case like the engine', () => {
  const cases = allCases();
  const asked = [];  // why each case was given something beside the stored facts
  let gateway;

  before(async () => { gateway = await CaseGateway.started(cases); });
  after(() => gateway?.end());

  const evaluate = (client, { request, laidOver, question }, more = {}) =>
    client.call('POST', '/CommunicationRequest/$evaluate', { resourceType: 'Parameters', parameter: [
      ...(request ? [{ name: 'request', resource: request }] : []),
      ...laidOver.map((resource) => ({ name: 'resource', resource })), ...partsOf({ ...question, ...more })] });

  describe('case by case', { concurrency: 4 }, () => {
    for (const [i, { file, note, got, given: asWritten }] of cases.entries()) {
      it(`${file}: ${note}`, async () => {
        const given = withOwnContacts(inProgramme(asWritten, programmeOf(i)));
        const client = gateway.clientOf(i);
        const facts = new CaseFacts({ given, client, mark: programmeOf(i), neighbour: neighbourOf(given) && gateway.neighbourOf(i) });
        await facts.store();
        const { reply, replyChannel } = given;
        const answer = await evaluate(client, facts, reply === undefined ? {} : { reply, replyChannel });
        asked.push(facts.why);
        if (!facts.request && !given.disclosure) return assert.equal(answer.status, 422, 'there is nothing to ask about');
        assert.equal(answer.status, 200, answer.text);
        const heard = essenceOf(answer.body);
        // An answer to a confirmation stays the patient's latest words.
        if (given.optOuts?.some((each) => each.answer)) heard.reasons = heard.reasons.filter((reason) => reason !== 'B1-18 PERMIT');
        assert.deepEqual(heard, essence(got));
        if (reply === undefined) return;
        // Words that wait for a person are the fact that was given; a STOP is an opt-out by now.
        const waits = await facts.say();
        if (!waits) facts.why.add('stop');
        const decision = essenceOf((await evaluate(client, facts)).body);
        if (!waits) decision.reasons = essence(got).reasons;
        assert.deepEqual(decision, essence(got));
      });
    }
  });

  it('all of them, nearly all on stored facts alone', (t) => {
    assert.equal(asked.length, cases.length);
    t.diagnostic(`${asked.filter((why) => why.size === 0).length} of ${asked.length} cases ran wholly on stored facts`);
    const counts = Object.entries(kWhyGiven).map(([reason, [text, most]]) => ({ text, most, count: asked.filter((why) => why.has(reason)).length }));
    for (const { text, count } of counts) t.diagnostic(`${count}: ${text}`);
    assert.deepEqual(counts.filter(({ count, most }) => count > most), []);
  });
});
