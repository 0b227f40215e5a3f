// A search as it was asked, read and checked but not run: what the type and the index plan alone
// decide. http://hl7.org/fhir/R4/search.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/issue.h"
#include "fhir/result.h"
#include "fhir/search/criteria.h"
#include "fhir/search/index_plan.h"

namespace fhir {

struct Join;

// Exactly one of the three. Several spans of _lastUpdated, of which any holds, are a clause of
// kRange criteria of that name, from InstantKey (low_from) to InstantKey (low_before).
struct Condition {
  Clause clause;
  std::shared_ptr<const Join> join;  // not null: the clause is made of what the join finds
  std::optional<Span> last_updated;
};

// Resources that others lead to (subject:Patient.name) or that others refer to
// (_has:Observation:patient:code).
struct Join {
  struct Side {
    std::string type;  // what is searched first
    Condition condition;
  };
  bool reverse = false;
  // Forward: the parameter of the searched type whose reference must be to what a side finds.
  // Reverse: the parameter of the side's type that must refer to the searched type.
  std::string parameter;
  std::vector<Side> sides;  // any of them
};

struct Include {
  bool reverse = false;
  bool iterate = false;
  std::string source;     // the type that has the reference
  std::string parameter;  // "*": every reference parameter
  std::string target;     // empty: any
};

enum class Summary : uint8_t { kFalse, kTrue, kText, kData, kCount };

struct SearchPlan {
  std::string type;
  std::vector<Condition> all_of;
  std::vector<std::string> lists;  // _list: ids of Lists that must have it as a member
  std::vector<SortKey> sort;
  std::vector<Include> includes;
  std::optional<size_t> count;
  bool with_total = false;
  Summary summary = Summary::kFalse;
  std::vector<std::string> elements;
  std::vector<std::pair<std::string, std::string>> heeded;  // the parameters, as they were asked
  std::vector<Issue> warnings;                              // what handling=lenient left out
};

enum class Handling : uint8_t { kStrict, kLenient };

using SearchParameters = std::vector<std::pair<std::string, std::string>>;

struct SearchOptions {
  // A filter left out shows more than was asked for, so unknown parameters are refused unless the
  // client wants them ignored.
  Handling handling = Handling::kStrict;
  Instant now{};     // for the prefix ap
  std::string base;  // of this server; a reference below it is a relative one
};

// kMalformed for a parameter that is unknown, not indexed (the message names the setting) or not
// written as R4 says; its finding names the parameter, never the value. kTooLarge past 4,096 bytes
// of a value, kTooCostly past 100 parameters, 1,000 values or three joins in a row.
Result<SearchPlan> ParseSearch(std::string_view type, const SearchParameters& parameters,
                               const IndexPlan& plan, const SearchOptions& options);

}  // namespace fhir
