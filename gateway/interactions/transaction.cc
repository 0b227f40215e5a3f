#include "gateway/interactions/transaction.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "fhir/reference.h"
#include "gateway/interactions/search.h"
#include "gateway/interactions/transaction_matches.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr int kMostAttempts = 5;
// Of all searches of one transaction: nobody else writes meanwhile.
constexpr std::chrono::seconds kLongestSearching{2};

// "Patient.gender" of the entry's resource as an element of the Bundle.
void AddFindings(std::vector<fhir::Issue>& all, std::vector<fhir::Issue> findings, size_t index) {
  for (fhir::Issue& finding : findings) {
    const size_t type = std::min(finding.expression.find_first_of(".["), finding.expression.size());
    finding.expression = PlaceOf(index) + ".resource" + finding.expression.substr(type);
    all.push_back(std::move(finding));
  }
}

// The same for conditions of the same words, in whatever order.
std::string Words(const Condition& condition) {
  auto parameters = condition.parameters;
  std::sort(parameters.begin(), parameters.end());
  std::string words = condition.type;
  for (const auto& [name, value] : parameters) words += "&" + name + "=" + value;
  return words;
}

using Names = std::vector<std::pair<std::string, std::string>>;

class Transaction {
 public:
  Transaction(Call& call, const fhir::BundleRequest& bundle) : call_(call), bundle_(bundle) {}

