#include "consent/programme.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "fhir/json/json.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {
namespace {

fhir::Result<consent::Programme> ReadProgrammeFile(const std::string& file) {
  fhir::Result<std::string> text = ReadFile(file);
  if (!text.ok()) return text.error();
  fhir::Result<fhir::json::Value> json = fhir::json::ParseWithComments(*text);
  if (!json.ok()) return fhir::Fail(json.error().code, file + ": " + json.error().message);
  fhir::Result<consent::Programme> programme = consent::ReadProgramme(*json);
  if (!programme.ok()) {
    return fhir::Fail(programme.error().code, file + ": " + programme.error().message,
                      programme.error().path);
  }
  return programme;
}

// A programme may be prepared before its vendors are: a warning, not a refusal.
void WarnOfUnknownNames(const consent::Programme& programme, const Config& config) {
  std::set<std::string> vendors, webhooks, endpoints;
  for (const auto& v : config.smtp) vendors.insert(v.name);
  for (const auto& v : config.sms) vendors.insert(v.name);
  for (const auto& v : config.webhook) vendors.insert(v.name), webhooks.insert(v.name);
  for (const auto& e : config.endpoints) endpoints.insert(e.name);
  auto warn = [](const std::string& what, const std::string& name, const char* of) {
    std::cerr << "psgateway: warning: " << what << " names '" << name << "', which is none of '"
              << of << "' in the configuration\n";
  };
  for (const auto& [channel, vendor] : programme.vendors) {
    if (!vendors.contains(vendor)) warn("the channel " + channel, vendor, "vendors");
  }
  if (!programme.nurse_queue.empty() && !endpoints.contains(programme.nurse_queue)) {
    warn("the nurse queue", programme.nurse_queue, "endpoints");
  }
  if (!programme.hub_webhook.empty() && !webhooks.contains(programme.hub_webhook)) {
    warn("the hub's webhook", programme.hub_webhook, "vendors.webhook");
  }
  if (!programme.write_back.empty() && !endpoints.contains(programme.write_back)) {
    warn("the write-back", programme.write_back, "endpoints");
  }
  if (!programme.write_back.empty() && programme.FindPartner(programme.write_back) == nullptr) {
    std::cerr << "psgateway: warning: 'partners' does not say who is behind the write-back '"
              << programme.write_back << "': nothing will go there\n";
  }
  for (const consent::Partner& partner : programme.partners) {
    if (!vendors.contains(partner.name) && !endpoints.contains(partner.name)) {
      warn("a partner", partner.name, "vendors' or 'endpoints");
    }
  }
}

}  // namespace

int ProgrammeAdd(const std::string& config_file, const std::string& tenant_name,
                 const std::vector<std::string>& programme_files) {
  // All are read before one is stored: a mistake in the last leaves nothing half done.
  std::vector<consent::Programme> programmes;
  for (const std::string& file : programme_files) {
    fhir::Result<consent::Programme> programme = ReadProgrammeFile(file);
    if (!programme.ok()) return Complain(programme.error());
    programmes.push_back(std::move(*programme));
  }
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<std::vector<Tenant*>> chosen = (*files)->Chosen(tenant_name);
  if (!chosen.ok()) return Complain(chosen.error());
  Tenant* tenant = chosen->front();
  std::vector<bool> known;
  for (const consent::Programme& programme : programmes) {
    Tenant* owner = (*files)->tenants->OfProgramme(programme.id);
    if (owner && owner != tenant) {
      return Complain("the programme id '" + programme.id + "' belongs to the tenant " +
                      owner->name + "; ids are unique in a gateway, choose another");
    }
    known.push_back(owner != nullptr);
    WarnOfUnknownNames(programme, (*files)->config);
  }

  fhir::Status stored = tenant->store->Update([&](store::Transaction& tx) -> fhir::Status {
    for (size_t i = 0; i < programmes.size(); ++i) {
      const std::string& id = programmes[i].id;
      fhir::Status status = tx.PutDocument(
          "programme", id, fhir::json::Write(consent::WriteProgramme(programmes[i])));
      if (!status.ok()) return status;
      status = tx.BumpEpoch({store::EpochKey::Kind::kProgramme, id});
      if (!status.ok()) return status;
      store::AuditRow row;
      row.at = tx.Now();
      row.action = "programme";
      row.client = Operator();
      row.programme = id;
      row.outcome = "0";
      row.detail = known[i] ? "changed" : "added";
      status = tx.AppendAudit(row);
      if (!status.ok()) return status;
    }
    return {};
  });
  if (!stored.ok()) return Complain(stored.error());
  for (size_t i = 0; i < programmes.size(); ++i) {
    std::cout << "programme " << programmes[i].id << (known[i] ? " changed" : " added")
              << " in tenant " << tenant->name << "\n";
  }
  return 0;
}

int ProgrammeList(const std::string& config_file) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  for (const std::unique_ptr<Tenant>& tenant : (*files)->tenants->all()) {
    fhir::Status viewed = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto documents = reader.Documents("programme");
      if (!documents.ok()) return documents.error();
      for (const auto& [id, body] : *documents) std::cout << tenant->name << "\t" << id << "\n";
      return {};
    });
    if (!viewed.ok()) return Complain(viewed.error());
  }
  return 0;
}

}  // namespace gateway::cli
