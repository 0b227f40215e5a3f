// Precedence climbing over the grammar of http://hl7.org/fhirpath/N1/#operator-precedence
#include <cctype>
#include <optional>
#include <utility>

#include "fhir/fhirpath/expression.h"
#include "fhir/fhirpath/node.h"

namespace fhir::fhirpath {
namespace {

constexpr size_t kLongest = 2'000;
constexpr int kDeepest = 40;

bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct Function {
  std::string_view name;
  Op op;
  enum class Takes : uint8_t { kNothing, kType, kText, kCriteria, kMaybeCriteria } takes;
};

constexpr Function kFunctions[] = {
    {"where", Op::kWhere, Function::Takes::kCriteria},
    {"exists", Op::kExists, Function::Takes::kMaybeCriteria},
    {"empty", Op::kEmpty, Function::Takes::kNothing},
    {"not", Op::kNot, Function::Takes::kNothing},
    {"first", Op::kFirst, Function::Takes::kNothing},
    {"last", Op::kLast, Function::Takes::kNothing},
    {"single", Op::kSingle, Function::Takes::kNothing},
    {"count", Op::kCount, Function::Takes::kNothing},
    {"hasValue", Op::kHasValue, Function::Takes::kNothing},
    {"extension", Op::kExtension, Function::Takes::kText},
    {"resolve", Op::kResolve, Function::Takes::kNothing},
    {"is", Op::kIs, Function::Takes::kType},
    {"as", Op::kAs, Function::Takes::kType},
    {"ofType", Op::kAs, Function::Takes::kType},
};

// The loosest first.
struct Operator {
  std::string_view word;
  Op op;
  int level;
};
constexpr int kTightest = 5;
constexpr Operator kOperators[] = {
    {"or", Op::kOr, 0},   {"xor", Op::kXor, 0}, {"and", Op::kAnd, 1}, {"!=", Op::kNotEqual, 2},
    {"=", Op::kEqual, 2}, {"|", Op::kUnion, 3}, {"is", Op::kIs, 4},   {"as", Op::kAs, 4},
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Node> Whole() {
    if (text_.size() > kLongest) {
      return Fail(ErrorCode::kTooCostly, "the expression is longer than 2,000 characters");
    }
    Node node = Operators(0);
    Blanks();
    if (!failed_ && at_ != text_.size()) Refuse("the expression goes on where it should end");
    if (failed_) return *failed_;
    return node;
  }

 private:
  void Refuse(const std::string& why, ErrorCode code = ErrorCode::kMalformed) {
    if (failed_) return;
    failed_ = Fail(code, "at character " + std::to_string(at_ + 1) + ": " + why);
    at_ = text_.size();
  }

  void Blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  bool Take(char c) {
    Blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void Expect(char c) {
    if (!Take(c)) Refuse(std::string("'") + c + "' is missing");
  }

  const Operator* TakeOperator(int level) {
    Blanks();
    for (const Operator& one : kOperators) {
      if (one.level != level || !text_.substr(at_).starts_with(one.word)) continue;
      const size_t end = at_ + one.word.size();
      if (IsLetter(one.word[0]) && end < text_.size() &&
          (IsLetter(text_[end]) || IsDigit(text_[end]))) {
        continue;
      }
      at_ = end;
      return &one;
    }
    return nullptr;
  }

  std::string Name() {
    Blanks();
    const char quote = at_ < text_.size() && text_[at_] == '`' ? '`' : '\0';
    if (quote != '\0') return Quoted(quote);
    const size_t start = at_;
    if (at_ < text_.size() && IsLetter(text_[at_])) {
      while (at_ < text_.size() && (IsLetter(text_[at_]) || IsDigit(text_[at_]))) ++at_;
    }
    if (at_ == start) Refuse("a name is missing");
    return std::string(text_.substr(start, at_ - start));
  }

  // FHIR.Patient is Patient.
  std::string TypeName() {
    std::string name = Name();
    if (Take('.')) name = Name();
    return name;
  }

  std::string Quoted(char quote) {
    std::string value;
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        const char escaped = text_[at_++];
        c = escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
        if (std::string_view("ntr'\"`\\/").find(escaped) == std::string_view::npos) {
          Refuse("this escape is unknown");
        }
      }
      value += c;
    }
    if (at_ >= text_.size()) {
      Refuse("a quote is not closed");
    } else {
      ++at_;
    }
    return value;
  }

  static Node Step(Op op, Node from, std::string text = {}) {
    Node node;
    node.op = op;
    node.text = std::move(text);
    node.args.push_back(std::move(from));
    return node;
  }

