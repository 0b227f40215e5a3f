// The facts of a decision case that are no resources, brought to a gateway as its neighbours bring them:
// a patient's word as an inbound Communication, what was sent as a partner's completed one, records in
// another programme. What cannot come in any way is given to $evaluate as it is, and the reason counted.
import assert from 'node:assert/strict';

const kExtension = 'https://psgateway.example/fhir/StructureDefinition/';
const kOnePerson = 'https://northlight.example/one-person';

// Why a fact was given, and in how many cases at most.
export const kWhyGiven = {
  refused: ['a resource that is not good enough to be stored', 240],
  ahead: ['what lies ahead of the clock of this run has not happened', 8],
  override: ['a signature is of the instant at which it is made', 40],
  stop: ['a STOP is an opt-out when it has come in, with reasons of its own', 70],
  pending: ['a patient\'s word is carried out before it is acknowledged', 14],
  source: ['the channel of the words says where they came from', 12],
  counted: ['the answer to a confirmation comes after a text that counts against the caps', 12],
  fetched: ['a link that was only fetched is recorded nowhere', 5],
  unavailable: ['the stores and the clock of this gateway answer', 26],
  dischargeable: ['what the way out can do is asked of its adapter', 20],
};

const channelOf = (code) => [{ coding: [{ system: 'https://psgateway.example/fhir/CodeSystem/channel', code }] }];
const later = (instant, milliseconds) => new Date(Date.parse(instant) + milliseconds).toISOString();
const kDay = 24 * 3600e3;

// Where an opt-out may come from here; without a source nothing is said of it.
const kSources = [undefined, 'sms-reply', 'oral', 'voicemail', 'one-click', 'unsubscribe-post'];

const isElsewhere = ({ programme, seller }, given) =>
  Boolean((programme && programme !== given.programme.id) || (seller && seller !== given.programme.seller));

// What is different in the programme through which some facts of the case come; undefined: it needs none.
export function neighbourOf(given) {
  const optOut = (given.optOuts ?? []).find((each) => isElsewhere(each, given) || each.inReplyTo === 'exempted');
  if (!optOut) return given.elsewhere && {};
  // An exempted text goes by a route that costs the patient nothing (B1-8).
  const route = optOut.inReplyTo === 'exempted' ? { telephone: { freeToEndUser: true } } : {};
  return { ...route, ...(optOut.seller && !optOut.programme ? { seller: optOut.seller } : {}) };
}

export class CaseFacts {
  // given: of a case. client, neighbour: FHIR clients of its programme and of the other one it needs.
  // mark: no other case has it.
  constructor({ given, client, neighbour, mark }) {
    const { optOuts = [], history = [], reply, replyChannel, unresolvedIdentity, elsewhere = [], overrides, unavailable,
      dischargeable, programme, resources, request, policy, person = [], ...question } = given;
    Object.assign(this, { client, neighbour, mark, programme, resources, optOuts, history, reply, replyChannel, elsewhere, unresolvedIdentity });
    this.request = resources.find(({ resourceType, id }) => `${resourceType}/${id}` === request);
    this.subject = given.subject ?? this.request?.subject.reference ?? 'Patient/p1';
    this.persons = [...person, ...(neighbour ? [this.subject] : [])];
    this.question = question;  // what $evaluate is asked, beside the request
    this.laidOver = [];        // resources that were refused
    this.why = new Set();      // keys of kWhyGiven
    this.next = 0;
    for (const [name, value] of Object.entries({ overrides, unavailable, dischargeable })) {
      if (value !== undefined) this.give(name, value, name === 'overrides' ? 'override' : name);
    }
  }

  give(name, value, why) {
    this.why.add(why);
    this.question[name] = Array.isArray(value) ? [...(this.question[name] ?? []), ...value] : value;
  }

  // Everything but the reply. The request is not stored: it would be decided, and sent, on its own.
  async store() {
    for (const resource of this.resources) if (resource !== this.request) await this.storeResource(resource);
    for (const record of this.elsewhere) await this.storePatientOf(this.neighbour, record);
    for (const sent of this.history) await this.storeSent(sent);
    for (const optOut of this.optOuts) await this.storeOptOut(optOut);
    if (this.unresolvedIdentity) await this.storeTooManyRecords();
  }

  // The patient says it now. Answers whether the words wait for a person; if not, they are carried out.
  async say() {
    await this.said({ words: this.reply, channel: this.replyChannel ?? 'sms', received: this.question.now });
    const tasks = await this.client.search('Task', { patient: this.subject, status: 'requested' });
    assert.ok(tasks.length <= 1);
    return tasks.length === 1;
  }

  async storeResource(resource) {
    // Here the gateway finds out by itself whose records are one person's.
    if (this.persons.includes(`${resource.resourceType}/${resource.id}`)) {
      resource.identifier = [...(resource.identifier ?? []), { system: kOnePerson, value: this.mark }];
    }
    // The version that the case knows it by is the one that the gateway gives.
    let answer;
    for (let version = 0; version < Number(resource.meta?.versionId ?? 1); ++version) {
      answer = await this.client.call('PUT', `/${resource.resourceType}/${resource.id}`, resource);
    }
    if ([200, 201].includes(answer.status)) return;
    this.laidOver.push(resource);
    this.why.add('refused');
  }

