#include "gateway/http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>

namespace gateway::http {
namespace {

namespace beast = boost::beast;

class RequestParser final : public beast::http::basic_parser<true> {
 public:
  explicit RequestParser(Request& request) : request_(request) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // ours is checked before
    body_limit(std::numeric_limits<std::uint64_t>::max());    // none: 1.74 compares it as zero
  }

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int,
                       beast::error_code&) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    const size_t mark = request_.target.find('?');
    request_.path.assign(request_.target, 0, mark);
    if (mark != std::string::npos) request_.query.assign(request_.target, mark + 1);
  }

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    request_.fields.push_back(
        {std::string(name.data(), name.size()), std::string(value.data(), value.size())});
  }

  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) override {
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 beast::error_code&) override {
    return body.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  Request& request_;
};

}  // namespace

bool ParseHead(std::string_view head, size_t fields, Request& request) {
  request.fields.reserve(fields);
  RequestParser parser(request);
  beast::error_code error;
  const size_t used = parser.put(boost::asio::buffer(head.data(), head.size()), error);
  return !error && used == head.size() && parser.is_header_done();
}

}  // namespace gateway::http
