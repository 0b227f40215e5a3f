// What the search index holds for one resource, and the hashes its rows are found by. The resource
// row keeps it packed, so that an update writes the difference only and a search can test a
// resource without the index. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/records.h"
#include "gateway/store/sealing.h"

namespace gateway::store {

// The keyed hashes of one programme and type: a term has its value hashed in, a scope only says
// whose texts or ranges they are. One thread at a time.
class IndexNames {
 public:
  IndexNames(KeyedHash& hash, std::string_view programme, std::string_view type)
      : hash_(hash), programme_(programme), type_(type) {}

  // Every live resource of the type.
  int64_t All() { return hash_.Of64({"type", programme_, type_}); }
  int64_t Term(std::string_view parameter, std::string_view key) {
    return hash_.Of64({"term", programme_, type_, parameter, key});
  }
  int64_t TextScope(std::string_view parameter) {
    return hash_.Of64({"text", programme_, type_, parameter});
  }
  int64_t RangeScope(std::string_view parameter, std::string_view key) {
    return hash_.Of64({"range", programme_, type_, parameter, key});
  }

 private:
  KeyedHash& hash_;
  std::string_view programme_;
  std::string_view type_;
};

struct TextRow {
  int64_t scope = 0;
  std::string_view text;
  friend auto operator<=>(const TextRow&, const TextRow&) = default;
};

struct RangeRow {
  int64_t scope = 0;
  std::string_view low;
  std::string_view high;
  friend auto operator<=>(const RangeRow&, const RangeRow&) = default;
};

// Each sorted, equal ones once. The views are those of the write, or of the packed bytes.
struct IndexRows {
  std::vector<int64_t> terms;
  std::vector<TextRow> texts;
  std::vector<RangeRow> ranges;

  // Of a deleted resource: none.
  static IndexRows Of(const ResourceWrite& write, IndexNames names);
  static IndexRows Unpack(std::string_view packed);
  std::string Pack() const;
};

}  // namespace gateway::store
