// Chains and reverse chains: bounded searches from the inside out. An inner search sees what the
// caller may search himself, so a chain cannot tell more than he could find out step by step.
#include "gateway/interactions/search_query.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "fhir/reference.h"
#include "fhir/search/index_entries.h"
#include "fhir/search/keys.h"
#include "gateway/writes.h"

namespace gateway::interactions {
namespace {

using fhir::Criterion;
using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kMostFound = 5'000;
constexpr size_t kInnerPage = 1'000;
constexpr std::chrono::seconds kLongest{10};

class Resolving {
 public:
  Resolving(store::Reader& reader, const auth::Caller& caller)
      : reader_(reader), caller_(caller), end_(std::chrono::steady_clock::now() + kLongest) {}

  fhir::Status Add(store::SearchQuery& query, const fhir::Condition& condition);
  fhir::Result<fhir::Clause> MembersOf(const std::string& list, const std::string& type);

 private:
  fhir::Result<fhir::Clause> ClauseOf(const std::string& type, const fhir::Join& join);
  // Adds the ids of what the canonicals lead to.
  fhir::Status AddMeant(const std::string& type, const std::set<fhir::Canonical>& canonicals,
                        std::set<std::string>& ids);
  // Calls `visit` with everything that the side finds; answers what it asked of the index.
  template <class Visit>
  fhir::Result<fhir::Clause> ForEach(const fhir::Join::Side& side, const Visit& visit);

