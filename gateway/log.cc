#include "gateway/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "fhir/json/json.h"

namespace gateway::log {
namespace {

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view Name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
  }
  return "info";
}

constexpr size_t kWaitingLines = 8192;

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    // A reader of stderr that stalls must not hold up a request: the oldest lines give way.
    spdlog::init_thread_pool(kWaitingLines, 1);
    auto made = spdlog::create_async_nb<spdlog::sinks::stderr_sink_mt>("psgateway");
    made->set_pattern("{\"at\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}", spdlog::pattern_time_type::utc);
    return made;
  }();
  return *logger;
}

}  // namespace

void SetLevel(std::string_view level) {
  for (Level candidate : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
    if (level == Name(candidate)) Logger().set_level(ToSpdlog(candidate));
  }
}

bool Enabled(Level level) { return Logger().should_log(ToSpdlog(level)); }

void Write(Level level, std::string_view event, Fields fields) {
  if (!Enabled(level)) return;
  fhir::json::Value line = fhir::json::Value::Object();
  line.Set("level", fhir::json::Value::String(std::string(Name(level))));
  line.Set("event", fhir::json::Value::String(std::string(event)));
  for (const auto& [name, value] : fields) line.Set(name, fhir::json::Value::String(value));
  const std::string text = fhir::json::Write(line);
  Logger().log(ToSpdlog(level), "{}", std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace gateway::log
