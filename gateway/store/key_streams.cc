#include "gateway/store/key_streams.h"

#include <algorithm>

namespace gateway::store {
namespace {

constexpr int kStepsBeforeSeek = 8;  // walking on is cheaper than a new search of the tree

}  // namespace

TermStream::TermStream(Connection& db, int64_t term)
    : rows_(&db,
            "SELECT resource FROM search_index WHERE term = ?1 AND resource >= ?2"
            " ORDER BY resource"),
      term_(term) {}

int64_t TermStream::Seek(int64_t at) {
  if (current_ >= at) return current_;
  for (int i = 0; open_ && i < kStepsBeforeSeek; ++i) {
    Next();
    if (current_ >= at) return current_;
  }
  rows_.Rewind();
  rows_.With(term_, at);
  open_ = true;
  Next();
  return current_;
}

int64_t ListStream::Seek(int64_t at) {
  // Doubling steps: a seek costs the logarithm of what it skips.
  size_t step = 1;
  size_t low = next_;
  while (low + step < keys_->size() && (*keys_)[low + step] < at) {
    low += step;
    step *= 2;
  }
  const auto begin = keys_->begin() + static_cast<ptrdiff_t>(std::min(low, keys_->size()));
  const auto end = keys_->begin() + static_cast<ptrdiff_t>(std::min(low + step + 1, keys_->size()));
  next_ = static_cast<size_t>(std::lower_bound(begin, end, at) - keys_->begin());
  return next_ < keys_->size() ? (*keys_)[next_] : kNoKey;
}

int64_t AnyStream::Seek(int64_t at) {
  int64_t first = kNoKey;
  for (const auto& part : parts_) first = std::min(first, part->Seek(at));
  return first;
}

fhir::Status AnyStream::status() const {
  for (const auto& part : parts_) {
    if (fhir::Status s = part->status(); !s.ok()) return s;
  }
  return {};
}

int64_t KeyJoin::Meet(int64_t at) {
  size_t agreed = 0;
  for (size_t i = 0; agreed < all_.size(); i = (i + 1) % all_.size()) {
    const int64_t key = all_[i]->Seek(at);
    if (key == kNoKey) return kNoKey;
    agreed = key == at ? agreed + 1 : 1;
    at = key;
  }
  return at;
}

int64_t KeyJoin::Seek(int64_t at) {
  for (;;) {
    at = Meet(at);
    if (at == kNoKey) return at;
    const bool excluded = std::any_of(none_.begin(), none_.end(),
                                      [at](const auto& stream) { return stream->Seek(at) == at; });
    if (!excluded) return at;
    ++at;
  }
}

fhir::Status KeyJoin::status() const {
  for (const auto* streams : {&all_, &none_}) {
    for (const auto& stream : *streams) {
      if (fhir::Status s = stream->status(); !s.ok()) return s;
    }
  }
  return {};
}

}  // namespace gateway::store
