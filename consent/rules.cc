#include "consent/rules.h"

#include <algorithm>
#include <array>

namespace consent {
namespace {

constexpr std::string_view kHouse = "house policy";
constexpr std::string_view k501 = "45 CFR 164.501, marketing";
constexpr std::string_view k508 = "45 CFR 164.508";
constexpr std::string_view kTcpa = "47 CFR 64.1200";

// One rule a row; sorted by id, which a test checks.
constexpr auto kRules = std::to_array<Rule>({
    {"A.4", "45 CFR 164.508(a)(3)",
     "This is marketing and there is no HIPAA authorization on file.", "", "privacy"},
    {"A.5", "45 CFR 164.508(c)", "", "A valid authorization of the patient permits this message.",
     "privacy"},
    {"A.6(i)", "45 CFR 164.508(b)(2)(i)", "The authorization has expired.", "", "privacy"},
    {"A.6(v)", "45 CFR 164.508(b)(2)(v)",
     "Something the authorization states is known to be false.", "", "privacy"},
    {"AUD1", kHouse,
     "The message is written for another audience than the recipient: patients and professionals "
     "are "
     "kept apart.",
     "", "compliance"},
    {"B.2", "15 USC 7704, CAN-SPAM",
     "The patient has unsubscribed from this e-mail, or the programme has no postal address to "
     "print "
     "in it.",
     "Commercial e-mail must carry a postal address and a way to unsubscribe.", "privacy"},
    {"B1-1", kTcpa,
     "Nothing shows that the patient agreed to automated texts or calls to this number.",
     "The patient agreed to automated texts or calls to this number.", "nurse"},
    {"B1-13", "47 CFR 64.1200(a)(9)(iv)(F)",
     "The patient has already had as many messages as the day or the week allows.",
     "The message counts against the patient's daily and weekly limit.", "nurse"},
    {"B1-14", "47 CFR 64.1200(a)(9)(iv)(G)", "", "Every text message must say how to stop.",
     "nurse"},
    {"B1-2", "47 CFR 64.1200(a)(2), (f)(9)",
     "The written consent on file does not name this seller and this number.",
     "The patient consented in writing to marketing texts or calls of this seller to this number.",
     "privacy"},
    {"B1-20", "47 USC 227(b)(1)(A)", "", "A safety message needs no consent of the patient.",
     "nurse"},
    {"B1-24", "47 CFR 64.1200(a)(10)", "The patient has opted out of texts or calls.", "",
     "privacy"},
    {"B1-25", "47 CFR 64.1200(d)", "The patient has opted out of this channel for this seller.", "",
     "privacy"},
    {"B1-27", "47 CFR 64.1200(c)(1)",
     "It is outside 8 a.m. to 9 p.m. at a place where the patient may be.", "", "nurse"},
    {"B1-3", "47 CFR 64.1200(a)(2)",
     "Nothing shows that the patient agreed to automated health care texts or calls to this "
     "number.",
     "A health care message of a covered entity needs consent to texts or calls, not in writing; "
     "it "
     "is on file.",
     "privacy"},
    {"B1-4", "47 CFR 64.1200(a)(2)",
     "Marketing texts or calls of a sender outside HIPAA need the patient's written consent for "
     "this "
     "seller and number.",
     "", "privacy"},
    {"B1-5", kTcpa, "", "A person dials: automated-call consent is not needed.", "nurse"},
    {"B1-8", "47 CFR 64.1200(a)(9)(iv)(A)",
     "The number was bought or found, not given by the patient.", "", "privacy"},
    {"B3-1", "RFC 8058", "", "The e-mail must offer one-click unsubscription.", "privacy"},
    {"B6-1", kHouse,
     "The words name a drug and the patient has not asked for detailed messages on this channel.",
     "", "nurse"},
    {"B6-2", kHouse,
     "The matter is sensitive: it may be read or said only to an identified patient.",
     "Verify who is speaking before anything sensitive is said.", "nurse"},
    {"C.1", "FHIR R4 Consent", "A consent lacks its patient, its scope or a known status.", "",
     "privacy"},
    {"C.3", "IHE PCF P.4.4",
     "A consent denies part of what is asked, or somebody who may be the sender: a person must "
     "read "
     "it.",
     "", "privacy"},
    {"C.4", "IHE PCF P.4.5", "A consent of the patient denies this use.",
     "A consent of the patient permits this use.", "privacy"},
    {"C.6", "FHIR R5 Consent", "A consent has the form of FHIR R5 and cannot be read as R4.", "",
     "privacy"},
    {"C2", "v3-ActReason", "The purpose of the request is missing or unknown.",
     "The request itself says that its purpose is marketing.", "compliance"},
    {"C3", "FHIR R4 Consent.provision",
     "A consent contradicts itself: its base rule and its provisions cannot be told apart.", "",
     "privacy"},
    {"C5", kHouse, "", "Another consent permits, but a denial overrides it.", "privacy"},
    {"C7", "45 CFR 164.506, IHE PCF",
     "No consent covers this purpose and the sender's regime does not allow it without one.",
     "HIPAA allows this purpose without consent and the patient has not objected.", "privacy"},
    {"CM1", kHouse, "No approved content module covers these words.", "", "compliance"},
    {"CP1", kHouse, "There is no usable number or address for this channel.", "", "nurse"},
    {"D.1", "FHIR R4 CommunicationRequest",
     "The request is not to be carried out now: its status, its doNotPerform, its channel or its "
     "time "
     "forbids it.",
     "", "nurse"},
    {"E.3", "XACML 3.0 obligations",
     "The channel cannot do what the permit obliges the sender to do.", "", "compliance"},
    {"G1", "45 CFR 164.502(f)",
     "The patient is recorded as deceased, or the records do not agree about it.", "", "nurse"},
    {"G2", kHouse, "It is not settled which records belong to this person.", "", "privacy"},
    {"G4", "47 CFR 64.1200(m)", "The number was reassigned after the patient gave it.", "",
     "nurse"},
    {"G5", "FHIR R4 modifierExtension",
     "A record carries a modifier that is not understood, so no permit may rest on it.", "",
     "privacy"},
    {"G6", kHouse, "The request or the patient's record could not be read.", "", "nurse"},
    {"M0", k501, "", "The message describes no product and asks nobody to buy.", "compliance"},
    {"M10", "HHS FAQ 1514", "", "The prescription lapsed within the last 90 days.", "compliance"},
    {"M11", "45 CFR 164.501(2)(i)", "",
     "No cost worksheet is stored, so the payment counts as more than the cost.", "compliance"},
    {"M12", "45 CFR 164.508(a)(3)(i)(A)",
     "A face-to-face communication is not established: it needs an encounter in person.",
     "A covered entity communicates face to face: no authorization is needed.", "compliance"},
    {"M13", "45 CFR 164.508(a)(3)(i)(A)",
     "The face-to-face exception is for covered entities, and the sender is none.", "",
     "compliance"},
    {"M14", "45 CFR 164.508(a)(3)(i)(B)", "",
     "A promotional gift of nominal value needs no authorization.", "compliance"},
    {"M3", "45 CFR 164.501(2)(i)", "",
     "The message is about drugs that are currently prescribed; the payment for it decides whether "
     "it "
     "is a refill reminder.",
     "compliance"},
    {"M4", "45 CFR 164.501(2)(ii)", "",
     "The message is paid for by a party whose product is described and names a product that is "
     "not "
     "currently prescribed: it is marketing.",
     "compliance"},
    {"M5", "45 CFR 164.501(2)(ii)", "",
     "Nobody with an interest pays for the message; who sends it and why decides what it is.",
     "compliance"},
    {"M6", kHouse, "", "Who pays for the message is not known, so it counts as paid.",
     "compliance"},
    {"M7", k501, "", "The message mixes current and other products; the strictest part decides.",
     "compliance"},
    {"N2", "45 CFR 164.502(b)", "", "Only the minimum necessary may be disclosed.", "privacy"},
    {"P1", "45 CFR 164.502(g)", "Nothing shows that the recipient may act for the patient.",
     "The recipient acts for the patient.", "privacy"},
    {"R5", "45 CFR 164.522(b)",
     "The patient asked to be reached another way, and that request replaces every other address.",
     "The patient asked to be reached in this way.", "privacy"},
    {"V1", "45 CFR 164.508(c)(1)(i)", "The authorization does not describe the information.", "",
     "privacy"},
    {"V10", "45 CFR 164.508(a)(3)(ii)",
     "The authorization does not state that the marketing is paid for.", "", "privacy"},
    {"V11", "45 CFR 164.508(a)(4)(ii)",
     "The authorization does not state that the disclosure is paid for.", "", "privacy"},
    {"V13", "45 CFR 164.508(c)(4)", "The patient was not given a copy of the authorization.", "",
     "privacy"},
    {"V14", "45 CFR 164.508(b)(3)", "The authorization is combined with another document.", "",
     "privacy"},
    {"V15", "45 CFR 164.508(b)(4)", "Care or benefits were made conditional on the authorization.",
     "", "privacy"},
    {"V16", k508, "The event that ends the authorization has occurred, or nobody can tell.", "",
     "privacy"},
    {"V18", "45 CFR 164.508(a)(1)",
     "The authorization does not cover this sender, purpose, product, channel or time.", "",
     "privacy"},
    {"V19", "45 CFR 164.508(b)(5)", "The authorization has been revoked.", "", "privacy"},
    {"V2", "45 CFR 164.508(c)(1)(ii)", "The authorization does not say who may disclose.", "",
     "privacy"},
    {"V20", "45 CFR 164.508(b)(5)",
     "The patient asked by word of mouth to stop everything: offer the form to revoke in writing.",
     "", "privacy"},
    {"V21", "45 CFR 164.508(b)(5)", "The authorization was signed before a revocation.", "",
     "privacy"},
    {"V3", "45 CFR 164.508(c)(1)(iii)", "The authorization does not say who may receive.", "",
     "privacy"},
    {"V4", "45 CFR 164.508(c)(1)(iv)", "The authorization names no purpose.", "", "privacy"},
    {"V5", "45 CFR 164.508(c)(1)(v)", "The authorization has no expiration date or event.", "",
     "privacy"},
    {"V6", "45 CFR 164.508(c)(1)(vi)",
     "The authorization is not properly signed and dated, or the signer's authority is not "
     "described.",
     "", "privacy"},
    {"V7", "45 CFR 164.508(c)(2)(i)", "The authorization does not state the right to revoke.", "",
     "privacy"},
    {"V8", "45 CFR 164.508(c)(2)(ii)",
     "The authorization does not say whether care depends on signing.", "", "privacy"},
    {"V9", "45 CFR 164.508(c)(2)(iii)", "The authorization does not warn of redisclosure.", "",
     "privacy"},
});

}  // namespace

std::span<const Rule> Rules() { return kRules; }

const Rule* FindRule(std::string_view id) {
  const auto* found =
      std::lower_bound(kRules.begin(), kRules.end(), id,
                       [](const Rule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != kRules.end() && found->id == id ? found : nullptr;
}

}  // namespace consent
