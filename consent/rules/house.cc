// Hard stops, requests, content and obligations (G, D, E, CM, CP, AUD).
#include <array>

#include "consent/rules/tables.h"

namespace consent {
namespace {

using enum Confidence;

constexpr std::string_view kHouse = "house policy";

constexpr auto kRules = std::to_array<Rule>({
    {.id = "AUD1",
     .source = kHouse,
     .confidence = kP,
     .against = "The message is written for another audience than the recipient: patients and "
                "professionals are kept apart.",
     .for_it = "",
     .for_patient = "",
     .queue = "compliance",
     .reads = ""},
    {.id = "B6-1",
     .source = kHouse,
     .confidence = kP,
     .against = "The words name a drug and the patient has not asked for detailed messages on this "
                "channel.",
     .for_it = "",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
    {.id = "B6-2",
     .source = kHouse,
     .confidence = kP,
     .against = "The matter is sensitive: it may be read or said only to an identified patient.",
     .for_it = "Verify who is speaking before anything sensitive is said.",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
    {.id = "B6-5",
     .source = kHouse,
     .confidence = kP,
     .against = "A parent or representative answers this address, and the minor decides alone "
                "about the matter.",
     .for_it = "",
     .for_patient =
         "You decide about this yourself, so we write to you where only you can read it.",
     .queue = "nurse",
     .reads = "telecom.controlled-by minor.consent minor.service"},
    {.id = "CM1",
     .source = kHouse,
     .confidence = kP,
     .against = "No approved content module covers these words.",
     .for_it = "",
     .for_patient = "",
     .queue = "compliance",
     .reads = ""},
    {.id = "CP1",
     .source = kHouse,
     .confidence = kP,
     .against = "There is no usable number or address for this channel.",
     .for_it = "",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
    {.id = "D.1",
     .source = "FHIR R4 CommunicationRequest",
     .confidence = kV,
     .against = "The request is not to be carried out now: its status, its doNotPerform, its "
                "channel or its time forbids it.",
     .for_it = "",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
    {.id = "E.3",
     .source = "XACML 3.0 obligations",
     .confidence = kM,
     .against = "The channel cannot do what the permit obliges the sender to do.",
     .for_it = "",
     .for_patient = "",
     .queue = "compliance",
     .reads = ""},
    {.id = "G1",
     .source = "45 CFR 164.502(f)",
     .confidence = kP,
     .against = "The patient is recorded as deceased, or the records do not agree about it.",
     .for_it = "",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
    {.id = "G2",
     .source = kHouse,
     .confidence = kP,
     .against = "It is not settled which records belong to this person.",
     .for_it = "",
     .for_patient = "",
     .queue = "privacy",
     .reads = ""},
    {.id = "G4",
     .source = "47 CFR 64.1200(m)",
     .confidence = kP,
     .against = "The number was reassigned after the patient gave it.",
     .for_it = "",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
    {.id = "G5",
     .source = "FHIR R4 modifierExtension",
     .confidence = kM,
     .against = "A record carries a modifier that is not understood, so no permit may rest on it.",
     .for_it = "",
     .for_patient = "A person must read your record first.",
     .queue = "privacy",
     .reads = "any.modifier-extension any.implicit-rules"},
    {.id = "G6",
     .source = kHouse,
     .confidence = kP,
     .against = "The request or the patient's record could not be read.",
     .for_it = "",
     .for_patient = "",
     .queue = "nurse",
     .reads = ""},
});

}  // namespace

std::span<const Rule> HouseRules() { return kRules; }

}  // namespace consent
