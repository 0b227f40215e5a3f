#include "gateway/interactions/transaction.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "fhir/reference.h"
#include "gateway/auth/jws.h"
#include "gateway/interactions/conditional.h"
#include "gateway/interactions/patch.h"
#include "gateway/interactions/search.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr int kMostAttempts = 5;
// Of all searches of one transaction: nobody else writes meanwhile.
constexpr std::chrono::seconds kLongestSearching{2};

// In the order in which the specification has them done.
enum class Verb { kDelete, kPost, kPut, kPatch, kGet };

struct Step {
  const fhir::BundleEntry* entry = nullptr;
  Verb verb = Verb::kGet;
  std::string type;
  std::string id;  // of the address; for POST the new one
  std::optional<Condition> condition;
  // A POST under the condition of an earlier one: it finds what that one makes.
  bool finds_made = false;
  bool searches = false;  // GET of what the query of the address finds
  bool only_new = false;  // PUT under If-None-Match: *
  std::optional<int64_t> if_match;
  std::optional<PatchDocument> patch;
  std::optional<fhir::Resource> resource;  // as it will be written; then it is the draft's
  std::optional<Draft> draft;
};

// What the conditions of a transaction led to at one moment.
struct Matches {
  std::vector<std::optional<std::string>> steps;  // the id that a step's condition matches
  std::map<std::string, std::string> references;  // "Patient?identifier=x" -> "Patient/1"
  friend bool operator==(const Matches&, const Matches&) = default;
};

std::string PlaceOf(size_t index) { return "Bundle.entry[" + std::to_string(index) + "]"; }

fhir::Error At(fhir::Error error, size_t index) {
  error.path = PlaceOf(index) + (error.path.empty() ? "" : "." + error.path);
  return error;
}

// The refusal of a condition names a search parameter, where an expression names an element.
fhir::Error InCondition(fhir::Error error) {
  if (!error.path.empty()) error.message += ": " + error.path;
  error.path = "request";
  error.findings.clear();
  return error;
}

// "Patient.gender" of the entry's resource as an element of the Bundle.
void AddFindings(std::vector<fhir::Issue>& all, std::vector<fhir::Issue> findings, size_t index) {
  for (fhir::Issue& finding : findings) {
    const size_t type = std::min(finding.expression.find_first_of(".["), finding.expression.size());
    finding.expression = PlaceOf(index) + ".resource" + finding.expression.substr(type);
    all.push_back(std::move(finding));
  }
}

std::optional<Verb> VerbOf(std::string_view method) {
  if (method == "DELETE") return Verb::kDelete;
  if (method == "POST") return Verb::kPost;
  if (method == "PUT") return Verb::kPut;
  if (method == "PATCH") return Verb::kPatch;
  if (method == "GET") return Verb::kGet;
  return std::nullopt;
}

auth::Access AccessOf(Verb verb) {
  switch (verb) {
    case Verb::kDelete:
      return auth::Access::kDelete;
    case Verb::kPost:
      return auth::Access::kCreate;
    case Verb::kPut:
    case Verb::kPatch:
      return auth::Access::kUpdate;
    case Verb::kGet:
      break;
  }
  return auth::Access::kRead;
}

// http://hl7.org/fhir/R4/http.html#patch: JSON Patch comes as a Binary, FHIRPath Patch as itself.
fhir::Result<PatchDocument> PatchOf(const fhir::Resource& resource) {
  if (resource.type() == "Parameters") return ReadPatch("application/fhir+json", resource.Bytes());
  if (resource.type() != "Binary") {
    return Fail(ErrorCode::kInvalid, "a patch is a Binary or Parameters", "resource");
  }
  const auto body = auth::Base64Decode(resource["data"].text());
  if (!body) return Fail(ErrorCode::kInvalid, "the data is not base64", "resource.data");
  return ReadPatch(resource["contentType"].text(), *body);
}

