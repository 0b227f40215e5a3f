#include "consent/fhir_consent.h"

#include <algorithm>
#include <array>

#include "consent/data_use.h"
#include "consent/provision.h"
#include "consent/words.h"

namespace consent {
namespace {

using Type = Provision::Type;

// A provision that reaches part of the data, or would.
struct Match {
  int depth;
  Type type;
  DataFit data;
};

// How deep the deepest provision of each kind stands that reaches the access; -1: none does.
struct Matches {
  int permit = -1;
  int deny = -1;
  int unclear = -1;             // a deny that may or may not mean us
  std::vector<Match> residual;  // those that reach part of the data

  bool AnyPermit() const {
    return permit >= 0 || std::any_of(residual.begin(), residual.end(), [](const Match& match) {
             return match.type == Type::kPermit;
           });
  }
  void Drop(Type type) {
    (type == Type::kPermit ? permit : deny) = -1;
    if (type == Type::kDeny) unclear = -1;
    std::erase_if(residual, [&](const Match& match) { return match.type == type; });
  }
};

void Visit(const Provision& node, const Effective& inherited, const Access& access,
           std::string_view purpose, int depth, Matches& matches) {
  const Effective here = inherited.With(node);
  const Fit party = FitsParty(here, node.type, access, purpose);
  if (party != Fit::kNo) {
    DataFit data = FitsData(here, node.type, access);
    const Fit fit = std::min(party, data.fit);
    if (fit == Fit::kYes || (fit == Fit::kUnclear && node.type == Type::kDeny)) {
      int& deepest = node.type == Type::kPermit ? matches.permit
                     : fit == Fit::kUnclear     ? matches.unclear
                                                : matches.deny;
      if (data.residual()) {
        matches.residual.push_back({depth, node.type, std::move(data)});
      } else {
        deepest = std::max(deepest, depth);
      }
    }
  }
  for (const Provision& child : node.children) {
    Visit(child, here, access, purpose, depth + 1, matches);
  }
}

// What at least one of the permits reaches, as clauses that must all be met: the product of
// (a and b) or (c and d) is (a or c) and (a or d) and (b or c) and (b or d).
std::vector<AnyOfCodes> Union(const std::vector<const Match*>& permits) {
  std::vector<AnyOfCodes> clauses = permits.front()->data.limits;
  for (size_t i = 1; i < permits.size(); ++i) {
    std::vector<AnyOfCodes> product;
    for (const AnyOfCodes& left : clauses) {
      for (const AnyOfCodes& right : permits[i]->data.limits) {
        product.push_back(left);
        product.back().insert(product.back().end(), right.begin(), right.end());
      }
    }
    clauses = std::move(product);
  }
  return clauses;
}

void SortOnce(std::vector<std::string>& codes) {
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
}

// C.4 where part of the data is not known: which permits reach beyond the base decision at
// `base_depth`, and what the denies as deep as they take out again.
ConsentAnswer Redacted(const std::vector<Match>& residual, bool base_permits, int base_depth) {
  constexpr size_t kMostPermits = 6;  // the product of more would be too long to be discharged
  ConsentAnswer answer;
  answer.answer = base_permits ? Answer::kPermit : Answer::kNoConsent;
  if (residual.empty()) return answer;
  int from = base_depth;
  if (!base_permits) {
    std::vector<const Match*> permits;
    for (const Match& match : residual) {
      if (match.type == Type::kPermit && match.depth > base_depth && !match.data.beyond_codes) {
        permits.push_back(&match);
      }
    }
    if (permits.size() > kMostPermits) {
      answer.answer = Answer::kIndeterminate;
      answer.why = "C.3";
      return answer;
    }
    if (!permits.empty()) {
      answer.answer = Answer::kPermit;
      from = permits.front()->depth;
      for (const Match* permit : permits) from = std::min(from, permit->depth);
      for (AnyOfCodes& clause : Union(permits)) {
        SortOnce(clause);
        std::string value = "exceptAnyOf ";
        for (const std::string& code : clause) value += (&code == &clause[0] ? "" : ",") + code;
        answer.redact.push_back(std::move(value));
      }
    }
  }
  for (const Match& match : residual) {
    if (match.type != Type::kDeny || match.depth < from) continue;
    if (match.data.beyond_codes) {
      answer.answer = Answer::kIndeterminate;
      answer.why = "C.3";
    }
    for (const AnyOfCodes& limit : match.data.limits) {
      answer.redact.insert(answer.redact.end(), limit.begin(), limit.end());
    }
  }
  SortOnce(answer.redact);
  return answer;
}

ConsentAnswer EvaluateTree(const ConsentFacts& consent, const Access& access,
                           std::string_view purpose) {
  const Provision& root = consent.root;
  ConsentAnswer answer;
  // Over in one place only: its denies still hold, its permits no more.
  const auto holds = [&](Type type) {
    return !root.period || (type == Type::kPermit ? root.period->Surely(access.now)
                                                  : root.period->Possibly(access.now));
  };
  Matches matches;
  Visit(root, Effective{}, access, purpose, 0, matches);
  if (!holds(Type::kPermit)) matches.Drop(Type::kPermit);
  if (!holds(Type::kDeny)) matches.Drop(Type::kDeny);
  const bool denied = matches.deny >= 0 && matches.deny >= matches.permit;
  answer = Redacted(matches.residual, !denied && matches.permit >= 0,
                    std::max(matches.permit, matches.deny));
  if (denied && answer.answer == Answer::kNoConsent) {
    answer = {};
    answer.answer = Answer::kDeny;
    return answer;
  }
  // No permit matched: a root permit that only its data limits keep away means "nothing but" (C.4).
  if (!matches.AnyPermit() && root.type == Type::kPermit && holds(Type::kPermit)) {
    const Effective top = Effective{}.With(root);
    if (top.LimitsData() && FitsParty(top, Type::kPermit, access, purpose) == Fit::kYes) {
      answer = {};
      answer.answer = Answer::kDeny;
      return answer;
    }
  }
  // A deny that may or may not mean us decides nothing, but it must not be read over.
  if (matches.unclear >= 0 && matches.unclear >= matches.permit) {
    answer = {};
    answer.answer = Answer::kIndeterminate;
    answer.why = "C.3";
  }
  return answer;
}

std::string_view Word(Answer answer) {
  constexpr std::array<std::string_view, 4> kWords = {"permit", "deny", "no-consent",
                                                      "indeterminate"};
  return kWords[static_cast<size_t>(answer)];
}

// C5: `newer` permits what `older` denied, because it expressly takes its place.
bool Supersedes(const ConsentFacts& newer, const ConsentFacts& older) {
  const bool linked = Contains(newer.revises, older.relative) ||
                      std::any_of(newer.identifiers.begin(), newer.identifiers.end(),
                                  [&](const std::string& identifier) {
                                    return Contains(older.identifiers, identifier);
                                  });
  return linked && newer.policy_key == older.policy_key &&
         newer.performer_rank >= older.performer_rank && newer.performer_rank > 0 &&
         newer.signed_at && older.signed_until && *newer.signed_at >= *older.signed_until;
}

// C6: what another expressly revises; nothing may rest on it, not even when the other has ended in
// its turn (as V21). A draft and what was recorded in error revise nothing.
std::vector<std::string_view> RevisedIn(const std::vector<ConsentFacts>& consents) {
  std::vector<std::string_view> revised;
  for (const ConsentFacts& consent : consents) {
    const bool was_in_force = consent.status != ConsentStatus::kNotInForce &&
                              consent.status != ConsentStatus::kEnteredInError;
    if (was_in_force) {
      revised.insert(revised.end(), consent.revises.begin(), consent.revises.end());
    }
  }
  return revised;
}

// The answer over all purposes: one deny denies, a permit must hold for each.
ConsentAnswer EvaluateAll(const ConsentFacts& consent, const Access& access) {
  ConsentAnswer result;
  bool every = !access.purposes.empty();
  for (const std::string& purpose : access.purposes) {
    ConsentAnswer one = Evaluate(consent, access, purpose);
    if (one.answer == Answer::kDeny) return one;
    every = every && one.answer == Answer::kPermit;
    if (one.answer == Answer::kIndeterminate) {
      result = std::move(one);
    } else if (result.answer != Answer::kIndeterminate) {
      result.redact.insert(result.redact.end(), one.redact.begin(), one.redact.end());
    }
  }
  if (result.answer != Answer::kIndeterminate) {
    result.answer = every ? Answer::kPermit : Answer::kNoConsent;
  }
  return result;
}

ConsentAnswer Judge(const ConsentFacts& consent, const Access& access, std::string_view purpose) {
  ConsentAnswer answer;
  switch (consent.status) {
    case ConsentStatus::kInactive:  // C6: an ended consent is never read as a deny
    case ConsentStatus::kNotInForce:
    case ConsentStatus::kEnteredInError:
      return answer;
    case ConsentStatus::kUnknown:
      answer.answer = Answer::kIndeterminate;
      answer.why = consent.doubt == "C.6" ? "C.6" : "C.1";
      return answer;
    case ConsentStatus::kActive:
      break;
  }
  // What is surely over, or was not made yet, needs no reading.
  if (consent.root.period && !consent.unusable && !consent.root.period->Possibly(access.now)) {
    return answer;
  }
  if (consent.made && access.now < consent.made->possible.begin) return answer;
  if (!consent.doubt.empty()) {
    answer.answer = Answer::kIndeterminate;
    answer.why = consent.doubt;
    return answer;
  }
  answer = EvaluateTree(consent, access, purpose);
  // G5: no permit, and no silence, may rest on what we cannot read; a deny may.
  if (consent.unusable && answer.answer != Answer::kDeny) {
    answer = {};
    answer.answer = Answer::kIndeterminate;
    answer.why = "G5";
  }
  if (answer.answer == Answer::kPermit && consent.stale) {
    answer = {};
    answer.answer = Answer::kIndeterminate;
    answer.why = "C8";
  }
  // What goes beyond a permit that does not count stays denied.
  if (answer.answer == Answer::kPermit && consent.signer_declined) {
    answer.answer = Answer::kNoConsent;
  }
  return answer;
}

bool InForce(const ConsentFacts& consent, const Access& access) {
  return consent.status == ConsentStatus::kActive && consent.privacy_scope &&
         !consent.only_denies &&
         (!consent.root.period || consent.root.period->Possibly(access.now));
}

}  // namespace

ConsentAnswer Evaluate(const ConsentFacts& consent, const Access& access,
                       std::string_view purpose) {
  // A consent that is surely about something else may have any form (C3).
  const bool legible = consent.doubt.empty() || consent.doubt == "C3";
  if (!consent.privacy_scope && legible) return {};
  ConsentAnswer answer = Judge(consent, access, purpose);
  if (consent.only_denies && answer.answer == Answer::kPermit) answer.answer = Answer::kNoConsent;
  return answer;
}

bool ProvisionsPermit(const ConsentFacts& authorization, const Access& access,
                      std::string_view purpose) {
  return Judge(authorization, access, purpose).answer == Answer::kPermit;
}

void SetLabels(const std::vector<std::string>& labels, Access& access) {
  access.labels_known = access.labels_known || !labels.empty();
  std::string_view highest;  // none said: N, as an Access begins
  for (const std::string& label : labels) {
    const int own = ConfidentialityRank(label);
    if (own < 0) {
      access.labels.push_back(label);
    } else if (own > ConfidentialityRank(highest)) {
      highest = label;
    }
  }
  if (!highest.empty()) access.confidentiality = highest;
}

Access AccessOf(const EvaluationContext& context, std::vector<std::string> purposes) {
  if (context.asked) return AccessAsked(context, std::move(purposes));
  Access access;
  access.now = context.now;
  access.purposes = std::move(purposes);
  access.classes = context.content.classes;
  for (const std::string& each : access.classes) {
    // The message itself carries the data.
    if (each != "Communication" && each != "CommunicationRequest") {
      access.every_class.push_back(each);
    }
  }
  access.sources = context.content.sources;
  for (const DescribedProduct& product : context.content.products) {
    access.codes.insert(access.codes.end(), product.codings.begin(), product.codings.end());
  }
  // What the message is about besides.
  for (const DataItem& item : context.health.items) {
    if (!Contains(access.sources, item.reference)) continue;
    access.other_codes.insert(access.other_codes.end(), item.codes.begin(), item.codes.end());
  }
  SetLabels(context.content.labels, access);
  // Not every part of the message need carry the low label that one of them has.
  if (ConfidentialityRank(access.confidentiality) < ConfidentialityRank("N")) {
    access.confidentiality = "N";
  }
  return access;
}

Combined Combine(const std::vector<ConsentFacts>& consents, const Access& access,
                 Findings& findings) {
  Combined combined;
  std::vector<ConsentAnswer> answers;
  answers.reserve(consents.size());
  for (const ConsentFacts& consent : consents) answers.push_back(EvaluateAll(consent, access));
  const std::vector<std::string_view> revised = RevisedIn(consents);
  const auto is_revised = [&](const ConsentFacts& consent) {
    return Contains(revised, std::string_view(consent.relative));
  };
  bool permitted = false;
  bool denied = false;
  for (size_t i = 0; i < consents.size(); ++i) {
    const ConsentFacts& consent = consents[i];
    std::string_view word = Word(answers[i].answer);
    std::vector<std::string> rules;
    if (consent.status == ConsentStatus::kInactive) word = "inactive";
    if (consent.status == ConsentStatus::kEnteredInError) {
      word = "entered-in-error";
      if (consent.root.type == Type::kDeny) {
        findings.Permit("C6");
        rules = {"C6"};
      }
    }
    switch (answers[i].answer) {
      case Answer::kPermit:
        if (is_revised(consent)) {
          word = "revised";
          rules = {"C6"};
          findings.Permit("C6");
          break;
        }
        permitted = true;
        rules = {"C.4"};
        break;
      case Answer::kDeny: {
        bool superseded = false;
        for (size_t j = 0; j < consents.size() && !superseded; ++j) {
          superseded = answers[j].answer == Answer::kPermit && !is_revised(consents[j]) &&
                       Supersedes(consents[j], consent);
        }
        if (superseded) word = "superseded";
        denied = denied || !superseded;
        rules = {superseded ? "C5" : "C.4"};
        break;
      }
      case Answer::kIndeterminate:
        rules = {std::string(answers[i].why)};
        if (!Contains(combined.doubts, answers[i].why)) {
          combined.doubts.emplace_back(answers[i].why);
        }
        break;
      case Answer::kNoConsent:
        break;
    }
    combined.redact.insert(combined.redact.end(), answers[i].redact.begin(),
                           answers[i].redact.end());
    combined.recorded = combined.recorded || InForce(consent, access);
    if (consent.deep && InForce(consent, access)) {
      findings.Permit("C4");
      rules.emplace_back("C4");
    }
    // An authorization is considered where V1 to V23 judge it; here only when it speaks.
    if (!consent.only_denies || !rules.empty()) {
      findings.Consider(consent.reference, "consent", word, std::move(rules));
    }
  }
  combined.answer = denied ? Answer::kDeny : (permitted ? Answer::kPermit : Answer::kNoConsent);
  combined.overridden = denied && permitted;
  return combined;
}

}  // namespace consent
