// Streams of resource keys in ascending order, and where several of them meet (a leapfrog join).
// Private to this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "fhir/result.h"
#include "gateway/store/sqlite.h"

namespace gateway::store {

constexpr int64_t kNoKey = std::numeric_limits<int64_t>::max();

class KeyStream {
 public:
  virtual ~KeyStream() = default;
  // The first key at or after `at`, which never goes back; kNoKey when there is none, or after a
  // failure that status() tells.
  virtual int64_t Seek(int64_t at) = 0;
  virtual fhir::Status status() const { return {}; }
};

// The resources that have a term.
class TermStream : public KeyStream {
 public:
  TermStream(Connection& db, int64_t term);
  int64_t Seek(int64_t at) override;
  fhir::Status status() const override { return rows_.status(); }

 private:
  void Next() { current_ = rows_.Step() ? rows_.Int(0) : kNoKey; }

  Statement rows_;
  const int64_t term_;
  int64_t current_ = -1;
  bool open_ = false;
};

// REQUIRES sorted keys.
using KeyList = std::shared_ptr<const std::vector<int64_t>>;

class ListStream : public KeyStream {
 public:
  explicit ListStream(KeyList keys) : keys_(std::move(keys)) {}
  int64_t Seek(int64_t at) override;

 private:
  KeyList keys_;
  size_t next_ = 0;
};

class AnyStream : public KeyStream {
 public:
  void Add(std::unique_ptr<KeyStream> part) { parts_.push_back(std::move(part)); }
  int64_t Seek(int64_t at) override;
  fhir::Status status() const override;

 private:
  std::vector<std::unique_ptr<KeyStream>> parts_;
};

// The keys that all of some streams have and none of others.
class KeyJoin {
 public:
  void All(std::unique_ptr<KeyStream> stream) { all_.push_back(std::move(stream)); }
  void None(std::unique_ptr<KeyStream> stream) { none_.push_back(std::move(stream)); }

  // The first at or after `at`, which never goes back. REQUIRES a stream given to All.
  int64_t Seek(int64_t at);
  fhir::Status status() const;

 private:
  int64_t Meet(int64_t at);

  std::vector<std::unique_ptr<KeyStream>> all_;
  std::vector<std::unique_ptr<KeyStream>> none_;
};

}  // namespace gateway::store
