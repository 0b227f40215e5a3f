#include "gateway/metrics.h"

#include <cstdio>

namespace gateway {

void Metrics::Count(std::string_view series, uint64_t by) {
  const std::lock_guard lock(mutex_);
  auto it = series_.find(series);
  if (it == series_.end()) it = series_.emplace(std::string(series), 0).first;
  it->second += static_cast<double>(by);
}

void Metrics::Set(std::string_view series, double value) {
  const std::lock_guard lock(mutex_);
  series_.insert_or_assign(std::string(series), value);
}

std::string Metrics::Text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  std::string_view family;
  for (const auto& [series, value] : series_) {
    const std::string_view name = std::string_view(series).substr(0, series.find('{'));
    if (name != family) {
      family = name;
      text +=
          "# TYPE " + std::string(name) + (name.ends_with("_total") ? " counter\n" : " gauge\n");
    }
    char number[32];
    std::snprintf(number, sizeof number, " %.17g\n", value);
    text += series + number;
  }
  return text;
}

}  // namespace gateway
