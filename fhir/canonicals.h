// The canonical URLs and systems this product defines or reads. Ours stand under one base.
#pragma once

namespace fhir {

inline constexpr char kBase[] = "https://psgateway.example/fhir";
inline constexpr char kChannelSystem[] = "https://psgateway.example/fhir/CodeSystem/channel";
inline constexpr char kClassSystem[] =
    "https://psgateway.example/fhir/CodeSystem/communication-class";
inline constexpr char kReasonSystem[] = "https://psgateway.example/fhir/CodeSystem/decision-reason";
inline constexpr char kTaskCodeSystem[] = "https://psgateway.example/fhir/CodeSystem/task-code";
inline constexpr char kPurposeSystem[] = "https://psgateway.example/fhir/CodeSystem/purpose";
inline constexpr char kActReason[] = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
inline constexpr char kParticipationMode[] =
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode";
// http://hl7.org/fhir/uv/security-label-ds4p: the label of an element, not of its resource.
inline constexpr char kInlineLabel[] =
    "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label";
inline constexpr char kNotDoneReason[] =
    "http://terminology.hl7.org/CodeSystem/communication-not-done-reason";

}  // namespace fhir
