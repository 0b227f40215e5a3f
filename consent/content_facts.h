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
  std::string payer{};  // empty: unknown
  Payee payee = Payee::kUnknown;
  std::optional<int64_t> amount_micros{};
  std::optional<int64_t> cost_micros{};
  std::string currency{};
  bool same_currency = false;
  bool has_worksheet = false;
  bool fair_market_value = false;
  bool volume_contingent = false;
};

struct GiftFacts {
  std::optional<int64_t> value_micros;
  bool cash = false;
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
  std::optional<GiftFacts> gift;  // M14
  std::string email_subject;      // 16 CFR 316.3
  bool names_drug = false;        // in the words (B6-1)
  std::vector<std::string>
      labels;  // v3-ActCode and v3-Confidentiality codes of message and therapy
  std::vector<std::string> classes;  // resource types the message draws on
  std::vector<std::string> sources;  // references the message draws on
};

}  // namespace consent
