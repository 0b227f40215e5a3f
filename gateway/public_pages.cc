#include "gateway/public_pages.h"

#include <algorithm>
#include <fstream>
#include <sstream>

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
  if (tenant == nullptr || !auth::VerifyLinkToken(tenant->link_key, *token)) return unknown;
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
        auto attempt = tx.FindAttempt(token->attempt);
        if (!attempt.ok()) return std::move(attempt).error();
        if (!attempt->has_value()) return Fail(ErrorCode::kNotFound, "no such attempt");
        auto row = tx.FindOutreach((*attempt)->outreach);
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

// The programme whose number was answered, and the patient who has the number that answered.
struct Addressee {
  Tenant* tenant = nullptr;
  std::string programme;
  std::string patient_id;
  int64_t person = 0;
};

fhir::Result<std::optional<Addressee>> FindAddressee(const interactions::Services& services,
                                                     const std::string& vendor,
                                                     const std::string& to,
                                                     const std::string& from) {
  std::optional<Addressee> found;
  for (const auto& tenant : services.tenants.all()) {
    auto looked = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto programmes = reader.Documents("programme");
      if (!programmes.ok()) return std::move(programmes).error();
      for (const auto& [id, body] : *programmes) {
        auto programme = LoadProgramme(reader, id);
        if (!programme.ok()) continue;
        const auto by = programme->vendors.find("sms");
        const auto number = programme->senders.find("sms");
        if (by == programme->vendors.end() || by->second != vendor) continue;
        if (number == programme->senders.end() || consent::NormalContact(number->second) != to) {
          continue;
        }
        found = Addressee{tenant.get(), id, "", 0};
        store::SearchQuery query;
        query.programme = id;
        query.type = "Patient";
        query.all_of.push_back(store::AnyTerm("phone", {fhir::ContactKey(from)}));
        query.count = 2;
        auto page = reader.Search(query);
        if (!page.ok()) return std::move(page).error();
        // A number that several patients share names none of them: the number alone is suppressed.
        if (page->matches.size() != 1) return {};
        found->patient_id = page->matches.front().id;
        auto person = reader.PersonOf(id, found->patient_id);
        if (!person.ok()) return std::move(person).error();
        found->person = *person;
        return {};
      }
      return {};
    });
    if (!looked.ok()) return std::move(looked).error();
    if (found) break;
  }
  return found;
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
  auto addressee =
      FindAddressee(services, vendor, consent::NormalContact(Field(form, "To")), reply.contact);
  if (!addressee.ok()) return http::ErrorResponse(addressee.error());
  if (!addressee->has_value()) {
    return http::ErrorResponse(
        Fail(ErrorCode::kNotFound, "no programme sends from that number", "To"));
  }
  Tenant& tenant = *(*addressee)->tenant;
  reply.programme = (*addressee)->programme;
  reply.patient_id = (*addressee)->patient_id;
  reply.person = (*addressee)->person;
  auto done = CommitAndWait(
      services, tenant, [&](store::Transaction& tx, outreach::Barrier& barrier) -> fhir::Status {
        // The vendor repeats a call whose answer it missed: the message id makes it one reply.
        store::SearchQuery query;
        query.programme = reply.programme;
        query.type = "Communication";
        query.all_of.push_back(store::AnyTerm(
            "identifier", {std::string(fhir::kBase) + "/vendor/" + vendor + "|" + message_id}));
        auto seen = tx.Search(query);
        if (!seen.ok()) return std::move(seen).error();
        if (!seen->matches.empty()) {
          // What the first call waits for, this one waits for too: both are acknowledgements.
          return outreach::DecideQueuedAgain(tx, services.workshop, tenant.name, reply.person,
                                             {reply.contact}, barrier);
        }
        auto stored =
            PutResource(tx, {reply.programme, "hook:" + vendor, request.id},
                        ReplyCommunication(reply, vendor, message_id, tx.Now()), PutMode::kCreate);
        if (!stored.ok()) return std::move(stored).error();
        outreach::Reply mine = reply;
        mine.focus = stored->resource.Relative();
        return outreach::TakeReply(tx, services.workshop, tenant.name, mine, barrier);
      });
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
