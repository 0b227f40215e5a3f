#include "gateway/service.h"

#include <utility>

#include "consent/facts.h"
#include "gateway/auth/authenticate.h"
#include "gateway/auth/smart_configuration.h"
#include "gateway/auth/token_endpoint.h"
#include "gateway/formats.h"
#include "gateway/http/http_error.h"
#include "gateway/interactions/metadata.h"
#include "gateway/log.h"
#include "gateway/policies.h"
#include "gateway/public_pages.h"
#include "gateway/reindex.h"
#include "gateway/routes.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr int kWorkers = 48;           // they wait for durable commits, not for the processor
constexpr int kWorkersOfOne = 36;      // at most, of one client
constexpr size_t kWaitingWork = 2048;  // past it: 429
// What comes in a large body takes long: it has few workers of its own, and the small ones never
// wait for it.
constexpr size_t kLargeBytes = 256u << 10;
constexpr int kLargeWorkers = 4;
constexpr int kLargeWorkersOfOne = 3;
constexpr size_t kWaitingLarge = 128;
constexpr size_t kBundleBytes = 16u << 20;
constexpr size_t kBodyBytes = 1u << 20;

http::Response TooBusy() {
  http::Response response =
      http::ErrorResponse(Fail(ErrorCode::kThrottled, "the gateway is busy; repeat later"));
  response.Set("Retry-After", "1");
  return response;
}

// "/fhir/aurora/Patient/1" -> "aurora", "Patient/1"
std::pair<std::string, std::string> ProgrammeAndRest(std::string_view path,
                                                     std::string_view prefix) {
  path.remove_prefix(prefix.size());
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {std::string(path), ""};
  return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

}  // namespace

Service::Service(Config config, const Clock& clock)
    : config_(std::move(config)), clock_(clock), started_(clock.Now()) {}

fhir::Result<std::unique_ptr<Service>> Service::Start(Config config, const Clock& clock) {
  std::unique_ptr<Service> service(new Service(std::move(config), clock));
  if (auto opened = service->Open(); !opened.ok()) return std::move(opened).error();
  if (auto listening = service->Listen(); !listening.ok()) return std::move(listening).error();
  return service;
}

Service::~Service() { Stop(); }

fhir::Status Service::Open() {
  if (auto declared = consent::CheckRulesReadDeclaredFacts(); !declared.ok()) return declared;
  auto lock = DataLock::Take(config_.data_dir);
  if (!lock.ok()) return std::move(lock).error();
  data_lock_ = std::move(*lock);
  auto tenants = Tenants::Open(config_, clock_);
  if (!tenants.ok()) return std::move(tenants).error();
  tenants_ = std::move(*tenants);
  auto signer = ledger::HeadSigner::Load(config_.head_key_file);
  if (!signer.ok()) return std::move(signer).error();
  for (const std::unique_ptr<Tenant>& tenant : tenants_->all()) {
    if (auto whole = CheckHeads(*tenant, *signer); !whole.ok()) return whole;
    auto indexed = CheckIndex(*tenant->store, *config_.index_plan);
    if (!indexed.ok()) {
      return fhir::Fail(indexed.error().code,
                        "tenant " + tenant->name + ": " + indexed.error().message);
    }
    if (auto kept = tenant->store->Update(KeepBuiltInPolicy); !kept.ok()) return kept;
  }
  auto adapters = outreach::AdapterSet::Make(config_, clock_);
  if (!adapters.ok()) return std::move(adapters).error();
  adapters_ = std::move(*adapters);
  workshop_ =
      std::make_unique<outreach::Workshop>(outreach::Workshop{config_, *adapters_, metrics_});
  heads_ = std::make_unique<HeadKeeper>(*tenants_, std::move(*signer), clock_);
  dispatcher_ = std::make_unique<outreach::Dispatcher>(*tenants_, *workshop_, clock_, in_flight_);
  workers_ = std::make_unique<WorkQueue>(kWorkers, kWaitingWork, kWorkersOfOne);
  large_ = std::make_unique<WorkQueue>(kLargeWorkers, kWaitingLarge, kLargeWorkersOfOne);
  services_ = std::make_unique<interactions::Services>(
      interactions::Services{*tenants_, clock_, *workshop_, in_flight_, *dispatcher_, *workers_});
  return dispatcher_->Start();
}