  Answer Run() {
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
      if (auto s = Prepare(); !s.ok()) return std::move(s).error();
      bool outdated = false;
      std::vector<Value> entries;
      auto done =
          Commit(call_, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
            auto now = FindMatches(tx, call_, steps_);
            if (!now.ok()) return std::move(now).error();
            outdated = *now != matches_;
            if (outdated) return Fail(ErrorCode::kConflict, "other writes came between");
            return Write(tx, written, entries);
          });
      if (outdated) continue;
      if (!done.ok()) return std::move(done).error();
      return JsonResponse(200,
                          fhir::MakeBundle("transaction-response", std::move(entries), -1, {}));
    }
    return Fail(ErrorCode::kConflict, "other writes keep changing what the conditions match");
  }

 private:
  fhir::Status Prepare() {
    steps_.clear();
    for (const fhir::BundleEntry& entry : bundle_.entries) {
      auto step = ReadStep(call_, entry);
      if (!step.ok()) return At(std::move(step).error(), entry.index);
      steps_.push_back(std::move(*step));
    }
    auto looked = call_.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
      auto matches = FindMatches(reader, call_, steps_);
      if (!matches.ok()) return std::move(matches).error();
      matches_ = std::move(*matches);
      return {};
    });
    if (!looked.ok()) return looked;
    if (auto s = TakeIds(); !s.ok()) return s;
    if (auto s = ReplaceReferences(); !s.ok()) return s;
    order_.resize(steps_.size());
    for (size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::stable_sort(order_.begin(), order_.end(),
                     [&](size_t a, size_t b) { return steps_[a].verb < steps_[b].verb; });
    return {};
  }

  fhir::Status TakeIds() {
    std::set<std::string> written;
    // Conditions of creates that found nothing, and the ids that the first of each takes.
    std::map<std::string, std::string> made;
    for (size_t i = 0; i < steps_.size(); ++i) {
      Step& step = steps_[i];
      const std::optional<std::string>& match = matches_.steps[i];
      if (auto s = TakeId(step, match); !s.ok()) return At(std::move(s).error(), step.entry->index);
      if (step.verb == Verb::kPost && step.condition && !match) {
        const auto [first, is_first] = made.emplace(Words(*step.condition), step.id);
        step.finds_made = !is_first;
        step.id = first->second;
      }
      const bool writes = step.verb != Verb::kGet && !step.id.empty() && !step.finds_made &&
                          !(step.verb == Verb::kPost && match);
      if (writes && !written.insert(step.type + "/" + step.id).second) {
        return At(Fail(ErrorCode::kInvalid, "two entries write the same resource"),
                  step.entry->index);
      }
    }
    return {};
  }

  fhir::Status TakeId(Step& step, const std::optional<std::string>& match) const {
    if (step.verb == Verb::kPost) {
      step.id = match ? *match : NewId(call_.services.clock.Now());
    } else if (step.condition && match) {
      if (step.resource && !step.resource->id().empty() && step.resource->id() != *match) {
        return Fail(ErrorCode::kMalformed, "the resource has another id than the one that matches",
                    "resource.id");
      }
      step.id = *match;
    } else if (step.condition && step.verb == Verb::kPut) {
      step.id =
          step.resource->id().empty() ? NewId(call_.services.clock.Now()) : step.resource->id();
    } else if (step.condition && step.verb == Verb::kPatch) {
      return Fail(ErrorCode::kNotFound, "nothing matches the condition", "request.url");
    }
    if (step.resource) step.resource->mutable_json().Set("id", Value::String(step.id));
    return {};
  }

  // From full URLs and conditions to what they stand for; then everything must be valid.
  fhir::Status ReplaceReferences() {
    Names names(matches_.references.begin(), matches_.references.end());
    for (const Step& step : steps_) {
      if (step.resource && !step.entry->full_url.empty()) {
        names.emplace_back(step.entry->full_url, step.type + "/" + step.id);
      }
    }
    std::vector<fhir::Issue> findings;
    for (Step& step : steps_) {
      if (!step.resource) continue;
      fhir::ReplaceReferences(step.resource->mutable_json(), Relative(names, step.entry->full_url));
      fhir::ReplaceReferences(step.resource->mutable_json(), names);
      if (auto valid = CheckValid(*step.resource); !valid.ok()) {
        AddFindings(findings, std::move(valid).error().findings, step.entry->index);
        continue;
      }
      step.draft = MakeDraft(scope_, std::move(*step.resource), call_.tenant.store->Plan());
      step.resource.reset();
    }
    if (findings.empty()) return {};
    fhir::Error error = Fail(ErrorCode::kInvalid, "not every entry is valid");
    error.findings = std::move(findings);
    return error;
  }

  // Beside http://other/fhir/Observation/1, "Patient/2" is http://other/fhir/Patient/2.
  // http://hl7.org/fhir/R4/bundle.html#references
  static Names Relative(const Names& names, const std::string& full_url) {
    Names relative;
    const auto own = fhir::ParseReference(full_url);
    if (!own || own->form != fhir::Reference::Form::kAbsolute) return relative;
    const std::string base = own->base + "/";
    for (const auto& [name, target] : names) {
      if (name.starts_with(base)) relative.emplace_back(name.substr(base.size()), target);
    }
    return relative;
  }

  fhir::Status Write(store::Transaction& tx, std::vector<Written>& written,
                     std::vector<Value>& entries) {
    entries.assign(steps_.size(), Value());
    searching_ = {};
    for (const size_t i : order_) {
      const Step& step = steps_[i];
      auto entry = Do(tx, step, matches_.steps[i], written);
      if (!entry.ok()) return At(std::move(entry).error(), step.entry->index);
      entries[i] = std::move(*entry);
    }
    return {};
  }

  fhir::Result<Value> Do(store::Transaction& tx, const Step& step,
                         const std::optional<std::string>& match, std::vector<Written>& written) {
    if (step.searches) return SearchFor(tx, step);
    if (step.verb == Verb::kGet) {
      auto read = FoundResource(tx, scope_, step.type, step.id);
      if (!read.ok()) return std::move(read).error();
      const fhir::BundleEntry& asked = *step.entry;
      const bool known =
          asked.if_none_match.empty()
              ? asked.if_modified_since && read->last_updated <= *asked.if_modified_since
              : IfNoneMatchNames(asked.if_none_match, read->version);
      if (known) return Response("304 Not Modified");
      Value entry = Response("200 OK");
      entry.Set("resource", read->resource.json());
      return entry;
    }
    if (step.verb == Verb::kDelete) {
      if (step.id.empty()) {
        if (auto s = step.if_match.WithoutResource(); !s.ok()) return std::move(s).error();
        return Response("204 No Content");
      }
      auto wanted = WantedOf(tx, step);
      if (!wanted.ok()) return std::move(wanted).error();
      auto gone = DeleteResource(tx, scope_, step.type, step.id, *wanted);
      if (!gone.ok()) return std::move(gone).error();
      written.push_back(std::move(*gone));
      return Response("204 No Content");
    }
    auto put = Put(tx, step, match);
    if (!put.ok()) return std::move(put).error();
    Value entry = Response(put->created ? "201 Created" : "200 OK");
    entry.Set("fullUrl", Value::String(call_.base() + "/" + put->resource.Relative()));
    Value& response = entry.Mutable("response");
    response.Set("location", Value::String(put->resource.Versioned()));
    response.Set("etag", Value::String("W/\"" + std::to_string(put->version) + "\""));
    response.Set("lastModified", Value::String(fhir::FormatInstant(put->last_updated)));
    if (Prefers(call_.request, "return=representation")) {
      entry.Set("resource", put->resource.json());
    } else if (Prefers(call_.request, "return=OperationOutcome")) {
      response.Set("outcome", OutcomeOf(*put));
    }
    if (put->changed) written.push_back(std::move(*put));
    return entry;
  }

  // What the writes of this transaction left; a page like any other.
  fhir::Result<Value> SearchFor(store::Transaction& tx, const Step& step) {
    const auto begin = std::chrono::steady_clock::now();
    const std::string& url = step.entry->url;
    const size_t question = std::min(url.find('?'), url.size());
    Call search{.services = call_.services,
                .tenant = call_.tenant,
                .request = call_.request,
                .caller = call_.caller,
                .type = step.type,
                .parameters = http::ParseForm(
                    std::string_view(url).substr(std::min(question + 1, url.size())))};
    auto page = SearchPage(search, tx);
    if (!page.ok()) return std::move(page).error();
    auto audited = Audit(tx, scope_, "search", search.audit_subject);
    if (!audited.ok()) return std::move(audited).error();
    searching_ += std::chrono::steady_clock::now() - begin;
    if (searching_ > kLongestSearching) {
      return Fail(
          ErrorCode::kTooCostly,
          "the searches of a transaction may take two seconds together; make them after it");
    }
    Value entry = Response("200 OK");
    entry.Set("resource", std::move(*page));
    return entry;
  }

  fhir::Result<std::optional<int64_t>> WantedOf(store::Transaction& tx, const Step& step) const {
    const std::string& id = step.id.empty() && step.draft ? step.draft->resource.id() : step.id;
    return step.if_match.Wanted(tx, call_.caller.programme, step.type, id);
  }

  fhir::Result<Written> Put(store::Transaction& tx, const Step& step,
                            const std::optional<std::string>& match) const {
    if (step.verb == Verb::kPost && (match || step.finds_made)) {
      return FoundResource(tx, scope_, step.type, step.id);
    }
    if (auto s = CheckStillNone(tx, step, match); !s.ok()) return std::move(s).error();
    auto wanted = WantedOf(tx, step);
    if (!wanted.ok()) return std::move(wanted).error();
    if (step.verb == Verb::kPatch) {
      auto present = LoadResource(tx, call_.caller.programme, step.type, step.id);
      if (!present.ok()) return std::move(present).error();
      auto patched = Patched(*present, *step.patch);
      if (!patched.ok()) return std::move(patched).error();
      return PutResource(tx, scope_, std::move(*patched), PutMode::kUpdate, *wanted);
    }
    // A conditional update that matches nothing must not meet another resource of its id.
    const bool only_new = step.verb == Verb::kPut && (step.only_new || (step.condition && !match));
    return PutResource(tx, scope_, *step.draft,
                       step.verb == Verb::kPost ? PutMode::kCreate
                       : only_new               ? PutMode::kOnlyNew
                                                : PutMode::kEither,
                       *wanted);
  }

  // What a condition looks for may be made by another entry, in other words.
  fhir::Status CheckStillNone(store::Transaction& tx, const Step& step,
                              const std::optional<std::string>& match) const {
    if (!step.condition || match || step.verb == Verb::kDelete) return {};
    const bool alone = std::none_of(steps_.begin(), steps_.end(), [&](const Step& other) {
      return &other != &step && other.verb != Verb::kGet && other.type == step.type;
    });
    if (alone) return {};
    auto now = Match(tx, call_, *step.condition);
    if (!now.ok()) return InCondition(std::move(now).error());
    if (!*now) return {};
    return Fail(ErrorCode::kPreconditionFailed,
                "another entry of the transaction makes what the condition matches; refer to it by "
                "its full URL",
                "request");
  }

  static Value Response(std::string status) {
    Value response = Value::Object();
    response.Set("status", Value::String(std::move(status)));
    Value entry = Value::Object();
    entry.Set("response", std::move(response));
    return entry;
  }

  Call& call_;
  const Scope scope_ = call_.scope();
  const fhir::BundleRequest& bundle_;
  std::vector<Step> steps_;
  std::vector<size_t> order_;
  Matches matches_;
  std::chrono::steady_clock::duration searching_{};
};

}  // namespace

Answer RunTransaction(Call& call, const fhir::BundleRequest& bundle) {
  return Transaction(call, bundle).Run();
}

}  // namespace gateway::interactions
