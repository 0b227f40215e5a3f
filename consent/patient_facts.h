// The patient and where the patient can be reached.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consent/fact_values.h"
#include "consent/quiet_hours.h"
#include "consent/representative_facts.h"
#include "fhir/channel.h"

namespace consent {

enum class Deceased : uint8_t { kNo, kYes, kConflict, kUnreadable };
enum class ProvidedBy : uint8_t { kUnknown, kPatient, kProvider, kBroker };

struct ContactPoint {
  std::string value;  // as it is written
  std::string key;    // normalised: E.164 digits with +, or lower-case address
  ProvidedBy provided_by = ProvidedBy::kUnknown;
  bool detailed_messages = false;        // B6-1
  bool reassigned = false;               // G4
  bool held_by_other = false;            // P4, B6-5: a parent or representative answers it
  std::optional<Validity> disconnected;  // G4: the day the number was given up by somebody
  std::optional<Validity> confirmed;     // G4: the day the patient last confirmed it
  bool do_not_call = false;              // B1-5: on the national registry
};

struct PatientFacts {
  bool found = false;
  bool unusable = false;    // G5
  bool unresolved = false;  // G2
  std::string reference;
  Deceased deceased = Deceased::kNo;
  bool legal_hold = false;         // G7
  std::vector<std::string> zones;  // candidates; never empty
  bool zones_known = false;
  bool minor = false;  // surely
  Age age = Age::kAdult;
  std::vector<std::string> states;                // of the addresses in use, "WA"
  std::vector<MinorService> minor_services;       // P2: what the message is about
  Authority parent_stands = Authority::kShown;    // P2: for the patient in these, if under age
  std::vector<fhir::Channel> preferred_channels;  // CP2
  std::optional<Hours> preferred_hours;           // CP3
  std::vector<std::string> languages;  // CP4: the preferred ones; else all that are known
};

}  // namespace consent
