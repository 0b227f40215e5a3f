// What the parts of the oracle share: the verdict they add to, who sends, what a purpose includes.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/fhir_consent.h"

namespace consent::testing::oracle {

using Facts = EvaluationContext;

struct Open {};  // thrown where the document leaves the answer open

template <class T>
bool In(const T& item, const std::vector<T>& items) {
  return std::find(items.begin(), items.end(), item) != items.end();
}
inline bool Has(const std::vector<std::string>& items, const std::string& item) {
  return In(item, items);
}
inline bool In(fhir::Channel channel, std::initializer_list<fhir::Channel> channels) {
  return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

// 0.1: the strongest wins, all reasons are kept.
class Verdict {
 public:
  explicit Verdict(MessageClass c) : class_(c) {}
  void Says(const std::string& rule, Outcome effect) {
    Outcome& said = rules[rule];
    said = std::max(said, effect);
    outcome = std::max(outcome, effect);
  }
  void Permit(const std::string& rule) { Says(rule, Outcome::kPermit); }
  void Defer(const std::string& rule) { Says(rule, Outcome::kDefer); }
  void Review(const std::string& rule) { Says(rule, Outcome::kReview); }
  void Deny(const std::string& rule) { Says(rule, Outcome::kDeny); }
  // Fail closed for marketing, to a human for everything else.
  void Doubt(const std::string& rule) { marketing() ? Deny(rule) : Review(rule); }
  // Denied, but for a safety notice, of which a person decides.
  void Stop(const std::string& rule) { safety() ? Review(rule) : Deny(rule); }
  void Oblige(const std::string& rule, const std::string& what) {
    Permit(rule);
    obligations.insert(what);
  }
  bool marketing() const { return class_ == MessageClass::kMarketing; }
  bool safety() const { return class_ == MessageClass::kSafety; }
  MessageClass message_class() const { return class_; }

  Outcome outcome = Outcome::kPermit;
  std::map<std::string, Outcome> rules;
  std::set<std::string> obligations;

 private:
  MessageClass class_;
};

// A.2
struct Class {
  MessageClass message_class = MessageClass::kMarketing;
  bool remunerated = false;
};
Class ClassOf(const Facts& x, std::set<std::string>& rules);

// 0.2: a covered entity or its business associate, and for whom it acts.
bool UnderHipaaLaw(const Programme& programme);
bool ActsFor(const Programme& programme, Regime regime);

// C.1: whether `wide` is `narrow` or an ancestor of it.
bool SelfOrAncestor(const std::string& wide, std::string narrow);

// A.4 to A.7: an authorization for the purpose, or what is missing.
void Authorization(const Facts& x, const std::string& purpose, bool remunerated, Verdict& verdict);
// A.4, M12 to M14: what needs none.
void Marketing(const Facts& x, bool remunerated, Verdict& verdict);

// C.3 to C.5
Answer AnswerOf(const ConsentFacts& consent, const Access& access, const std::string& purpose);
// The answer of the provisions alone, whatever the consent is otherwise worth.
Answer Tree(const ConsentFacts& consent, const Access& access, const std::string& purpose);
// The data that a message is about.
Access DataOf(const Facts& x, std::vector<std::string> purposes);
void Permission(const Facts& x, const Class& kind, Verdict& verdict);

// B.1 to B.3
bool IsConfirmation(const Facts& x);
// B1-7: whether nothing but the exemption for health-care calls could carry this message.
bool NeedsExemption(const Facts& x, const Verdict& verdict);
void OptOuts(const Facts& x, Verdict& verdict);
void Telephone(const Facts& x, Verdict& verdict);
void Email(const Facts& x, Verdict& verdict);
void Timing(const Facts& x, Verdict& verdict);
// Whether one of the words stands in the text, case aside. REQUIRES: lower-case words of letters,
// digits and "%", which no other letter follows in the random texts.
bool Speaks(const std::string& text, const std::vector<std::string>& words);

}  // namespace consent::testing::oracle
