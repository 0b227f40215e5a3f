// One support programme of one seller: the facts about the sender that rules read, and which vendor
// carries which channel. The form of `psgateway programme add FILE` and of a case's "programme".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/routes.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

// Decision-rules §0.2. HIPAA reaches the first four.
enum class Regime { kCeProvider, kCePlan, kBaOf, kSubcontractorBa, kManufacturer, kHubNonHipaa };
std::string_view Code(Regime regime);  // "CE_PROVIDER", "BA_OF", ...

struct Product {
  std::string system;  // "http://www.nlm.nih.gov/research/umls/rxnorm"
  std::string code;
  std::string display;
  std::string maker;       // legal entity whose product it is
  std::string ingredient;  // equal ingredient + generic=true: a generic equivalent
  std::string formulation;
  bool generic = false;
  std::string kind = "drug";              // "drug" | "biologic" | "delivery-system" | "service"
  std::vector<std::string> delivery_for;  // codes of the self-administered drugs it delivers
  std::string administered_by;            // "patient", "clinician"; empty: patient
  std::vector<std::string> classes;  // what an authorization may call it beside its brand (V18)
};

// Who is behind a vendor or an endpoint of the configuration: to whom data goes that is no outreach
// (disclosure_request.h), and what for.
struct Partner {
  std::string name;       // of the vendor or endpoint
  std::string recipient;  // "Organization/o1" or a name
  std::string kind;       // a code of RecipientKind; empty: the recipient's record says it
  std::string purpose;    // v3-ActReason
};

struct Programme {
  std::string id;      // URL-safe name, [a-z0-9-]{1,64}
  std::string name;    // "Aurora Patient Support"
  std::string seller;  // legal entity on whose behalf
  std::string sender;  // legal entity that sends; the CE or BA
  Regime regime = Regime::kManufacturer;
  std::optional<Regime> acts_for;  // BA_OF: the regime of its principal
  std::vector<Product> products;
  std::string provider_name;  // INCLUDE_PROVIDER_ID
  std::string provider_phone;
  std::string postal_address;  // INCLUDE_POSTAL_ADDRESS
  int cap_per_day = 1;         // messages of every channel together, rolling 24 h; 0: no cap
  int cap_per_week = 3;        // rolling 7 x 24 h
  std::map<std::string, std::string> vendors;  // channel code -> vendor of the configuration
  std::map<std::string, std::string> senders;  // channel code -> from address or number
  TelephoneRoute telephone;
  EmailRoute email;
  std::string nurse_queue;  // FHIR endpoint of the configuration; empty: search only
  std::string hub_webhook;  // webhook vendor of the configuration; empty: none
  std::string write_back;   // FHIR endpoint that gets the Communications of outreach; empty: none
  std::vector<Partner> partners;

  const Partner* FindPartner(std::string_view way) const;  // by name; null: nobody has said
};

// Unknown keys are refused; errors carry the path ("programme.regime").
fhir::Result<Programme> ReadProgramme(const fhir::json::Value& json);
fhir::json::Value WriteProgramme(const Programme& programme);

}  // namespace consent
