#include "gateway/outreach/identity.h"

#include <algorithm>
#include <utility>

#include "fhir/reference.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

constexpr size_t kMostRecords = 64;

template <class T>
void AddOnce(std::vector<T>& items, T item) {
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(std::move(item));
}

// The records found so far, whose programme each is in.
struct Found {
  std::vector<RecordName> records;
  std::vector<int64_t> persons;
  std::vector<std::pair<std::string, fhir::Resource>> read;  // programme, Patient
  bool complete = true;
};

// The records that were one person of the store when they came.
fhir::Status AddNamesakes(store::Reader& reader, const RecordName& record, Found& found) {
  auto person = reader.PersonOf(record.first, record.second);
  if (!person.ok()) return std::move(person).error();
  if (*person == 0) return {};
  AddOnce(found.persons, *person);
  auto patients = reader.PatientsOf(*person);
  if (!patients.ok()) return std::move(patients).error();
  for (RecordName& other : *patients) AddOnce(found.records, std::move(other));
  return {};
}

// The records that share an identifier with this one by now: one of two that came apart was given
// it later.
fhir::Status AddSharers(store::Reader& reader, const RecordName& name, const fhir::Resource& record,
                        Found& found) {
  for (const std::string& identifier : IdentifiersOf(record)) {
    auto persons = reader.PersonsWith(identifier);
    if (!persons.ok()) return std::move(persons).error();
    for (const int64_t person : *persons) {
      if (std::find(found.persons.begin(), found.persons.end(), person) != found.persons.end()) {
        continue;
      }
      auto patients = reader.PatientsOf(person);
      if (!patients.ok()) return std::move(patients).error();
      for (RecordName& other : *patients) {
        if (other == name || found.records.size() > kMostRecords) continue;
        auto loaded = LoadResource(reader, other.first, "Patient", other.second);
        if (!loaded.ok() && loaded.error().code == fhir::ErrorCode::kInternal) {
          return std::move(loaded).error();
        }
        if (!loaded.ok()) continue;
        const std::vector<std::string> theirs = IdentifiersOf(*loaded);
        if (std::find(theirs.begin(), theirs.end(), identifier) != theirs.end()) {
          AddOnce(found.records, std::move(other));
        }
      }
    }
  }
  return {};
}

// The Patients that a record replaces or is replaced by. One that only sees another (seealso) is a
// doubt of the engine's (G2), not the same human.
std::vector<std::string> JoinedBy(const fhir::Resource& record) {
  std::vector<std::string> joined;
  for (const fhir::json::Value& link : record["link"].items()) {
    const std::string& type = link["type"].text();
    if (type != "replaces" && type != "replaced-by") continue;
    const auto other = fhir::ParseReference(link["other"]["reference"].text());
    if (other && other->type == "Patient") joined.push_back(other->id);
  }
  return joined;
}

// The records that this one joins, and those that join it.
fhir::Status AddLinked(store::Reader& reader, const RecordName& name, Found& found) {
  const auto& [programme, id] = name;
  store::SearchQuery query;
  query.programme = programme;
  query.type = "Patient";
  query.all_of.push_back(store::AnyTerm("link", {"Patient/" + id}));
  query.count = kMostRecords;
  auto page = reader.Search(query);
  if (!page.ok()) return std::move(page).error();
  for (const store::ResourceVersion& match : page->matches) {
    auto other = fhir::Resource::Parse(match.bytes);
    if (!other.ok()) continue;
    const std::vector<std::string> joined = JoinedBy(*other);
    const bool joins = std::find(joined.begin(), joined.end(), id) != joined.end();
    if (joins) AddOnce(found.records, RecordName(programme, match.id));
  }
  found.complete = found.complete && page->next.empty();
  auto record = LoadResource(reader, programme, "Patient", id);
  if (!record.ok()) {
    // Gone or not here: it links to nobody. The engine treats its absence strictly.
    return record.error().code == fhir::ErrorCode::kInternal ? record.error() : fhir::Status();
  }
  for (std::string& other : JoinedBy(*record)) {
    AddOnce(found.records, RecordName(programme, std::move(other)));
  }
  if (auto s = AddSharers(reader, name, *record, found); !s.ok()) return s;
  found.read.emplace_back(programme, std::move(*record));
  return {};
}

}  // namespace

fhir::Result<Identity> IdentityOf(store::Reader& reader, const std::string& programme,
                                  const std::string& patient_id) {
  Found found;
  found.records.emplace_back(programme, patient_id);
  for (size_t i = 0; i < found.records.size(); ++i) {
    if (i == kMostRecords) {
      found.complete = false;
      break;
    }
    const RecordName record = found.records[i];
    if (auto s = AddNamesakes(reader, record, found); !s.ok()) return s.error();
    if (auto s = AddLinked(reader, record, found); !s.ok()) return s.error();
  }
  Identity identity;
  identity.persons = std::move(found.persons);
  identity.complete = found.complete;
  for (auto& [of, record] : found.read) {
    (of == programme ? identity.read : identity.read_elsewhere).push_back(std::move(record));
  }
  for (RecordName& record : found.records) {
    if (record.first == programme) {
      identity.records.push_back(std::move(record.second));
    } else {
      identity.elsewhere.push_back(std::move(record));
    }
  }
  return identity;
}

fhir::Result<std::vector<int64_t>> SameHuman(store::Reader& reader, int64_t person) {
  std::vector<int64_t> persons{person};
  if (person == 0) return persons;
  auto patients = reader.PatientsOf(person);
  if (!patients.ok()) return std::move(patients).error();
  if (patients->empty()) return persons;
  auto identity = IdentityOf(reader, patients->front().first, patients->front().second);
  if (!identity.ok()) return std::move(identity).error();
  for (const int64_t other : identity->persons) AddOnce(persons, other);
  return persons;
}

}  // namespace gateway::outreach
