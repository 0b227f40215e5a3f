#include <iostream>

#include "fhir/json/json.h"
#include "gateway/auth/client_assertion.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/verbs.h"
#include "gateway/people.h"

namespace gateway::cli {
namespace {

// The document and its audit row in one commit.
fhir::Status Put(store::Store& store, const Person& person, const std::string& detail) {
  return store.Update([&](store::Transaction& tx) -> fhir::Status {
    auto put = tx.PutDocument("user", person.name, fhir::json::Write(WritePerson(person)));
    if (!put.ok()) return put;
    // What a person has approved may count no longer.
    if (auto s = tx.BumpEpoch({store::EpochKey::Kind::kPolicy, ""}); !s.ok()) return s;
    store::AuditRow row;
    row.at = tx.Now();
    row.action = "user";
    row.client = Operator();
    row.subject = person.name;
    row.outcome = "0";
    row.detail = detail;
    return tx.AppendAudit(row);
  });
}

}  // namespace

int UserAdd(const UserOptions& options) {
  Person described;
  described.name = options.name;
  described.roles = options.roles;
  fhir::Result<fhir::json::Value> jwk = auth::JwkFromPem(options.key_file);
  if (!jwk.ok()) return Complain(jwk.error());
  described.jwk = std::move(*jwk);
  fhir::Result<Person> person = ReadPerson(WritePerson(described));
  if (!person.ok()) return Complain(person.error());
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(options.config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<std::vector<Tenant*>> chosen = (*files)->Chosen(options.tenant);
  if (!chosen.ok()) return Complain(chosen.error());
  fhir::Status stored = Put(*chosen->front()->store, *person, "added");
  if (!stored.ok()) return Complain(stored.error());
  std::cout << "user " << person->name << " may sign for the tenant " << options.tenant << " as";
  for (const std::string& role : person->roles) std::cout << " " << role;
  std::cout << "\n";
  return 0;
}

int UserSet(const UserOptions& options, bool disabled) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(options.config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<std::vector<Tenant*>> chosen = (*files)->Chosen(options.tenant);
  if (!chosen.ok()) return Complain(chosen.error());
  store::Store& store = *chosen->front()->store;
  Person person;
  fhir::Status viewed = store.View([&](store::Reader& reader) -> fhir::Status {
    fhir::Result<Person> found = LoadPerson(reader, options.name);
    if (!found.ok()) return found.error();
    person = std::move(*found);
    return {};
  });
  if (!viewed.ok()) return Complain(viewed.error());
  person.disabled = disabled;
  const char* word = disabled ? "disabled" : "enabled";
  if (fhir::Status s = Put(store, person, word); !s.ok()) return Complain(s.error());
  std::cout << "user " << person.name << " " << word << "\n";
  return 0;
}

int UserList(const std::string& config_file) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  for (const std::unique_ptr<Tenant>& tenant : (*files)->tenants->all()) {
    fhir::Status viewed = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto documents = reader.Documents("user");
      if (!documents.ok()) return documents.error();
      for (const auto& [name, body] : *documents) {
        fhir::Result<Person> person = LoadPerson(reader, name);
        if (!person.ok()) return person.error();
        std::cout << tenant->name << "\t" << name << "\t";
        for (size_t i = 0; i < person->roles.size(); ++i) {
          std::cout << (i > 0 ? "," : "") << person->roles[i];
        }
        std::cout << (person->disabled ? "\tdisabled" : "") << "\n";
      }
      return {};
    });
    if (!viewed.ok()) return Complain(viewed.error());
  }
  return 0;
}

}  // namespace gateway::cli