fhir::Status Service::Listen() {
  http::ServerOptions partners;
  partners.listen = config_.partners_listen;
  partners.certificate_chain_file = config_.certificate_file;
  partners.private_key_file = config_.private_key_file;
  partners.client_ca_file = config_.client_ca_file;
  partners.limits.body_bytes = kBodyBytes;
  partners.body_limit = [](const http::Request& head) -> size_t {
    // Only a Bundle is posted to /fhir/{programme} itself.
    if (!head.path.starts_with("/fhir/")) return kBodyBytes;
    const auto [programme, rest] = ProgrammeAndRest(head.path, "/fhir/");
    return rest.empty() ? kBundleBytes : kBodyBytes;
  };
  auto made = http::Server::Start(partners, [this](http::Request request, http::Respond respond) {
    HandlePartner(std::move(request), std::move(respond));
  });
  if (!made.ok()) return std::move(made).error();
  partners_ = std::move(*made);

  http::ServerOptions open = partners;
  open.listen = config_.public_listen;
  open.client_ca_file.clear();
  open.body_limit = nullptr;
  open.limits.body_bytes = 64 * 1024;
  open.threads = 1;
  made = http::Server::Start(open, [this](http::Request request, http::Respond respond) {
    HandlePublic(std::move(request), std::move(respond));
  });
  if (!made.ok()) return std::move(made).error();
  public_ = std::move(*made);

  http::ServerOptions operations;
  operations.listen = config_.operations_listen;
  operations.threads = 1;
  operations.limits.body_bytes = 0;
  made = http::Server::Start(operations, [this](http::Request request, http::Respond respond) {
    HandleOperations(request, respond);
  });
  if (!made.ok()) return std::move(made).error();
  operations_ = std::move(*made);
  return {};
}

void Service::Stop() {
  if (std::exchange(stopped_, true)) return;
  const std::chrono::seconds deadline(config_.drain_seconds);
  if (public_) public_->Drain(deadline);
  if (partners_) partners_->Drain(deadline);
  large_.reset();
  workers_.reset();
  partners_.reset();
  public_.reset();
  if (dispatcher_) dispatcher_->Stop();
  heads_.reset();
  operations_.reset();
}

void Service::ReloadCertificates() {
  for (http::Server* server : {partners_.get(), public_.get()}) {
    const fhir::Status reloaded = server->ReloadCertificate();
    log::Info("certificate-reload", {{"result", reloaded.ok() ? "ok" : reloaded.error().message}});
  }
}

void Service::HandlePartner(http::Request request, http::Respond respond) {
  metrics_.Count("psgateway_requests_total{listener=\"partners\"}");
  if (request.path.starts_with("/fhir/")) {
    auto [programme, path] = ProgrammeAndRest(http::PlainPath(request.path), "/fhir/");
    HandleFhir(std::move(request), std::move(programme), std::move(path), std::move(respond));
  } else if (request.path.starts_with("/auth/")) {
    HandleAuth(std::move(request), std::move(respond));
  } else {
    respond(http::ErrorResponse(
        Fail(ErrorCode::kNotFound, "nothing is here; the API is at /fhir/{programme}")));
  }
}

std::shared_ptr<const std::string> Service::Capabilities(const std::string& programme) {
  const std::lock_guard lock(capabilities_mutex_);
  auto& text = capabilities_[programme];
  if (!text) {
    text = std::make_shared<std::string>(interactions::CapabilityStatement(
        config_.partners_url + "/fhir/" + programme,
        auth::TokenUrl(config_.partners_url, programme), started_, *config_.index_plan));
  }
  return text;
}

