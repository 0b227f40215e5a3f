// The request as typed facts: what is asked, for whom, on which channel, in which words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consent/representative_facts.h"
#include "fhir/channel.h"
#include "fhir/date_time.h"

namespace consent {

enum class Party : uint8_t { kPatient, kRepresentative, kHcp, kUnknown };

struct Recipient {
  std::string reference;
  Party party = Party::kUnknown;
  Authority authority = Authority::kNotNeeded;  // P1: of a representative
};

// Who speaks for the sender, where the request says so.
struct Performer {
  bool named = false;
  bool professional = false;                // a Practitioner
  std::vector<std::string> employers;       // M13: names of the organisations; empty: not said
  std::vector<std::string> licensed_in;     // B6-4: states, now
  std::vector<std::string> patient_states;  // B6-4: where the patient is now; empty: unknown
};

struct RequestFacts {
  bool found = false;
  bool unusable = false;  // G5
  std::string reference;  // with its version
  std::string status;
  bool do_not_perform = false;
  std::vector<std::string> purposes;        // v3-ActReason codes
  std::vector<std::string> named_purposes;  // CM3: of our purpose system
  std::vector<std::string> categories;      // M8: never evidence
  bool unknown_purpose = false;
  std::string priority;
  std::optional<fhir::Channel> channel;
  std::optional<fhir::Instant> not_before;  // start of occurrence
  std::optional<fhir::Instant> not_after;   // end of occurrencePeriod
  bool unreadable_time = false;             // D.1
  std::vector<Recipient> recipients;
  bool has_payload = false;
  bool unread_payload = false;  // a part that is no text: nobody has approved it (CM1)
  std::string text;             // what will be said
  bool met_in_person = false;   // M12: an encounter of a class where both are in the room
  Performer performer;
};

}  // namespace consent
