#include "fhir/patch/json_patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/json/json.h"

namespace fhir {
namespace {

using json::Value;

constexpr size_t kMostOperations = 1'000;
// Copies of copies double. What is read has at most this many values, and is no deeper.
constexpr json::Limits kLimits;

using Pointer = std::vector<std::string>;

// RFC 6901. nullopt when it is none.
std::optional<Pointer> ParsePointer(const std::string& text) {
  Pointer pointer;
  if (text.empty()) return pointer;
  if (text.front() != '/') return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.emplace_back();
    } else if (text[i] != '~') {
      pointer.back() += text[i];
    } else if (++i < text.size() && (text[i] == '0' || text[i] == '1')) {
      pointer.back() += text[i] == '0' ? '~' : '/';
    } else {
      return std::nullopt;
    }
  }
  return pointer;
}

std::optional<size_t> IndexOf(const std::string& token) {
  size_t index = 0;
  const char* end = token.data() + token.size();
  const auto [last, error] = std::from_chars(token.data(), end, index);
  const bool leading_zero = token.size() > 1 && token.front() == '0';
  if (error != std::errc() || last != end || leading_zero) return std::nullopt;
  return index;
}

Value* MemberOf(Value& object, const std::string& name) {
  std::vector<json::Member>* members = object.mutable_members();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(),
                                  [&](const json::Member& m) { return m.name == name; });
  return found == members->end() ? nullptr : &found->value;
}

// nullptr when it leads nowhere.
Value* Locate(Value& root, const Pointer& pointer, size_t steps) {
  Value* at = &root;
  for (size_t i = 0; i < steps && at != nullptr; ++i) {
    if (std::vector<Value>* items = at->mutable_items()) {
      const std::optional<size_t> index = IndexOf(pointer[i]);
      at = index && *index < items->size() ? &(*items)[*index] : nullptr;
    } else {
      at = MemberOf(*at, pointer[i]);
    }
  }
  return at;
}

size_t CountValues(const Value& value) {
  size_t count = 1;
  for (const Value& item : value.items()) count += CountValues(item);
  for (const json::Member& member : value.members()) count += CountValues(member.value);
  return count;
}

size_t DepthOf(const Value& value) {
  size_t below = 0;
  for (const Value& item : value.items()) below = std::max(below, DepthOf(item));
  for (const json::Member& member : value.members()) {
    below = std::max(below, DepthOf(member.value));
  }
  return below + 1;
}

// One operation on the target; the error's path is filled in by the caller.
class Operation {
 public:
  // `values` counts what the target has held.
  Operation(Value& target, size_t& values, const Value& step)
      : target_(target), values_(values), step_(step) {}

  Status Run() {
    if (!step_.is_object()) return Malformed("an operation is an object");
    const auto path = PointerOf("path");
    if (!path) return Malformed("the path is not a JSON pointer");
    path_ = *path;
    const std::string& op = step_["op"].text();
    if (op == "remove") return Remove(path_);
    if (op == "move" || op == "copy") return Take(op == "move");
    const Value* value = step_.Find("value");
    if (op != "add" && op != "replace" && op != "test") return Malformed("the op is unknown");
    if (value == nullptr) return Malformed("the operation has no value");
    if (op == "add") return Add(*value);
    Value* there = Locate(target_, path_, path_.size());
    if (there == nullptr) return Nowhere();
    if (op == "test") {
      if (json::Canonical(*there) == json::Canonical(*value)) return {};
      return Fail(ErrorCode::kInvalid, "the test does not hold");
    }
    if (Status s = CheckSize(*value); !s.ok()) return s;
    *there = Value(*value);
    return {};
  }

 private:
  static Error Malformed(const char* message) { return Fail(ErrorCode::kMalformed, message); }
  static Error Nowhere() { return Fail(ErrorCode::kInvalid, "the path leads nowhere"); }

  std::optional<Pointer> PointerOf(std::string_view name) const {
    const Value& text = step_[name];
    return text.is_string() ? ParsePointer(text.text()) : std::nullopt;
  }

  Status CheckSize(const Value& value) {
    values_ += CountValues(value);
    if (values_ <= kLimits.max_nodes && path_.size() + DepthOf(value) <= kLimits.max_depth) {
      return {};
    }
    return Fail(ErrorCode::kTooCostly, "the patched resource would be too large");
  }

  Status Add(Value value) {
    if (Status s = CheckSize(value); !s.ok()) return s;
    if (path_.empty()) {
      target_ = std::move(value);
      return {};
    }
    Value* parent = Locate(target_, path_, path_.size() - 1);
    if (parent == nullptr) return Nowhere();
    if (parent->is_object()) {
      parent->Set(path_.back(), std::move(value));
      return {};
    }
    std::vector<Value>* items = parent->mutable_items();
    if (items == nullptr) return Nowhere();
    const std::optional<size_t> index =
        path_.back() == "-" ? std::optional(items->size()) : IndexOf(path_.back());
    if (!index || *index > items->size()) return Nowhere();
    items->insert(items->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return {};
  }

  Status Remove(const Pointer& path) {
    if (path.empty()) return Fail(ErrorCode::kInvalid, "the whole resource cannot be removed");
    Value* parent = Locate(target_, path, path.size() - 1);
    if (parent == nullptr || Locate(*parent, {path.back()}, 1) == nullptr) return Nowhere();
    if (std::vector<Value>* items = parent->mutable_items()) {
      items->erase(items->begin() + static_cast<std::ptrdiff_t>(*IndexOf(path.back())));
    } else {
      parent->Remove(path.back());
    }
    return {};
  }

  Status Take(bool away) {
    const auto from = PointerOf("from");
    if (!from) return Malformed("the from is not a JSON pointer");
    const Value* there = Locate(target_, *from, from->size());
    if (there == nullptr) return Nowhere();
    if (away && from->size() < path_.size() &&
        std::equal(from->begin(), from->end(), path_.begin())) {
      return Fail(ErrorCode::kInvalid, "a value cannot be moved into itself");
    }
    Value value = *there;
    if (away) {
      if (Status s = Remove(*from); !s.ok()) return s;
    }
    return Add(std::move(value));
  }

  Value& target_;
  size_t& values_;
  const Value& step_;
  Pointer path_;
};

}  // namespace

Result<Value> ApplyJsonPatch(Value target, const Value& patch) {
  if (!patch.is_array()) return Fail(ErrorCode::kMalformed, "a JSON Patch is an array", "patch");
  if (patch.size() > kMostOperations) {
    return Fail(ErrorCode::kTooCostly, "a patch may have at most 1,000 operations", "patch");
  }
  size_t values = CountValues(target);
  for (size_t i = 0; i < patch.size(); ++i) {
    if (Status done = Operation(target, values, patch.at(i)).Run(); !done.ok()) {
      Error error = std::move(done).error();
      error.path = "patch[" + std::to_string(i) + "]";
      return error;
    }
  }
  return target;
}

}  // namespace fhir
