#include "consent/given.h"

#include "consent/laid_over.h"
#include "consent/members.h"

namespace consent {
namespace {

using fhir::json::Value;

fhir::Status ReadOptOut(const Value& json, const std::string& path, OptOut& opt_out) {
  Members members(json, path);
  members.Required("channel", opt_out.channel);
  if (opt_out.channel != "all" && !fhir::ChannelFromCode(opt_out.channel)) {
    members.Fail("channel", "is neither a channel nor all");
  }
  members.Text("contact", opt_out.contact);
  members.Text("class", opt_out.message_class);
  if (opt_out.message_class != "all" && opt_out.message_class != "marketing") {
    members.Fail("class", "must be marketing or all");
  }
  members.Text("seller", opt_out.seller);
  members.Time("receivedAt", opt_out.received_at);
  members.Text("source", opt_out.source);
  members.Text("programme", opt_out.programme);
  members.Bool("allProgrammes", opt_out.all_programmes);
  members.Text("inReplyTo", opt_out.in_reply_to);
  const std::string& kind = opt_out.in_reply_to;
  if (!kind.empty() && kind != "marketing" && kind != "informational" && kind != "exempted") {
    members.Fail("inReplyTo", "must be marketing, informational or exempted");
  }
  members.Text("answer", opt_out.answer);
  members.Bool("pending", opt_out.pending);
  members.Bool("unmerged", opt_out.unmerged);
  return members.Finish();
}

fhir::Status ReadSent(const Value& json, const std::string& path, Sent& sent) {
  Members members(json, path);
  members.Text("channel", sent.channel);
  if (members.Take("sentAt").is_null()) members.Fail("sentAt", "is missing");
  members.Time("sentAt", sent.sent_at);
  members.Text("class", sent.message_class);
  members.Text("subject", sent.subject);
  return members.Finish();
}

fhir::Status ReadOverride(const Value& json, const std::string& path, Override& out) {
  Members members(json, path);
  members.Present({"rules", "approvedBy", "approvedAt", "expires"});
  members.Required("request", out.request);
  members.Texts("rules", out.rules);
  members.Texts("approvedBy", out.approved_by);
  members.Time("approvedAt", out.approved_at);
  members.Time("expires", out.expires);
  members.Required("textHash", out.text_hash);
  members.Text("module", out.module);
  return members.Finish();
}

Value TextsAsJson(const std::vector<std::string>& texts) {
  Value array = Value::Array();
  for (const std::string& text : texts) array.Add(Value::String(text));
  return array;
}

Value WriteOverride(const Override& override) {
  Value json = Value::Object();
  json.Set("request", Value::String(override.request));
  json.Set("rules", TextsAsJson(override.rules));
  json.Set("approvedBy", TextsAsJson(override.approved_by));
  json.Set("approvedAt", Value::String(fhir::FormatInstant(override.approved_at)));
  json.Set("expires", Value::String(fhir::FormatInstant(override.expires)));
  json.Set("textHash", Value::String(override.text_hash));
  if (!override.module.empty()) json.Set("module", Value::String(override.module));
  return json;
}

}  // namespace

const fhir::Resource* Given::Find(std::string_view relative) const {
  const size_t slash = relative.find('/');
  if (slash == std::string_view::npos) return nullptr;
  const std::string_view type = relative.substr(0, slash);
  const std::string_view id = relative.substr(slash + 1);
  for (const fhir::Resource& resource : resources) {
    if (resource.id() == id && resource.type() == type) return &resource;
  }
  return nullptr;
}

std::shared_ptr<const Policy> FindBuiltInPolicy(std::string_view version) {
  return version == BuiltInPolicy()->version ? BuiltInPolicy() : nullptr;
}

fhir::Result<Given> ReadGiven(const Value& json, const PolicyFinder& find_policy) {
  Given given;
  Members members(json, "given");
  if (members.Take("now").is_null()) members.Fail("now", "is missing");
  members.Time("now", given.now);
  const Value& policy = members.Take("policy");
  if (policy.is_string()) {
    given.policy = find_policy(policy.text());
    if (!given.policy) members.Fail("policy", "names a version that is not known here");
  } else if (!policy.is_null()) {
    auto read = ReadPolicy(LaidOver(BuiltInPolicyJson(), policy));
    if (!read.ok()) {
      fhir::Error error = read.error();
      error.path.insert(0, "given.");
      return error;
    }
    given.policy = std::move(read).value();
  }
  auto programme = ReadProgramme(members.Take("programme"));
  if (!programme.ok()) {
    fhir::Error error = programme.error();
    error.path.insert(0, "given.");
    return error;
  }
  given.programme = std::move(programme).value();
  members.Text("request", given.request);
  members.Text("subject", given.subject);
  members.Texts("person", given.person);
  if (const Value& disclosure = members.Take("disclosure"); !disclosure.is_null()) {
    auto read = ReadDisclosure(disclosure, "given.disclosure");
    if (!read.ok()) return read.error();
    given.disclosure = std::move(read).value();
  } else if (given.request.empty()) {
    members.Fail("request", "is missing");
  }
  std::string channel;
  members.Text("channel", channel);
  if (!channel.empty()) {
    given.channel = fhir::ChannelFromCode(channel);
    if (!given.channel) members.Fail("channel", "is not a channel");
  }
  members.Each("resources", [&](const Value& item, const std::string& path) -> fhir::Status {
    auto resource = fhir::Resource::From(item);
    if (!resource.ok()) {
      fhir::Error error = resource.error();
      error.path = error.path.empty() ? path : path + "." + error.path;
      return error;
    }
    given.resources.push_back(std::move(resource).value());
    return {};
  });
  members.Each("elsewhere", [&](const Value& item, const std::string& path) -> fhir::Status {
    for (const fhir::json::Member& member : item.members()) {
      if (member.name != "deceasedBoolean" && member.name != "deceasedDateTime") {
        return fhir::Fail(fhir::ErrorCode::kInvalid, "is not known here", path + "." + member.name);
      }
    }
    given.elsewhere.push_back(item);
    return {};
  });
  members.Each("optOuts", [&](const Value& item, const std::string& path) -> fhir::Status {
    return ReadOptOut(item, path, given.opt_outs.emplace_back());
  });
  members.Each("history", [&](const Value& item, const std::string& path) -> fhir::Status {
    return ReadSent(item, path, given.history.emplace_back());
  });
  members.Text("reply", given.reply);
  members.Text("replyChannel", given.reply_channel);
  if (!given.reply_channel.empty() && !fhir::ChannelFromCode(given.reply_channel)) {
    members.Fail("replyChannel", "is not a channel");
  }
  members.Bool("unresolvedIdentity", given.unresolved_identity);
  members.Texts("unavailable", given.unavailable);
  for (const std::string& each : given.unavailable) {
    if (each != "consent-store" && each != "opt-out-store" && each != "clock") {
      members.Fail("unavailable", "must name consent-store, opt-out-store or clock");
    }
  }
  members.Each("overrides", [&](const Value& item, const std::string& path) -> fhir::Status {
    return ReadOverride(item, path, given.overrides.emplace_back());
  });
  std::vector<std::string> dischargeable;
  members.Texts("dischargeable", dischargeable);
  if (!json["dischargeable"].is_null()) given.dischargeable = std::move(dischargeable);
  fhir::Status status = members.Finish();
  if (!status.ok()) return status.error();
  return given;
}

Value WriteGiven(const Given& given) {
  Value json = Value::Object();
  const auto text = [](Value& object, std::string_view name, const std::string& value) {
    if (!value.empty()) object.Set(name, Value::String(value));
  };
  json.Set("now", Value::String(fhir::FormatInstant(given.now)));
  // A variant of the built-in pack has no version of its own to be found by.
  const Policy& policy = *given.policy;
  const bool variant =
      policy.version == BuiltInPolicy()->version && policy.hash != BuiltInPolicy()->hash;
  json.Set("policy", variant ? policy.json : Value::String(policy.version));
  json.Set("programme", WriteProgramme(given.programme));
  text(json, "request", given.request);
  text(json, "subject", given.subject);
  if (given.disclosure) json.Set("disclosure", WriteDisclosure(*given.disclosure));
  if (!given.person.empty()) {
    Value person = Value::Array();
    for (const std::string& reference : given.person) person.Add(Value::String(reference));
    json.Set("person", std::move(person));
  }
  if (!given.elsewhere.empty()) json.Set("elsewhere", Value::Array(given.elsewhere));
  if (given.channel) json.Set("channel", Value::String(std::string(fhir::Code(*given.channel))));
  Value resources = Value::Array();
  for (const fhir::Resource& resource : given.resources) resources.Add(resource.json());
  json.Set("resources", std::move(resources));
  if (!given.opt_outs.empty()) {
    Value opt_outs = Value::Array();
    for (const OptOut& opt_out : given.opt_outs) {
      Value item = Value::Object();
      text(item, "channel", opt_out.channel);
      text(item, "contact", opt_out.contact);
      text(item, "class", opt_out.message_class);
      text(item, "seller", opt_out.seller);
      item.Set("receivedAt", Value::String(fhir::FormatInstant(opt_out.received_at)));
      text(item, "source", opt_out.source);
      text(item, "programme", opt_out.programme);
      if (opt_out.all_programmes) item.Set("allProgrammes", Value::Bool(true));
      text(item, "inReplyTo", opt_out.in_reply_to);
      text(item, "answer", opt_out.answer);
      if (opt_out.pending) item.Set("pending", Value::Bool(true));
      if (opt_out.unmerged) item.Set("unmerged", Value::Bool(true));
      opt_outs.Add(std::move(item));
    }
    json.Set("optOuts", std::move(opt_outs));
  }
  if (!given.history.empty()) {
    Value history = Value::Array();
    for (const Sent& sent : given.history) {
      Value item = Value::Object();
      text(item, "channel", sent.channel);
      item.Set("sentAt", Value::String(fhir::FormatInstant(sent.sent_at)));
      text(item, "class", sent.message_class);
      text(item, "subject", sent.subject);
      history.Add(std::move(item));
    }
    json.Set("history", std::move(history));
  }
  text(json, "reply", given.reply);
  text(json, "replyChannel", given.reply_channel);
  if (given.unresolved_identity) json.Set("unresolvedIdentity", Value::Bool(true));
  if (!given.unavailable.empty()) json.Set("unavailable", TextsAsJson(given.unavailable));
  if (!given.overrides.empty()) {
    Value overrides = Value::Array();
    for (const Override& each : given.overrides) overrides.Add(WriteOverride(each));
    json.Set("overrides", std::move(overrides));
  }
  if (given.dischargeable) {
    Value codes = Value::Array();
    for (const std::string& code : *given.dischargeable) codes.Add(Value::String(code));
    json.Set("dischargeable", std::move(codes));
  }
  return json;
}

}  // namespace consent
