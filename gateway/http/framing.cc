#include "gateway/http/framing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace gateway::http {
namespace {

enum CharClass : uint8_t { kToken = 1, kValue = 2, kTarget = 4, kHost = 8, kDigit = 16 };

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0x20; c < 256; ++c) {
    if (c != 0x7f) classes[c] |= kValue;
  }
  classes['\t'] |= kValue;
  for (int c = 0x21; c < 0x7f; ++c) classes[c] |= kTarget;
  classes['#'] &= static_cast<uint8_t>(~kTarget);  // a fragment is never sent
  for (int c = '0'; c <= '9'; ++c) classes[c] |= kToken | kHost | kDigit;
  for (int c = 'a'; c <= 'z'; ++c) classes[c] |= kToken | kHost;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] |= kToken | kHost;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    classes[static_cast<uint8_t>(c)] |= kToken;
  for (const char c : std::string_view("!$%&'()*+-.:;=[]_~")) {
    classes[static_cast<uint8_t>(c)] |= kHost;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

bool Is(char c, CharClass of) { return (kClasses[static_cast<uint8_t>(c)] & of) != 0; }

bool All(std::string_view text, CharClass of) {
  return std::all_of(text.begin(), text.end(), [of](char c) { return Is(c, of); });
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// `lower` is in lower case.
bool Same(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool AllowedMethod(std::string_view m) {
  return m == "GET" || m == "POST" || m == "PUT" || m == "HEAD" || m == "DELETE" || m == "PATCH" ||
         m == "OPTIONS";
}

// The fields that decide framing, gathered while the lines are read.
struct Gathered {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
  int expectations = 0;
  bool close = false;
  bool keep_alive = false;
  std::string_view host;
  std::string_view length;
  std::string_view encoding;
  std::string_view expectation;
};

void GatherConnection(std::string_view value, Gathered& g) {
  while (!value.empty()) {
    const size_t comma = value.find(',');
    const std::string_view token = Trim(value.substr(0, comma));
    if (Same(token, "close")) g.close = true;
    if (Same(token, "keep-alive")) g.keep_alive = true;
    if (comma == std::string_view::npos) return;
    value.remove_prefix(comma + 1);
  }
}

void Gather(std::string_view name, std::string_view value, Gathered& g) {
  switch (name.size()) {
    case 4:
      if (Same(name, "host")) {
        ++g.hosts;
        g.host = value;
      }
      break;
    case 6:
      if (Same(name, "expect")) {
        ++g.expectations;
        g.expectation = value;
      }
      break;
    case 10:
      if (Same(name, "connection")) GatherConnection(value, g);
      break;
    case 14:
      if (Same(name, "content-length")) {
        ++g.lengths;
        g.length = value;
      }
      break;
    case 17:
      if (Same(name, "transfer-encoding")) {
        ++g.encodings;
        g.encoding = value;
      }
      break;
    default:
      break;
  }
}

std::optional<Refusal> CheckVersion(std::string_view version, Head& head) {
  if (version == "HTTP/1.1") {
    head.http11 = true;
    return std::nullopt;
  }
  if (version == "HTTP/1.0") {
    head.http11 = false;
    return std::nullopt;
  }
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           Is(version[5], kDigit) && version[6] == '.' && Is(version[7], kDigit);
  if (well_formed) return Refusal{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  return Refusal{400, "the request line does not end in an HTTP version"};
}

std::optional<Refusal> CheckRequestLine(std::string_view line, Head& head) {
  if (line == "PRI * HTTP/2.0") return Refusal{400, "HTTP/2 is not spoken here"};
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Refusal{400, "the request line must be a method, a target and a version"};
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (method.empty() || !All(method, kToken)) return Refusal{400, "the method is not a token"};
  if (auto refusal = CheckVersion(line.substr(last + 1), head)) return refusal;
  if (target.empty() || !All(target, kTarget)) {
    return Refusal{400, "the request target holds characters that are not allowed"};
  }
  if (!AllowedMethod(method)) return Refusal{405, "the method is not allowed"};
  if (target.front() != '/' && !(target == "*" && method == "OPTIONS")) {
    return Refusal{400, "the request target must begin with a slash"};
  }
  head.head_method = method == "HEAD";
  return std::nullopt;
}

std::optional<Refusal> CheckField(std::string_view line, Gathered& gathered) {
  if (line.front() == ' ' || line.front() == '\t') {
    return Refusal{400, "a field is continued on a second line"};
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Refusal{400, "a field has no colon"};
  const std::string_view name = line.substr(0, colon);
  if (name.empty()) return Refusal{400, "a field has no name"};
  if (!All(name, kToken)) return Refusal{400, "a field name holds characters that are not allowed"};
  const std::string_view value = line.substr(colon + 1);
  if (!All(value, kValue)) return Refusal{400, "a field value holds control characters"};
  Gather(name, Trim(value), gathered);
  return std::nullopt;
}

std::optional<Refusal> CheckLength(const Gathered& g, Head& head) {
  if (g.lengths == 0) return std::nullopt;
  if (g.lengths > 1) return Refusal{400, "Content-Length is there more than once"};
  if (g.length.empty() || !All(g.length, kDigit)) {
    return Refusal{400, "Content-Length is not one number"};
  }
  if (g.length.size() > 18) return Refusal{413, "the body is too large"};
  for (const char c : g.length) {
    head.content_length = head.content_length * 10 + static_cast<uint64_t>(c - '0');
  }
  return std::nullopt;
}

std::optional<Refusal> CheckEncoding(const Gathered& g, Head& head) {
  if (g.encodings == 0) return std::nullopt;
  if (!head.http11) return Refusal{400, "Transfer-Encoding does not exist in HTTP/1.0"};
  if (g.lengths > 0) return Refusal{400, "Transfer-Encoding and Content-Length contradict"};
  if (g.encodings > 1) return Refusal{400, "Transfer-Encoding is there more than once"};
  if (!Same(g.encoding, "chunked")) {
    const bool one_coding = !g.encoding.empty() && All(g.encoding, kToken);
    if (one_coding) return Refusal{501, "the only transfer coding read here is chunked"};
    return Refusal{400, "Transfer-Encoding is not exactly chunked"};
  }
  head.chunked = true;
  return std::nullopt;
}

std::optional<Refusal> CheckHost(const Gathered& g, const Head& head) {
  if (g.hosts > 1) return Refusal{400, "Host is there more than once"};
  if (g.hosts == 0 && head.http11) return Refusal{400, "Host is missing"};
  if (g.hosts == 1 && (g.host.empty() || !All(g.host, kHost))) {
    return Refusal{400, "Host is not a host name"};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckExpect(const Gathered& g, Head& head) {
  if (g.expectations == 0 || !head.http11) return std::nullopt;
  if (g.expectations > 1 || !Same(g.expectation, "100-continue")) {
    return Refusal{417, "the only expectation met here is 100-continue"};
  }
  head.expects_continue = true;
  return std::nullopt;
}

}  // namespace

HeadScanner::State HeadScanner::Scan(std::string_view bytes) {
  if (!bytes.empty() && line_ == 0 && !Is(bytes.front(), kToken)) return State::kBad;
  while (seen_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + seen_, '\n', bytes.size() - seen_);
    if (found == nullptr) {
      seen_ = bytes.size();
      return State::kMore;
    }
    const auto lf = static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
    if (lf == line_ || bytes[lf - 1] != '\r') return State::kBad;
    const bool empty_line = lf == line_ + 1;
    line_ = seen_ = lf + 1;
    if (empty_line) return State::kEnd;
  }
  return State::kMore;
}

std::variant<Head, Refusal> CheckHead(std::string_view bytes, size_t max_fields) {
  Head head;
  size_t end = bytes.find("\r\n");
  if (end == std::string_view::npos) return Refusal{400, "the request has no request line"};
  if (auto refusal = CheckRequestLine(bytes.substr(0, end), head)) return *refusal;

  // A bare CR stays inside a line here and is refused as a control character.
  Gathered gathered;
  for (bytes.remove_prefix(end + 2); !bytes.starts_with("\r\n"); bytes.remove_prefix(end + 2)) {
    end = bytes.find("\r\n");
    if (end == std::string_view::npos) return Refusal{400, "the head does not end"};
    if (++head.fields > max_fields) return Refusal{431, "the request has too many fields"};
    if (auto refusal = CheckField(bytes.substr(0, end), gathered)) return *refusal;
  }

  if (auto refusal = CheckHost(gathered, head)) return *refusal;
  if (auto refusal = CheckEncoding(gathered, head)) return *refusal;
  if (auto refusal = CheckLength(gathered, head)) return *refusal;
  if (auto refusal = CheckExpect(gathered, head)) return *refusal;
  head.keep_alive = !gathered.close && (head.http11 || gathered.keep_alive);
  return head;
}

ChunkedReader::State ChunkedReader::ReadControl(char c, size_t body_size) {
  static constexpr size_t kMaxLine = 256;
  switch (part_) {
    case Part::kSize: {
      if (++line_ > kMaxLine) return State::kBad;
      const char l = Lower(c);
      const bool letter = l >= 'a' && l <= 'f';
      if (Is(c, kDigit) || letter) {
        if (size_ >> 60 != 0) return State::kTooLarge;
        size_ = size_ * 16 + static_cast<uint64_t>(letter ? l - 'a' + 10 : c - '0');
        return State::kMore;
      }
      if (line_ == 1) return State::kBad;
      if (c == ';') {
        part_ = Part::kExtension;
      } else if (c == '\r') {
        part_ = Part::kSizeLf;
      } else {
        return State::kBad;
      }
      return State::kMore;
    }
    case Part::kExtension:
      if (++line_ > kMaxLine) return State::kBad;
      if (c == '\r') {
        part_ = Part::kSizeLf;
      } else if (!Is(c, kValue)) {
        return State::kBad;
      }
      return State::kMore;
    case Part::kSizeLf:
      if (c != '\n') return State::kBad;
      if (size_ > limit_ - std::min<uint64_t>(limit_, body_size)) return State::kTooLarge;
      part_ = size_ == 0 ? Part::kLastCr : Part::kData;
      line_ = 0;
      return State::kMore;
    case Part::kDataCr:
      if (c != '\r') return State::kBad;
      part_ = Part::kDataLf;
      return State::kMore;
    case Part::kDataLf:
      if (c != '\n') return State::kBad;
      part_ = Part::kSize;
      return State::kMore;
    case Part::kLastCr:
      if (c != '\r') return State::kBad;
      part_ = Part::kLastLf;
      return State::kMore;
    case Part::kLastLf:
      return c == '\n' ? State::kDone : State::kBad;
    case Part::kData:
      break;
  }
  return State::kBad;
}

ChunkedReader::State ChunkedReader::Read(std::string_view bytes, std::string& body, size_t& used) {
  used = 0;
  while (used < bytes.size()) {
    if (part_ == Part::kData) {
      const size_t n = static_cast<size_t>(std::min<uint64_t>(size_, bytes.size() - used));
      body.append(bytes.substr(used, n));
      used += n;
      size_ -= n;
      if (size_ == 0) part_ = Part::kDataCr;
      continue;
    }
    const State state = ReadControl(bytes[used++], body.size());
    if (state != State::kMore) return state;
  }
  return State::kMore;
}

}  // namespace gateway::http
