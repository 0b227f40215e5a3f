// A bar on stderr for work of known size; silent where stderr is not a terminal.
#pragma once

#include <cstdint>
#include <string>

namespace gateway::cli {

class Progress {
 public:
  Progress(std::string label, int64_t total);
  ~Progress();  // wipes the bar
  void At(int64_t done);

 private:
  std::string label_;
  int64_t total_;
  int shown_ = -1;
  bool on_;
};

}  // namespace gateway::cli
