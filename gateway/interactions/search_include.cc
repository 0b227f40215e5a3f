// _include and _revinclude, page by page. What is included is read, so the caller's scopes are
// asked for every type again: an include is no way around them.
#include <algorithm>
#include <set>
#include <utility>

#include "fhir/reference.h"
#include "fhir/search/index_entries.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::Criterion;
using fhir::ErrorCode;
using fhir::Fail;
using fhir::Include;

constexpr size_t kMostIncluded = 1'000;
constexpr int kMostRounds = 10;  // of :iterate
constexpr size_t kIdsAtOnce = 100;

class Including {
 public:
  Including(store::Reader& reader, const auth::Caller& caller) : reader_(reader), caller_(caller) {}

  fhir::Status Run(const fhir::SearchPlan& plan, const std::vector<fhir::Resource>& matches);
  Included Take() { return std::move(included_); }

 private:
  fhir::Status Follow(const Include& include, const std::vector<fhir::Resource>& from);
  fhir::Status FollowBack(const Include& include, const std::vector<fhir::Resource>& from);
  fhir::Status AddReferenced(const Include& include, const std::string& text);
  // By its url.
  fhir::Status AddMeant(const Include& include, const fhir::SearchParameter& parameter,
                        const fhir::Canonical& canonical);
  fhir::Status Add(const store::ResourceVersion& version);
  bool MaySee(const std::string& type, const char* parameter);

  store::Reader& reader_;
  const auth::Caller& caller_;
  Included included_;
  std::vector<fhir::Resource> fresh_;  // of this round
  std::set<std::string> seen_;
  std::set<std::pair<std::string, fhir::Canonical>> followed_;  // by type
  std::set<std::string> refused_;
};

// What is brought along must be readable and, found by a search back, searchable.
bool Including::MaySee(const std::string& type, const char* parameter) {
  const bool back = parameter == std::string_view("_revinclude");
  if (caller_.May(auth::Access::kRead, type) &&
      (!back || caller_.May(auth::Access::kSearch, type))) {
    return true;
  }
  if (refused_.insert(type).second) {
    included_.warnings.push_back(
        {fhir::Severity::kWarning, "suppressed",
         "the token's scopes do not cover " + type + "; such resources were not included",
         parameter});
  }
  return false;
}

fhir::Status Including::Add(const store::ResourceVersion& version) {
  if (version.deleted() || version.shredded) return {};
  if (!seen_.insert(version.type + "/" + version.id).second) return {};
  auto resource = fhir::Resource::Parse(version.bytes);
  if (!resource.ok()) return {};
  if (included_.resources.size() + fresh_.size() >= kMostIncluded) {
    return Fail(
        ErrorCode::kTooCostly,
        "more than 1,000 resources would be included in this page; ask for a smaller _count",
        "_include");
  }
  fresh_.push_back(std::move(*resource));
  return {};
}

fhir::Status Including::AddReferenced(const Include& include, const std::string& text) {
  const auto reference = fhir::ParseReference(text);
  if (!reference || reference->form != fhir::Reference::Form::kRelative) return {};
  if (!include.target.empty() && include.target != reference->type) return {};
  if (seen_.contains(reference->Relative()) || !MaySee(reference->type, "_include")) return {};
  auto found = reader_.Read(caller_.programme, reference->type, reference->id);
  if (!found.ok()) return std::move(found).error();
  return found->has_value() ? Add(**found) : fhir::Status();
}

fhir::Status Including::AddMeant(const Include& include, const fhir::SearchParameter& parameter,
                                 const fhir::Canonical& canonical) {
  const auto types = fhir::UrlTargets(parameter, include.target, reader_.Plan());
  for (const std::string& type : types) {
    // Which of several types a url leads to is not said to one who may not read it.
    const bool may =
        types.size() == 1 ? MaySee(type, "_include") : caller_.May(auth::Access::kRead, type);
    if (!may) continue;
    if (!followed_.insert({type, canonical}).second) continue;
    auto found = MeantBy(reader_, caller_.programme, type, canonical);
    if (!found.ok()) return std::move(found).error();
    for (const store::ResourceVersion& one : *found) {
      if (auto added = Add(one); !added.ok()) return added;
    }
  }
  return {};
}

