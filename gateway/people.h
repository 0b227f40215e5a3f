// The people who answer for policies and reviews: documents of kind "user" in a tenant's registry.
// {"name": "jlee", "roles": ["compliance"], "jwk": {...}, "disabled": false}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway {

struct Person {
  std::string name;                // [a-z0-9.-]{1,64}
  std::vector<std::string> roles;  // "compliance", "privacy", "nurse": the queues of reviews
  fhir::json::Value jwk;           // the public key his statements are signed with
  bool disabled = false;

  bool Has(std::string_view role) const;
};

// kInvalid with the member that is wrong.
fhir::Result<Person> ReadPerson(const fhir::json::Value& json);
fhir::json::Value WritePerson(const Person& person);

// kNotFound; disabled ones are answered.
fhir::Result<Person> LoadPerson(store::Reader& reader, std::string_view name);

// The payload of a statement signed by a person of this tenant who is not disabled, and the person.
// kForbidden otherwise (auth/statement.h).
struct Declared {
  Person person;
  fhir::json::Value payload;
};
fhir::Result<Declared> ReadDeclared(store::Reader& reader, std::string_view statement,
                                    std::string_view purpose, fhir::Instant now);

}  // namespace gateway
