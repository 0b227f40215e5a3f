// Who a provision means (C.3): by reference, identifier or name, through groups, care teams, roles
// and the organisations that we are part of.
#include "consent/consent_readers.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr int kMostLevels = 4;  // of groups within groups

std::string Joined(const Value& identifier) {
  return identifier["system"].text() + "|" + identifier["value"].text();
}

bool SharesIdentifier(const Value& identifiers, const Actors& actors) {
  for (const Value& each : identifiers.items()) {
    if (!each["value"].text().empty() && Contains(actors.identifiers, Joined(each))) return true;
  }
  return false;
}

// Certainly, possibly or not one of its members.
ActorMatch MatchMember(const Given& given, const Actors& actors, const Value& member,
                       const Value& period, int level);

ActorMatch MatchResource(const Given& given, const Actors& actors, const fhir::Resource& resource,
                         int level) {
  if (HasUnknownModifier(resource.json())) return ActorMatch::kUnclear;  // G5
  if (SharesIdentifier(resource["identifier"], actors)) return ActorMatch::kUs;
  if (resource.type() == "PractitionerRole") {
    // Our practitioner, but perhaps in a role for somebody else.
    if (!Contains(actors.references, RelativeOf(resource["practitioner"]))) {
      return ActorMatch::kOther;
    }
    const std::string organization = RelativeOf(resource["organization"]);
    const bool ours = organization.empty() || Contains(actors.references, organization);
    return ours ? ActorMatch::kUs : ActorMatch::kUnclear;
  }
  ActorMatch best = ActorMatch::kOther;
  const auto take = [&](ActorMatch match) {
    if (match == ActorMatch::kUs || best == ActorMatch::kOther) best = match;
  };
  if (level < kMostLevels) {
    for (const Value& member : resource["member"].items()) {
      if (member["inactive"].boolean()) continue;
      take(MatchMember(given, actors, member["entity"], member["period"], level + 1));
    }
    for (const Value& participant : resource["participant"].items()) {
      take(MatchMember(given, actors, participant["member"], participant["period"], level + 1));
      take(MatchMember(given, actors, participant["onBehalfOf"], participant["period"], level + 1));
    }
  }
  // A group that only describes its members names none of them.
  const bool descriptive = resource.type() == "Group" && resource["member"].size() == 0;
  return descriptive && best == ActorMatch::kOther ? ActorMatch::kUnclear : best;
}

ActorMatch MatchMember(const Given& given, const Actors& actors, const Value& member,
                       const Value& period, int level) {
  const std::string relative = RelativeOf(member);
  const Value& identifier = member["identifier"];
  const bool named =
      Contains(actors.references, relative) ||
      (!identifier["value"].text().empty() && Contains(actors.identifiers, Joined(identifier)));
  if (!named) {
    const fhir::Resource* resource = given.Find(relative);
    if (resource == nullptr) return ActorMatch::kOther;
    const ActorMatch match = MatchResource(given, actors, *resource, level);
    if (match != ActorMatch::kUs) return match;
  }
  const Validity since = ReadPeriod(period, {"UTC"});
  return since.Possibly(given.now) ? ActorMatch::kUs : ActorMatch::kOther;
}

// Who wrote or gave the data, not who gets it: we do not know that of each piece.
bool IsSource(const Value& role) {
  for (std::string_view code : {"AUT", "AUTHEN", "ENT", "INF", "LA"}) {
    if (HasCode(role, code)) return true;
  }
  return false;
}

// The record stands within the consent: it is ours by its name or identifier.
ActorMatch MatchContained(const Actors& actors, const Value& consent, std::string_view id) {
  for (const Value& contained : consent["contained"].items()) {
    if (contained["id"].text() != id) continue;
    if (SharesIdentifier(contained["identifier"], actors)) return ActorMatch::kUs;
    const Value& name = contained["name"];
    for (const std::string& own : actors.names) {
      if (SameName(name.text(), own)) return ActorMatch::kUs;
    }
    const bool says_who = name.is_string() || contained["identifier"].size() > 0;
    return says_who ? ActorMatch::kOther : ActorMatch::kUnclear;
  }
  return ActorMatch::kUnclear;
}

ActorMatch MatchActor(const Given& given, const Actors& actors, const Value& consent,
                      const Value& actor) {
  if (IsSource(actor["role"])) return ActorMatch::kUnclear;
  const Value& reference = actor["reference"];
  for (const std::string& name : actors.names) {
    if (SameName(reference["display"].text(), name)) return ActorMatch::kUs;
  }
  const Value& identifier = reference["identifier"];
  if (!identifier["value"].text().empty() && Contains(actors.identifiers, Joined(identifier))) {
    return ActorMatch::kUs;
  }
  const std::string relative = RelativeOf(reference);
  const std::string& text = reference["reference"].text();
  if (text.starts_with('#')) return MatchContained(actors, consent, text.substr(1));
  const bool says_who = identifier.is_object() || !reference["display"].text().empty();
  if (relative.empty() && !text.empty() && !says_who) return ActorMatch::kUnclear;
  if (relative.empty()) {
    return actors.identifiers.empty() ? ActorMatch::kUnclear : ActorMatch::kOther;
  }
  if (Contains(actors.references, relative)) return ActorMatch::kUs;
  if (const fhir::Resource* resource = given.Find(relative)) {
    return MatchResource(given, actors, *resource, 0);
  }
  // Somebody we cannot look up: not us where we know ourselves by that kind of record.
  const std::string_view type = std::string_view(relative).substr(0, relative.find('/'));
  const bool holds_others = type == "Group" || type == "CareTeam";
  const bool could_be_us = holds_others || type == "Organization" || type == "PractitionerRole" ||
                           type == "HealthcareService";
  return could_be_us && (holds_others || !actors.Knows(type)) ? ActorMatch::kUnclear
                                                              : ActorMatch::kOther;
}

}  // namespace

ActorMatch MatchActors(const Given& given, const Actors& actors, const Value& consent,
                       const Value& provision) {
  if (provision["actor"].size() == 0) return ActorMatch::kAny;
  ActorMatch best = ActorMatch::kOther;
  for (const Value& actor : provision["actor"].items()) {
    const ActorMatch match = MatchActor(given, actors, consent, actor);
    if (match == ActorMatch::kUs) return match;
    if (match == ActorMatch::kUnclear) best = match;
  }
  return best;
}

}  // namespace consent
