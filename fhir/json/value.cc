#include "fhir/json/value.h"

#include <algorithm>
#include <utility>

namespace fhir::json {
namespace {

// Function-local statics: shared, immutable, alive as long as anyone can ask.
const Value& Null() {
  static const Value null;
  return null;
}

}  // namespace

Value Value::Bool(bool b) {
  Value v;
  v.state_ = b;
  return v;
}

Value Value::Number(std::string text) {
  Value v;
  v.state_.emplace<NumberText>(NumberText{std::move(text)});
  return v;
}

Value Value::Int(int64_t n) { return Number(std::to_string(n)); }

Value Value::String(std::string s) {
  Value v;
  v.state_.emplace<std::string>(std::move(s));
  return v;
}

Value Value::Array() { return Array(std::vector<Value>()); }

Value Value::Array(std::vector<Value> items) {
  Value v;
  v.state_.emplace<std::vector<Value>>(std::move(items));
  return v;
}

Value Value::Object() { return Object(std::vector<Member>()); }

Value Value::Object(std::vector<Member> members) {
  Value v;
  v.state_.emplace<std::vector<Member>>(std::move(members));
  return v;
}

Value Value::Written(std::string bytes) {
  Value v;
  v.state_ = WrittenText{std::move(bytes)};
  return v;
}

bool Value::boolean() const {
  const bool* b = std::get_if<bool>(&state_);
  return b != nullptr && *b;
}

const std::string& Value::text() const {
  static const std::string empty;
  if (const auto* s = std::get_if<std::string>(&state_)) return *s;
  if (const auto* n = std::get_if<NumberText>(&state_)) return n->text;
  if (const auto* w = std::get_if<WrittenText>(&state_)) return w->text;
  return empty;
}

const std::vector<Value>& Value::items() const {
  static const std::vector<Value> empty;
  const auto* items = std::get_if<std::vector<Value>>(&state_);
  return items != nullptr ? *items : empty;
}

const std::vector<Member>& Value::members() const {
  static const std::vector<Member> empty;
  const auto* members = std::get_if<std::vector<Member>>(&state_);
  return members != nullptr ? *members : empty;
}

const Value* Value::Find(std::string_view name) const {
  const auto* members = std::get_if<std::vector<Member>>(&state_);
  if (members == nullptr) return nullptr;
  const char first = name.empty() ? '\0' : name.front();
  for (const Member& member : *members) {
    // Most names differ in length or in their first letter.
    if (member.name.size() == name.size() && member.name[0] == first && member.name == name) {
      return &member.value;
    }
  }
  return nullptr;
}

const Value& Value::operator[](std::string_view name) const {
  const Value* found = Find(name);
  return found != nullptr ? *found : Null();
}

const Value& Value::at(size_t index) const {
  const std::vector<Value>& all = items();
  return index < all.size() ? all[index] : Null();
}

size_t Value::size() const { return is_object() ? members().size() : items().size(); }

Value& Value::Set(std::string_view name, Value value) {
  Value& place = Mutable(name);
  place = std::move(value);
  return place;
}

Value& Value::Mutable(std::string_view name) {
  if (!is_object()) state_ = std::vector<Member>{};
  auto& members = std::get<std::vector<Member>>(state_);
  for (Member& member : members) {
    if (member.name == name) return member.value;
  }
  members.push_back(Member{std::string(name), Value()});
  return members.back().value;
}

void Value::Remove(std::string_view name) {
  if (auto* members = std::get_if<std::vector<Member>>(&state_)) {
    std::erase_if(*members, [name](const Member& member) { return member.name == name; });
  }
}

Value& Value::Add(Value item) {
  if (!is_array()) state_ = std::vector<Value>{};
  auto& items = std::get<std::vector<Value>>(state_);
  items.push_back(std::move(item));
  return items.back();
}

std::vector<Value>* Value::mutable_items() { return std::get_if<std::vector<Value>>(&state_); }

std::vector<Member>* Value::mutable_members() { return std::get_if<std::vector<Member>>(&state_); }

bool operator==(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::kNull:
      return true;
    case Value::Kind::kBool:
      return a.boolean() == b.boolean();
    case Value::Kind::kNumber:
    case Value::Kind::kString:
    case Value::Kind::kWritten:
      return a.text() == b.text();
    case Value::Kind::kArray:
      return a.items() == b.items();
    case Value::Kind::kObject:
      return std::equal(
          a.members().begin(), a.members().end(), b.members().begin(), b.members().end(),
          [](const Member& x, const Member& y) { return x.name == y.name && x.value == y.value; });
  }
  return false;
}

}  // namespace fhir::json
