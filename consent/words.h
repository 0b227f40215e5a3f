// Small readings of what FHIR elements say, shared by the interpreters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/context.h"
#include "fhir/json/value.h"

namespace consent {

// The extension `name` of ours on `element`: kBase/StructureDefinition/name, or the bare name
// inside another extension. The shared null when absent.
const fhir::json::Value& OurExtension(const fhir::json::Value& element, std::string_view name);
// Every repetition of it.
std::vector<const fhir::json::Value*> OurExtensions(const fhir::json::Value& element,
                                                    std::string_view name);
// Its value[x], or the shared null.
const fhir::json::Value& Fact(const fhir::json::Value& element, std::string_view name);
// The value[x] of every repetition.
std::vector<const fhir::json::Value*> Facts(const fhir::json::Value& element,
                                            std::string_view name);

// The extensions of ours on one element, which must outlive it: for whoever asks for many.
class OurFacts {
 public:
  explicit OurFacts(const fhir::json::Value& element);
  const fhir::json::Value& operator[](std::string_view name) const;        // as Fact
  std::vector<const fhir::json::Value*> All(std::string_view name) const;  // as Facts

 private:
  struct One {
    std::string_view name;
    const fhir::json::Value* value;
  };
  std::vector<One> all_;
};

// "Patient/p1" of a Reference, whatever its form; empty when it is none.
std::string RelativeOf(const fhir::json::Value& reference);
std::vector<Coding> CodingsOf(const fhir::json::Value& codeable);
// What a resource is (C.1, provision.class): its type, the profiles that it says it follows, and of
// a document the codes of its type.
std::vector<std::string> ClassesOf(const fhir::json::Value& resource);
// Codes of meta.security that say how sensitive the data is, not where it comes from.
void AddLabels(const fhir::json::Value& resource, std::vector<std::string>& labels);

// G6: a flag that says true, and one that says false. Each is so too of what is there and cannot be
// read: it never counts as absent.
bool Speaks(const fhir::json::Value& flag);
bool Denies(const fhir::json::Value& flag);

// Millionths of a decimal, exact; nullopt when it is none or has more than six places.
std::optional<int64_t> Micros(const fhir::json::Value& number);

// G5: whether the resource carries a modifierExtension, at whatever depth, or implicitRules.
bool HasUnknownModifier(const fhir::json::Value& resource);

// A Period, in every one of `zones`. Unreadable bounds shrink `sure` to nothing.
Validity ReadPeriod(const fhir::json::Value& period, const std::vector<std::string>& zones);
// A dateTime, in every one of `zones`. nullopt when unreadable.
std::optional<Validity> ReadMoment(const fhir::json::Value& text,
                                   const std::vector<std::string>& zones);

// The first moment that the date of an event may mean; nullopt when there is none. What happened at
// a date that cannot be read has happened by now, and after all else.
std::optional<fhir::Instant> Happened(const fhir::json::Value& date,
                                      const std::vector<std::string>& zones, fhir::Instant now);

std::string Lower(std::string_view text);
std::string_view Trim(std::string_view text);
bool SameName(std::string_view a, std::string_view b);  // trimmed, case aside; empty equals nothing
// "Aurora Pharma, Inc." -> "Aurora Pharma"; a name that ends in no legal form of firms, trimmed.
std::string_view WithoutLegalForm(std::string_view name);
// Whether one of the lines is `name` or names it among others: "HubOne LLC, Harbor Pharmacy and
// their agents" names three. Part of a name is another name; empty is named by nothing.
bool NamesParty(const std::vector<std::string>& lines, std::string_view name);
// "+12065550100" or "name@example.org", so that two spellings of one contact are equal.
std::string NormalContact(std::string_view text);

template <class T>
bool Contains(const std::vector<T>& items, const T& item) {
  for (const T& each : items) {
    if (each == item) return true;
  }
  return false;
}
inline bool Contains(const std::vector<std::string>& items, std::string_view item) {
  for (const std::string& each : items) {
    if (each == item) return true;
  }
  return false;
}

}  // namespace consent
