// POST CommunicationRequest/$evaluate and CommunicationRequest/[id]/$evaluate: the decision as it
// would be taken, without any effect. Parameters in, all optional but the request of the first:
//   request   (resource) a CommunicationRequest that need not be stored
//   resource  (resource, repeats) facts laid over the stored ones of the same id
//   now       (instant), channel (code), policy (string: a version) and every other member of
//             consent/given.h by its name: a value, or parts where it is an object; but the
//             programme is the caller's, and who is one person the gateway knows by itself
#include <algorithm>
#include <utility>

#include "consent/decide.h"
#include "gateway/disclosure.h"
#include "gateway/interactions/decision_parameters.h"
#include "gateway/interactions/interactions.h"
#include "gateway/policies.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

// The members of a Given, and of what is in it, that are lists: one value of them is a list too.
bool IsList(std::string_view name) {
  for (std::string_view each :
       {"elsewhere", "optOuts", "history", "dischargeable", "overrides", "rules", "approvedBy",
        "unavailable", "classes", "labels", "codes", "data", "attached"}) {
    if (name == each) return true;
  }
  return false;
}

Value ValueOf(const Value& parameter);

Value ObjectOf(const Value& parts) {
  Value object = Value::Object();
  for (const Value& part : parts.items()) {
    const std::string& name = part["name"].text();
    if (!IsList(name)) {
      object.Set(name, ValueOf(part));
      continue;
    }
    // A list of nothing is a part without value and parts.
    Value list = object[name].is_array() ? object[name] : Value::Array();
    if (Value value = ValueOf(part); !value.is_object() || value.size() > 0) {
      list.Add(std::move(value));
    }
    object.Set(name, std::move(list));
  }
  return object;
}

Value ValueOf(const Value& parameter) {
  for (const fhir::json::Member& member : parameter.members()) {
    if (member.name.starts_with("value")) return member.value;
  }
  return ObjectOf(parameter["part"]);
}

struct Asked {
  std::optional<fhir::Resource> request;
  std::vector<fhir::Resource> resources;
  fhir::Instant now{};
  std::optional<fhir::Channel> channel;
  Value more = Value::Object();  // other members of a Given
};

fhir::Result<Asked> ReadAsked(const Call& call) {
  Asked asked;
  asked.now = call.services.clock.Now();
  if (call.request.body.empty()) return asked;
  auto body = ReadBody(call.request, "Parameters");
  if (!body.ok()) return std::move(body).error();
  Value others = Value::Array();
  for (const Value& parameter : (*body)["parameter"].items()) {
    const std::string& name = parameter["name"].text();
    if (name == "request" || name == "resource") {
      auto resource = fhir::Resource::From(parameter["resource"]);
      if (!resource.ok()) {
        return Fail(resource.error().code, resource.error().message, "parameter." + name);
      }
      if (name == "resource") {
        asked.resources.push_back(std::move(*resource));
      } else if (resource->type() == "CommunicationRequest") {
        asked.request = std::move(*resource);
      } else {
        return Fail(ErrorCode::kInvalid, "must be a CommunicationRequest", "parameter.request");
      }
    } else if (name == "now") {
      auto now = fhir::ParseInstant(ValueOf(parameter).text());
      if (!now.ok()) return Fail(ErrorCode::kInvalid, "must be an instant", "parameter.now");
      asked.now = *now;
    } else if (name == "channel") {
      asked.channel = fhir::ChannelFromCode(ValueOf(parameter).text());
      if (!asked.channel) return Fail(ErrorCode::kInvalid, "is no channel", "parameter.channel");
    } else if (name == "programme" || name == "resources" || name == "person") {
      return Fail(ErrorCode::kInvalid, "cannot be given here", "parameter." + name);
    } else {
      others.Add(parameter);
    }
  }
  asked.more = ObjectOf(others);
  return asked;
}

// The stored facts with what was given laid over them.
fhir::Result<consent::Given> WithMore(store::Reader& reader, consent::Given given,
                                      const Asked& asked) {
  if (asked.more.size() == 0) return given;
  const std::vector<fhir::Resource> resources = std::move(given.resources);
  given.resources.clear();
  Value json = consent::WriteGiven(given);
  for (const fhir::json::Member& member : asked.more.members()) {
    Value value = member.value;
    if (value.is_array()) {
      Value list = json[member.name].is_array() ? json[member.name] : Value::Array();
      for (const Value& item : value.items()) list.Add(item);
      value = std::move(list);
    }
    json.Set(member.name, std::move(value));
  }
  auto read = consent::ReadGiven(json, [&](std::string_view version) {
    auto policy = FindPolicy(reader, version);
    return policy.ok() ? *policy : nullptr;
  });
  if (!read.ok()) {
    fhir::Error error = read.error();
    if (error.path.starts_with("given.")) error.path.replace(0, 5, "parameter");
    return error;
  }
  read->resources = resources;
  return read;
}

// What is gathered for a disclosure; the other members of it are laid over what is stored.
consent::DisclosureRequest NamedBy(const Value& disclosure) {
  consent::DisclosureRequest asked;
  for (const Value& data : disclosure["data"].items()) asked.data.push_back(data.text());
  asked.recipient = disclosure["recipient"].text();
  asked.funding = disclosure["funding"].text();
  return asked;
}

}  // namespace

Answer Evaluate(Call& call) {
  auto asked = ReadAsked(call);
  if (!asked.ok()) return std::move(asked).error();
  const bool disclosure = call.id.empty() && asked->more["disclosure"].is_object();
  std::string named;  // the request that the disclosure is about; empty: none
  if (disclosure) {
    if (asked->request) {
      named = asked->request->Relative();
      if (asked->more["subject"].text().empty()) {
        asked->more.Set("subject", (*asked->request)["subject"]["reference"]);
      }
      asked->resources.push_back(std::move(*asked->request));
    }
  }
  if (!disclosure && !asked->request && call.id.empty()) {
    return Fail(ErrorCode::kInvalid, "is missing: name a stored one in the path, or give one here",
                "parameter.request");
  }
  std::optional<consent::Given> given;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    if (!disclosure && !asked->request) {
      auto stored = LoadResource(reader, call.caller.programme, "CommunicationRequest", call.id);
      if (!stored.ok()) return std::move(stored).error();
      asked->request = std::move(*stored);
    }
    auto gathered =
        disclosure
            ? GatherDisclosure(reader, call.caller.programme, asked->more["subject"].text(),
                               NamedBy(asked->more["disclosure"]), asked->now, asked->resources)
            : outreach::Gather(reader, call.caller.programme, *asked->request, asked->now,
                               asked->channel, asked->resources);
    if (!gathered.ok()) return std::move(gathered).error();
    if (disclosure) {
      gathered->given.request = named;
      gathered->given.channel = asked->channel;
      gathered->given.disclosure.reset();  // as it was asked, it is among `more`
    }
    auto full = WithMore(reader, std::move(gathered->given), *asked);
    if (!full.ok()) return std::move(full).error();
    given = std::move(*full);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  const consent::Decision decision = consent::Decide(*given);
  Value parameters = Value::Object();
  parameters.Set("resourceType", Value::String("Parameters"));
  parameters.Set("parameter", Value::Array(DecisionParameters(consent::ToJson(decision))));
  return JsonResponse(200, parameters);
}

}  // namespace gateway::interactions
