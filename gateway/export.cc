#include "gateway/export.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/compartment.h"
#include "fhir/reference.h"

namespace gateway {
namespace {

constexpr size_t kPatientsOfPage = 200;
constexpr size_t kPartsOfCommit = 16;  // the writer is held for some tens of milliseconds
constexpr size_t kResourcesOfPart = 100;

fhir::Result<store::SearchPage> PageOf(store::Reader& reader, const std::string& programme,
                                       std::string_view type, size_t count,
                                       const std::string& after) {
  store::SearchQuery query;
  query.programme = programme;
  query.type = std::string(type);
  query.count = count;
  query.after = after;
  return reader.Search(query);
}

}  // namespace

Export::Export(Tenant& tenant, ExportOrder order, const Clock& clock, Take take, Progress progress)
    : tenant_(tenant),
      order_(std::move(order)),
      clock_(clock),
      take_(std::move(take)),
      progress_(std::move(progress)) {}

bool Export::Wants(const std::string& type) const {
  return order_.types.empty() || order_.types.contains(type);
}

fhir::Result<Disclosure> Export::Gather(store::Reader& reader, const std::string& subject,
                                        fhir::Instant now) const {
  return Disclosure::Prepare(reader, order_.programme, subject, order_.asked, now);
}

fhir::Status Export::Run() {
  if (auto s = Patients(); !s.ok()) return s;
  for (const std::string_view type : fhir::ResourceTypes()) {
    if (type == "Patient" || !Wants(std::string(type))) continue;
    if (auto s = OfType(type); !s.ok()) return s;
  }
  return {};
}

fhir::Status Export::Patients() {
  int64_t done = 0;
  for (std::string after;;) {
    std::vector<Part> parts;
    const auto looked = tenant_.store->View([&](store::Reader& reader) -> fhir::Status {
      auto page = PageOf(reader, order_.programme, "Patient", kPatientsOfPage, after);
      if (!page.ok()) return std::move(page).error();
      for (const store::ResourceVersion& match : page->matches) parts.push_back({match.id, ""});
      after = std::move(page->next);
      return {};
    });
    if (!looked.ok()) return looked;
    for (size_t i = 0; i < parts.size(); i += kPartsOfCommit) {
      const auto begin = parts.begin() + static_cast<ptrdiff_t>(i);
      const auto end =
          parts.begin() + static_cast<ptrdiff_t>(std::min(i + kPartsOfCommit, parts.size()));
      if (auto s = OfPatients({begin, end}); !s.ok()) return s;
      progress_(done += end - begin);
    }
    if (after.empty()) return {};
  }
}

// Who has more than fits into a part goes on in the next round.
fhir::Status Export::OfPatients(std::vector<Part> parts) {
  while (!parts.empty()) {
    std::vector<Looked> all;
    for (const Part& part : parts) {
      const auto done = tenant_.store->View([&](store::Reader& reader) -> fhir::Status {
        auto looked = Look(reader, part, clock_.Now());
        if (!looked.ok()) return std::move(looked).error();
        all.push_back(std::move(*looked));
        return {};
      });
      if (!done.ok()) return done;
    }
    if (auto s = Commit(all); !s.ok()) return s;
    parts.clear();
    for (const Looked& each : all) {
      if (!each.next.empty()) parts.push_back({each.part.patient_id, each.next});
    }
  }
  return {};
}

fhir::Result<Export::Looked> Export::Look(store::Reader& reader, const Part& part,
                                          fhir::Instant now) const {
  auto disclosure = Gather(reader, "Patient/" + part.patient_id, now);
  if (!disclosure.ok()) return std::move(disclosure).error();
  auto page = reader.OfPatient(order_.programme, part.patient_id, kResourcesOfPart, part.after);
  if (!page.ok()) return std::move(page).error();
  Looked looked{part, std::move(*disclosure), std::move(page->next)};
  for (const store::ResourceVersion& version : page->matches) {
    if (version.shredded || !Wants(version.type)) continue;
    auto resource = fhir::Resource::Parse(version.bytes);
    if (!resource.ok()) return std::move(resource).error();
    looked.disclosure.Decide(*resource);
  }
  return looked;
}

fhir::Status Export::Commit(std::vector<Looked>& looked) {
  std::vector<std::optional<Looked>> anew;  // what has changed since
  const auto done = tenant_.store->Update([&](store::Transaction& tx) -> fhir::Status {
    anew.assign(looked.size(), std::nullopt);
    for (size_t i = 0; i < looked.size(); ++i) {
      auto holds = looked[i].disclosure.StillHolds(tx);
      if (!holds.ok()) return std::move(holds).error();
      if (!*holds) {
        auto again = Look(tx, looked[i].part, tx.Now());
        if (!again.ok()) return std::move(again).error();
        anew[i] = std::move(*again);
      }
      const Disclosure& disclosure = anew[i] ? anew[i]->disclosure : looked[i].disclosure;
      if (auto s = disclosure.Record(tx, order_.client, "export"); !s.ok()) return s;
    }
    return {};
  });
  if (!done.ok()) return done;
  for (size_t i = 0; i < looked.size(); ++i) {
    if (anew[i]) looked[i] = std::move(*anew[i]);
    if (auto s = HandAll(looked[i].disclosure); !s.ok()) return s;
  }
  return {};
}

fhir::Status Export::HandAll(const Disclosure& disclosure) {
  for (const Disclosed& disclosed : disclosure.decided()) {
    if (auto s = Hand(disclosed); !s.ok()) return s;
  }
  return {};
}

// What is not of a patient there is: directories and definitions go as they are. What may be of
// somebody is decided on like everything else, and stays: nobody knows whom to ask (G6).
fhir::Status Export::OfType(std::string_view type) {
  for (std::string after;;) {
    std::vector<fhir::Resource> of_nobody;
    std::vector<Disclosure> of_somebody;
    const auto looked = tenant_.store->View([&](store::Reader& reader) -> fhir::Status {
      auto page = PageOf(reader, order_.programme, type, kResourcesOfPart, after);
      if (!page.ok()) return std::move(page).error();
      for (const store::ResourceVersion& version : page->matches) {
        if (version.shredded) continue;
        auto resource = fhir::Resource::Parse(version.bytes);
        if (!resource.ok()) return std::move(resource).error();
        const std::string subject = fhir::PatientOf(*resource);
        if (!subject.empty()) {
          auto patient =
              reader.Read(order_.programme, "Patient", subject.substr(subject.find('/') + 1));
          if (!patient.ok()) return std::move(patient).error();
          if (*patient && !(*patient)->deleted()) continue;  // it went with the patient's
        } else if (!fhir::MayBeOfPatient(*resource)) {
          of_nobody.push_back(std::move(*resource));
          continue;
        }
        auto disclosure = Gather(reader, subject, clock_.Now());
        if (!disclosure.ok()) return std::move(disclosure).error();
        disclosure->Decide(*resource);
        of_somebody.push_back(std::move(*disclosure));
      }
      after = std::move(page->next);
      return {};
    });
    if (!looked.ok()) return looked;
    const auto recorded = tenant_.store->Update([&](store::Transaction& tx) -> fhir::Status {
      for (const Disclosure& each : of_somebody) {
        if (auto s = each.Record(tx, order_.client, "export"); !s.ok()) return s;
      }
      return {};
    });
    if (!recorded.ok()) return recorded;
    for (const Disclosure& each : of_somebody) {
      if (auto s = HandAll(each); !s.ok()) return s;
    }
    for (const fhir::Resource& resource : of_nobody) {
      ++counts_.exported;
      if (auto s = take_(resource); !s.ok()) return s;
    }
    if (after.empty()) return {};
  }
}

fhir::Status Export::Hand(const Disclosed& disclosed) {
  if (!disclosed.resource) {
    ++counts_.withheld;
    const consent::Decision& decision = disclosed.decision;
    // A permit that leaves nothing: all of it was to be taken out.
    const bool redacted = decision.permits() || decision.deciding() == nullptr;
    ++counts_.by_rule[redacted ? "redaction" : decision.deciding()->rule];
    return {};
  }
  ++counts_.exported;
  if (disclosed.resource->json() != disclosed.asked.json()) ++counts_.redacted;
  return take_(*disclosed.resource);
}

}  // namespace gateway
