#include <algorithm>
#include <string>
#include <vector>

#include "fhir/json/json.h"

namespace fhir::json {
namespace {

enum class Layout { kCompact, kPretty, kCanonical };

void AppendString(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  size_t plain = 0;  // start of the run that needs no escape
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += static_cast<char>(c);
        break;
      case '\b':
        out += 'b';
        break;
      case '\f':
        out += 'f';
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += kHex[c >> 4];
        out += kHex[c & 0xF];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

// Keeps its own stack, so the depth of a document never becomes the depth of ours.
class Writer {
 public:
  explicit Writer(Layout layout) : layout_(layout) {}

  std::string Run(const Value& root) {
    Begin(root);
    while (!open_.empty()) Step();
    return std::move(out_);
  }

 private:
  struct Frame {
    const Value* value;
    size_t next = 0;
    std::vector<const Member*> sorted{};  // canonical only
  };

  void Begin(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::kNull:
        out_ += "null";
        return;
      case Value::Kind::kBool:
        out_ += value.boolean() ? "true" : "false";
        return;
      case Value::Kind::kNumber:
      case Value::Kind::kWritten:
        out_ += value.text();
        return;
      case Value::Kind::kString:
        AppendString(value.text(), out_);
        return;
      case Value::Kind::kArray:
      case Value::Kind::kObject:
        break;
    }
    out_ += value.is_object() ? '{' : '[';
    Frame frame{&value};
    if (layout_ == Layout::kCanonical) {
      for (const Member& member : value.members()) frame.sorted.push_back(&member);
      std::sort(frame.sorted.begin(), frame.sorted.end(),
                [](const Member* a, const Member* b) { return a->name < b->name; });
    }
    open_.push_back(std::move(frame));
  }

  void Step() {
    Frame& frame = open_.back();
    const Value& value = *frame.value;
    const size_t i = frame.next++;
    if (i == value.size()) {
      open_.pop_back();
      if (i > 0) NewLine();
      out_ += value.is_object() ? '}' : ']';
      return;
    }
    if (i > 0) out_ += ',';
    NewLine();
    if (value.is_array()) {
      Begin(value.items()[i]);
      return;
    }
    const Member& member = frame.sorted.empty() ? value.members()[i] : *frame.sorted[i];
    AppendString(member.name, out_);
    out_ += layout_ == Layout::kPretty ? ": " : ":";
    Begin(member.value);
  }

  void NewLine() {
    if (layout_ != Layout::kPretty) return;
    out_ += '\n';
    out_.append(2 * open_.size(), ' ');
  }

  Layout layout_;
  std::string out_;
  std::vector<Frame> open_;
};

}  // namespace

std::string Write(const Value& value) { return Writer(Layout::kCompact).Run(value); }

std::string Pretty(const Value& value) { return Writer(Layout::kPretty).Run(value); }

std::string Canonical(const Value& value) { return Writer(Layout::kCanonical).Run(value); }

}  // namespace fhir::json
