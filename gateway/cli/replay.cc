#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "consent/decide.h"
#include "consent/given.h"
#include "consent/policy.h"
#include "fhir/json/json.h"
#include "gateway/auth/link_token.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/period.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/verbs.h"
#include "gateway/ledger/merkle_tree.h"
#include "gateway/policies.h"

namespace gateway::cli {
namespace {

using fhir::json::Value;

constexpr size_t kPage = 200;

struct Count {
  int64_t same = 0;
  int64_t different = 0;
  int64_t shredded = 0;
};

// What a decision is compared by: sentences may be worded better in a later release.
Value Essence(const Value& decision) {
  Value essence;
  for (const char* member :
       {"outcome", "class", "obligations", "notBefore", "rerouteTo", "reviewQueue"}) {
    if (const Value* value = decision.Find(member)) essence.Set(member, *value);
  }
  Value reasons = Value::Array();
  for (const Value& reason : decision["reasons"].items()) {
    reasons.Add(Value::String(reason["rule"].text() + " " + reason["effect"].text()));
  }
  essence.Set("reasons", std::move(reasons));
  return essence;
}

void Print(const Tenant& tenant, const store::DecisionRow& row, const char* result,
           const Value& more) {
  Value line;
  line.Set("tenant", Value::String(tenant.name));
  line.Set("decision", Value::String(row.id));
  line.Set("programme", Value::String(row.programme));
  const bool disclosure = row.request_id.find('/') != std::string::npos;
  line.Set(disclosure ? "disclosed" : "request",
           Value::String((disclosure ? "" : "CommunicationRequest/") + row.request_id));
  line.Set("stage", Value::String(row.stage));
  line.Set("decidedAt", Value::String(fhir::FormatInstant(row.decided_at)));
  line.Set("result", Value::String(result));
  for (const fhir::json::Member& member : more.members()) line.Set(member.name, member.value);
  std::cout << fhir::json::Write(line) << "\n";
}

void Unreadable(const Tenant& tenant, const store::DecisionRow& row, const char* sentence,
                Count* count) {
  ++count->different;
  Value more;
  more.Set("why", Value::String(sentence));
  Print(tenant, row, "unreadable", more);
}

using Policies = std::map<std::string, std::shared_ptr<const consent::Policy>, std::less<>>;

// `other`: the pack to decide by instead of the recorded one; may be null.
void ReplayOne(const Tenant& tenant, const store::DecisionRow& row, const Policies& policies,
               const std::shared_ptr<const consent::Policy>& other, Count* count) {
  if (!row.context) {
    ++count->shredded;
    return Print(tenant, row, "shredded", Value::Object());
  }
  fhir::Result<Value> record = fhir::json::Parse(row.record);
  if (!record.ok() || !(*record)["decision"].is_object()) {
    return Unreadable(tenant, row, "the record holds no decision", count);
  }
  const Value* hash = record->Find("contextHash");
  if (hash && hash->text() != auth::Hex(ledger::LeafHash(*row.context))) {
    return Unreadable(tenant, row, "the context is not the one the record was made on", count);
  }
  fhir::Result<Value> json = fhir::json::Parse(*row.context);
  if (!json.ok()) return Unreadable(tenant, row, "the context is not JSON", count);
  fhir::Result<consent::Given> given = consent::ReadGiven(*json, [&](std::string_view version) {
    const auto found = policies.find(version);
    return found == policies.end() ? nullptr : found->second;
  });
  if (!given.ok()) {
    return Unreadable(tenant, row,
                      given.error().path == "given.policy"
                          ? "the policy pack it was made under is not in the store"
                          : "the context cannot be read as facts",
                      count);
  }
  const Value& recorded = (*record)["decision"];
  const std::string& pack = recorded["policyHash"].text();
  if (!pack.empty() && pack != given->policy->hash) {
    return Unreadable(tenant, row, "the policy pack of its version is another one now", count);
  }
  if (other) given->policy = other;
  Value now = consent::ToJson(consent::Decide(*given));
  if (fhir::json::Canonical(Essence(recorded)) == fhir::json::Canonical(Essence(now))) {
    ++count->same;
    return;
  }
  ++count->different;
  Value more;
  more.Set("recorded", recorded);
  more.Set("now", now);
  Print(tenant, row, "different", more);
}

fhir::Status ReplayTenant(Tenant& tenant, const Period& period,
                          const std::shared_ptr<const consent::Policy>& other, Count* count) {
  int64_t total = 0;
  Policies policies;
  fhir::Status viewed = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    fhir::Result<store::LedgerState> ledger = reader.Ledger();
    if (!ledger.ok()) return ledger.error();
    total = ledger->size;
    fhir::Result<std::vector<PolicyState>> states = ListPolicies(reader);
    if (!states.ok()) return states.error();
    for (const PolicyState& state : *states) {
      auto policy = FindPolicy(reader, state.version);
      if (!policy.ok()) return policy.error();
      policies.emplace(state.version, std::move(*policy));
    }
    return {};
  });
  if (!viewed.ok()) return viewed;
  Progress progress("replay " + tenant.name, total);
  // A page per snapshot: none lives long, however many decisions there are.
  for (int64_t after = -1;;) {
    std::vector<store::DecisionRow> rows;
    viewed = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
      auto page = reader.Decisions(period.from, period.to, after, kPage);
      if (!page.ok()) return page.error();
      rows = std::move(*page);
      return {};
    });
    if (!viewed.ok()) return viewed;
    for (const store::DecisionRow& row : rows) {
      ReplayOne(tenant, row, policies, other, count);
      after = row.leaf;
      progress.At(row.leaf + 1);
    }
    if (rows.size() < kPage) return {};
  }
}

}  // namespace

int Replay(const ReplayOptions& options) {
  fhir::Result<Period> period = ReadPeriod(options.from, options.to);
  if (!period.ok()) return Complain(period.error());
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(options.config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<std::vector<Tenant*>> tenants = (*files)->Chosen(options.tenant);
  if (!tenants.ok()) return Complain(tenants.error());
  std::shared_ptr<const consent::Policy> other;
  if (!options.policy.empty()) {
    fhir::Result<Value> pack = ReadPolicyFile(options.policy);
    if (!pack.ok()) return Complain(pack.error());
    other = consent::ReadPolicy(*pack).value();
  }
  Count count;
  for (Tenant* tenant : *tenants) {
    if (fhir::Status done = ReplayTenant(*tenant, *period, other, &count); !done.ok()) {
      return Complain(done.error());
    }
  }
  std::cout << std::flush;
  std::cerr << "replay: " << count.same + count.different + count.shredded << " decisions, "
            << count.same << " come out the same, " << count.different << " do not, "
            << count.shredded << " can no longer be read (the patient was erased); engine "
            << consent::kEngineVersion << ", policy "
            << (other ? other->version : std::string("as recorded")) << "\n";
  return count.different == 0 ? 0 : 1;
}

}  // namespace gateway::cli
