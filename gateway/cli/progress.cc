#include "gateway/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace gateway::cli {
namespace {

constexpr int kWidth = 40;
constexpr char kWipe[] = "\r\033[K";

}  // namespace

Progress::Progress(std::string label, int64_t total)
    : label_(std::move(label)), total_(total), on_(total > 0 && isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (on_ && shown_ >= 0) std::cerr << kWipe << std::flush;
}

void Progress::At(int64_t done) {
  if (!on_) return;
  int percent = static_cast<int>(std::clamp<int64_t>(done * 100 / total_, 0, 100));
  if (percent == shown_) return;
  shown_ = percent;
  int full = percent * kWidth / 100;
  std::cerr << kWipe << label_ << " [" << std::string(static_cast<size_t>(full), '#')
            << std::string(static_cast<size_t>(kWidth - full), ' ') << "] " << percent << " %"
            << std::flush;
}

}  // namespace gateway::cli
