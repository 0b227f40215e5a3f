#include "gateway/writes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fhir/compartment.h"
#include "fhir/json/json.h"
#include "fhir/reference.h"
#include "fhir/search/index_entries.h"
#include "gateway/subscriptions.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using store::EpochKey;

// What changed may change a decision: the person's, or, for modules and contracts, any of the
// programme.
fhir::Status BumpEpochs(store::Transaction& tx, const Scope& scope, const fhir::Resource& resource,
                        const std::string& patient) {
  // A request is a fact of its own decision only, and what has become of a message is none: caps
  // count the attempts.
  if (resource.type() == "CommunicationRequest") return {};
  if (resource.type() == "Communication" && scope.client == "psgateway") return {};
  if (patient.empty()) {
    return tx.BumpEpoch({EpochKey::Kind::kProgramme, scope.programme});
  }
  const std::string patient_id = patient.substr(patient.find('/') + 1);
  int64_t person = 0;
  if (resource.type() == "Patient") {
    auto linked = tx.LinkPerson(scope.programme, patient_id, IdentifiersOf(resource));
    if (!linked.ok()) return std::move(linked).error();
    person = *linked;
  } else {
    auto known = tx.PersonOf(scope.programme, patient_id);
    if (!known.ok()) return std::move(known).error();
    person = *known;
  }
  if (person == 0) return {};
  return tx.BumpEpoch({EpochKey::Kind::kPerson, std::to_string(person)});
}

// Whoever names our own address means the resource here: one form, so that searches, compartments
// and decisions all find it.
void MakeOwnReferencesRelative(fhir::json::Value& element, const std::string& base) {
  if (std::vector<fhir::json::Value>* items = element.mutable_items()) {
    for (fhir::json::Value& item : *items) MakeOwnReferencesRelative(item, base);
  }
  std::vector<fhir::json::Member>* members = element.mutable_members();
  if (members == nullptr) return;
  for (fhir::json::Member& member : *members) {
    const std::string& text = member.value.text();
    const bool ours = member.name == "reference" && member.value.is_string() &&
                      text.size() > base.size() + 1 && text.starts_with(base) &&
                      text[base.size()] == '/';
    if (ours) {
      member.value = fhir::json::Value::String(text.substr(base.size() + 1));
    } else {
      MakeOwnReferencesRelative(member.value, base);
    }
  }
}

// Stamps the resource as what is there.
bool IsTheSame(fhir::Resource& resource, const store::ResourceVersion& there) {
  resource.Stamp(std::string(resource.id()), there.version, there.last_updated);
  return resource.Bytes() == there.bytes;
}

bool IsShortened(const fhir::json::Value& tag) {
  return tag["code"].text() == "SUBSETTED" &&
         tag["system"].text() == "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
}

// What a writer does not know of is not lost by his writing: tags and security labels stay until
// $meta-delete or a patch takes them. http://hl7.org/fhir/R4/resource.html#tag-updates
// Answers whether there were any.
fhir::Result<bool> KeepLabels(fhir::Resource& resource, const std::string& present) {
  for (const fhir::json::Value& tag : resource["meta"]["tag"].items()) {
    if (!IsShortened(tag)) continue;
    return Fail(ErrorCode::kInvalid, "a shortened resource (SUBSETTED) must not replace the whole",
                "meta.tag");
  }
  const auto may_have = [&](std::string_view list) {
    return present.find(list) != std::string::npos;
  };
  if (!may_have("\"tag\":") && !may_have("\"security\":")) return false;
  bool kept = false;
  const auto before = fhir::json::Parse(present);
  if (!before.ok()) return before.error();
  for (const char* list : {"tag", "security"}) {
    std::vector<fhir::json::Value> merged = (*before)["meta"][list].items();
    std::erase_if(merged, IsShortened);
    if (merged.empty()) continue;
    kept = true;
    for (const fhir::json::Value& given : resource["meta"][list].items()) {
      const auto same = std::find_if(merged.begin(), merged.end(), [&](const auto& one) {
        return one["system"].text() == given["system"].text() &&
               one["code"].text() == given["code"].text();
      });
      if (same != merged.end()) *same = given;
      if (same == merged.end()) merged.push_back(given);
    }
    resource.mutable_json().Mutable("meta").Set(list, fhir::json::Value::Array(std::move(merged)));
  }
  return kept;
}

