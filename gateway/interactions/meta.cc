// http://hl7.org/fhir/R4/resource-operation-meta.html, of an instance. Adding and deleting make a
// version here: an element that changed without one could not be explained afterwards.
#include <algorithm>

#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

http::Response MetaResponse(const Value& meta) {
  Value part = Value::Object();
  part.Set("name", Value::String("return"));
  part.Set("valueMeta", meta);
  Value parameters = Value::Object();
  parameters.Set("resourceType", Value::String("Parameters"));
  parameters.Set("parameter", Value::Array({std::move(part)}));
  return JsonResponse(200, parameters);
}

bool Same(std::string_view list, const Value& a, const Value& b) {
  if (list == "profile") return a.text() == b.text();
  return a["system"].text() == b["system"].text() && a["code"].text() == b["code"].text();
}

void Change(Value& meta, const Value& given, bool add) {
  for (const char* list : {"profile", "security", "tag"}) {
    std::vector<Value> kept = meta[list].items();
    for (const Value& item : given[list].items()) {
      const auto found = std::find_if(kept.begin(), kept.end(),
                                      [&](const Value& k) { return Same(list, k, item); });
      if (add && found == kept.end()) kept.push_back(item);
      if (!add && found != kept.end()) kept.erase(found);
    }
    if (kept.empty()) {
      meta.Remove(list);
    } else {
      meta.Set(list, Value::Array(std::move(kept)));
    }
  }
}

Answer ChangeMeta(Call& call, bool add) {
  auto body = ReadBody(call.request, "Parameters");
  if (!body.ok()) return std::move(body).error();
  const Value* given = nullptr;
  for (const Value& parameter : (*body)["parameter"].items()) {
    if (parameter["name"].text() == "meta") given = parameter.Find("valueMeta");
  }
  if (given == nullptr) {
    return Fail(ErrorCode::kMalformed, "a parameter meta with a valueMeta is expected",
                "Parameters.parameter");
  }
  Written changed;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        auto present = LoadResource(tx, call.caller.programme, call.type, call.id);
        if (!present.ok()) return std::move(present).error();
        Change(present->mutable_json().Mutable("meta"), *given, add);
        if (auto valid = CheckValid(*present); !valid.ok()) return valid;
        auto put = PutResource(tx, call.scope(), std::move(*present), PutMode::kUpdate);
        if (!put.ok()) return std::move(put).error();
        changed = *put;
        written.push_back(std::move(*put));
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  return MetaResponse(changed.resource["meta"]);
}

}  // namespace

Answer Meta(Call& call) {
  Value meta;
  auto looked = call.View([&](store::Reader& reader) -> fhir::Status {
    auto found = LoadResource(reader, call.caller.programme, call.type, call.id);
    if (!found.ok()) return std::move(found).error();
    meta = (*found)["meta"];
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return MetaResponse(meta);
}

Answer MetaAdd(Call& call) { return ChangeMeta(call, true); }
Answer MetaDelete(Call& call) { return ChangeMeta(call, false); }

}  // namespace gateway::interactions
