// What a message says and who pays for it, and the therapy it is held against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consent/fact_values.h"
#include "consent/request_facts.h"

namespace consent {

enum class ModuleKind : uint8_t { kContent, kAdministrative, kSafety, kConfirmation };

struct ModuleFacts {
  std::string reference;
  bool approved = false;     // active, approved, in its effective period, readable
  bool covers_text = false;  // the words to be said are the words approved
  bool has_wording = false;
  ModuleKind kind = ModuleKind::kContent;
  Party audience = Party::kPatient;
  std::vector<std::string> topics{};  // B1-10
  std::string language{};             // CP4
  int approvers = 0;                  // B1-20: persons who endorse it
};

// A payment, or the doubt about one.
struct FundingFacts {
  enum class Form : uint8_t { kNone, kInKind, kCash, kUnknown };
  enum class Payee : uint8_t { kCe, kBa, kUnknown };
  std::string reference{};  // of the Contract; of the module when it says "none" or nothing
  Form form = Form::kUnknown;
  std::string payer{};     // empty: unknown
  std::string for_whom{};  // who pays through the payer; empty: the payer itself
  Payee payee = Payee::kUnknown;
  std::optional<int64_t> amount_micros{};
  std::optional<int64_t> cost_micros{};
  std::string currency{};
  bool same_currency = false;  // amount and cost
  bool has_worksheet = false;  // M11: named, and in effect
  bool fair_market_value = false;
  bool volume_contingent = false;
};

struct GiftFacts {
  std::optional<int64_t> value_micros;  // USD; absent: unknown, or another currency
  bool cash = false;                    // or a gift card
  std::string giver;                    // empty: the sender
};

// A product that the message describes.
struct DescribedProduct {
  std::vector<Coding> codings;
  int catalogue = -1;  // place in Programme.products; -1: not one of them
};

struct Therapy {
  std::string reference;
  std::vector<Coding> codings;
  int catalogue = -1;
  Validity current;  // empty span: never
  Validity lapsed;   // M10: the 0 to 90 days after the lapse date
};

struct ContentFacts {
  std::vector<ModuleFacts> modules;
  std::vector<DescribedProduct> products;
  bool call_to_purchase = false;
  std::vector<FundingFacts> funding;
  std::vector<GiftFacts> gifts;  // M14: one for each module that is a gift
  bool names_drug = false;       // in the words, or a condition (B6-1)
  // Names of the programme's products in the words: for each, the products that bear it (CM5).
  std::vector<std::vector<int>> named_products;
  std::vector<std::string> words;          // of the text, without the sender's own names (CM5)
  std::vector<std::string> subject_words;  // of the e-mail's subject line (CM6)
  bool subject_names_drug = false;
  bool personal = false;         // a part of the wording is filled in for each patient (M9)
  bool clinical_advice = false;  // B6-4
  bool postcard = false;         // mail that anybody can read (B6-1)
  std::string email_subject;     // 16 CFR 316.3
  std::vector<std::string>
      labels;  // v3-ActCode and v3-Confidentiality codes of message and therapy
  std::vector<std::string> classes;  // resource types the message draws on
  std::vector<std::string> sources;  // references the message draws on
};

}  // namespace consent
