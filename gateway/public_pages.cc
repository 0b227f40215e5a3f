#include "gateway/public_pages.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "consent/reply.h"
#include "consent/words.h"
#include "fhir/bundle.h"
#include "fhir/canonicals.h"
#include "fhir/channel.h"
#include "fhir/search/keys.h"
#include "gateway/auth/link_token.h"
#include "gateway/http/http_error.h"
#include "gateway/log.h"
#include "gateway/outreach/inbound.h"
#include "gateway/outreach/opt_outs.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

http::Response Page(int status, std::string_view title, std::string_view inner) {
  http::Response response;
  response.status = status;
  response.Set("Content-Type", "text/html; charset=utf-8");
  response.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.Set("Referrer-Policy", "no-referrer");
  response.body =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
      std::string(title) +
      "</title><style>body{font:18px/1.5 sans-serif;max-width:34em;margin:3em auto;"
      "padding:0 1em}button{font:inherit;padding:.5em 1.5em}</style><h1>" +
      std::string(title) + "</h1>" + std::string(inner) + "</html>";
  return response;
}

// Commits `work` and waits for what it stops.
fhir::Status CommitAndWait(
    const interactions::Services& services, Tenant& tenant,
    const std::function<fhir::Status(store::Transaction&, outreach::Barrier&)>& work) {
  outreach::Barrier barrier;
  auto done = tenant.store->Update([&](store::Transaction& tx) -> fhir::Status {
    outreach::Barrier stops;
    if (auto s = work(tx, stops); !s.ok()) return s;
    barrier = std::move(stops);
    return {};
  });
  if (!done.ok()) return done;
  services.dispatcher.Wake();
  return outreach::AwaitBarrier(services.in_flight, barrier, services.workshop.config);
}

http::Response Unsubscribe(const interactions::Services& services, const http::Request& request) {
  const http::Response unknown =
      Page(404, "This link is not valid",
           "<p>Reply to the message or call the number in it, and we will stop.</p>");
  const auto token = auth::ReadLinkToken(std::string_view(request.path).substr(3));
  Tenant* tenant = token ? services.tenants.Find(token->tenant) : nullptr;
  if (tenant == nullptr) return unknown;
  std::optional<store::Attempt> named;
  const auto looked = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
    auto attempt = reader.FindAttempt(token->attempt);
    if (!attempt.ok()) return std::move(attempt).error();
    named = std::move(*attempt);
    return {};
  });
  if (!looked.ok()) return Page(503, "Please try again", "<p>We cannot look just now.</p>");
  if (!named || !auth::VerifyLinkToken(tenant->link_key, *token, named->id)) return unknown;
  if (request.method == "GET" || request.method == "HEAD") {
    return Page(200, "Stop these messages?",
                "<p>You will get no more e-mail of this kind from us.</p>"
                "<form method=\"post\"><button>Stop these messages</button></form>");
  }
  if (request.method != "POST") {
    return http::ErrorResponse(Fail(ErrorCode::kMethodNotAllowed, "GET or POST"));
  }
  auto done = CommitAndWait(
      services, *tenant, [&](store::Transaction& tx, outreach::Barrier& barrier) -> fhir::Status {
        auto row = tx.FindOutreach(named->outreach);
        if (!row.ok()) return std::move(row).error();
        if (!row->has_value()) return Fail(ErrorCode::kNotFound, "no such outreach");
        auto programme = LoadProgramme(tx, (*row)->programme);
        if (!programme.ok()) return std::move(programme).error();
        store::OptOutRow opt_out;
        opt_out.person = (*row)->person;
        opt_out.contact = (*row)->contact;
        opt_out.channel = (*row)->channel;
        opt_out.message_class = "all";
        opt_out.seller = programme->seller;
        opt_out.source = "one-click";
        opt_out.received_at = tx.Now();
        return outreach::RecordOptOut(tx, services.workshop, tenant->name, opt_out, barrier);
      });
  if (!done.ok()) {
    if (done.error().code == ErrorCode::kNotFound) return unknown;
    return Page(503, "Please try again", "<p>We could not record it just now.</p>");
  }
  return Page(200, "Done", "<p>We will not send you these messages any more.</p>");
}

std::string Field(const std::vector<std::pair<std::string, std::string>>& form,
                  std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return "";
}

// A programme whose number was answered, and the patients who have or had the number that answered.
struct Addressee {
  Tenant* tenant = nullptr;
  std::string programme;
  std::vector<std::pair<std::string, int64_t>> patients;  // id, person
};

// Nobody shares a telephone with more.
constexpr size_t kMostSharers = 50;

