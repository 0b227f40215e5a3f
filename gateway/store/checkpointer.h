// Keeps the write-ahead log small without making a commit wait: its own thread copies the log into
// the file while writing goes on, and asks the writer, the only one who can find the log at rest,
// for the little that came in meanwhile. Private to this folder.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/store/sqlite.h"

namespace gateway::store {

// Any thread.
class Checkpointer {
 public:
  // `log_bytes`: how long the log may become.
  Checkpointer(std::unique_ptr<Connection> connection, int64_t log_bytes,
               std::function<void(const std::string&)> fail_stop);
  ~Checkpointer();
  // Ends the thread: `finish` is not called any more. Committed may still be.
  void Stop();

  void SetFinish(std::function<void()> finish) { finish_ = std::move(finish); }
  // After every commit: so many frames are in the log.
  void Committed(int64_t frames);

 private:
  void Loop();
  void Run();

  const std::unique_ptr<Connection> connection_;
  const int64_t long_log_frames_;
  const std::function<void(const std::string&)> fail_stop_;
  std::function<void()> finish_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  int64_t frames_ = 0;
  int64_t seen_frames_ = 0;  // a second ago
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace gateway::store
