#include "consent/policy.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "consent/members.h"
#include "consent/policies/built_in.h"
#include "consent/rules.h"
#include "consent/sha256.h"
#include "fhir/json/json.h"

namespace consent {
namespace {

using fhir::json::Value;

}  // namespace

bool Policy::Relaxes(std::string_view rule) const {
  return std::find(relaxed.begin(), relaxed.end(), rule) != relaxed.end();
}

fhir::Result<std::shared_ptr<const Policy>> ReadPolicy(const Value& json) {
  auto policy = std::make_shared<Policy>();
  Members members(json, "policy");
  members.Present({"relaxed"});
  members.Required("version", policy->version);
  members.Required("source", policy->source);
  members.Required("effective", policy->hash);
  const auto effective = fhir::DateTime::Parse(policy->hash);
  if (effective.ok()) {
    policy->effective = effective->Covers().begin;
  } else {
    members.Fail("effective", "is not a date");
  }
  members.Texts("relaxed", policy->relaxed);
  for (const std::string& id : policy->relaxed) {
    const Rule* rule = FindRule(id);
    if (rule == nullptr) members.Fail("relaxed", "names a rule that does not exist");
    if (rule != nullptr && rule->confidence == Confidence::kV) {
      members.Fail("relaxed", "names a rule that is law; only unverified rules can be relaxed");
    }
  }
  const auto section = [&](std::string_view name, auto read, auto& out) {
    fhir::Status status = read(members.Take(name), members.Path(name), out);
    if (!status.ok()) members.Refuse(status.error());
  };
  section("classification", ReadClassificationPolicy, policy->classification);
  section("content", ReadContentPolicy, policy->content);
  section("permission", ReadPermissionPolicy, policy->permission);
  section("channels", ReadChannelPolicy, policy->channels);
  section("disclosure", ReadDisclosurePolicy, policy->disclosure);
  if (fhir::Status status = members.Finish(); !status.ok()) return status.error();
  policy->json = json;
  policy->hash = Sha256Hex(fhir::json::Canonical(json));
  return std::shared_ptr<const Policy>(std::move(policy));
}

const Value& BuiltInPolicyJson() {
  static const Value kJson = [] {
    auto json = fhir::json::Parse(kBuiltInPolicy);
    if (!json.ok()) std::abort();  // a defect of the build, seen by the first test
    return std::move(json).value();
  }();
  return kJson;
}

const std::shared_ptr<const Policy>& BuiltInPolicy() {
  static const std::shared_ptr<const Policy> kPolicy = [] {
    auto policy = ReadPolicy(BuiltInPolicyJson());
    if (!policy.ok()) {
      std::fprintf(stderr, "the policy pack that is built in cannot be read: %s %s\n",
                   policy.error().path.c_str(), policy.error().message.c_str());
      std::abort();
    }
    return std::move(policy).value();
  }();
  return kPolicy;
}

}  // namespace consent