  Node Operators(int level) {
    if (level == kTightest) return Path();
    Node left = Operators(level + 1);
    // What stands in a row nests too: a long chain of unions is as deep as it is long.
    for (int row = 0; !failed_; ++row) {
      const Operator* one = TakeOperator(level);
      if (one == nullptr) break;
      if (row >= kDeepest) Refuse("too many operators in a row", ErrorCode::kTooCostly);
      if (one->op == Op::kIs || one->op == Op::kAs) {
        left = Step(one->op, std::move(left), TypeName());
        continue;
      }
      Node both = Step(one->op, std::move(left));
      both.args.push_back(Operators(level + 1));
      left = std::move(both);
    }
    return left;
  }

  Node Path() {
    if (++depth_ > kDeepest) Refuse("the expression nests too deep", ErrorCode::kTooCostly);
    Node node = Start();
    for (int steps = 0; !failed_; ++steps) {
      if (steps >= kDeepest) Refuse("the path has too many steps", ErrorCode::kTooCostly);
      if (Take('[')) {
        node = Step(Op::kIndex, std::move(node));
        node.number = Number();
        Expect(']');
      } else if (Take('.')) {
        node = NamedStep(std::move(node), Name());
      } else {
        break;
      }
    }
    --depth_;
    return node;
  }

  size_t Number() {
    Blanks();
    size_t number = 0;
    const size_t start = at_;
    while (at_ < text_.size() && IsDigit(text_[at_]) && at_ - start < 7) {
      number = number * 10 + static_cast<size_t>(text_[at_++] - '0');
    }
    if (at_ == start) Refuse("an index is a whole number");
    return number;
  }

  Node NamedStep(Node from, std::string name) {
    if (!Take('(')) return Step(Op::kMember, std::move(from), std::move(name));
    for (const Function& one : kFunctions) {
      if (one.name != name) continue;
      Node node = Step(one.op, std::move(from));
      using Takes = Function::Takes;
      if (one.takes == Takes::kType) {
        node.text = TypeName();
      } else if (one.takes == Takes::kText) {
        Blanks();
        const bool quoted = at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"');
        if (quoted) {
          node.text = Quoted(text_[at_]);
        } else {
          Refuse("a quoted text is missing");
        }
      } else if (one.takes == Takes::kCriteria) {
        node.args.push_back(Operators(0));
      } else if (one.takes == Takes::kMaybeCriteria) {
        if (Take(')')) return node;
        node.args.push_back(Operators(0));
      }
      Expect(')');
      return node;
    }
    Refuse("this function is not supported", ErrorCode::kNotSupported);
    return {};
  }

  static Node Literal(json::Value value) {
    Node node;
    node.op = Op::kLiteral;
    node.literal = std::move(value);
    return node;
  }

  Node Start() {
    Blanks();
    if (at_ >= text_.size()) {
      Refuse("the expression ends too early");
      return {};
    }
    const char c = text_[at_];
    if (c == '(') {
      ++at_;
      Node inner = Operators(0);
      Expect(')');
      return inner;
    }
    if (c == '\'' || c == '"') return Literal(json::Value::String(Quoted(c)));
    if (IsDigit(c) || c == '-') return NumberLiteral();
    if (c == '@') return DateLiteral();
    if (c == '$' || c == '%') {
      ++at_;
      const std::string name = Name();
      Node node;
      if (c == '%' && (name == "resource" || name == "context")) {
        node.op = name == "resource" ? Op::kResource : Op::kThis;
      } else if (c != '$' || name != "this") {
        Refuse("this variable is not supported", ErrorCode::kNotSupported);
      }
      return node;
    }
    const bool backquoted = c == '`';
    std::string name = Name();
    if (name == "true" || name == "false") return Literal(json::Value::Bool(name == "true"));
    const bool is_type = !backquoted && !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
    if (is_type) return Step(Op::kType, Node{}, std::move(name));
    return NamedStep(Node{}, std::move(name));
  }

  Node NumberLiteral() {
    const size_t start = at_;
    if (text_[at_] == '-') ++at_;
    const size_t digits = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    if (at_ == digits) Refuse("a number is missing");
    if (at_ + 1 < text_.size() && text_[at_] == '.' && IsDigit(text_[at_ + 1])) {
      ++at_;
      while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    }
    return Literal(json::Value::Number(std::string(text_.substr(start, at_ - start))));
  }

  Node DateLiteral() {
    const size_t start = ++at_;
    while (at_ < text_.size() &&
           (IsDigit(text_[at_]) ||
            std::string_view("-:TZ+.").find(text_[at_]) != std::string_view::npos)) {
      ++at_;
    }
    return Literal(json::Value::String(std::string(text_.substr(start, at_ - start))));
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::optional<Error> failed_;
};

}  // namespace

Result<Node> Parse(std::string_view text) { return Parser(text).Whole(); }

}  // namespace fhir::fhirpath