  store::Reader& reader_;
  const auth::Caller& caller_;
  const std::chrono::steady_clock::time_point end_;
};

fhir::Status Resolving::Add(store::SearchQuery& query, const fhir::Condition& condition) {
  if (condition.last_updated) {
    query.last_updated.push_back(*condition.last_updated);
  } else if (condition.join) {
    auto clause = ClauseOf(query.type, *condition.join);
    if (!clause.ok()) return std::move(clause).error();
    query.all_of.push_back(std::move(*clause));
  } else {
    query.all_of.push_back(condition.clause);
  }
  return {};
}

template <class Visit>
fhir::Result<fhir::Clause> Resolving::ForEach(const fhir::Join::Side& side, const Visit& visit) {
  if (!caller_.May(auth::Access::kSearch, side.type)) {
    return Fail(
        ErrorCode::kForbidden,
        "the token's scopes do not cover every type of this chain; ask for a search scope on "
        "each of them");
  }
  store::SearchQuery query;
  query.programme = caller_.programme;
  query.type = side.type;
  query.count = kInnerPage;
  if (auto added = Add(query, side.condition); !added.ok()) return std::move(added).error();
  size_t found = 0;
  do {
    if (std::chrono::steady_clock::now() > end_) {
      return Fail(ErrorCode::kTooCostly, "the chain takes too long; narrow its inner search");
    }
    auto page = reader_.Search(query);
    if (!page.ok()) return std::move(page).error();
    found += page->matches.size();
    if (found > kMostFound) {
      return Fail(ErrorCode::kTooCostly,
                  "a step of the chain finds more than 5,000 resources; narrow it");
    }
    for (const store::ResourceVersion& match : page->matches) visit(match);
    query.after = page->next;
  } while (!query.after.empty());
  return query.all_of.empty() ? fhir::Clause() : std::move(query.all_of.front());
}

// The same asked of the contained resources that the parameter refers to. What must not be there
// (:not, :missing=true) their container's index cannot tell of one of them.
void AddContained(const std::string& parameter, const std::string& type, const fhir::Clause& asked,
                  fhir::Clause& clause) {
  if (asked.negated) return;
  for (Criterion criterion : asked.any_of) {
    if (criterion.test == Criterion::Test::kId || criterion.parameter == "_lastUpdated") continue;
    criterion.parameter = fhir::ContainedName(parameter, type, criterion.parameter);
    clause.any_of.push_back(std::move(criterion));
  }
}

template <class T>
std::set<T> AsSet(std::vector<T> all) {
  return {std::make_move_iterator(all.begin()), std::make_move_iterator(all.end())};
}

fhir::Status Resolving::AddMeant(const std::string& type,
                                 const std::set<fhir::Canonical>& canonicals,
                                 std::set<std::string>& ids) {
  for (const fhir::Canonical& canonical : canonicals) {
    if (std::chrono::steady_clock::now() > end_) {
      return Fail(ErrorCode::kTooCostly, "the chain takes too long; narrow its inner search");
    }
    auto found = MeantBy(reader_, caller_.programme, type, canonical);
    if (!found.ok()) return std::move(found).error();
    for (const store::ResourceVersion& one : *found) ids.insert(one.id);
  }
  return {};
}

fhir::Result<fhir::Clause> Resolving::ClauseOf(const std::string& type, const fhir::Join& join) {
  std::set<std::string> keys;  // references to what is found, or ids of what it refers to
  std::set<fhir::Canonical> canonicals;
  fhir::Clause clause;
  for (const fhir::Join::Side& side : join.sides) {
    const fhir::SearchParameter* parameter =
        fhir::FindSearchParameter(join.reverse ? side.type : type, join.parameter);
    const bool canonical = parameter != nullptr && fhir::IsCanonical(*parameter);
    // Of several types that the chain did not choose between, those the caller may see.
    const bool chosen = join.reverse || join.sides.size() == 1;
    if (!chosen && !caller_.May(auth::Access::kSearch, side.type)) continue;
    auto done = ForEach(side, [&](const store::ResourceVersion& match) {
      if (!join.reverse) keys.insert(match.type + "/" + match.id);
      if (!join.reverse && !canonical) return;
      auto resource = fhir::Resource::Parse(match.bytes);
      if (!resource.ok() || parameter == nullptr) return;
      if (!join.reverse) {
        keys.merge(AsSet(fhir::CanonicalTermsTo(*resource)));
        return;
      }
      canonicals.merge(AsSet(fhir::CanonicalsOf(*resource, *parameter)));
      for (const std::string& reference : fhir::ReferencesOf(*resource, *parameter)) {
        if (reference.starts_with(type + "/")) keys.insert(reference.substr(type.size() + 1));
      }
    });
    if (!done.ok()) return std::move(done).error();
    if (!join.reverse) AddContained(join.parameter, side.type, *done, clause);
    if (auto found = AddMeant(type, canonicals, keys); !found.ok()) return std::move(found).error();
    if (keys.size() > kMostFound) {
      return Fail(ErrorCode::kTooCostly, "a step of the chain leads to more than 5,000 resources");
    }
  }
  for (const std::string& key : keys) {
    Criterion criterion;
    criterion.test = join.reverse ? Criterion::Test::kId : Criterion::Test::kTerm;
    criterion.parameter = join.reverse ? "_id" : join.parameter;
    criterion.key = key;
    clause.any_of.push_back(std::move(criterion));
  }
  return clause;
}

fhir::Result<fhir::Clause> Resolving::MembersOf(const std::string& list, const std::string& type) {
  if (!caller_.May(auth::Access::kRead, "List")) {
    return Fail(ErrorCode::kForbidden, "the token's scopes do not cover reading the List", "_list");
  }
  fhir::Clause clause;
  auto found = LoadResource(reader_, caller_.programme, "List", list);
  if (!found.ok()) {
    const ErrorCode code = found.error().code;
    if (code == ErrorCode::kNotFound || code == ErrorCode::kGone) return clause;
    return std::move(found).error();
  }
  for (const fhir::json::Value& entry : (*found)["entry"].items()) {
    if (entry["deleted"].boolean()) continue;
    const auto reference = fhir::ParseReference(entry["item"]["reference"].text());
    if (!reference || reference->form != fhir::Reference::Form::kRelative) continue;
    if (reference->type != type) continue;
    Criterion criterion;
    criterion.test = Criterion::Test::kId;
    criterion.parameter = "_id";
    criterion.key = reference->id;
    clause.any_of.push_back(std::move(criterion));
  }
  if (clause.any_of.size() > kMostFound) {
    return Fail(ErrorCode::kTooCostly, "the List has more than 5,000 members", "_list");
  }
  return clause;
}

// What the index has no order of: the codes and references of a match.
std::optional<std::string> SortValueOf(const store::ResourceVersion& match,
                                       const fhir::SortKey& key) {
  const auto resource = fhir::Resource::Parse(match.bytes);
  const fhir::SearchParameter* parameter = fhir::FindSearchParameter(match.type, key.parameter);
  if (!resource.ok() || parameter == nullptr) return std::nullopt;
  return fhir::SortValueOf(*resource, *parameter, key.descending);
}

}  // namespace

fhir::Result<std::vector<store::ResourceVersion>> MeantBy(store::Reader& reader,
                                                          const std::string& programme,
                                                          const std::string& type,
                                                          const fhir::Canonical& canonical) {
  Criterion is_url;
  is_url.test = Criterion::Test::kPrefix;
  is_url.parameter = "url";
  is_url.key = canonical.url + fhir::kTextEnd;
  store::SearchQuery query;
  query.programme = programme;
  query.type = type;
  query.all_of.push_back({{std::move(is_url)}, false});
  std::vector<store::ResourceVersion> meant;
  do {
    auto page = reader.Search(query);
    if (!page.ok()) return std::move(page).error();
    for (store::ResourceVersion& match : page->matches) {
      auto resource = fhir::Resource::Parse(match.bytes);
      if (resource.ok() && fhir::IsMeant(canonical, *resource)) meant.push_back(std::move(match));
    }
    if (meant.size() > kMostFound) {
      return Fail(ErrorCode::kTooCostly, "a canonical leads to more than 5,000 resources");
    }
    query.after = page->next;
  } while (!query.after.empty());
  return meant;
}

fhir::Result<store::SearchQuery> QueryOf(store::Reader& reader, const auth::Caller& caller,
                                         const fhir::SearchPlan& plan) {
  store::SearchQuery query;
  query.programme = caller.programme;
  query.type = plan.type;
  query.sort = plan.sort;
  query.sort_value = &SortValueOf;
  query.with_total = plan.with_total;
  Resolving resolving(reader, caller);
  for (const fhir::Condition& condition : plan.all_of) {
    if (auto added = resolving.Add(query, condition); !added.ok()) {
      return std::move(added).error();
    }
  }
  for (const std::string& list : plan.lists) {
    auto members = resolving.MembersOf(list, plan.type);
    if (!members.ok()) return std::move(members).error();
    query.all_of.push_back(std::move(*members));
  }
  return query;
}

}  // namespace gateway::interactions
