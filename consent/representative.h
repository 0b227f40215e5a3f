// Who may act for the patient, read and judged: 45 CFR 164.502(g), P1 to P5, B6-5.
// https://www.ecfr.gov/current/title-45/section-164.502
#pragma once

#include "consent/context.h"
#include "consent/findings.h"
#include "consent/interpret.h"

namespace consent {

// Whether the patient was of age at `when`, in every state the patient may live in. An emancipated
// minor is; who has no readable birth date is.
Age AgeAt(const Given& given, const std::vector<std::string>& person,
          const EvaluationContext& context, fhir::Instant when);

// Whether the RelatedPerson `reference` could act for the patient at `when`.
Authority AuthorityOf(const Given& given, const std::string& reference,
                      const std::vector<std::string>& person, const EvaluationContext& context,
                      fhir::Instant when);

// Whether the RelatedPerson, if it is here, was somebody of this patient's at `when`: not another
// patient's, and within the period that the record names.
bool BelongedTo(const Given& given, const std::string& reference,
                const std::vector<std::string>& person, const EvaluationContext& context,
                fhir::Instant when);

// P3: whether a covered entity has decided not to treat this RelatedPerson as a representative.
bool IsDeclined(const fhir::json::Value& related);

// The services that the message is about, and whether a parent stands for the patient in them, if
// under age (P2, P5). After ReadPatient.
void ReadMinorServices(const Given& given, const std::vector<std::string>& person,
                       EvaluationContext& context);

// Says what the authority of a recipient means for a message of class `c`.
void JudgeAuthority(Authority authority, MessageClass c, Findings& findings);

// P4, B6-5: whether another person answers the address of the patient who is written to.
void CheckWhoAnswers(const EvaluationContext& context, MessageClass c, Findings& findings);

}  // namespace consent
