// Consents asked about data that is known in part (C.4): what the engine permits, with its
// redactions done, must be nothing that the tree denies of any data that it could be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "consent/fhir_consent.h"
#include "consent/findings.h"
#include "tests/consent/oracle.h"
#include "tests/consent/random_contexts.h"

namespace consent {
namespace {

using Words = std::vector<std::string>;

const fhir::Instant kNow = *fhir::ParseInstant("2026-11-20T18:00:00Z");

bool Has(const Words& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// ---- what a redaction takes out (E.3)

size_t Rank(const std::string& code) {
  return code.size() == 1 ? std::string("ULMNRV").find(code) : std::string::npos;
}

// Whether the label stands under the code; of a redaction also by the edges that PCF prints.
bool Under(const std::string& code, const std::string& label) {
  const bool substance = label == "SUD" || label == "OPIOIDUD";
  return code == label || (code == "SUD" && label == "OPIOIDUD") ||
         (code == "SPI" && (substance || label == "PSY"));
}

bool Carries(const Access& datum, const std::string& code, bool taken_out) {
  if (Rank(code) != std::string::npos) {
    const size_t own = Rank(datum.confidentiality);
    return taken_out ? own >= Rank(code) : own <= Rank(code);
  }
  const auto& labels = datum.labels;
  const auto under = [&](const std::string& label) {
    return Under(code, label) || (taken_out && code == "ETH" && label == "OPIOIDUD");
  };
  // C.3: a permit must cover every sensitivity.
  const bool labelled = taken_out
                            ? std::any_of(labels.begin(), labels.end(), under)
                            : !labels.empty() && std::all_of(labels.begin(), labels.end(), under);
  if (labelled) return true;
  const auto coded = [&](const Coding& each) {
    if (code == each.system + "|" + each.code) return true;
    const bool open = each.system.empty() || code.starts_with('|');
    return taken_out && open && code.substr(code.find('|') + 1) == each.code;
  };
  return Has(datum.classes, code) || Has(datum.sources, code) ||
         std::any_of(datum.codes.begin(), datum.codes.end(), coded);
}

bool TakenOut(const Access& datum, const std::string& redaction) {
  static const std::string kExcept = "exceptAnyOf ";
  if (!redaction.starts_with(kExcept)) return Carries(datum, redaction, true);
  std::istringstream codes(redaction.substr(kExcept.size()));
  for (std::string code; std::getline(codes, code, ',');) {
    if (Carries(datum, code, false)) return false;
  }
  return true;
}

// ---- the data that it could be

Access CouldBe(testing::Dice& dice, const Access& known) {
  static const Words kRanks = {"L", "N", "R", "V"};
  static const std::vector<Words> kLabels = {{},           {"HIV"}, {"PSY"},
                                             {"OPIOIDUD"}, {"ETH"}, {"PSY", "HIV"}};
  static const Words kClasses = {"MedicationRequest", "Observation", "Condition", "Coverage"};
  static const Words kSources = {"MedicationRequest/rx1", "Observation/o1", "Coverage/1"};
  Access datum = known;
  datum.data_known = datum.labels_known = true;
  if (!known.labels_known) {
    datum.confidentiality = dice.Pick(kRanks);
    datum.labels = dice.Pick(kLabels);
  }
  if (known.classes.empty()) datum.classes = {dice.Pick(kClasses)};
  if (known.codes.empty() && !dice.OneIn(3))
    datum.codes = {{"rx", dice.OneIn(2) ? "1001" : "1003"}};
  if (known.sources.empty()) datum.sources = {dice.Pick(kSources)};
  if (!known.data_date) {
    const fhir::Instant begin = kNow - std::chrono::days{dice.OneIn(2) ? 1 : 400};
    datum.data_date = fhir::Span{begin, begin + std::chrono::days{dice.OneIn(2) ? 1 : 90}};
  }
  return datum;
}

std::string Shown(const Provision& p, int depth = 0) {
  std::ostringstream out;
  out << "\n  " << std::string(static_cast<size_t>(depth) * 2, ' ')
      << (p.type == Provision::Type::kPermit ? "permit" : "deny");
  for (const auto& each : p.purposes) out << " " << each;
  if (p.actor != ActorMatch::kAny) out << " actor " << static_cast<int>(p.actor);
  if (!p.actions.empty()) out << " actions " << p.actions.size() << p.actions[0];
  if (p.period) out << " period " << p.period->Surely(kNow) << p.period->Possibly(kNow);
  for (const auto& each : p.labels) out << " label " << each;
  for (const auto& each : p.classes) out << " class " << each;
  for (const auto& each : p.codes) out << " code " << each.code;
  for (const auto& each : p.data) out << " data " << each;
  if (p.data_open) out << " and more";
  if (p.data_period) out << " dataPeriod";
  for (const Provision& child : p.children) out << Shown(child, depth + 1);
  return out.str();
}

std::string Shown(const Access& a) {
  std::ostringstream out;
  out << a.purposes[0] << " labels " << a.labels_known << " " << a.confidentiality;
  for (const auto& each : a.labels) out << " " << each;
  for (const auto& each : a.classes) out << " class " << each;
  for (const auto& each : a.codes) out << " code " << each.code;
  for (const auto& each : a.sources) out << " source " << each;
  for (const auto& each : a.other_codes) out << " other code " << each.code;
  if (a.data_date) {
    out << " date " << fhir::FormatInstant(a.data_date->begin) << " to "
        << fhir::FormatInstant(a.data_date->end);
  }
  return out.str();
}

std::string Shown(const std::vector<ConsentFacts>& consents) {
  std::ostringstream out;
  for (const ConsentFacts& each : consents) {
    out << "\n"
        << each.relative << " status " << static_cast<int>(each.status) << " scope "
        << each.privacy_scope << " unusable " << each.unusable << each.stale << each.signer_declined
        << each.doubt << " " << each.policy_key << " rank " << each.performer_rank
        << (each.signed_at ? fhir::FormatInstant(*each.signed_at) : "");
    for (const auto& word : each.identifiers) out << " id " << word;
    for (const auto& word : each.revises) out << " revises " << word;
    out << Shown(each.root);
  }
  return out.str();
}

int Rounds() {
  const char* text = std::getenv("PSG_ORACLE_CONTEXTS");
  return text == nullptr ? 10'000 : static_cast<int>(std::strtol(text, nullptr, 10) / 5);
}

TEST(OracleConsentTest, KnownDataIsJudgedAsTheDocumentHasIt) {
  testing::Dice dice(7);
  std::map<Answer, int> answers;
  int failures = 0;
  for (int i = 0; i < Rounds() && failures < 5; ++i) {
    const auto consents = testing::RandomConsents(dice, kNow, 4);
    Access access = CouldBe(dice, testing::RandomAccess(dice, kNow));
    if (dice.OneIn(2)) access.data_date.reset();
    if (dice.OneIn(4)) access.other_codes = {{"rx", dice.OneIn(2) ? "1001" : "1003"}};
    const Answer expected = testing::ExpectedAnswer(consents, access);
    Findings findings(*BuiltInPolicy());
    const Combined combined = Combine(consents, access, findings);
    const bool doubt = !combined.doubts.empty() && combined.answer != Answer::kDeny;
    const Answer got = doubt ? Answer::kIndeterminate : combined.answer;
    ++answers[expected];
    if (got == expected && combined.redact.empty()) continue;
    ++failures;
    ADD_FAILURE() << i << ": expected " << static_cast<int>(expected) << ", got "
                  << static_cast<int>(got) << " " << combined.redact.size() << " redactions for "
                  << Shown(access) << Shown(consents);
  }
  for (const auto& [answer, count] : answers) EXPECT_GT(count, 100) << static_cast<int>(answer);
  EXPECT_EQ(answers.size(), 4U);
}

TEST(OracleConsentTest, WhatRedactionsLeaveIsPermitted) {
  constexpr int kSamples = 40;
  testing::Dice dice(8);
  int redacted = 0;
  int exact = 0;
  int failures = 0;
  for (int i = 0; i < Rounds() && failures < 5; ++i) {
    auto consents = testing::RandomConsents(dice, kNow, 2);
    // Whether an old copy is asked at all depends on the data, and is no matter of redaction (C8).
    for (ConsentFacts& each : consents) each.stale = false;
    const Access known = testing::RandomAccess(dice, kNow);
    Findings findings(*BuiltInPolicy());
    const Combined combined = Combine(consents, known, findings);
    const bool silent = combined.answer == Answer::kNoConsent;
    if (!combined.doubts.empty() || (combined.answer != Answer::kPermit && !silent)) continue;
    if (!combined.redact.empty()) ++redacted;
    bool same = true;
    for (int sample = 0; sample < kSamples; ++sample) {
      const Access datum = CouldBe(dice, known);
      const bool flows = std::none_of(combined.redact.begin(), combined.redact.end(),
                                      [&](const auto& each) { return TakenOut(datum, each); });
      const Answer answer = testing::ExpectedAnswer(consents, datum);
      const bool may = answer == Answer::kPermit || (silent && answer == Answer::kNoConsent);
      same = same && flows == may;
      if (!flows || may) continue;
      ++failures;
      std::string list;
      for (const std::string& each : combined.redact) list.append(" [").append(each).append("]");
      ADD_FAILURE() << i << ": " << static_cast<int>(combined.answer) << list << " of "
                    << Shown(known) << " leaves " << Shown(datum) << " which is "
                    << static_cast<int>(answer) << Shown(consents);
      break;
    }
    if (same && !combined.redact.empty()) ++exact;
  }
  EXPECT_GT(redacted, Rounds() / 50);
  RecordProperty("redacted", redacted);
  RecordProperty("exact", exact);
  EXPECT_GT(exact * 2, redacted);
}

}  // namespace
}  // namespace consent
