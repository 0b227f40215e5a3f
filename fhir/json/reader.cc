// RapidJSON is met here and nowhere else: its SAX reader, iterative, with our own document on top.
#include <rapidjson/error/error.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fhir/json/json.h"
#include "fhir/json/utf8.h"

namespace fhir::json {
namespace {

namespace rj = rapidjson;

struct Defect {
  ErrorCode code = ErrorCode::kMalformed;
  std::string message;
  size_t offset = 0;
};

// Below this a pairwise look for duplicate names is quicker than sorting.
constexpr size_t kPairwiseMembers = 8;

bool HasDuplicateNames(std::span<const Member> members) {
  if (members.size() <= kPairwiseMembers) {
    for (size_t i = 1; i < members.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) return true;
      }
    }
    return false;
  }
  // Sorted, not hashed: no choice of names makes it slow.
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const Member& member : members) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Builds the document. Answers false to stop; `refusal` then says why.
class Builder {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  // RapidJSON's handler concept.
  bool Null() { return Put(Value()); }
  bool Bool(bool b) { return Put(Value::Bool(b)); }
  bool RawNumber(const char* text, rj::SizeType length, bool) {
    return Put(Value::Number(std::string(text, length)));
  }
  // Numbers come as text; these are never called.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool String(const char* text, rj::SizeType length, bool) {
    std::string_view view(text, length);
    return CheckText(view) && Put(Value::String(std::string(view)));
  }
  bool Key(const char* text, rj::SizeType length, bool) {
    std::string_view view(text, length);
    if (!CheckText(view)) return false;
    members_.push_back(Member{std::string(view), Value()});
    return true;
  }
  bool StartObject() { return Open({true, members_.size()}); }
  bool StartArray() { return Open({false, items_.size()}); }
  bool EndObject(rj::SizeType) {
    if (HasDuplicateNames(std::span(members_).subspan(open_.back().begin))) {
      return Refuse(ErrorCode::kMalformed, "an object has two members of the same name");
    }
    return Close(Value::Object(TakeFrom(members_, open_.back().begin)));
  }
  bool EndArray(rj::SizeType) { return Close(Value::Array(TakeFrom(items_, open_.back().begin))); }

  const Defect& refusal() const { return refusal_; }
  Value Take() { return std::move(root_); }

 private:
  // An object or array being read: what it has so far are the last of members_ or items_.
  struct Frame {
    bool is_object;
    size_t begin;
  };

  bool Refuse(ErrorCode code, std::string message) {
    refusal_.code = code;
    refusal_.message = std::move(message);
    return false;
  }

  bool CheckText(std::string_view text) {
    switch (CheckUtf8(text)) {
      case TextDefect::kNone:
        return true;
      case TextDefect::kControl:
        return Refuse(ErrorCode::kMalformed, "a string has a control character");
      case TextDefect::kSurrogate:
        return Refuse(ErrorCode::kMalformed, "a string has a lone surrogate");
      case TextDefect::kEncoding:
        return Refuse(ErrorCode::kMalformed, "a string is not valid UTF-8");
    }
    return false;
  }

  bool Count() {
    if (++nodes_ <= limits_.max_nodes) return true;
    return Refuse(ErrorCode::kTooCostly, "the document has too many values");
  }

  // A vector of the size it needs, made once.
  template <class T>
  static std::vector<T> TakeFrom(std::vector<T>& all, size_t begin) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(begin);
    std::vector<T> own(std::make_move_iterator(from), std::make_move_iterator(all.end()));
    all.erase(from, all.end());
    return own;
  }

  void Place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_object) {
      // Its name came first. Duplicates are found at the end of the object.
      members_.back().value = std::move(value);
    } else {
      items_.push_back(std::move(value));
    }
  }

  bool Put(Value value) {
    if (!Count()) return false;
    Place(std::move(value));
    return true;
  }

  bool Open(Frame frame) {
    if (!Count()) return false;
    if (open_.size() >= limits_.max_depth) {
      return Refuse(ErrorCode::kTooCostly, "the document is nested too deeply");
    }
    open_.push_back(frame);
    return true;
  }

  bool Close(Value done) {
    open_.pop_back();
    Place(std::move(done));
    return true;
  }

  Limits limits_;
  size_t nodes_ = 0;
  std::vector<Frame> open_;
  std::vector<Member> members_;
  std::vector<Value> items_;
  Value root_;
  Defect refusal_;
};

std::string Describe(rj::ParseErrorCode code) {
  switch (code) {
    case rj::kParseErrorDocumentEmpty:
      return "the document is empty";
    case rj::kParseErrorDocumentRootNotSingular:
      return "something follows the document";
    case rj::kParseErrorObjectMissName:
      return "a member name is missing";
    case rj::kParseErrorObjectMissColon:
      return "a colon is missing after a member name";
    case rj::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or } is missing after a member";
    case rj::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or ] is missing after an array element";
    case rj::kParseErrorStringUnicodeEscapeInvalidHex:
    case rj::kParseErrorStringEscapeInvalid:
      return "a string has an invalid escape";
    case rj::kParseErrorStringUnicodeSurrogateInvalid:
      return "a string has a lone surrogate";
    case rj::kParseErrorStringMissQuotationMark:
      return "a closing quotation mark is missing";
    case rj::kParseErrorStringInvalidEncoding:
      return "a string has a control character or is not valid UTF-8";
    case rj::kParseErrorNumberTooBig:
      return "a number is too big";
    case rj::kParseErrorNumberMissFraction:
    case rj::kParseErrorNumberMissExponent:
      return "a number is incomplete";
    default:
      return "the text is not JSON";
  }
}

template <unsigned kFlags>
std::pair<Value, Defect> Read(std::string_view text, const Limits& limits) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    return {{}, {ErrorCode::kMalformed, "the document begins with a byte-order mark", 0}};
  }
  if (size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return {{}, {ErrorCode::kMalformed, "the document has a NUL byte", nul}};
  }
  Builder builder(limits);
  rj::Reader reader;
  rj::MemoryStream stream(text.data(), text.size());
  rj::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (!result) {
    Defect defect = builder.refusal();
    if (defect.message.empty()) defect.message = Describe(result.Code());
    defect.offset = result.Offset();
    return {{}, std::move(defect)};
  }
  return {builder.Take(), {}};
}

// UTF-8 is checked once, by CheckText: RapidJSON's own check is slow, and passes over what an
// escape decodes to.
constexpr unsigned kStrict = rj::kParseIterativeFlag | rj::kParseNumbersAsStringsFlag;

}  // namespace

Result<Value> Parse(std::string_view text, const Limits& limits) {
  auto [value, defect] = Read<kStrict>(text, limits);
  if (defect.message.empty()) return std::move(value);
  return Fail(defect.code, defect.message + " at byte " + std::to_string(defect.offset));
}

Result<Value> ParseWithComments(std::string_view text) {
  auto [value, defect] = Read<kStrict | rj::kParseCommentsFlag>(text, Limits{});
  if (defect.message.empty()) return std::move(value);
  std::string_view before = text.substr(0, defect.offset);
  size_t line = 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  size_t newline = before.rfind('\n');
  size_t column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  return Fail(defect.code, defect.message + " at line " + std::to_string(line) + ", column " +
                               std::to_string(column));
}

}  // namespace fhir::json
