// The facts a decision reads, typed. Interpret fills it from FHIR (consent/FACTS.md says where each
// fact stands); the rules read nothing else. A fact that is absent or unreadable is visible as
// such.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consent/consent_facts.h"
#include "consent/content_facts.h"
#include "consent/given.h"
#include "consent/health_data_facts.h"
#include "consent/patient_facts.h"
#include "consent/policy.h"
#include "consent/programme.h"
#include "consent/request_facts.h"
#include "consent/targeting_facts.h"
#include "fhir/date_time.h"

namespace consent {

struct EvaluationContext {
  fhir::Instant now{};
  std::shared_ptr<const Policy> policy;  // never null
  Programme programme;
  RequestFacts request;
  ContentFacts content;
  PatientFacts patient;
  std::optional<ContactPoint> contact;      // where this channel would reach the recipient
  std::vector<std::string> calling_zones;   // of the patient and of the number (B1-30)
  std::vector<std::string> calling_states;  // B1-28
  std::vector<Therapy> therapies;
  std::vector<TargetingFact> targeting;
  std::vector<OptInWording> wordings;  // of every consent
  std::vector<ConsentFacts> consents;  // by reference
  std::vector<AuthorizationFacts> authorizations;
  std::vector<TelephoneConsentFacts> telephone_consents;
  std::vector<ConfidentialCommunication> confidential;
  HealthDataFacts health;
  std::optional<DisclosureRequest> asked;        // a disclosure; absent: an outreach
  ProgrammeStay stay = ProgrammeStay::kUnknown;  // V16: "programme exit"
  bool study_over = false;                       // V16: "end of the research study"
  std::vector<OptOut> opt_outs;                  // contact normalised
  std::vector<Sent> history;                     // latest first
  std::string reply;                             // B1-16
  std::optional<fhir::Channel> reply_channel;
  std::optional<std::vector<std::string>> dischargeable;  // E3: obligation codes the adapter can do
  std::vector<Override> overrides;
  std::vector<std::string> unavailable;  // G6
  bool unreadable =
      false;  // G6: a record, no Consent, with an element of another JSON kind than R4's
};

}  // namespace consent
