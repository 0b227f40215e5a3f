// Where a request's head and body begin and end, read strictly: whatever two readers could take in
// two ways is refused. Pure: bytes in, verdict out. Beast's own parser is more lenient than RFC
// 9112 (see the house's decisions), so a head reaches it only after CheckHead. Its chunked reader
// asserts on a last chunk that arrives in pieces, so chunked bodies are read by ChunkedReader.
// https://www.rfc-editor.org/rfc/rfc9112
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace gateway::http {

// A status and a fixed sentence: nothing of what was sent.
struct Refusal {
  int status;
  const char* message;
};

inline constexpr char kAllowedMethods[] = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

// What the edge has to know of a head that passed.
struct Head {
  bool http11 = true;
  bool keep_alive = true;
  bool head_method = false;
  bool chunked = false;
  bool expects_continue = false;
  uint64_t content_length = 0;
  size_t fields = 0;
};

// Finds the end of the head in a buffer that grows; looks at each byte once. One thread at a time.
class HeadScanner {
 public:
  enum class State { kMore, kEnd, kBad };

  // REQUIRES: `bytes` begins with the bytes of the previous call.
  State Scan(std::string_view bytes);
  // After kEnd: the size of the head, its last CRLFCRLF included.
  size_t size() const { return line_; }
  void Reset() { line_ = seen_ = 0; }

 private:
  size_t line_ = 0;  // where the current line begins
  size_t seen_ = 0;
};

// REQUIRES: `head` is what HeadScanner delimited.
std::variant<Head, Refusal> CheckHead(std::string_view head, size_t max_fields);

// The body of a chunked message. Extensions are skipped, trailers are refused. One thread at a
// time.
class ChunkedReader {
 public:
  enum class State { kMore, kDone, kBad, kTooLarge };

  explicit ChunkedReader(size_t limit) : limit_(limit) {}

  // Appends the body's bytes in `bytes` to `body` and sets `used` to how many bytes were read.
  // kTooLarge as soon as a chunk's announced size leads past the limit.
  State Read(std::string_view bytes, std::string& body, size_t& used);

 private:
  enum class Part { kSize, kExtension, kSizeLf, kData, kDataCr, kDataLf, kLastCr, kLastLf };

  State ReadControl(char c, size_t body_size);

  size_t limit_;
  Part part_ = Part::kSize;
  uint64_t size_ = 0;
  size_t line_ = 0;  // bytes of the chunk's first line so far
};

}  // namespace gateway::http
