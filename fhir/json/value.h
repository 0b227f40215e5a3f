// A JSON document as FHIR needs it: numbers keep their text (1.00 stays 1.00), members keep their
// order, no duplicate keys. Reading an absent part yields the shared null, so paths can be chained:
// consent["provision"]["period"]["end"].text().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fhir::json {

struct Member;

// A value type. Copies are deep. Const access from any thread.
class Value {
 public:
  enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject, kWritten };

  Value() = default;  // null
  static Value Bool(bool b);
  static Value Number(std::string text);  // REQUIRES: JSON number grammar
  static Value Int(int64_t n);
  static Value String(std::string s);
  static Value Array();
  static Value Array(std::vector<Value> items);
  static Value Object();
  static Value Object(std::vector<Member> members);
  // A document in the bytes of Write, to be part of a larger one: it is written as it is, and not
  // looked into.
  static Value Written(std::string bytes);

  Kind kind() const { return static_cast<Kind>(state_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_number() const { return kind() == Kind::kNumber; }
  bool is_bool() const { return kind() == Kind::kBool; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }

  // Total functions: a value of another kind answers with empty / false / null.
  bool boolean() const;
  const std::string& text() const;  // a string's characters, a number's text, what is written
  const std::vector<Value>& items() const;
  const std::vector<Member>& members() const;
  const Value* Find(std::string_view name) const;  // nullptr when absent
  const Value& operator[](std::string_view name) const;
  const Value& at(size_t index) const;
  size_t size() const;  // of an array or object, else 0

  // Writing. Set and Add turn null into an object or array first.
  Value& Set(std::string_view name, Value value);  // replaces, else appends; answers the new value
  Value& Mutable(std::string_view name);           // the member, made null when absent
  void Remove(std::string_view name);
  Value& Add(Value item);
  std::vector<Value>* mutable_items();     // nullptr unless an array
  std::vector<Member>* mutable_members();  // nullptr unless an object

  // Equality of documents: member order counts, numbers compare by text.
  friend bool operator==(const Value& a, const Value& b);

 private:
  struct NumberText {
    std::string text;
  };
  struct WrittenText {
    std::string text;
  };
  // The order of Kind.
  std::variant<std::monostate, bool, NumberText, std::string, std::vector<Value>,
               std::vector<Member>, WrittenText>
      state_;
};

struct Member {
  std::string name;
  Value value;
};

}  // namespace fhir::json
