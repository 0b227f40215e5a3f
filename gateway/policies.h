// The policy packs of a tenant (consent/policy.h). A pack is proposed by one person and activated
// by another, each with a signed statement; a version is never used twice and none is forgotten, so
// that every decision can be taken again under the pack it names.
//
// Registry documents: "policy" by version: {"pack", "proposedBy", "proposal", "proposedAt",
// "activatedBy", "activation", "activatedAt"}; "active-policy", name "": the version.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consent/policy.h"
#include "fhir/date_time.h"
#include "fhir/json/value.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway {

// The payload of the statement that a person signs to propose or to activate a pack: its purpose is
// auth::kActivatePolicy and it names version and hash.
fhir::json::Value PolicyStatement(const consent::Policy& policy, const std::string& person,
                                  fhir::Instant now);

// kInvalid for a pack that cannot be read, kConflict for a version that there is, kForbidden for a
// statement that does not hold or is of another pack, or a person without the role compliance or
// privacy.
fhir::Status ProposePolicy(store::Transaction& tx, const fhir::json::Value& pack,
                           std::string_view statement);
// Makes a proposed pack the one that decides from now on; a pack that was active before may be
// activated again. kForbidden when the same person proposed it, kConflict before its effective
// date.
fhir::Status ActivatePolicy(store::Transaction& tx, std::string_view version,
                            std::string_view statement);

// Stores the built-in pack unless its version is there: a later program has another one built in,
// and what this one decided must be decided again by this one.
fhir::Status KeepBuiltInPolicy(store::Transaction& tx);

// What decides now; the built-in pack until one is activated.
fhir::Result<std::shared_ptr<const consent::Policy>> ActivePolicy(store::Reader& reader);
// A pack by its version, proposed ones too; null when there is none.
fhir::Result<std::shared_ptr<const consent::Policy>> FindPolicy(store::Reader& reader,
                                                                std::string_view version);

struct PolicyState {
  std::string version;
  bool active = false;
  std::string proposed_by;   // empty: built in
  std::string activated_by;  // of its last activation; empty: never
};
fhir::Result<std::vector<PolicyState>> ListPolicies(store::Reader& reader);

}  // namespace gateway
