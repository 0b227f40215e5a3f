// The facts of a decision case that are no resources, brought to a gateway as its neighbours bring them:
// a patient's word as an inbound Communication, what was sent as a partner's completed one, records in
// another programme. What cannot come in any way is given to $evaluate as it is, and the reason counted.
import assert from 'node:assert/strict';

const kExtension = 'https://psgateway.example/fhir/StructureDefinition/';
export const kOnePerson = 'https://northlight.example/one-person';

export const kWhyGiven = {
  ahead: 'lies ahead of the clock of this run',
  override: 'a signature is of the instant at which it is made',
  pending: 'what the gateway records it has carried out',
  stop: 'a STOP is carried out as it comes in',
  fetched: 'a link that was only fetched is recorded nowhere',
  unavailable: 'the stores of this gateway answer',
  dischargeable: 'what the way out can do is asked of an adapter',
  refused: 'a resource that is not good enough to be stored',
};

const channelOf = (code) => [{ coding: [{ system: 'https://psgateway.example/fhir/CodeSystem/channel', code }] }];
const days = (count) => count * 24 * 3600e3;
const at = (instant, milliseconds) => new Date(Date.parse(instant) + milliseconds).toISOString();

export class CaseFacts {
  // client(programme): a FHIR client of the case's programme, or of its neighbour where named.
  constructor({ given, client, neighbour, mark }) {
    Object.assign(this, { given, client, neighbour, mark, given_: {}, why: new Set(), next: 0 });
  }

  get subject() {
    const request = this.given.resources.find(({ resourceType, id }) => `${resourceType}/${id}` === this.given.request);
    return this.given.subject ?? request?.subject.reference ?? 'Patient/p1';
  }

  // Whether the facts come through another programme too.
  get haveNeighbours() { return Boolean(this.given.elsewhere) || (this.given.optOuts ?? []).some((optOut) => this.isElsewhere(optOut)); }

  isElsewhere({ programme, seller }) {
    return Boolean((programme && programme !== this.given.programme.id) || (seller && seller !== this.given.programme.seller));
  }

  // Stores what can be stored; answers the parameters that are left.
  async store() {
    const { optOuts, history, reply, replyChannel, unresolvedIdentity, elsewhere, overrides, unavailable, dischargeable, ...asked } = this.given;
    if (elsewhere) await this.storeElsewhere(elsewhere);
    for (const sent of history ?? []) await this.storeSent(sent);
    for (const optOut of optOuts ?? []) await this.storeOptOut(optOut);
    if (unresolvedIdentity) await this.storeTooManyRecords();
    if (reply !== undefined) await this.storeReply(reply, replyChannel);
    for (const [name, value] of Object.entries({ overrides, unavailable, dischargeable })) {
      if (value !== undefined) this.leave(name, value, name === 'overrides' ? 'override' : name);
    }
    return { asked, left: this.given_ };
  }

  leave(name, value, why) {
    this.why.add(why);
    this.given_[name] = Array.isArray(value) ? [...(this.given_[name] ?? []), ...value] : value;
  }

  async put(client, resource) {
    const answer = await client.call('PUT', `/${resource.resourceType}/${resource.id}`, resource);
    assert.ok([200, 201].includes(answer.status), `${resource.resourceType}: ${answer.text}`);
    return answer;
  }

  communication(more) {
    const id = `${this.mark}-${(this.next += 1)}`;
    return { resourceType: 'Communication', id, status: 'completed', subject: { reference: this.subject }, ...more };
  }

  said({ words, channel, contact, received, ...more }, client = this.client, from = this.subject) {
    return this.put(client, this.communication({ sender: { reference: from }, subject: { reference: from }, received, medium: channelOf(channel),
      payload: [{ contentString: words }],
      ...(contact ? { extension: [{ url: `${kExtension}contact-point`,
        valueContactPoint: { system: contact.includes('@') ? 'email' : 'phone', value: contact } }] } : {}), ...more }));
  }

  async storeSent(sent) {
    if (Date.parse(sent.sentAt) > Date.now()) return this.leave('history', [sent], 'ahead');
    const confirmation = this.given.resources.find(({ resourceType, extension }) => resourceType === 'ActivityDefinition' &&
      extension?.some(({ valueCode }) => valueCode === 'opt-out-confirmation'));
    const about = sent.class === 'opt-out-confirmation' ? `ActivityDefinition/${confirmation.id}` : sent.subject;
    return this.put(this.client, this.communication({ sent: sent.sentAt, medium: channelOf(sent.channel),
      ...(about ? { about: [{ reference: about }] } : {}) }));
  }

