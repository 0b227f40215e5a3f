// The law of the channels: the address, opt-outs, telephone consent, commercial e-mail, hours and
// limits, and what the patient would like (B1 to B3, CP). One file for each of them.
// 47 CFR 64.1200; 15 USC 7704; RFC 8058
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

void CheckContact(const EvaluationContext& context, MessageClass c, Findings& findings);
// opt_out_law.cc: what the patient stopped, also in the reply that has just come in.
void CheckOptOuts(const EvaluationContext& context, MessageClass c, Findings& findings);
// telephone_law.cc
void CheckTelephoneConsent(const EvaluationContext& context, MessageClass c, Findings& findings);
// email_law.cc
void CheckEmail(const EvaluationContext& context, MessageClass c, Findings& findings);
// timing.cc: hours, limits and the request's own start: one notBefore that satisfies all of them.
void CheckTiming(const EvaluationContext& context, MessageClass c, Findings& findings);
// preferences.cc
void CheckPreferences(const EvaluationContext& context, MessageClass c, Findings& findings);
// clock.cc: what is past must not lie ahead (G6).
void CheckClock(const EvaluationContext& context, MessageClass c, Findings& findings);

// Sent::message_class of a text that confirms an opt-out (B1-21).
inline constexpr std::string_view kConfirmationClass = "opt-out-confirmation";

// What the checks share.
bool IsPhone(fhir::Channel channel);
// What a machine sends to a telephone needs consent; a person who dials does not (B1-5).
bool IsAutomated(fhir::Channel channel);
bool ToProfessional(const EvaluationContext& context);
// B1-21: every module of the message is an approved text that confirms an opt-out.
bool IsConfirmation(const EvaluationContext& context);
// B1-7 to B1-12: whether an automated message needs the exemption for health-care calls, because
// nothing else permits it, on a route that could have it.
bool NeedsExemption(const EvaluationContext& context, MessageClass c);
// Whether a telephone consent is in force for this number, seller, purpose and channel.
bool HoldsFor(const TelephoneConsentFacts& consent, const EvaluationContext& context,
              MessageClass c);
// Whether `text` has one of `words`, at the boundaries of words, case aside.
bool HasOneOf(std::string_view text, const std::vector<std::string>& words);

}  // namespace consent
