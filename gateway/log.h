// One JSON line per event on stderr. Ids, codes and counts only: no value of a patient ever gets
// here.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gateway::log {

enum class Level { kDebug, kInfo, kWarn, kError };

using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

// Before any thread starts. "debug" | "info" | "warn" | "error".
void SetLevel(std::string_view level);

bool Enabled(Level level);

// {"at":"...","level":"info","event":"request","status":"200",...}. Any thread.
void Write(Level level, std::string_view event, Fields fields = {});

inline void Info(std::string_view event, Fields fields = {}) { Write(Level::kInfo, event, fields); }
inline void Warn(std::string_view event, Fields fields = {}) { Write(Level::kWarn, event, fields); }
inline void Failure(std::string_view event, Fields fields = {}) {
  Write(Level::kError, event, fields);
}

}  // namespace gateway::log