// "Patient?identifier=x" wherever a Reference stands, and the entry that has it first.
void CollectConditionalReferences(const Value& value, size_t index,
                                  std::map<std::string, size_t>& found) {
  for (const Value& item : value.items()) CollectConditionalReferences(item, index, found);
  for (const fhir::json::Member& member : value.members()) {
    const std::string& text = member.value.text();
    const size_t question = text.find('?');
    if (member.name == "reference" && question != std::string::npos &&
        fhir::IsResourceType(text.substr(0, question))) {
      found.emplace(text, index);
    }
    CollectConditionalReferences(member.value, index, found);
  }
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
            auto now = Look(tx);
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
      auto step = Plan(entry);
      if (!step.ok()) return At(std::move(step).error(), entry.index);
      steps_.push_back(std::move(*step));
    }
    auto looked = call_.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
      auto matches = Look(reader);
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

  fhir::Result<Step> Plan(const fhir::BundleEntry& entry) const {
    Step step;
    step.entry = &entry;
    const auto verb = VerbOf(entry.method);
    if (!verb) {
      return Fail(ErrorCode::kNotSupported, "this method is not supported in a transaction",
                  "request.method");
    }
    step.verb = *verb;
    const size_t question = entry.url.find('?');
    const std::string path = entry.url.substr(0, question);
    const size_t slash = path.find('/');
    step.type = path.substr(0, slash);
    if (slash != std::string::npos) step.id = path.substr(slash + 1);
    if (!fhir::IsResourceType(step.type)) {
      return Fail(ErrorCode::kNotSupported, "must be [type], [type]/[id] or [type]?[query]",
                  "request.url");
    }
    step.searches = step.verb == Verb::kGet && step.id.empty() && slash == std::string::npos;
    const auth::Access access = step.searches ? auth::Access::kSearch : AccessOf(step.verb);
    if (!call_.caller.May(access, step.type)) {
      return Fail(ErrorCode::kForbidden, "the token's scopes do not cover this entry", "request");
    }
    std::string condition = entry.if_none_exist;
    if (question != std::string::npos && step.verb != Verb::kPost && step.verb != Verb::kGet) {
      condition = entry.url.substr(question + 1);
    }
    if (!condition.empty()) {
      auto parsed = ParseCondition(call_.caller, step.type, condition);
      if (!parsed.ok()) return std::move(parsed).error();
      step.condition = std::move(*parsed);
    }
    if (step.verb == Verb::kPut && !entry.if_none_match.empty()) {
      if (entry.if_none_match != "*") {
        return Fail(ErrorCode::kMalformed, "an update takes * alone here: only if there is none",
                    "request.ifNoneMatch");
      }
      step.only_new = true;
    }
    const bool addressed = step.verb != Verb::kPost && !step.condition && !step.searches;
    if (addressed ? !fhir::IsId(step.id) : !step.id.empty()) {
      return Fail(ErrorCode::kMalformed, "must be [type]/[id], or [type] with a condition",
                  "request.url");
    }
    auto if_match = IfMatch(entry.if_match);
    if (!if_match.ok()) {
      return Fail(ErrorCode::kMalformed, if_match.error().message, "request.ifMatch");
    }
    step.if_match = *if_match;
    return WithResource(std::move(step));
  }

  fhir::Result<Step> WithResource(Step step) const {
    if (step.verb == Verb::kDelete || step.verb == Verb::kGet) return step;
    const std::optional<fhir::Resource>& resource = step.entry->resource;
    if (!resource) return Fail(ErrorCode::kInvalid, "the entry has no resource", "resource");
    if (step.verb == Verb::kPatch) {
      auto patch = PatchOf(*resource);
      if (!patch.ok()) return std::move(patch).error();
      step.patch = std::move(*patch);
      return step;
    }
    if (resource->type() != step.type) {
      return Fail(ErrorCode::kInvalid, "the resource has another type than request.url",
                  "resource");
    }
    if (!step.id.empty() && resource->id() != step.id) {
      return Fail(ErrorCode::kInvalid, "the resource's id is not that of request.url",
                  "resource.id");
    }
    step.resource = *resource;
    return step;
  }

  // Where the conditions lead in this snapshot, once what the transaction deletes is gone.
  fhir::Result<Matches> Look(store::Reader& reader) const {
    Matches matches;
    matches.steps.resize(steps_.size());
    std::set<std::string> gone;
    if (auto s = LookFor(reader, matches, gone, /*deletes=*/true); !s.ok()) {
      return std::move(s).error();
    }
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.verb != Verb::kDelete) continue;
      const std::string& id = matches.steps[i] ? *matches.steps[i] : step.id;
      if (!id.empty()) gone.insert(step.type + "/" + id);
    }
    if (auto s = LookFor(reader, matches, gone, /*deletes=*/false); !s.ok()) {
      return std::move(s).error();
    }
    std::map<std::string, size_t> references;
    for (const Step& step : steps_) {
      if (step.entry->resource && step.verb != Verb::kPatch) {
        CollectConditionalReferences(step.entry->resource->json(), step.entry->index, references);
      }
    }
    for (const auto& [reference, index] : references) {
      auto target = Target(reader, reference, gone);
      if (!target.ok()) return At(std::move(target).error(), index);
      matches.references[reference] = std::move(*target);
    }
    return matches;
  }

  fhir::Status LookFor(store::Reader& reader, Matches& matches, const std::set<std::string>& gone,
                       bool deletes) const {
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (!step.condition || deletes != (step.verb == Verb::kDelete)) continue;
      auto match = Match(reader, call_, *step.condition, gone);
      if (!match.ok()) return At(InCondition(std::move(match).error()), step.entry->index);
      matches.steps[i] = std::move(*match);
    }
    return {};
  }

  // "Patient?identifier=x" -> "Patient/1"
  fhir::Result<std::string> Target(store::Reader& reader, const std::string& reference,
                                   const std::set<std::string>& gone) const {
    const size_t question = reference.find('?');
    auto condition = ParseCondition(call_.caller, reference.substr(0, question),
                                    std::string_view(reference).substr(question + 1));
    const auto refused = [](fhir::Error error) {
      error = InCondition(std::move(error));
      error.path = "resource";
      return error;
    };
    if (!condition.ok()) return refused(std::move(condition).error());
    auto match = Match(reader, call_, *condition, gone);
    if (!match.ok()) return refused(std::move(match).error());
    if (*match) return condition->type + "/" + **match;
    return Fail(ErrorCode::kPreconditionFailed, "a conditional reference matches nothing",
                "resource");
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

  // The same for conditions of the same words, in whatever order.
  static std::string Words(const Condition& condition) {
    auto parameters = condition.parameters;
    std::sort(parameters.begin(), parameters.end());
    std::string words = condition.type;
    for (const auto& [name, value] : parameters) words += "&" + name + "=" + value;
    return words;
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
      if (step.id.empty()) return Response("204 No Content");
      auto gone = DeleteResource(tx, scope_, step.type, step.id, step.if_match);
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
    Call search{call_.services,
                call_.tenant,
                call_.request,
                call_.caller,
                step.type,
                "",
                "",
                http::ParseForm(std::string_view(url).substr(std::min(question + 1, url.size()))),
                ""};
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

  fhir::Result<Written> Put(store::Transaction& tx, const Step& step,
                            const std::optional<std::string>& match) const {
    if (step.verb == Verb::kPost && (match || step.finds_made)) {
      return FoundResource(tx, scope_, step.type, step.id);
    }
    if (auto s = CheckStillNone(tx, step, match); !s.ok()) return std::move(s).error();
    if (step.verb == Verb::kPatch) {
      auto present = LoadResource(tx, call_.caller.programme, step.type, step.id);
      if (!present.ok()) return std::move(present).error();
      auto patched = Patched(*present, *step.patch);
      if (!patched.ok()) return std::move(patched).error();
      return PutResource(tx, scope_, std::move(*patched), PutMode::kUpdate, step.if_match);
    }
    // A conditional update that matches nothing must not meet another resource of its id.
    const bool only_new = step.verb == Verb::kPut && (step.only_new || (step.condition && !match));
    return PutResource(tx, scope_, *step.draft,
                       step.verb == Verb::kPost ? PutMode::kCreate
                       : only_new               ? PutMode::kOnlyNew
                                                : PutMode::kEither,
                       step.if_match);
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