fhir::Status AddPatients(store::Reader& reader, const std::string& from, Addressee& addressee) {
  store::SearchQuery query;
  query.programme = addressee.programme;
  query.type = "Patient";
  query.all_of.push_back(store::AnyTerm("phone", {fhir::ContactKey(from)}));
  query.count = kMostSharers;
  auto page = reader.Search(query);
  if (!page.ok()) return std::move(page).error();
  for (const store::ResourceVersion& match : page->matches) {
    auto person = reader.PersonOf(addressee.programme, match.id);
    if (!person.ok()) return std::move(person).error();
    addressee.patients.emplace_back(match.id, *person);
  }
  return {};
}

// Every programme, of whatever tenant, that sends by the vendor from the number; where none does
// any more, or the vendor does not say, every one that sends by the vendor: another number of a
// caller is the same caller (B1-25).
fhir::Result<std::vector<Addressee>> FindAddressees(const interactions::Services& services,
                                                    const std::string& vendor,
                                                    const std::string& to,
                                                    const std::string& from) {
  std::vector<Addressee> exact;
  std::vector<Addressee> any;
  for (const auto& tenant : services.tenants.all()) {
    auto looked = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto programmes = reader.Documents("programme");
      if (!programmes.ok()) return std::move(programmes).error();
      for (const auto& [id, body] : *programmes) {
        auto programme = LoadProgramme(reader, id);
        if (!programme.ok()) continue;
        const auto by = programme->vendors.find("sms");
        if (by == programme->vendors.end() || by->second != vendor) continue;
        Addressee found{tenant.get(), id, {}};
        if (auto s = AddPatients(reader, from, found); !s.ok()) return s;
        const auto number = programme->senders.find("sms");
        const bool is_its = number != programme->senders.end() && !to.empty() &&
                            consent::NormalContact(number->second) == to;
        (is_its ? exact : any).push_back(std::move(found));
      }
      return {};
    });
    if (!looked.ok()) return std::move(looked).error();
  }
  return exact.empty() ? std::move(any) : std::move(exact);
}

fhir::Resource ReplyCommunication(const outreach::Reply& reply, const std::string& vendor,
                                  const std::string& message_id, fhir::Instant now) {
  Value json = Value::Object();
  json.Set("resourceType", Value::String("Communication"));
  json.Set("id", Value::String(NewId(now)));
  Value identifier = Value::Object();
  identifier.Set("system", Value::String(std::string(fhir::kBase) + "/vendor/" + vendor));
  identifier.Set("value", Value::String(message_id));
  json.Set("identifier", Value::Array({std::move(identifier)}));
  json.Set("status", Value::String("completed"));
  if (const auto channel = fhir::ChannelFromCode(reply.channel)) {
    json.Set("medium", Value::Array({fhir::MediumOf(*channel)}));
  }
  // A stranger's words are kept without a subject: what makes a repeated call one reply is the
  // identifier.
  if (!reply.patient_id.empty()) {
    Value patient = Value::Object();
    patient.Set("reference", Value::String("Patient/" + reply.patient_id));
    json.Set("subject", patient);
    json.Set("sender", std::move(patient));
  }
  json.Set("received", Value::String(fhir::FormatInstant(now)));
  Value payload = Value::Object();
  payload.Set("contentString", Value::String(reply.text));
  json.Set("payload", Value::Array({std::move(payload)}));
  auto made = fhir::Resource::From(std::move(json));
  return made.ok() ? std::move(*made) : fhir::Resource();
}

// A vendor's call.
struct Call {
  const interactions::Services& services;
  const std::string& vendor;
  const std::string& message_id;
  const std::string& request_id;
};

// What was said, as the words of each patient whose number it may be. A STOP is the number's, and a
// number that several share names none of them.
std::vector<outreach::Reply> RepliesAt(const Addressee& addressee, outreach::Reply reply) {
  reply.programme = addressee.programme;
  const bool stops = consent::ReadReply(reply.text) == consent::ReplyMeaning::kOptOut;
  if (addressee.patients.empty() || (stops && addressee.patients.size() > 1)) return {reply};
  std::vector<outreach::Reply> replies;
  for (const auto& [id, person] : addressee.patients) {
    replies.push_back(reply);
    replies.back().patient_id = id;
    replies.back().person = person;
  }
  return replies;
}

