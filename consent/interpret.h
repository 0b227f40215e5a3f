// How FHIR becomes facts: one reader per group of facts. consent/FACTS.md is its documentation.
#pragma once

#include <string>
#include <vector>

#include "consent/context.h"
#include "consent/given.h"

namespace consent {

// Who acts in this request: the actors that a provision may name (C.3).
struct Actors {
  std::vector<std::string> references;   // "Organization/o1"
  std::vector<std::string> identifiers;  // "system|value"
  std::vector<std::string> names;
  bool Knows(std::string_view type) const;  // whether one of our references is of this type
};

// Who gets the data, and who is concerned at all: the patient's leave for us is none for those to
// whom we pass it on, and a denial of us stops us from doing so.
struct Parties {
  Actors receiving;
  Actors concerned;
};
// `to`: the party that a disclosure goes to, if any: a reference or a name.
Parties PartiesOf(const Given& given, const fhir::json::Value& request, std::string_view to);

// The references of the Patient records that are this person, the one to write to first.
std::vector<std::string> PersonOf(const Given& given, const std::string& subject);

void ReadRequest(const Given& given, const std::vector<std::string>& person,
                 EvaluationContext& context);
void ReadPatient(const Given& given, const std::vector<std::string>& person,
                 EvaluationContext& context);
void ReadRecipients(const Given& given, const std::vector<std::string>& person,
                    EvaluationContext& context);
// Whether the patient is still in the programme, and in the study (V16).
void ReadStay(const Given& given, const std::vector<std::string>& person,
              EvaluationContext& context);
void ReadTherapies(const Given& given, const std::vector<std::string>& person,
                   EvaluationContext& context);
void ReadContent(const Given& given, EvaluationContext& context);
// Who speaks, and where the patient is (B6-4, M13).
void ReadPerformer(const Given& given, const std::vector<std::string>& person,
                   EvaluationContext& context);
void ReadTargeting(const Given& given, const std::vector<std::string>& person,
                   EvaluationContext& context);
void ReadOptInWordings(const Given& given, EvaluationContext& context);
void ReadConsents(const Given& given, const std::vector<std::string>& person,
                  const Parties& parties, EvaluationContext& context);
// After ReadConsents: a confidential communication replaces the address (R5).
void ReadContact(const Given& given, const std::vector<std::string>& person,
                 EvaluationContext& context);

// After ReadContact: where a call or a text would be received, as far as anybody can tell (B1-30).
void ReadCallingPlaces(EvaluationContext& context);

// Interpret, with one more actor: the party a disclosure goes to.
EvaluationContext InterpretFor(const Given& given, std::string_view recipient);

// Place of the product in the programme's list, or -1.
int CatalogueIndex(const Programme& programme, const std::vector<Coding>& codings);
// One line for an Address, as a contact of channel mail.
std::string AddressLine(const fhir::json::Value& address);

}  // namespace consent