  // The message that a STOP answers, long enough ago for no limit to count it.
  async answered(kind, optOut) {
    const message = this.communication({ sent: at(optOut.receivedAt, -days(40)), medium: channelOf(optOut.channel),
      ...(kind === 'marketing' ? { reasonCode: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }] }] } : {}) });
    await this.put(this.client, message);
    return { inResponseTo: [{ reference: `Communication/${message.id}` }] };
  }

  // Asked by a confirmation which messages he means, the patient answers.
  async answer(optOut) {
    const confirmation = { resourceType: 'ActivityDefinition', id: `${this.mark}-confirmation`, status: 'active', approvalDate: '2026-01-05',
      extension: [{ url: `${kExtension}message-kind`, valueCode: 'opt-out-confirmation' }] };
    await this.put(this.client, confirmation);
    const asked = this.communication({ sent: at(optOut.receivedAt, 60e3), medium: channelOf('sms'),
      about: [{ reference: `ActivityDefinition/${confirmation.id}` }] });
    await this.put(this.client, asked);
    await this.said({ words: optOut.answer, channel: 'sms', contact: optOut.contact, received: at(optOut.receivedAt, 120e3),
      inResponseTo: [{ reference: `Communication/${asked.id}` }] });
  }

  async storeOptOut(optOut) {
    const { programme, seller, channel, source = 'sms-reply' } = optOut;
    if (Date.parse(optOut.receivedAt) > Date.now()) return this.leave('optOuts', [optOut], 'ahead');
    if (optOut.pending) return this.leave('optOuts', [optOut], 'pending');
    if (source === 'unsubscribe-get') return this.leave('optOuts', [optOut], 'fetched');
    const client = this.isElsewhere(optOut) ? await this.neighbourWithPatient(programme ? this.given.programme.seller : seller) : this.client;
    const kind = optOut.inReplyTo ? await this.answered(optOut.inReplyTo, optOut) : {};
    const words = optOut.allProgrammes ? 'Stop all programs' : programme ? 'Stop only this program'
      : optOut.class === 'marketing' ? 'Stop only the marketing' : channel === 'all' ? 'Stop everything' : 'STOP';
    const way = { oral: 'voice-live', voicemail: 'voice-recorded', 'sms-reply': 'sms' }[source] ?? channel;
    const from = optOut.unmerged ? await this.taken() : this.subject;
    await this.said({ words, channel: channel === 'all' || source !== 'sms-reply' ? way : channel,
      contact: optOut.contact, received: optOut.receivedAt, ...kind }, client, from);
    if (optOut.unmerged) await this.put(this.client, { resourceType: 'Patient', id: from.slice('Patient/'.length) });
    if (optOut.answer) await this.answer(optOut);
  }

  // A record that is taken for the patient's until the caller puts it anew.
  async taken() {
    const id = `${this.mark}-taken`;
    await this.put(this.client, { resourceType: 'Patient', id, active: false, link: [{ other: { reference: this.subject }, type: 'replaced-by' }] });
    return `Patient/${id}`;
  }

  async neighbourWithPatient(seller, more = {}) {
    const client = await this.neighbour(seller);
    await this.put(client, { resourceType: 'Patient', id: this.subject.slice('Patient/'.length),
      identifier: [{ system: kOnePerson, value: this.mark }], ...more });
    return client;
  }

  async storeElsewhere(records) {
    for (const record of records) await this.neighbourWithPatient(this.given.programme.seller, record);
  }

  // More records of one human than anybody has: whose they are is then not settled.
  async storeTooManyRecords() {
    const entry = Array.from({ length: 70 }, (_, n) => ({
      resource: { resourceType: 'Patient', id: `${this.mark}-${n}`, link: [{ other: { reference: this.subject }, type: 'replaced-by' }] },
      request: { method: 'PUT', url: `Patient/${this.mark}-${n}` } }));
    await this.client.bundle({ resourceType: 'Bundle', type: 'transaction', entry });
  }

  async storeReply(words, channel) {
    if (/^(please )?(stop|quit|arr)/i.test(words)) {
      this.leave('reply', words, 'stop');
      return this.leave('replyChannel', channel, 'stop');
    }
    await this.said({ words, channel });
    const tasks = await this.client.search('Task', { patient: this.subject, status: 'requested' });
    assert.equal(tasks.length, 1, 'the words wait for a person');
  }
}
