#include "gateway/store/index_rows.h"

#include <algorithm>
#include <cstring>

namespace gateway::store {
namespace {

template <class Row>
void SortOnce(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

// Seven bits a byte, the lowest first; most lengths take one byte.
void PutSize(std::string& out, size_t size) {
  for (; size >= 0x80; size >>= 7) out += static_cast<char>(0x80 | (size & 0x7f));
  out += static_cast<char>(size);
}

void PutHash(std::string& out, int64_t hash) {
  char bytes[sizeof hash];
  std::memcpy(bytes, &hash, sizeof hash);
  out.append(bytes, sizeof bytes);
}

void PutBytes(std::string& out, std::string_view bytes) {
  PutSize(out, bytes.size());
  out += bytes;
}

// Answers zeros and empty bytes past the end.
class Unpacker {
 public:
  explicit Unpacker(std::string_view packed) : rest_(packed) {}

  size_t Size() {
    size_t size = 0;
    for (int shift = 0; !rest_.empty() && shift < 63; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      size |= static_cast<size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return size;
  }
  int64_t Hash() {
    int64_t hash = 0;
    if (rest_.size() < sizeof hash) return 0;
    std::memcpy(&hash, rest_.data(), sizeof hash);
    rest_.remove_prefix(sizeof hash);
    return hash;
  }
  std::string_view Bytes() {
    const size_t size = Size();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }
  // How many rows of at least `least` bytes can follow.
  size_t Count(size_t least) {
    const size_t count = Size();
    return std::min(count, rest_.size() / least);
  }

 private:
  std::string_view rest_;
};

}  // namespace

IndexRows IndexRows::Of(const ResourceWrite& write, IndexNames names) {
  IndexRows rows;
  if (write.method == WriteMethod::kDelete) return rows;
  rows.terms.reserve(write.index.size() + 1);
  rows.terms.push_back(names.All());
  for (const fhir::IndexEntry& entry : write.index) {
    switch (entry.kind) {
      case fhir::IndexEntry::Kind::kTerm:
        rows.terms.push_back(names.Term(entry.parameter, entry.key));
        break;
      case fhir::IndexEntry::Kind::kText:
        rows.texts.push_back({names.TextScope(entry.parameter), entry.key});
        break;
      case fhir::IndexEntry::Kind::kRange:
        rows.ranges.push_back(
            {names.RangeScope(entry.parameter, entry.key), entry.low, entry.high});
        break;
    }
  }
  SortOnce(rows.terms);
  SortOnce(rows.texts);
  SortOnce(rows.ranges);
  return rows;
}

std::string IndexRows::Pack() const {
  std::string packed;
  size_t size = 6 + terms.size() * 8;
  for (const TextRow& row : texts) size += 10 + row.text.size();
  for (const RangeRow& row : ranges) size += 12 + row.low.size() + row.high.size();
  packed.reserve(size);
  PutSize(packed, terms.size());
  for (const int64_t term : terms) PutHash(packed, term);
  if (texts.empty() && ranges.empty()) return packed;
  PutSize(packed, texts.size());
  for (const TextRow& row : texts) {
    PutHash(packed, row.scope);
    PutBytes(packed, row.text);
  }
  PutSize(packed, ranges.size());
  for (const RangeRow& row : ranges) {
    PutHash(packed, row.scope);
    PutBytes(packed, row.low);
    PutBytes(packed, row.high);
  }
  return packed;
}

IndexRows IndexRows::Unpack(std::string_view packed) {
  IndexRows rows;
  Unpacker from(packed);
  rows.terms.resize(from.Count(8));
  for (int64_t& term : rows.terms) term = from.Hash();
  rows.texts.resize(from.Count(9));
  for (TextRow& row : rows.texts) {
    row.scope = from.Hash();
    row.text = from.Bytes();
  }
  rows.ranges.resize(from.Count(10));
  for (RangeRow& row : rows.ranges) {
    row.scope = from.Hash();
    row.low = from.Bytes();
    row.high = from.Bytes();
  }
  return rows;
}

}  // namespace gateway::store