fhir::Status CheckVersion(std::optional<int64_t> if_match, int64_t present) {
  if (!if_match || *if_match == present) return {};
  return Fail(ErrorCode::kPreconditionFailed,
              "the resource has another version than If-Match names; read it again and repeat");
}

}  // namespace

std::vector<std::string> IdentifiersOf(const fhir::Resource& patient) {
  std::vector<std::string> keys;
  for (const fhir::json::Value& identifier : patient["identifier"].items()) {
    const std::string& system = identifier["system"].text();
    const std::string& value = identifier["value"].text();
    if (!system.empty() && !value.empty()) keys.push_back(system + "|" + value);
  }
  return keys;
}

fhir::Status Audit(store::Transaction& tx, const Scope& scope, std::string_view action,
                   const std::string& subject) {
  store::AuditRow row;
  row.at = tx.Now();
  row.action = std::string(action);
  row.client = scope.client;
  row.programme = scope.programme;
  row.subject = subject;
  row.outcome = "0";
  row.request_id = scope.request_id;
  return tx.AppendAudit(row);
}

Draft MakeDraft(const Scope& scope, fhir::Resource resource, const fhir::IndexPlan& plan) {
  Draft draft;
  if (!scope.base.empty()) MakeOwnReferencesRelative(resource.mutable_json(), scope.base);
  draft.patient = fhir::PatientOf(resource);
  draft.index = fhir::IndexEntries(resource, plan);
  draft.resource = std::move(resource);
  return draft;
}

fhir::Result<Written> PutResource(store::Transaction& tx, const Scope& scope,
                                  fhir::Resource resource, PutMode mode,
                                  std::optional<int64_t> if_match) {
  return PutResource(tx, scope, MakeDraft(scope, std::move(resource), tx.Plan()), mode, if_match);
}

fhir::Result<Written> PutResource(store::Transaction& tx, const Scope& scope, Draft draft,
                                  PutMode mode, std::optional<int64_t> if_match) {
  fhir::Resource& resource = draft.resource;
  const std::string type = resource.type();
  const std::string id = resource.id();
  // Whether a new one meets another of its id, the write itself finds out.
  fhir::Result<std::optional<store::ResourceVersion>> present =
      std::optional<store::ResourceVersion>();
  if (mode != PutMode::kCreate) present = tx.Read(scope.programme, type, id);
  if (!present.ok()) return std::move(present).error();
  const bool exists = present->has_value();
  if (!exists && mode == PutMode::kUpdate) {
    return Fail(ErrorCode::kNotFound, "there is no such resource to update");
  }
  if (exists && mode == PutMode::kOnlyNew && !(*present)->deleted()) {
    return Fail(ErrorCode::kPreconditionFailed, "a resource with this id exists");
  }
  const bool replaces = mode == PutMode::kEither || mode == PutMode::kIfChanged;
  if (exists && replaces && !(*present)->deleted() && !(*present)->shredded) {
    const auto kept = KeepLabels(resource, (*present)->bytes);
    if (!kept.ok()) return kept.error();
    if (*kept) draft.index = fhir::IndexEntries(resource, tx.Plan());
  }
  if (exists && mode == PutMode::kIfChanged && !(*present)->deleted()) {
    if ((*present)->shredded) return Fail(ErrorCode::kGone, "the patient's data was erased");
    if (IsTheSame(resource, **present)) {
      Written same;
      same.version = (*present)->version;
      same.last_updated = (*present)->last_updated;
      same.changed = false;
      same.resource = std::move(resource);
      return same;
    }
  }
  const int64_t version = exists ? (*present)->version : 0;
  if (auto held = CheckVersion(if_match, version); !held.ok()) return std::move(held).error();

  Written written;
  written.version = version + 1;
  written.last_updated = tx.Now();
  written.created = !exists || (*present)->deleted();
  resource.Stamp(id, written.version, written.last_updated);

  store::ResourceWrite write;
  write.programme = scope.programme;
  write.type = type;
  write.id = id;
  write.version = written.version;
  write.last_updated = written.last_updated;
  write.method = exists ? store::WriteMethod::kUpdate : store::WriteMethod::kCreate;
  write.bytes = resource.Bytes();
  write.patient = std::move(draft.patient);
  write.index = std::move(draft.index);
  if (auto status = tx.Write(write); !status.ok()) {
    if (mode != PutMode::kCreate || status.error().code != ErrorCode::kConflict) {
      return std::move(status).error();
    }
    return Fail(ErrorCode::kConflict, "a resource with this id exists");
  }
  if (auto status = BumpEpochs(tx, scope, resource, write.patient); !status.ok()) {
    return std::move(status).error();
  }
  if (!write.patient.empty()) written.patients.push_back(write.patient);
  // A consent that moves to another patient is withdrawn from the first.
  if (type == "Consent" && exists && !(*present)->deleted()) {
    auto before = fhir::Resource::Parse((*present)->bytes);
    const std::string left = before.ok() ? fhir::PatientOf(*before) : std::string();
    if (!left.empty() && left != write.patient) {
      if (auto status = BumpEpochs(tx, scope, *before, left); !status.ok()) {
        return std::move(status).error();
      }
      written.patients.push_back(left);
    }
  }
  if (auto status = Audit(tx, scope, exists ? "update" : "create", resource.Versioned());
      !status.ok()) {
    return std::move(status).error();
  }
  if (auto status = Notify(tx, scope, resource); !status.ok()) return std::move(status).error();
  written.resource = std::move(resource);
  written.bytes = std::move(write.bytes);
  return written;
}

