// A request and a response as the rest of the gateway sees them: plain values, no library.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::http {

struct Field {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;
  std::string target;  // as sent, origin form
  std::string path;    // before '?', as sent (percent-encoding kept)
  std::string query;   // after '?', as sent
  std::vector<Field> fields;
  std::string body;
  std::string client_address;
  std::string id;  // request id, made at the edge, "X-Request-Id" of the answer

  // The first field of that name (names compare without case), or empty.
  std::string_view field(std::string_view name) const;
  bool has(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<Field> fields;
  std::string body;

  Response& Set(std::string name, std::string value) {
    fields.push_back({std::move(name), std::move(value)});
    return *this;
  }
};

// Called exactly once, from any thread.
using Respond = std::function<void(Response)>;

// Must not block: it runs on a connection thread. Long work goes elsewhere and calls respond later.
using Handler = std::function<void(Request, Respond)>;

// Parses "a=b&c=d" (application/x-www-form-urlencoded), percent-decoded, order kept. A bad escape
// is kept as it stands.
std::vector<std::pair<std::string, std::string>> ParseForm(std::string_view text);
std::string PercentDecode(std::string_view text);
// A path in which what needs no escape has none: "/%50atient/1/%24meta" -> "/Patient/1/$meta".
// Other escapes stay. RFC 3986, 6.2.2.2
std::string PlainPath(std::string_view path);
std::string PercentEncode(std::string_view text);

}  // namespace gateway::http
