#include "adapters/curl_handle.h"

#include <signal.h>

#include <algorithm>
#include <cstring>

namespace adapters {
namespace {

size_t ReadUpload(char* buffer, size_t size, size_t count, void* user) {
  auto* upload = static_cast<Upload*>(user);
  upload->begun = true;
  const size_t taken = std::min(size * count, upload->rest.size());
  std::memcpy(buffer, upload->rest.data(), taken);
  upload->rest.remove_prefix(taken);
  return taken;
}

void SetTls(CURL* curl, const TlsTrust& trust) {
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ECDHE+AESGCM:ECDHE+CHACHA20");
  if (!trust.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, trust.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);  // this authority and no other
  }
  if (!trust.client_cert_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, trust.client_cert_file.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, trust.client_key_file.c_str());
  }
}

CURLcode InitOnce() {
  // With NOSIGNAL libcurl leaves SIGPIPE to us, and OpenSSL writes to sockets without MSG_NOSIGNAL:
  // a server that hangs up would end the process.
  struct sigaction now = {};
  if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    signal(SIGPIPE, SIG_IGN);
  }
  return curl_global_init(CURL_GLOBAL_DEFAULT);
}

}  // namespace

CurlHandle NewCurlHandle(const char* protocol, const TlsTrust& trust,
                         std::chrono::milliseconds deadline, Upload& upload) {
  static const CURLcode global = InitOnce();
  CurlHandle handle(global == CURLE_OK ? curl_easy_init() : nullptr);
  if (!handle) return handle;
  CURL* curl = handle.get();
  // 0 would mean no limit to libcurl.
  const long limit_ms = std::max<long>(1, static_cast<long>(deadline.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limit_ms);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, limit_ms);
  // Without it the end of the handle waits for a name resolution that outlives the deadline.
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocol);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, protocol);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // not from the environment
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  // libcurl repeats a request by itself when a reused connection dies: a second SMS.
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, ReadUpload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  SetTls(curl, trust);
  return handle;
}

bool Append(CurlList& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  if (grown == nullptr) return false;
  (void)list.release();  // the head is unchanged, or was null
  list.reset(grown);
  return true;
}

}  // namespace adapters
