// Collects what a decision stands on from one snapshot of the store: the Given, and the epochs that
// tell whether it still holds later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consent/given.h"
#include "fhir/channel.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// What a decision was made on: it holds while each of these is what it was.
using Epochs = std::vector<std::pair<store::EpochKey, uint64_t>>;

struct Gathered {
  consent::Given given;
  fhir::Resource request;
  std::string patient_id;
  int64_t person = 0;                 // of the record that the request is for; 0: none
  std::vector<int64_t> persons;       // it and whoever else is the same human (identity.h)
  std::vector<std::string> contacts;  // every normalised contact point of the person
  Epochs epochs;
};

// `now` is the instant to decide for. Those of `laid_over` stand in for stored resources of the
// same type and id. kNotFound when the programme is gone.
fhir::Result<Gathered> Gather(store::Reader& reader, const std::string& programme,
                              const fhir::Resource& request, fhir::Instant now,
                              std::optional<fhir::Channel> channel,
                              const std::vector<fhir::Resource>& laid_over = {});

// Whether none of what was read has changed since.
fhir::Result<bool> StillHolds(store::Reader& reader, const Epochs& epochs);
// Makes them what they are now: of one who knows what has changed.
fhir::Status Renew(store::Reader& reader, Epochs& epochs);

}  // namespace gateway::outreach