void Service::HandleFhir(http::Request request, std::string programme, std::string path,
                         http::Respond respond) {
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (get && (path == "metadata" || path == ".well-known/smart-configuration")) {
    if (tenants_->OfProgramme(programme) == nullptr) {
      return respond(http::ErrorResponse(Fail(ErrorCode::kNotFound, "there is no such programme")));
    }
    if (path != "metadata") {
      return respond(auth::SmartConfigurationResponse(config_.partners_url, programme));
    }
    const Parameters parameters = http::ParseForm(request.query);
    if (auto accepted = CheckAccepted(request, parameters); !accepted.ok()) {
      return respond(http::ErrorResponse(accepted.error()));
    }
    http::Response response;
    response.Set("Content-Type", "application/fhir+json; charset=utf-8");
    response.body = *Capabilities(programme);
    Lay(response, parameters);
    return respond(std::move(response));
  }
  auto caller = auth::Authenticate(request, *tenants_, programme, clock_.Now());
  if (!caller.ok()) {
    metrics_.Count("psgateway_refused_total{why=\"authentication\"}");
    log::Info("refused", {{"request", request.id}, {"why", caller.error().message}});
    return respond(http::ErrorResponse(caller.error()));
  }
  const bool known = path != "metadata";
  const Route* route = known ? FindRoute(request.method, path) : nullptr;
  if (route == nullptr) {
    const std::string allowed = path == "metadata" ? "GET, HEAD" : AllowedMethods(path);
    if (allowed.empty()) {
      return respond(http::ErrorResponse(
          Fail(ErrorCode::kNotFound, "the API has no such address; see metadata")));
    }
    http::Response response = http::ErrorResponse(
        Fail(ErrorCode::kMethodNotAllowed, "this method is not supported here"));
    response.Set("Allow", allowed);
    return respond(std::move(response));
  }
  Tenant* tenant = tenants_->Find(caller->tenant);
  const Lane lane = LaneOf(*route, request);
  if (lane == Lane::kConnection) {
    return RunAndAnswer(*route, lane, *tenant, request, path, *caller, respond);
  }
  struct Job {
    http::Request request;
    std::string path;
    auth::Caller caller;
    http::Respond respond;
  };
  auto job =
      std::make_shared<Job>(Job{std::move(request), std::move(path), std::move(*caller), respond});
  WorkQueue& workers = job->request.body.size() > kLargeBytes ? *large_ : *workers_;
  const bool taken = workers.Post(job->caller.lane(), [this, route, tenant, job] {
    RunAndAnswer(*route, Lane::kWorker, *tenant, job->request, job->path, job->caller,
                 job->respond);
  });
  if (!taken) respond(TooBusy());
}

void Service::RunAndAnswer(const Route& route, Lane lane, Tenant& tenant,
                           const http::Request& request, const std::string& path,
                           const auth::Caller& caller, const http::Respond& respond) {
  std::string subject;
  interactions::Answer answer =
      RunRoute(route, lane, *services_, tenant, request, path, caller, &subject);
  http::Response response = answer.ok() ? std::move(*answer) : http::ErrorResponse(answer.error());
  if (!answer.ok() && answer.error().code == ErrorCode::kThrottled)
    response.Set("Retry-After", "1");
  // What went well is in the access journal or the ledger; a log line for each would only cost.
  const log::Level level = response.status >= 500   ? log::Level::kError
                           : response.status >= 400 ? log::Level::kWarn
                                                    : log::Level::kDebug;
  if (log::Enabled(level)) {
    log::Write(level, "request",
               {{"request", request.id},
                {"client", caller.client},
                {"programme", caller.programme},
                {"method", request.method},
                {"route", std::string(route.pattern)},
                {"status", std::to_string(response.status)}});
  }
  // A commit has its audit row already; what only looked, or was refused, gets its journal row now.
  if (route.action.empty() && answer.ok()) return respond(std::move(response));
  store::AuditRow row;
  row.at = clock_.Now();
  row.action = route.action.empty() ? std::string(route.method) : std::string(route.action);
  row.client = caller.client;
  row.programme = caller.programme;
  row.subject = std::move(subject);
  row.outcome = response.status < 400 ? "0" : response.status < 500 ? "4" : "8";
  row.request_id = request.id;
  tenant.store->Journal(
      std::move(row),
      [respond, held = std::make_shared<http::Response>(std::move(response))](fhir::Status done) {
        if (done.ok()) return respond(std::move(*held));
        respond(http::ErrorResponse(
            Fail(ErrorCode::kUnavailable, "the access journal cannot be written; repeat later")));
      });
}