// `keeps`: the words become a Communication; else only a STOP is heard.
fhir::Status TakeAt(store::Transaction& tx, const Call& call, const Addressee& addressee,
                    const outreach::Reply& said, bool keeps, outreach::Barrier& barrier) {
  // The vendor repeats a call whose answer it missed: the message id makes it one reply.
  store::SearchQuery query;
  query.programme = addressee.programme;
  query.type = "Communication";
  query.all_of.push_back(store::AnyTerm(
      "identifier", {std::string(fhir::kBase) + "/vendor/" + call.vendor + "|" + call.message_id}));
  auto seen = tx.Search(query);
  if (!seen.ok()) return std::move(seen).error();
  const Tenant& tenant = *addressee.tenant;
  const auto& workshop = call.services.workshop;
  const bool stops = consent::ReadReply(said.text) == consent::ReplyMeaning::kOptOut;
  if (!keeps && !stops) return {};
  for (outreach::Reply& reply : RepliesAt(addressee, said)) {
    outreach::Barrier mine;
    if (!seen->matches.empty()) {
      // What the first call waits for, this one waits for too: both are acknowledgements.
      auto again = outreach::DecideQueuedAgain(tx, workshop, tenant.name, reply.person,
                                               {reply.contact}, mine);
      if (!again.ok()) return again;
    } else {
      if (keeps) {
        auto stored = PutResource(tx, {reply.programme, "hook:" + call.vendor, call.request_id},
                                  ReplyCommunication(reply, call.vendor, call.message_id, tx.Now()),
                                  PutMode::kCreate);
        if (!stored.ok()) return std::move(stored).error();
        reply.focus = stored->resource.Relative();
      }
      auto taken = outreach::TakeReply(tx, workshop, tenant.name, reply, mine);
      if (!taken.ok()) return taken;
    }
    barrier.insert(barrier.end(), mine.begin(), mine.end());
  }
  return {};
}

http::Response Hook(const interactions::Services& services, const http::Request& request) {
  const std::string vendor = request.path.substr(std::string_view("/hooks/").size());
  const Config& config = services.workshop.config;
  const auto key_file = config.hook_key_files.find(vendor);
  if (key_file == config.hook_key_files.end() || request.method != "POST") {
    return http::ErrorResponse(Fail(ErrorCode::kNotFound, "there is no such hook"));
  }
  std::ifstream in(key_file->second, std::ios::binary);
  std::stringstream key;
  key << in.rdbuf();
  std::string secret = key.str();
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty() || !auth::VerifyHookSignature(secret, request.field("X-PSG-Timestamp"),
                                                   request.field("X-PSG-Signature"), request.body,
                                                   services.clock.Now())) {
    return http::ErrorResponse(
        Fail(ErrorCode::kUnauthenticated, "the signature does not fit", "X-PSG-Signature"));
  }
  const auto form = http::ParseForm(request.body);
  outreach::Reply reply;
  reply.channel = "sms";
  reply.contact = consent::NormalContact(Field(form, "From"));
  reply.text = Field(form, "Body");
  reply.by_hook = true;
  const std::string message_id = Field(form, "MessageSid");
  if (reply.contact.empty() || message_id.empty()) {
    return http::ErrorResponse(Fail(ErrorCode::kMalformed, "From and MessageSid are required"));
  }
  if (reply.text.empty()) reply.text = consent::kUnreadable;
  auto addressees =
      FindAddressees(services, vendor, consent::NormalContact(Field(form, "To")), reply.contact);
  if (!addressees.ok()) return http::ErrorResponse(addressees.error());
  if (addressees->empty()) {
    return http::ErrorResponse(
        Fail(ErrorCode::kNotFound, "no programme sends by this vendor", "To"));
  }
  // Where nobody knows the number, one programme keeps the words.
  const auto is_known = [](const Addressee& each) { return !each.patients.empty(); };
  const bool known = std::any_of(addressees->begin(), addressees->end(), is_known);
  fhir::Status done;
  for (const Addressee& addressee : *addressees) {
    const bool keeps = known ? is_known(addressee) : &addressee == &addressees->front();
    const Call call{services, vendor, message_id, request.id};
    auto taken = CommitAndWait(services, *addressee.tenant,
                               [&](store::Transaction& tx, outreach::Barrier& barrier) {
                                 return TakeAt(tx, call, addressee, reply, keeps, barrier);
                               });
    if (!taken.ok()) done = std::move(taken);
  }
  if (!done.ok()) return http::ErrorResponse(done.error());
  http::Response response;
  response.Set("Content-Type", "application/json");
  response.body = "{\"received\":true}";
  return response;
}

}  // namespace

http::Response AnswerPublic(const interactions::Services& services, const http::Request& request) {
  if (request.path.starts_with("/u/")) return Unsubscribe(services, request);
  if (request.path.starts_with("/hooks/")) return Hook(services, request);
  return http::ErrorResponse(Fail(ErrorCode::kNotFound, "nothing is here"));
}

}  // namespace gateway
