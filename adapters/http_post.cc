#include "adapters/http_post.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "adapters/curl_handle.h"
#include "adapters/strict_text.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

struct Download {
  HttpAnswer answer;
  size_t max_bytes = 0;
};

size_t WriteAnswer(char* data, size_t size, size_t count, void* user) {
  auto* download = static_cast<Download*>(user);
  const size_t bytes = size * count;
  if (download->answer.body.size() + bytes > download->max_bytes) {
    download->answer.truncated = true;
    return 0;  // ends the transfer with CURLE_WRITE_ERROR
  }
  download->answer.body.append(data, bytes);
  return bytes;
}

size_t ReadField(char* data, size_t size, size_t count, void* user) {
  static constexpr char kRetryAfter[] = "retry-after:";
  const size_t bytes = size * count;
  if (bytes >= sizeof kRetryAfter && strncasecmp(data, kRetryAfter, sizeof kRetryAfter - 1) == 0) {
    HttpAnswer& answer = static_cast<Download*>(user)->answer;
    answer.retry_after = true;
    answer.wait =
        ReadRetryAfter(std::string_view(data, bytes).substr(sizeof kRetryAfter - 1), SystemNow());
  }
  return bytes;
}

fhir::Status AddHeaders(const HttpRequest& request, CurlList& list) {
  std::vector<HttpHeader> headers = request.headers;
  headers.push_back({"Content-Type", request.content_type});
  for (const HttpHeader& header : headers) {
    if (!IsPrintableAscii(header.name, 64) ||
        header.name.find_first_of(": ;") != std::string::npos ||
        !IsPrintableAscii(header.value, 4096)) {
      return Fail(ErrorCode::kInvalid,
                  "a header of the request has characters that it must not have");
    }
    if (!Append(list, header.name + ": " + header.value)) {
      return Fail(ErrorCode::kUnavailable, "out of memory");
    }
  }
  // No pause for a 100-continue that many servers never send.
  if (!Append(list, "Expect:")) return Fail(ErrorCode::kUnavailable, "out of memory");
  return {};
}

}  // namespace

fhir::Result<HttpAnswer> HttpPost(const HttpRequest& request, std::chrono::milliseconds deadline) {
  if (!IsHttpsUrl(request.url)) return Fail(ErrorCode::kInvalid, "the vendor's URL is not https");
  CurlList headers;
  if (fhir::Status added = AddHeaders(request, headers); !added.ok()) return added.error();

  Upload upload{request.body};
  Download download;
  download.max_bytes = request.max_answer_bytes;
  const CurlHandle handle = NewCurlHandle("https", request.trust, deadline, upload);
  if (!handle) return Fail(ErrorCode::kUnavailable, "out of memory");
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, WriteAnswer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &download);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, ReadField);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &download);

  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && download.answer.truncated)) {
    download.answer.status = static_cast<int>(status);
    return std::move(download.answer);
  }
  if (upload.begun) {
    return Fail(ErrorCode::kUncertain, "the connection was lost before the vendor's answer");
  }
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Fail(ErrorCode::kUnavailable, "the vendor's certificate is not trusted");
    case CURLE_OPERATION_TIMEDOUT:
      return Fail(ErrorCode::kUnavailable, "the vendor could not be reached in time");
    default:
      return Fail(ErrorCode::kUnavailable, "no connection to the vendor");
  }
}

fhir::Status StatusOfVendor(const HttpAnswer& answer) {
  if (answer.status == 403) {
    return Fail(ErrorCode::kUnavailable, "the vendor does not let us send");
  }
  return StatusOfAnswer(answer.status, answer.retry_after);
}

std::chrono::seconds ReadRetryAfter(std::string_view value, fhir::Instant now) {
  static constexpr std::string_view kSpace = " \t\r\n";
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24);
  value.remove_prefix(std::min(value.find_first_not_of(kSpace), value.size()));
  value = value.substr(0, value.find_last_not_of(kSpace) + 1);
  if (value.empty()) return std::chrono::seconds(0);
  if (value.find_first_not_of("0123456789") == std::string_view::npos) {
    int64_t seconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (read.ec != std::errc()) return kLongest;  // too large for a number
    return std::chrono::seconds(std::min<int64_t>(seconds, kLongest.count()));
  }
  const auto date = fhir::ParseHttpDate(value);
  if (!date || *date <= now) return std::chrono::seconds(0);
  return std::min(std::chrono::ceil<std::chrono::seconds>(*date - now), kLongest);
}

fhir::Status StatusOfAnswer(int http_status, bool retry_after) {
  if (http_status >= 200 && http_status < 300) return {};
  switch (http_status) {
    case 401:
    case 407:
      return Fail(ErrorCode::kUnavailable, "the vendor refuses our credential");
    case 408:
      return Fail(ErrorCode::kUnavailable, "the vendor did not wait for the whole request");
    case 403:
      return Fail(ErrorCode::kForbidden, "the vendor does not allow this message");
    case 409:
      return Fail(ErrorCode::kUncertain, "the vendor is still working on an earlier attempt");
    case 425:
    case 429:
      return Fail(ErrorCode::kThrottled, "the vendor asks to slow down");
    case 307:
    case 308:
      return Fail(ErrorCode::kUnavailable, "the vendor redirects, which is not followed");
    default:
      break;
  }
  if (http_status >= 400 && http_status < 500) {
    return Fail(ErrorCode::kInvalid, "the vendor refuses the message");
  }
  if (http_status == 503 && retry_after) {
    return Fail(ErrorCode::kUnavailable, "the vendor is out of service for the moment");
  }
  return Fail(ErrorCode::kUncertain,
              "the vendor's answer does not say whether it took the message");
}

}  // namespace adapters
