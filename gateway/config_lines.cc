#include "gateway/config_lines.h"

#include <vector>

namespace gateway {
namespace {

// An open object or array. The path of what it holds is its own path plus the key or the index.
struct Level {
  std::string path;
  bool is_array = false;
  int index = 0;
  bool key_next = true;  // in an object: the next string is a key
  std::string key;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::map<std::string, int, std::less<>> Run() {
    while (at_ < text_.size()) Step();
    return std::move(lines_);
  }

 private:
  void Step() {
    char c = text_[at_];
    if (c == '/') return SkipComment();
    if (c == '"') return String();
    ++at_;
    if (c == '\n') ++line_;
    if (c == '{' || c == '[') Open(c == '[');
    if ((c == '}' || c == ']') && !levels_.empty()) levels_.pop_back();
    if (c == ',' && !levels_.empty()) {
      ++levels_.back().index;
      levels_.back().key_next = true;
    }
  }

  void SkipComment() {
    bool block = at_ + 1 < text_.size() && text_[at_ + 1] == '*';
    size_t end = text_.find(block ? "*/" : "\n", at_ + 2);
    end = end == std::string_view::npos ? text_.size() : end + (block ? 2 : 0);
    for (; at_ < end; ++at_) line_ += text_[at_] == '\n';
  }

  // The path of the value that begins here.
  std::string Here() const {
    if (levels_.empty()) return "";
    const Level& level = levels_.back();
    if (level.is_array) return level.path + "[" + std::to_string(level.index) + "]";
    return level.path.empty() ? level.key : level.path + "." + level.key;
  }

  void Open(bool is_array) {
    std::string path = Here();
    lines_.try_emplace(path, line_);
    levels_.push_back({std::move(path), is_array, 0, true, ""});
  }

  void String() {
    size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    std::string_view content = text_.substr(begin, at_ - begin);
    ++at_;
    if (levels_.empty() || levels_.back().is_array || !levels_.back().key_next) return;
    levels_.back().key = std::string(content);
    levels_.back().key_next = false;
    lines_.try_emplace(Here(), line_);
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  std::vector<Level> levels_;
  std::map<std::string, int, std::less<>> lines_;
};

}  // namespace

std::map<std::string, int, std::less<>> LinesOfKeys(std::string_view text) {
  return Scanner(text).Run();
}

}  // namespace gateway
