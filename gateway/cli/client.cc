#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/json/json.h"
#include "gateway/auth/client_assertion.h"
#include "gateway/auth/client_registry.h"
#include "gateway/auth/token_endpoint.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {
namespace {

using auth::Client;
using fhir::json::Value;

// The document and its audit row. kConflict when the id belongs to another programme.
fhir::Status PutIn(store::Transaction& tx, const Client& client, const std::string& detail) {
  fhir::Result<Client> present = auth::LoadClient(tx, client.id);
  if (present.ok() && present->programme != client.programme) {
    return fhir::Fail(fhir::ErrorCode::kConflict, "the client id " + client.id +
                                                      " is taken by the programme " +
                                                      present->programme + "; choose another");
  }
  std::string body = fhir::json::Write(auth::WriteClient(client));
  if (fhir::Status put = tx.PutDocument("client", client.id, body); !put.ok()) return put;
  store::AuditRow row;
  row.at = tx.Now();
  row.action = "client";
  row.client = Operator();
  row.programme = client.programme;
  row.subject = client.id;
  row.outcome = "0";
  row.detail = detail;
  return tx.AppendAudit(row);
}

fhir::Status Put(store::Store& store, const Client& client, const std::string& detail) {
  return store.Update([&](store::Transaction& tx) { return PutIn(tx, client, detail); });
}

fhir::Result<std::vector<Client>> ReadClientsFile(const std::string& file) {
  fhir::Result<std::string> text = ReadFile(file);
  if (!text.ok()) return text.error();
  fhir::Result<Value> json = fhir::json::ParseWithComments(*text);
  if (!json.ok()) return fhir::Fail(json.error().code, file + ": " + json.error().message);
  if (!json->is_array()) {
    return fhir::Fail(fhir::ErrorCode::kInvalid, file + ": must be an array of clients");
  }
  std::vector<Client> clients;
  for (const Value& each : json->items()) {
    fhir::Result<Client> client = auth::ReadClient(each);
    if (!client.ok()) {
      return fhir::Fail(
          client.error().code,
          file + ", client " + std::to_string(clients.size() + 1) + ": " + client.error().message,
          client.error().path);
    }
    clients.push_back(std::move(*client));
  }
  return clients;
}

fhir::Result<Client> Described(const ClientOptions& options) {
  Client client;
  client.id = options.id;
  client.programme = options.programme;
  client.scope = options.scope;
  Value keys = Value::Array();
  for (const std::string& file : options.key_files) {
    fhir::Result<Value> jwk = auth::JwkFromPem(file);
    if (!jwk.ok()) return jwk.error();
    keys.Add(std::move(*jwk));
  }
  client.jwks.Set("keys", std::move(keys));
  return auth::ReadClient(auth::WriteClient(client));
}

}  // namespace

int ClientAdd(const ClientOptions& options) {
  fhir::Result<Client> client = Described(options);
  if (!client.ok()) return Complain(client.error());
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(options.config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<Tenant*> tenant = (*files)->OfProgramme(options.programme);
  if (!tenant.ok()) return Complain(tenant.error());
  fhir::Status stored = Put(*(*tenant)->store, *client, "added: " + client->scope);
  if (!stored.ok()) return Complain(stored.error());
  std::cout << "client " << client->id << " may call the programme " << client->programme
            << " with " << client->scope << "\n";
  for (const Value& key : client->jwks["keys"].items()) {
    std::cout << "  key " << key["alg"].text() << ", kid " << key["kid"].text() << "\n";
  }
  std::cout << "  token endpoint (aud of its assertions): "
            << auth::TokenUrl((*files)->config.partners_url, client->programme) << "\n";
  return 0;
}

int ClientImport(const std::string& config_file, const std::string& file) {
  // All are read before one is stored: a mistake in the last leaves nothing half done.
  fhir::Result<std::vector<Client>> clients = ReadClientsFile(file);
  if (!clients.ok()) return Complain(clients.error());
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  std::map<Tenant*, std::vector<const Client*>> of;
  for (const Client& client : *clients) {
    fhir::Result<Tenant*> tenant = (*files)->OfProgramme(client.programme);
    if (!tenant.ok()) return Complain(tenant.error());
    of[*tenant].push_back(&client);
  }
  for (const auto& [tenant, theirs] : of) {
    fhir::Status stored = tenant->store->Update([&](store::Transaction& tx) -> fhir::Status {
      for (const Client* client : theirs) {
        if (auto s = PutIn(tx, *client, "imported: " + client->scope); !s.ok()) return s;
      }
      return {};
    });
    if (!stored.ok()) return Complain(stored.error());
    std::cout << theirs.size() << " clients registered in tenant " << tenant->name << "\n";
  }
  return 0;
}

int ClientSet(const ClientOptions& options, ClientState state) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(options.config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<Tenant*> tenant = (*files)->OfProgramme(options.programme);
  if (!tenant.ok()) return Complain(tenant.error());
  std::optional<Client> client;
  fhir::Status viewed = (*tenant)->store->View([&](store::Reader& reader) -> fhir::Status {
    fhir::Result<Client> found = auth::LoadClient(reader, options.id);
    if (!found.ok()) return found.error();
    client = std::move(*found);
    return {};
  });
  if (!viewed.ok()) return Complain(viewed.error());
  if (client->programme != options.programme) {
    return Complain("the client " + options.id + " is of the programme " + client->programme);
  }
  client->disabled = state == ClientState::kDisabled;
  const char* word = client->disabled ? "disabled" : "enabled";
  if (fhir::Status s = Put(*(*tenant)->store, *client, word); !s.ok()) return Complain(s.error());
  std::cout << "client " << client->id << " " << word
            << "; a running gateway heeds it within a second\n";
  return 0;
}

int ClientList(const std::string& config_file) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  for (const std::unique_ptr<Tenant>& tenant : (*files)->tenants->all()) {
    fhir::Status viewed = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto documents = reader.Documents("client");
      if (!documents.ok()) return documents.error();
      for (const auto& [id, body] : *documents) {
        fhir::Result<Client> client = auth::LoadClient(reader, id);
        if (!client.ok()) return client.error();
        std::cout << tenant->name << "\t" << client->programme << "\t" << id << "\t"
                  << client->scope << (client->disabled ? "\tdisabled" : "") << "\n";
      }
      return {};
    });
    if (!viewed.ok()) return Complain(viewed.error());
  }
  return 0;
}

}  // namespace gateway::cli