fhir::Status Including::Follow(const Include& include, const std::vector<fhir::Resource>& from) {
  for (const fhir::SearchParameter& parameter : fhir::SearchParametersOf(include.source)) {
    const bool wanted = include.parameter == "*" || include.parameter == parameter.name;
    if (!wanted || parameter.kind != fhir::SearchKind::kReference) continue;
    for (const fhir::Resource& resource : from) {
      if (resource.type() != include.source) continue;
      for (const std::string& text : fhir::ReferencesOf(resource, parameter)) {
        if (auto added = AddReferenced(include, text); !added.ok()) return added;
      }
      for (const fhir::Canonical& one : fhir::CanonicalsOf(resource, parameter)) {
        if (auto added = AddMeant(include, parameter, one); !added.ok()) return added;
      }
    }
  }
  return {};
}

fhir::Status Including::FollowBack(const Include& include,
                                   const std::vector<fhir::Resource>& from) {
  std::vector<Criterion> all;
  for (const fhir::SearchParameter& parameter : fhir::SearchParametersOf(include.source)) {
    // Of all ("*") those that are indexed.
    const bool wanted =
        include.parameter == parameter.name ||
        (include.parameter == "*" && reader_.Plan().Has(include.source, parameter.name));
    if (!wanted || parameter.kind != fhir::SearchKind::kReference) continue;
    for (const fhir::Resource& resource : from) {
      if (!parameter.MayTarget(resource.type())) continue;
      if (!include.target.empty() && include.target != resource.type()) continue;
      Criterion criterion;
      criterion.parameter = parameter.name;
      criterion.key = resource.Relative();
      if (fhir::IsCanonical(parameter)) {
        for (std::string& term : fhir::CanonicalTermsTo(resource)) {
          all.push_back(criterion);
          all.back().key = std::move(term);
        }
      }
      all.push_back(std::move(criterion));
    }
  }
  if (all.empty() || !MaySee(include.source, "_revinclude")) return {};
  for (size_t at = 0; at < all.size(); at += kIdsAtOnce) {
    store::SearchQuery query;
    query.programme = caller_.programme;
    query.type = include.source;
    query.count = kMostIncluded;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end =
        all.begin() + static_cast<std::ptrdiff_t>(std::min(at + kIdsAtOnce, all.size()));
    query.all_of.push_back({std::vector<Criterion>(begin, end), false});
    do {
      auto page = reader_.Search(query);
      if (!page.ok()) return std::move(page).error();
      for (const store::ResourceVersion& match : page->matches) {
        if (auto added = Add(match); !added.ok()) return added;
      }
      query.after = page->next;
    } while (!query.after.empty());
  }
  return {};
}

fhir::Status Including::Run(const fhir::SearchPlan& plan,
                            const std::vector<fhir::Resource>& matches) {
  for (const fhir::Resource& match : matches) seen_.insert(match.Relative());
  std::vector<fhir::Resource> last;
  for (int round = 0; round < kMostRounds; ++round) {
    const std::vector<fhir::Resource>& from = round == 0 ? matches : last;
    if (from.empty()) break;
    for (const Include& include : plan.includes) {
      if (round > 0 && !include.iterate) continue;
      auto done = include.reverse ? FollowBack(include, from) : Follow(include, from);
      if (!done.ok()) return done;
    }
    included_.resources.insert(included_.resources.end(), fresh_.begin(), fresh_.end());
    last = std::exchange(fresh_, {});
  }
  if (!last.empty() && std::any_of(plan.includes.begin(), plan.includes.end(),
                                   [](const Include& one) { return one.iterate; })) {
    return Fail(ErrorCode::kTooCostly, "the includes go on for more than ten steps", "_include");
  }
  return {};
}

}  // namespace

fhir::Result<Included> IncludedWith(store::Reader& reader, const auth::Caller& caller,
                                    const fhir::SearchPlan& plan,
                                    const std::vector<fhir::Resource>& matches) {
  Including including(reader, caller);
  if (auto done = including.Run(plan, matches); !done.ok()) return std::move(done).error();
  return including.Take();
}

}  // namespace gateway::interactions
