// The tables that DeclaredFacts() joins.
#pragma once

#include "consent/facts.h"

namespace consent {

std::span<const DeclaredFact> RequestFactTable();  // CommunicationRequest, Encounter, Given
std::span<const DeclaredFact>
ContentFactTable();  // ActivityDefinition, Contract, MedicationRequest
std::span<const DeclaredFact> PatientFactTable();  // Patient, RelatedPerson
std::span<const DeclaredFact> ConsentFactTable();  // Consent of every kind, and who its actors are
std::span<const DeclaredFact> ProgrammeFactTable();   // Programme
std::span<const DeclaredFact> HealthDataFactTable();  // any record; the disclosure of a Given

}  // namespace consent
