// Whether one provision matches an access (C.3), with the constraints it inherits (C.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "consent/context.h"

namespace consent {

struct Access;

enum class Fit : uint8_t { kNo, kUnclear, kYes };

// Labels, classes, references and codes ("system|code") of which the data must carry one.
using AnyOfCodes = std::vector<std::string>;

// How a provision fits the data.
struct DataFit {
  Fit fit = Fit::kYes;  // as far as the data is known
  // Limits on what is not known of the data: the provision reaches what meets every one.
  std::vector<AnyOfCodes> limits;
  bool beyond_codes = false;  // a limit that no list of codes can say
  bool residual() const { return !limits.empty() || beyond_codes; }
};

// A provision's constraints over those of its parents: what a child leaves out it inherits. Points
// into the tree, which must outlive it.
struct Effective {
  const Validity* period = nullptr;
  ActorMatch actor = ActorMatch::kAny;
  const std::vector<std::string>* actions = nullptr;
  const std::vector<std::string>* purposes = nullptr;
  const std::vector<std::string>* confidentiality = nullptr;
  const std::vector<std::string>* labels = nullptr;
  const std::vector<std::string>* classes = nullptr;
  const std::vector<Coding>* codes = nullptr;
  const std::vector<std::string>* data = nullptr;
  bool data_open = false;
  const Validity* data_period = nullptr;

  Effective With(const Provision& provision) const;
  bool LimitsData() const;
};

// Period, actor, action, purpose.
Fit FitsParty(const Effective& effective, Provision::Type type, const Access& access,
              std::string_view purpose);
// Labels, class, code, data, dataPeriod.
DataFit FitsData(const Effective& effective, Provision::Type type, const Access& access);

// U 0 < L < M < N < R < V 5; -1 for a code that is no confidentiality.
int ConfidentialityRank(std::string_view code);
// Whether the sensitivity code `wide` includes `narrow` for a rule of this type (v3-ActCode, B.6).
bool LabelCovers(std::string_view wide, std::string_view narrow, Provision::Type type);

}  // namespace consent