fhir::Result<Written> DeleteResource(store::Transaction& tx, const Scope& scope,
                                     std::string_view type, std::string_view id,
                                     std::optional<int64_t> if_match) {
  auto present = tx.Read(scope.programme, type, id);
  if (!present.ok()) return std::move(present).error();
  Written written;
  fhir::json::Value shell = fhir::json::Value::Object();
  shell.Set("resourceType", fhir::json::Value::String(std::string(type)));
  shell.Set("id", fhir::json::Value::String(std::string(id)));
  auto named = fhir::Resource::From(std::move(shell));
  if (!named.ok()) return std::move(named).error();
  written.resource = std::move(*named);
  // Of what is deleted already a repeated request makes no more.
  if (!present->has_value()) {
    if (auto held = CheckVersion(if_match, 0); !held.ok()) return std::move(held).error();
  }
  if (!present->has_value() || (*present)->deleted()) {
    written.changed = false;
    return written;
  }
  if (auto held = CheckVersion(if_match, (*present)->version); !held.ok()) {
    return std::move(held).error();
  }
  std::string patient;
  fhir::Resource before;
  if (auto parsed = fhir::Resource::Parse((*present)->bytes); parsed.ok()) {
    before = std::move(*parsed);
    patient = fhir::PatientOf(before);
  }
  written.version = (*present)->version + 1;
  written.last_updated = tx.Now();
  store::ResourceWrite write;
  write.programme = scope.programme;
  write.type = std::string(type);
  write.id = std::string(id);
  write.version = written.version;
  write.last_updated = written.last_updated;
  write.method = store::WriteMethod::kDelete;
  write.patient = patient;
  if (auto status = tx.Write(write); !status.ok()) return std::move(status).error();
  if (auto status = BumpEpochs(tx, scope, before, patient); !status.ok()) {
    return std::move(status).error();
  }
  if (!patient.empty()) written.patients.push_back(patient);
  const std::string subject =
      write.type + "/" + write.id + "/_history/" + std::to_string(written.version);
  if (auto status = Audit(tx, scope, "delete", subject); !status.ok()) {
    return std::move(status).error();
  }
  return written;
}

fhir::Result<Written> FoundResource(store::Transaction& tx, const Scope& scope,
                                    std::string_view type, std::string_view id) {
  auto present = LoadResource(tx, scope.programme, type, id);
  if (!present.ok()) return std::move(present).error();
  Written found;
  found.resource = std::move(*present);
  auto stored = tx.Read(scope.programme, type, id);
  if (!stored.ok()) return std::move(stored).error();
  found.version = (*stored)->version;
  found.last_updated = (*stored)->last_updated;
  found.changed = false;
  auto audited = Audit(tx, scope, "read", found.resource.Versioned());
  if (!audited.ok()) return std::move(audited).error();
  return found;
}

fhir::Result<fhir::Resource> LoadResource(store::Reader& reader, std::string_view programme,
                                          std::string_view type, std::string_view id) {
  auto found = reader.Read(programme, type, id);
  if (!found.ok()) return std::move(found).error();
  if (!found->has_value()) return Fail(ErrorCode::kNotFound, "there is no such resource");
  if ((*found)->deleted()) return Fail(ErrorCode::kGone, "the resource was deleted");
  if ((*found)->shredded) return Fail(ErrorCode::kGone, "the patient's data was erased");
  return fhir::Resource::Parse((*found)->bytes);
}

}  // namespace gateway
