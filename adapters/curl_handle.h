// What every use of libcurl here has in common. Internal to adapters/.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/vendors.h"

namespace adapters {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter>;

// The bytes that libcurl will take, and whether it has begun to.
struct Upload {
  std::string_view rest;
  bool begun = false;
};

// A fresh handle with TLS, protocol, deadline and upload options set; nullptr when out of memory.
// `protocol` is "https" or "smtp". `upload` must outlive the transfer.
CurlHandle NewCurlHandle(const char* protocol, const TlsTrust& trust,
                         std::chrono::milliseconds deadline, Upload& upload);

// Appends; false when out of memory.
bool Append(CurlList& list, const std::string& line);

}  // namespace adapters
