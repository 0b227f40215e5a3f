// The access journal: one compact row per read, query and log-in, in an encrypted file of its own
// so that reads never wait for the writer. Rows that wait together are committed together. Private
// to this folder.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/store/checkpointer.h"
#include "gateway/store/sqlite.h"
#include "gateway/store/store.h"

namespace gateway::store {

// Any thread. The destructor writes what is queued.
class AccessJournal {
 public:
  static fhir::Result<std::unique_ptr<AccessJournal>> Open(
      const std::string& file, const std::string& key, size_t queue_rows,
      std::function<void(const std::string&)> fail_stop);
  ~AccessJournal();

  void Add(AuditRow row, Store::Done done);
  fhir::Result<std::vector<AuditRow>> Read(int64_t after, size_t limit);

 private:
  struct Item {
    AuditRow row;
    Store::Done done;
  };
  AccessJournal() = default;
  void Loop();
  fhir::Status Write(const std::vector<Item>& group);
  void CheckpointIfWanted();
  void StopIfFatal();

  std::unique_ptr<Connection> writer_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::atomic<bool> checkpoint_wanted_{false};
  size_t queue_rows_ = 0;
  std::function<void(const std::string&)> fail_stop_;

  std::mutex reader_mutex_;
  std::unique_ptr<Connection> reader_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Item> queue_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace gateway::store
