#include "consent/provision.h"

#include <algorithm>

#include "consent/fhir_consent.h"
#include "consent/purpose.h"
#include "consent/words.h"
#include "fhir/code_tree.h"

namespace consent {
namespace {

using Type = Provision::Type;

template <class T, class Pred>
bool AnyOf(const std::vector<T>& items, Pred pred) {
  return std::any_of(items.begin(), items.end(), pred);
}

bool IsConfidentiality(const std::vector<std::string>& labels) {
  return AnyOf(labels, [](const std::string& l) { return ConfidentialityRank(l) >= 0; });
}
bool IsSensitivity(const std::vector<std::string>& labels) {
  return AnyOf(labels, [](const std::string& l) { return ConfidentialityRank(l) < 0; });
}

// Whether a rule for `listed` reaches every one of `asked`, or any.
bool Reaches(const std::vector<std::string>& listed, const std::vector<std::string>& asked,
             bool every) {
  const auto is_listed = [&](const std::string& each) { return Contains(listed, each); };
  if (!every) return AnyOf(asked, is_listed);
  return !asked.empty() && std::all_of(asked.begin(), asked.end(), is_listed);
}

// A type is also called by the address of its definition, which may name a version.
std::vector<std::string> Plain(std::vector<std::string> classes) {
  constexpr std::string_view kDefinition = "http://hl7.org/fhir/StructureDefinition/";
  for (std::string& each : classes) {
    each.resize(std::min(each.find('|'), each.size()));
    if (each.starts_with(kDefinition)) each.erase(0, kDefinition.size());
  }
  return classes;
}

// Of two codes whose systems are not both said, nobody can tell that they are not the same.
bool FitsCodes(const std::vector<Coding>& listed, Type type, const Access& access) {
  if (type == Type::kPermit) {
    return AnyOf(listed, [&](const Coding& each) { return Contains(access.codes, each); });
  }
  return AnyOf(listed, [&](const Coding& each) {
    const auto hit = [&](const Coding& coding) {
      const bool open = each.system.empty() || coding.system.empty();
      return each.code == coding.code && (open || each.system == coding.system);
    };
    return AnyOf(access.codes, hit) || AnyOf(access.other_codes, hit);
  });
}

Fit FitsPurpose(const std::vector<std::string>& purposes, Type type, std::string_view purpose) {
  for (const std::string& each : purposes) {
    if (Covers(each, purpose)) return Fit::kYes;
  }
  // A deny of part of what is asked, or of something we cannot read: a person must look (C.3).
  if (type == Type::kDeny) {
    for (const std::string& each : purposes) {
      const bool readable = IsPurpose(each) || each == "PurposeOfUse";
      if (!readable || (each != "BTG" && Covers(purpose, each))) return Fit::kUnclear;
    }
  }
  return Fit::kNo;
}

// permit X reaches labels up to X, deny X labels from X on.
bool FitsConfidentiality(const std::vector<std::string>& listed, Type type,
                         const std::string& actual) {
  const int own = ConfidentialityRank(actual);
  return AnyOf(listed, [&](const std::string& each) {
    const int rank = ConfidentialityRank(each);
    if (rank < 0) return false;
    return type == Type::kPermit ? own <= rank : own >= rank;
  });
}

// A permit must cover every sensitivity of the data, a deny fires on any.
bool FitsLabels(const std::vector<std::string>& listed, Type type,
                const std::vector<std::string>& actual) {
  const auto hit = [&](const std::string& label) {
    return AnyOf(listed, [&](const std::string& each) { return LabelCovers(each, label, type); });
  };
  if (type == Type::kDeny) return AnyOf(actual, hit);
  return !actual.empty() && std::all_of(actual.begin(), actual.end(), hit);
}

}  // namespace

int ConfidentialityRank(std::string_view code) {
  constexpr std::string_view kOrder = "ULMNRV";
  if (code.size() != 1) return -1;
  const size_t rank = kOrder.find(code[0]);
  return rank == std::string_view::npos ? -1 : static_cast<int>(rank);
}

bool LabelCovers(std::string_view wide, std::string_view narrow, Type type) {
  if (wide == narrow) return true;
  // IHE PCF prints these two under ETH; a deny reads it so too (B.6).
  if (type == Type::kDeny && wide == "ETH" && (narrow == "ETHUD" || narrow == "OPIOIDUD")) {
    return true;
  }
  static const fhir::CodeTree kSensitivities("_InformationSensitivityPolicy");
  return kSensitivities.Covers(wide, narrow);
}

Effective Effective::With(const Provision& provision) const {
  Effective effective = *this;
  if (provision.period) effective.period = &*provision.period;
  if (provision.actor != ActorMatch::kAny) effective.actor = provision.actor;
  if (!provision.actions.empty()) effective.actions = &provision.actions;
  if (!provision.purposes.empty()) effective.purposes = &provision.purposes;
  // One element with two dimensions: a rule that lists labels limits those that it lists, and no
  // other that it would have inherited.
  if (!provision.labels.empty()) {
    const auto* listed = &provision.labels;
    effective.confidentiality = IsConfidentiality(*listed) ? listed : nullptr;
    effective.labels = IsSensitivity(*listed) ? listed : nullptr;
  }
  if (!provision.classes.empty()) effective.classes = &provision.classes;
  if (!provision.codes.empty()) effective.codes = &provision.codes;
  if (!provision.data.empty() || provision.data_open) {
    effective.data = &provision.data;
    effective.data_open = provision.data_open;
  }
  if (provision.data_period) effective.data_period = &*provision.data_period;
  return effective;
}

bool Effective::LimitsData() const {
  return confidentiality != nullptr || labels != nullptr || classes != nullptr ||
         codes != nullptr || data != nullptr || data_period != nullptr;
}

Fit FitsParty(const Effective& effective, Type type, const Access& access,
              std::string_view purpose) {
  Fit fit = Fit::kYes;
  if (effective.period != nullptr) {
    const bool inside = type == Type::kPermit ? effective.period->Surely(access.now)
                                              : effective.period->Possibly(access.now);
    if (!inside) return Fit::kNo;
  }
  if (effective.actor == ActorMatch::kOther) return Fit::kNo;
  if (effective.actor == ActorMatch::kUnclear) fit = Fit::kUnclear;
  if (effective.actions != nullptr &&
      !Reaches(*effective.actions, access.actions, type == Type::kPermit)) {
    return Fit::kNo;
  }
  if (effective.purposes != nullptr) {
    fit = std::min(fit, FitsPurpose(*effective.purposes, type, purpose));
  }
  return fit;
}

DataFit FitsData(const Effective& effective, Type type, const Access& access) {
  DataFit result;
  const bool permit = type == Type::kPermit;
  const auto fits = [&](bool yes) {
    if (!yes) result.fit = Fit::kNo;
  };
  // What is labelled within is judged element by element, when it is taken out.
  const bool labels_known =
      !access.labels_within && (access.data_known || access.labels_known || !access.labels.empty());
  const auto codes_of = [](const std::vector<std::string>& labels, bool confidentiality) {
    AnyOfCodes codes;
    for (const std::string& label : labels) {
      if ((ConfidentialityRank(label) >= 0) == confidentiality) codes.push_back(label);
    }
    return codes;
  };
  if (effective.confidentiality != nullptr) {
    if (labels_known) {
      fits(FitsConfidentiality(*effective.confidentiality, type, access.confidentiality));
    } else {
      result.limits.push_back(codes_of(*effective.confidentiality, true));
    }
  }
  if (effective.labels != nullptr) {
    if (labels_known) {
      fits(FitsLabels(*effective.labels, type, access.labels));
    } else {
      result.limits.push_back(codes_of(*effective.labels, false));
    }
  }
  if (effective.classes != nullptr) {
    if (access.data_known || !access.classes.empty()) {
      const bool every = permit && !access.every_class.empty();
      const std::vector<std::string> listed = Plain(*effective.classes);
      fits(Reaches(listed, Plain(every ? access.every_class : access.classes), every) ||
           (!permit && Reaches(listed, Plain(access.other_classes), false)));
    } else {
      result.limits.push_back(Plain(*effective.classes));
    }
  }
  if (effective.codes != nullptr) {
    if (access.data_known || !access.codes.empty()) {
      fits(FitsCodes(*effective.codes, type, access));
    } else {
      AnyOfCodes& limit = result.limits.emplace_back();
      for (const Coding& coding : *effective.codes) {
        limit.push_back(coding.system + "|" + coding.code);
      }
    }
  }
  if (effective.data != nullptr) {
    if (access.data_known || !access.sources.empty()) {
      const bool named = Reaches(*effective.data, access.sources, permit);
      // Perhaps it means this data, too: that stops a permit and makes a deny unclear.
      const bool perhaps = effective.data_open && !permit;
      if (!named && perhaps) result.fit = std::min(result.fit, Fit::kUnclear);
      if (!named && !perhaps) result.fit = Fit::kNo;
    } else if (effective.data_open && !permit) {
      result.beyond_codes = true;
    } else if (effective.data->empty()) {
      result.fit = Fit::kNo;
    } else {
      result.limits.push_back(*effective.data);
    }
  }
  if (effective.data_period != nullptr) {
    if (access.data_date) {
      // All of the data lies inside for a permit, any of it for a deny.
      const fhir::Span& sure = effective.data_period->sure;
      const fhir::Span& possible = effective.data_period->possible;
      const fhir::Span& date = *access.data_date;
      fits(permit ? sure.begin <= date.begin && date.end <= sure.end
                  : possible.begin < date.end && date.begin < possible.end);
    } else if (permit) {
      // An unknown date counts as outside for a permit, as inside for a deny.
      result.fit = Fit::kNo;
    } else if (!access.data_known) {
      result.beyond_codes = true;
    }
  }
  return result;
}

}  // namespace consent
