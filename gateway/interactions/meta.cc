// http://hl7.org/fhir/R4/resource-operation-meta.html, of an instance, a type, the programme.
// Adding and deleting make a version here: an element that changed without one could not be
// explained afterwards.
#include <algorithm>
#include <map>

#include "fhir/reference.h"
#include "fhir/search/asked_text.h"
#include "fhir/search/clauses.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostLabelled = 10'000;  // resources read for the labels of many
constexpr size_t kLabelledAtOnce = 500;

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

// The profiles, tags and security labels of every resource of some types, each once.
class Labels {
 public:
  Labels(store::Reader& reader, const auth::Caller& caller) : reader_(reader), caller_(caller) {}

  fhir::Status AddType(std::string_view type) {
    store::SearchQuery query;
    query.programme = caller_.programme;
    query.type = std::string(type);
    query.count = kLabelledAtOnce;
    auto labelled = Labelled(type);
    if (!labelled.ok()) return std::move(labelled).error();
    query.all_of.push_back(std::move(*labelled));
    do {
      auto page = reader_.Search(query);
      if (!page.ok()) return std::move(page).error();
      read_ += page->matches.size();
      if (read_ > kMostLabelled) {
        return Fail(ErrorCode::kTooCostly,
                    "more than 10,000 resources have labels; ask for those of one type, or of one "
                    "resource");
      }
      for (const store::ResourceVersion& match : page->matches) {
        auto resource = fhir::json::Parse(match.bytes);
        if (resource.ok()) Add((*resource)["meta"]);  // else erased between index and body
      }
      query.after = page->next;
    } while (!query.after.empty());
    return {};
  }

  Value Union() const {
    Value meta = Value::Object();
    for (const auto& [list, items] : found_) {
      Value& all = meta.Set(list, Value::Array());
      for (const auto& [key, item] : items) all.Add(item);
    }
    return meta;
  }

 private:
  // Those of the type that have any.
  fhir::Result<fhir::Clause> Labelled(std::string_view type) const {
    fhir::Clause any;
    for (const char* name : {"_profile", "_security", "_tag"}) {
      const fhir::SearchParameter* parameter = fhir::FindSearchParameter(type, name);
      if (parameter == nullptr || !reader_.Plan().Has(type, name)) {
        return fhir::Refusal("not-supported",
                             "the labels of " + std::string(type) +
                                 " are not indexed here; the setting search.index adds them",
                             name);
      }
      auto present = fhir::ClauseOf({*parameter, "missing", "false", {}, {}});
      if (!present.ok()) return present;
      for (fhir::Criterion& one : present->any_of) any.any_of.push_back(std::move(one));
    }
    return any;
  }

  void Add(const Value& meta) {
    for (const char* list : {"profile", "security", "tag"}) {
      for (const Value& item : meta[list].items()) {
        const std::string key =
            item.is_string() ? item.text() : item["system"].text() + "|" + item["code"].text();
        found_[list].emplace(key, item);
      }
    }
  }

  store::Reader& reader_;
  const auth::Caller& caller_;
  size_t read_ = 0;
  std::map<std::string, std::map<std::string, Value>> found_;
};

}  // namespace

Answer MetaOfMany(Call& call) {
  Value meta;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    Labels labels(reader, call.caller);
    for (const std::string_view type : fhir::ResourceTypes()) {
      const bool asked = call.type.empty() || call.type == type;
      // Of the programme: what the caller may not search is left out.
      if (!asked || !call.caller.May(auth::Access::kSearch, std::string(type))) continue;
      if (auto added = labels.AddType(type); !added.ok()) return added;
    }
    meta = labels.Union();
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return MetaResponse(meta);
}

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
