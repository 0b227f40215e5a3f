// The one serial writer of a tenant: works wait in a fair queue, those that wait together are
// committed together, as many as fit into the group's time. It never waits for more to come.
// Private to this folder.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/clock.h"
#include "gateway/fair_queue.h"
#include "gateway/store/session.h"

namespace gateway::store {

struct WriterOptions {
  size_t group_works = 256;
  std::chrono::milliseconds group_time{20};
  size_t queue_works = 4096;
  std::function<void(const std::string&)> fail_stop;
  std::function<void(int64_t frames)> after_commit;  // frames in the log
};

// Submit: any thread. The destructor finishes what is queued.
class Writer {
 public:
  using Work = std::function<fhir::Status(Session&)>;
  using Done = Store::Done;

  Writer(std::unique_ptr<Session> session, WriterOptions options, const Clock& clock);
  ~Writer();

  // `done` is called once: at once, in the caller's thread, when the queue is full or closed.
  void Submit(std::string_view client, Work work, Done done);

  // From any thread: let the writer copy the rest of the log at its next pause between groups.
  void RequestCheckpoint() { checkpoint_wanted_ = true; }

  int64_t commits() const { return commits_; }
  int64_t works() const { return works_; }

 private:
  struct Item {
    Work work;
    Done done;
    fhir::Status answer;
  };
  // What became of a group or a work in it. kLost: nothing of the whole group was written. kMixed:
  // what failed cannot be taken out of the group.
  enum class End : uint8_t { kKept, kLost, kMixed };

  void Loop();
  // False when closed and empty.
  bool WaitForWork();
  // Runs what waits, until the group is full; what arrives meanwhile joins it.
  End RunWaiting(std::vector<Item>& group);
  bool HasRoom(const std::vector<Item>& group, FairQueue<Item>::Time spent) const;
  void RunGroup(std::vector<Item>& group);
  End RunTogether(std::vector<Item>& group);
  // All of the group once more, so that each of the works can be undone alone.
  End RunAgain(std::vector<Item>& group);
  void RunAlone(Item& item);
  End RunOne(Item& item, Session::Undo undo);
  End Commit(fhir::Status* status);
  fhir::Status Call(Item& item);
  void CheckpointIfWanted();
  void StopIfFatal();
  [[noreturn]] void Stop(const std::string& sentence);

  const std::unique_ptr<Session> session_;
  const WriterOptions options_;
  const Clock& clock_;
  int careful_groups_ = 0;  // so many more run with savepoints
  std::atomic<bool> checkpoint_wanted_{false};
  std::atomic<int64_t> commits_{0};
  std::atomic<int64_t> works_{0};

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  FairQueue<Item> queue_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace gateway::store