void Service::HandleAuth(http::Request request, http::Respond respond) {
  auto job = std::make_shared<http::Request>(std::move(request));
  const bool taken = workers_->Post([this, job, respond] {
    const auto [programme, verb] = ProgrammeAndRest(job->path, "/auth/");
    if (job->method != "POST") {
      return respond(http::ErrorResponse(
          Fail(ErrorCode::kMethodNotAllowed, "the token endpoint takes POST only")));
    }
    Tenant* tenant = tenants_->OfProgramme(programme);
    if (tenant == nullptr) return respond(auth::UnknownProgramme());
    const auth::TokenEndpoint endpoint{*tenant,
                                       programme,
                                       replay_,
                                       clock_,
                                       auth::TokenUrl(config_.partners_url, programme),
                                       config_.token_seconds};
    if (verb == "token") return auth::HandleToken(*job, endpoint, respond);
    if (verb == "introspect") return auth::HandleIntrospect(*job, endpoint, respond);
    if (verb == "revoke") return auth::HandleRevoke(*job, endpoint, respond);
    respond(http::ErrorResponse(Fail(ErrorCode::kNotFound, "nothing is here")));
  });
  if (!taken) respond(TooBusy());
}

void Service::HandlePublic(http::Request request, http::Respond respond) {
  metrics_.Count("psgateway_requests_total{listener=\"public\"}");
  auto job = std::make_shared<http::Request>(std::move(request));
  const bool taken =
      workers_->Post([this, job, respond] { respond(AnswerPublic(*services_, *job)); });
  if (!taken) respond(TooBusy());
}

void Service::HandleOperations(const http::Request& request, const http::Respond& respond) {
  http::Response response;
  response.Set("Content-Type", "text/plain; charset=utf-8");
  if (request.path == "/healthz") {
    response.body = "ok\n";
  } else if (request.path == "/readyz") {
    for (const auto& tenant : tenants_->all()) {
      const auto looked = tenant->store->View([](store::Reader& reader) -> fhir::Status {
        auto read = reader.Ledger();
        return read.ok() ? fhir::Status() : fhir::Status(read.error());
      });
      if (!looked.ok()) response.status = 503;
    }
    response.body = response.status == 200 ? "ready\n" : "a tenant's store does not answer\n";
  } else if (request.path == "/metrics") {
    const http::Server::Counters counters = partners_->counters();
    metrics_.Set("psgateway_connections", static_cast<double>(counters.open));
    metrics_.Set("psgateway_refused_connections",
                 static_cast<double>(counters.refused_connections));
    store::Store::Counters written;
    for (const auto& tenant : tenants_->all()) {
      const store::Store::Counters counted = tenant->store->counters();
      written.works += counted.works;
      written.commits += counted.commits;
    }
    metrics_.Set("psgateway_store_works_total", static_cast<double>(written.works));
    metrics_.Set("psgateway_store_commits_total", static_cast<double>(written.commits));
    response.body = metrics_.Text();
  } else {
    response.status = 404;
    response.body = "healthz, readyz or metrics\n";
  }
  respond(std::move(response));
}

}  // namespace gateway