  async put(client, resource) {
    const answer = await client.call('PUT', `/${resource.resourceType}/${resource.id}`, resource);
    assert.ok([200, 201].includes(answer.status), `${resource.resourceType}: ${answer.text}`);
  }

  communication(more) {
    this.next += 1;
    return { resourceType: 'Communication', id: `${this.mark}-${this.next}`, status: 'completed', subject: { reference: this.subject }, ...more };
  }

  said({ words, channel, contact, received, from = this.subject, client = this.client, ...more }) {
    const point = { system: contact?.includes('@') ? 'email' : 'phone', value: contact };
    return this.put(client, this.communication({ sender: { reference: from }, subject: { reference: from }, received,
      medium: channelOf(channel), payload: [{ contentString: words }], ...more,
      ...(contact ? { extension: [{ url: `${kExtension}contact-point`, valueContactPoint: point }] } : {}) }));
  }

  async storeSent(sent) {
    if (Date.parse(sent.sentAt) > Date.now()) return this.give('history', [sent], 'ahead');
    const confirmation = this.resources.find(({ extension }) => extension?.some(({ valueCode }) => valueCode === 'opt-out-confirmation'));
    const about = sent.class === 'opt-out-confirmation' ? `ActivityDefinition/${confirmation.id}` : sent.subject;
    return this.put(this.client, this.communication({ sent: sent.sentAt, medium: channelOf(sent.channel),
      ...(about ? { about: [{ reference: about }] } : {}) }));
  }

  async storeOptOut(optOut) {
    const { programme, channel, source, contact, receivedAt } = optOut;
    if (Date.parse(receivedAt) > Date.now()) return this.give('optOuts', [optOut], 'ahead');
    if (optOut.pending) return this.give('optOuts', [optOut], 'pending');
    if (source === 'unsubscribe-get') return this.give('optOuts', [optOut], 'fetched');
    if (!kSources.includes(source)) return this.give('optOuts', [optOut], 'source');
    const lately = Date.parse(this.question.now) - Date.parse(receivedAt) < 8 * kDay;
    if (optOut.answer && lately) return this.give('optOuts', [optOut], 'counted');
    if (this.neighbour) await this.storePatientOf(this.neighbour);
    const client = this.neighbour ?? this.client;
    const words = optOut.allProgrammes ? 'Stop all programs' : programme ? 'Stop only this program'
      : optOut.class === 'marketing' ? 'Stop only the marketing' : channel === 'all' ? 'Stop everything' : 'STOP';
    const way = { oral: 'voice-live', voicemail: 'voice-recorded' }[source] ?? (channel === 'all' ? 'sms' : channel);
    const from = optOut.unmerged ? await this.storeTaken() : this.subject;
    const answers = optOut.inReplyTo ? await this.storeAnswered(optOut, client) : {};
    await this.said({ words, channel: way, contact, received: receivedAt, from, client, ...answers });
    if (optOut.unmerged) await this.put(this.client, { resourceType: 'Patient', id: from.slice('Patient/'.length) });
    if (optOut.answer) await this.storeAnswer(optOut);
  }

  // The message that a STOP answers, long enough ago for no limit to count it.
  async storeAnswered({ inReplyTo, receivedAt, channel }, client) {
    const marketing = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }] }];
    const message = this.communication({ sent: later(receivedAt, -40 * kDay), medium: channelOf(channel === 'all' ? 'sms' : channel),
      ...(inReplyTo === 'marketing' ? { reasonCode: marketing } : {}) });
    await this.put(client, message);
    return { inResponseTo: [{ reference: `Communication/${message.id}` }] };
  }

  // Asked by a confirmation which messages he means, the patient answers.
  async storeAnswer({ answer, contact, receivedAt }) {
    const confirmation = { resourceType: 'ActivityDefinition', id: `${this.mark}-confirmation`, status: 'active', approvalDate: '2026-01-05',
      extension: [{ url: `${kExtension}message-kind`, valueCode: 'opt-out-confirmation' }] };
    await this.put(this.client, confirmation);
    const asked = this.communication({ sent: later(receivedAt, 60e3), medium: channelOf('sms'),
      about: [{ reference: `ActivityDefinition/${confirmation.id}` }] });
    await this.put(this.client, asked);
    await this.said({ words: answer, channel: 'sms', contact, received: later(receivedAt, 120e3),
      inResponseTo: [{ reference: `Communication/${asked.id}` }] });
  }

  // A record that is taken for the patient's until it is put anew.
  async storeTaken() {
    const id = `${this.mark}-taken`;
    await this.put(this.client, { resourceType: 'Patient', id, active: false, link: [{ other: { reference: this.subject }, type: 'replaced-by' }] });
    return `Patient/${id}`;
  }

  storePatientOf(client, more = {}) {
    return this.put(client, { resourceType: 'Patient', id: this.subject.slice('Patient/'.length),
      identifier: [{ system: kOnePerson, value: this.mark }], ...more });
  }

  // More records of one human than anybody has: whose they are is then not settled.
  storeTooManyRecords() {
    const entry = Array.from({ length: 70 }, (_, n) => ({
      resource: { resourceType: 'Patient', id: `${this.mark}-${n}`, link: [{ other: { reference: this.subject }, type: 'replaced-by' }] },
      request: { method: 'PUT', url: `Patient/${this.mark}-${n}` } }));
    return this.client.bundle({ resourceType: 'Bundle', type: 'transaction', entry });
  }
}
