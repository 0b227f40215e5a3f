#include "consent/fhir_consent.h"

#include <algorithm>

#include "consent/provision.h"
#include "consent/words.h"

namespace consent {
namespace {

using Type = Provision::Type;

// What one walk through a tree has found.
struct Walk {
  int permit_depth = -1;
  int deny_depth = -1;
  int unclear_deny_depth = -1;
  std::vector<std::string> redact;
  std::vector<std::string> keep;
};

void Visit(const Provision& node, const Effective& inherited, const Access& access,
           std::string_view purpose, int depth, Walk& walk) {
  const Effective here = inherited.With(node);
  const Fit party = FitsParty(here, node.type, access, purpose);
  const Fit data = access.data_known ? FitsData(here, node.type, access) : Fit::kYes;
  const bool limits_data = here.LimitsData();
  const bool permit = node.type == Type::kPermit;
  if (!access.data_known && limits_data && party != Fit::kNo) {
    // Nobody says which data: the limit becomes a redaction (C.4).
    std::vector<std::string> codes = here.DataCodes();
    auto& into = permit ? walk.keep : walk.redact;
    into.insert(into.end(), codes.begin(), codes.end());
    if (permit && party == Fit::kYes) walk.permit_depth = std::max(walk.permit_depth, depth);
  } else if (party == Fit::kYes && data == Fit::kYes) {
    int& depth_of = permit ? walk.permit_depth : walk.deny_depth;
    depth_of = std::max(depth_of, depth);
  } else if (!permit && party != Fit::kNo && data != Fit::kNo) {
    walk.unclear_deny_depth = std::max(walk.unclear_deny_depth, depth);
  }
  for (const Provision& child : node.children) {
    Visit(child, here, access, purpose, depth + 1, walk);
  }
}

ConsentAnswer EvaluateTree(const ConsentFacts& consent, const Access& access,
                           std::string_view purpose) {
  const Provision& root = consent.root;
  ConsentAnswer answer;
  const bool in_period =
      !root.period || (root.type == Type::kPermit ? root.period->Surely(access.now)
                                                  : root.period->Possibly(access.now));
  if (!in_period) return answer;
  Walk walk;
  Visit(root, Effective{}, access, purpose, 0, walk);
  if (walk.deny_depth >= 0 && walk.deny_depth >= walk.permit_depth) {
    answer.answer = Answer::kDeny;
    return answer;
  }
  // A deny that may or may not mean us decides nothing, but it must not be read over.
  if (walk.unclear_deny_depth >= 0 && walk.unclear_deny_depth >= walk.permit_depth) {
    answer.answer = Answer::kIndeterminate;
    answer.why = "C.3";
    return answer;
  }
  if (walk.permit_depth >= 0) {
    answer.answer = Answer::kPermit;
    answer.redact_all_but = !walk.keep.empty();
    answer.redact = walk.keep.empty() ? std::move(walk.redact) : std::move(walk.keep);
    std::sort(answer.redact.begin(), answer.redact.end());
    answer.redact.erase(std::unique(answer.redact.begin(), answer.redact.end()),
                        answer.redact.end());
    return answer;
  }
  // Nothing matched: a root permit that only its data limits keep away means "nothing but" (C.4).
  const Effective top = Effective{}.With(root);
  if (root.type == Type::kPermit && top.LimitsData() &&
      FitsParty(top, Type::kPermit, access, purpose) == Fit::kYes) {
    answer.answer = Answer::kDeny;
  }
  return answer;
}

std::string_view Word(Answer answer) {
  switch (answer) {
    case Answer::kPermit:
      return "permit";
    case Answer::kDeny:
      return "deny";
    case Answer::kNoConsent:
      return "no-consent";
    case Answer::kIndeterminate:
      return "indeterminate";
  }
  return "indeterminate";
}

// C5: `newer` permits what `older` denied, because it expressly takes its place.
bool Supersedes(const ConsentFacts& newer, const ConsentFacts& older) {
  const bool linked = std::any_of(
      newer.identifiers.begin(), newer.identifiers.end(),
      [&](const std::string& identifier) { return Contains(older.identifiers, identifier); });
  return linked && newer.policy_key == older.policy_key &&
         newer.performer_rank >= older.performer_rank && newer.performer_rank > 0 &&
         newer.signed_at && older.signed_at && *newer.signed_at > *older.signed_at;
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
      result.redact_all_but = result.redact_all_but || one.redact_all_but;
    }
  }
  if (result.answer != Answer::kIndeterminate) {
    result.answer = every ? Answer::kPermit : Answer::kNoConsent;
  }
  return result;
}

}  // namespace

