#include "gateway/policies.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/statement.h"
#include "gateway/people.h"

namespace gateway {
namespace {

using consent::Policy;
using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;
using PolicyPointer = std::shared_ptr<const Policy>;

constexpr std::chrono::minutes kStatementLasts{10};

// Packs as they were read, by their text: a decision must not parse one. There are few.
fhir::Result<PolicyPointer> ReadOnce(const std::string& text) {
  static std::mutex mutex;
  static std::map<std::string, PolicyPointer> packs;
  std::lock_guard lock(mutex);
  if (auto found = packs.find(text); found != packs.end()) return found->second;
  auto json = fhir::json::Parse(text);
  if (!json.ok()) return Fail(ErrorCode::kInternal, "a stored policy pack is not JSON");
  auto policy = consent::ReadPolicy((*json)["pack"]);
  if (!policy.ok()) {
    return Fail(ErrorCode::kInternal, "a stored policy pack cannot be read by this engine: " +
                                          policy.error().path + " " + policy.error().message);
  }
  packs.emplace(text, *policy);
  return *policy;
}

fhir::Result<Declared> Declare(store::Transaction& tx, std::string_view statement,
                               const Policy& policy) {
  auto declared = ReadDeclared(tx, statement, auth::kActivatePolicy, tx.Now());
  if (!declared.ok()) return std::move(declared).error();
  if (declared->payload["version"].text() != policy.version ||
      declared->payload["hash"].text() != policy.hash) {
    return Fail(ErrorCode::kForbidden, "was signed for another pack", "statement");
  }
  if (!declared->person.Has("compliance") && !declared->person.Has("privacy")) {
    return Fail(ErrorCode::kForbidden,
                "is by a user whose roles are neither compliance nor privacy", "statement");
  }
  return std::move(*declared);
}

fhir::Status Audit(store::Transaction& tx, const std::string& action, const std::string& person,
                   const Policy& policy) {
  store::AuditRow row;
  row.at = tx.Now();
  row.action = action;
  row.client = "user:" + person;
  row.subject = policy.version;
  row.outcome = "0";
  row.detail = policy.hash;
  return tx.AppendAudit(row);
}

Value Text(const std::string& text) { return Value::String(text); }

}  // namespace

Value PolicyStatement(const Policy& policy, const std::string& person, fhir::Instant now) {
  Value payload = Value::Object();
  payload.Set("iss", Text(person));
  payload.Set("purpose", Text(auth::kActivatePolicy));
  payload.Set("version", Text(policy.version));
  payload.Set("hash", Text(policy.hash));
  payload.Set("iat", auth::NumericDate(now));
  payload.Set("exp", auth::NumericDate(now + kStatementLasts));
  return payload;
}

fhir::Status ProposePolicy(store::Transaction& tx, const Value& pack, std::string_view statement) {
  auto policy = consent::ReadPolicy(pack);
  if (!policy.ok()) return std::move(policy).error();
  const std::string& version = (*policy)->version;
  auto present = FindPolicy(tx, version);
  if (!present.ok()) return std::move(present).error();
  if (*present) {
    return Fail(ErrorCode::kConflict, "this version exists; a changed pack needs a new one",
                "policy.version");
  }
  auto declared = Declare(tx, statement, **policy);
  if (!declared.ok()) return std::move(declared).error();
  Value document = Value::Object();
  document.Set("pack", pack);
  document.Set("proposedBy", Text(declared->person.name));
  document.Set("proposal", Text(std::string(statement)));
  document.Set("proposedAt", Text(fhir::FormatInstant(tx.Now())));
  if (auto s = tx.PutDocument("policy", version, fhir::json::Write(document)); !s.ok()) return s;
  return Audit(tx, "policy-propose", declared->person.name, **policy);
}

fhir::Status ActivatePolicy(store::Transaction& tx, std::string_view version,
                            std::string_view statement) {
  auto policy = FindPolicy(tx, version);
  if (!policy.ok()) return std::move(policy).error();
  if (!*policy) return Fail(ErrorCode::kNotFound, "there is no pack of this version");
  auto declared = Declare(tx, statement, **policy);
  if (!declared.ok()) return std::move(declared).error();
  if ((*policy)->effective > tx.Now()) {
    return Fail(ErrorCode::kConflict, "the pack is not effective yet", "policy.effective");
  }
  auto body = tx.Document("policy", version);
  if (!body.ok()) return std::move(body).error();
  if (body->has_value()) {
    auto document = fhir::json::Parse(**body);
    if (!document.ok()) return Fail(ErrorCode::kInternal, "the stored pack cannot be read");
    if ((*document)["proposedBy"].text() == declared->person.name) {
      return Fail(ErrorCode::kForbidden, "is by the person who proposed the pack; another must",
                  "statement");
    }
    document->Set("activatedBy", Text(declared->person.name));
    document->Set("activation", Text(std::string(statement)));
    document->Set("activatedAt", Text(fhir::FormatInstant(tx.Now())));
    if (auto s = tx.PutDocument("policy", version, fhir::json::Write(*document)); !s.ok()) return s;
  }
  if (auto s = tx.PutDocument("active-policy", "", std::string(version)); !s.ok()) return s;
  if (auto s = tx.BumpEpoch({store::EpochKey::Kind::kPolicy, ""}); !s.ok()) return s;
  return Audit(tx, "policy-activate", declared->person.name, **policy);
}

fhir::Status KeepBuiltInPolicy(store::Transaction& tx) {
  const std::string& version = consent::BuiltInPolicy()->version;
  auto body = tx.Document("policy", version);
  if (!body.ok()) return std::move(body).error();
  if (body->has_value()) return {};
  Value document = Value::Object();
  document.Set("pack", consent::BuiltInPolicyJson());
  return tx.PutDocument("policy", version, fhir::json::Write(document));
}

fhir::Result<PolicyPointer> ActivePolicy(store::Reader& reader) {
  auto version = reader.Document("active-policy", "");
  if (!version.ok()) return std::move(version).error();
  if (!version->has_value()) return consent::BuiltInPolicy();
  auto policy = FindPolicy(reader, **version);
  if (!policy.ok()) return policy;
  // A pack that decided yesterday and is gone today must not be replaced in silence.
  if (!*policy) return Fail(ErrorCode::kInternal, "the active policy pack is not in the store");
  return policy;
}

fhir::Result<PolicyPointer> FindPolicy(store::Reader& reader, std::string_view version) {
  auto body = reader.Document("policy", version);
  if (!body.ok()) return std::move(body).error();
  if (body->has_value()) return ReadOnce(**body);
  return consent::FindBuiltInPolicy(version);
}

fhir::Result<std::vector<PolicyState>> ListPolicies(store::Reader& reader) {
  auto active = ActivePolicy(reader);
  if (!active.ok()) return std::move(active).error();
  std::vector<PolicyState> states;
  auto documents = reader.Documents("policy");
  if (!documents.ok()) return std::move(documents).error();
  for (const auto& [version, body] : *documents) {
    auto document = fhir::json::Parse(body);
    if (!document.ok()) return Fail(ErrorCode::kInternal, "a stored pack cannot be read");
    states.push_back(
        {version, false, (*document)["proposedBy"].text(), (*document)["activatedBy"].text()});
  }
  const bool listed = std::any_of(states.begin(), states.end(), [](const PolicyState& state) {
    return state.version == consent::BuiltInPolicy()->version;
  });
  if (!listed) states.insert(states.begin(), {consent::BuiltInPolicy()->version, false, "", ""});
  for (PolicyState& state : states) state.active = state.version == (*active)->version;
  return states;
}

}  // namespace gateway
