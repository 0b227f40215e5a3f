#include "gateway/people.h"

#include <algorithm>

#include "consent/members.h"
#include "fhir/json/json.h"
#include "gateway/auth/public_key.h"
#include "gateway/auth/statement.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

bool Person::Has(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

fhir::Result<Person> ReadPerson(const Value& json) {
  Person person;
  consent::Members members(json, "user");
  members.Required("name", person.name);
  if (!IsName(person.name)) members.Fail("name", "must be 1 to 64 of a-z, 0-9, - and .");
  members.Texts("roles", person.roles);
  for (const std::string& role : person.roles) {
    if (role != "compliance" && role != "privacy" && role != "nurse") {
      members.Fail("roles", "must be of compliance, privacy and nurse");
    }
  }
  if (person.roles.empty()) members.Fail("roles", "is missing");
  person.jwk = members.Take("jwk");
  if (auto key = auth::PublicKey::FromJwk(person.jwk); !key.ok()) {
    members.Fail("jwk", key.error().message);
  }
  members.Bool("disabled", person.disabled);
  if (auto status = members.Finish(); !status.ok()) return status.error();
  return person;
}

Value WritePerson(const Person& person) {
  Value json = Value::Object();
  json.Set("name", Value::String(person.name));
  Value roles = Value::Array();
  for (const std::string& role : person.roles) roles.Add(Value::String(role));
  json.Set("roles", std::move(roles));
  json.Set("jwk", person.jwk);
  json.Set("disabled", Value::Bool(person.disabled));
  return json;
}

fhir::Result<Person> LoadPerson(store::Reader& reader, std::string_view name) {
  auto body = reader.Document("user", name);
  if (!body.ok()) return std::move(body).error();
  if (!body->has_value()) return Fail(ErrorCode::kNotFound, "there is no such user in this tenant");
  auto json = fhir::json::Parse(**body);
  if (!json.ok()) return Fail(ErrorCode::kInternal, "the user's document cannot be read");
  return ReadPerson(*json);
}

fhir::Result<Declared> ReadDeclared(store::Reader& reader, std::string_view statement,
                                    std::string_view purpose, fhir::Instant now) {
  auto name = auth::SignerOf(statement);
  if (!name.ok()) return std::move(name).error();
  auto person = LoadPerson(reader, *name);
  if (!person.ok()) {
    if (person.error().code != ErrorCode::kNotFound) return std::move(person).error();
    return Fail(ErrorCode::kForbidden, "is by nobody who is registered here", "statement");
  }
  if (person->disabled) {
    return Fail(ErrorCode::kForbidden, "is by a user who is disabled", "statement");
  }
  auto payload = auth::VerifyStatement(statement, person->jwk, purpose, now);
  if (!payload.ok()) return std::move(payload).error();
  return Declared{std::move(*person), std::move(*payload)};
}

}  // namespace gateway