ConsentAnswer Evaluate(const ConsentFacts& consent, const Access& access,
                       std::string_view purpose) {
  ConsentAnswer answer;
  switch (consent.status) {
    case ConsentStatus::kInactive:  // C6: an ended consent is never read as a deny
    case ConsentStatus::kNotInForce:
    case ConsentStatus::kEnteredInError:
      return answer;
    case ConsentStatus::kUnknown:
      answer.answer = Answer::kIndeterminate;
      answer.why = "C.1";
      return answer;
    case ConsentStatus::kActive:
      break;
  }
  // What is surely over needs no reading.
  if (consent.root.period && !consent.unusable && !consent.root.period->Possibly(access.now)) {
    return answer;
  }
  if (!consent.doubt.empty()) {
    answer.answer = Answer::kIndeterminate;
    answer.why = consent.doubt;
    return answer;
  }
  if (!consent.privacy_scope) return answer;
  answer = EvaluateTree(consent, access, purpose);
  // G5: no permit, and no silence, may rest on what we cannot read; a deny may.
  if (consent.unusable && answer.answer != Answer::kDeny) {
    answer.answer = Answer::kIndeterminate;
    answer.why = "G5";
  }
  if (consent.only_denies && answer.answer == Answer::kPermit) answer = {};
  return answer;
}

Access AccessOf(const EvaluationContext& context, std::vector<std::string> purposes) {
  Access access;
  access.now = context.now;
  access.purposes = std::move(purposes);
  access.classes = context.content.classes;
  access.sources = context.content.sources;
  for (const DescribedProduct& product : context.content.products) {
    access.codes.insert(access.codes.end(), product.codings.begin(), product.codings.end());
  }
  int rank = ConfidentialityRank("N");
  for (const std::string& label : context.content.labels) {
    const int own = ConfidentialityRank(label);
    if (own < 0) {
      access.labels.push_back(label);
    } else if (own > rank) {
      rank = own;
      access.confidentiality = label;
    }
  }
  return access;
}

Combined Combine(const std::vector<ConsentFacts>& consents, const Access& access,
                 Findings& findings) {
  Combined combined;
  std::vector<ConsentAnswer> answers;
  answers.reserve(consents.size());
  for (const ConsentFacts& consent : consents) answers.push_back(EvaluateAll(consent, access));
  bool permitted = false;
  bool denied = false;
  for (size_t i = 0; i < consents.size(); ++i) {
    std::string_view word = Word(answers[i].answer);
    std::vector<std::string> rules;
    if (consents[i].status == ConsentStatus::kEnteredInError) word = "entered-in-error";
    if (consents[i].status == ConsentStatus::kInactive) word = "inactive";
    switch (answers[i].answer) {
      case Answer::kPermit:
        permitted = true;
        rules = {"C.4"};
        combined.redact.insert(combined.redact.end(), answers[i].redact.begin(),
                               answers[i].redact.end());
        break;
      case Answer::kDeny: {
        bool superseded = false;
        for (size_t j = 0; j < consents.size() && !superseded; ++j) {
          superseded = answers[j].answer == Answer::kPermit && Supersedes(consents[j], consents[i]);
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
    // An authorization is considered where V1 to V23 judge it; here only when it speaks.
    if (!consents[i].only_denies || !rules.empty()) {
      findings.Consider(consents[i].reference, "consent", word, std::move(rules));
    }
  }
  combined.answer = denied ? Answer::kDeny : (permitted ? Answer::kPermit : Answer::kNoConsent);
  combined.overridden = denied && permitted;
  return combined;
}

}  // namespace consent
