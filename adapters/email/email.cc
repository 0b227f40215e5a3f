// E-mail by SMTP submission. STARTTLS is required and the server's certificate verified.
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <string>
#include <utility>

#include "adapters/curl_handle.h"
#include "adapters/email/mime.h"
#include "adapters/strict_text.h"
#include "adapters/vendors.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

// The last SMTP reply and whether the message was being handed over decide what a failure means.
// A 354 ("go on") is the last reply when the connection ends after the hand-over.
fhir::Error FailureOf(CURLcode code, long reply, bool begun) {
  if (code == CURLE_LOGIN_DENIED || reply == 530 || reply == 534 || reply == 535 || reply == 538) {
    return Fail(ErrorCode::kUnavailable, "the mail server refuses our credential");
  }
  if (reply == 421) return Fail(ErrorCode::kUnavailable, "the mail server closes its service");
  if (reply >= 400 && reply < 500) {
    return Fail(ErrorCode::kThrottled, "the mail server refuses the message for the moment");
  }
  if (reply >= 500) return Fail(ErrorCode::kInvalid, "the mail server refuses the message");
  if (begun) {
    return Fail(ErrorCode::kUncertain, "the connection was lost before the mail server's answer");
  }
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Fail(ErrorCode::kUnavailable, "the mail server's certificate is not trusted");
    case CURLE_USE_SSL_FAILED:
      return Fail(ErrorCode::kUnavailable, "the mail server offers no STARTTLS");
    case CURLE_OPERATION_TIMEDOUT:
      return Fail(ErrorCode::kUnavailable, "the mail server could not be reached in time");
    default:
      return Fail(ErrorCode::kUnavailable, "no connection to the mail server");
  }
}

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

// The server's own id of the message, from "250 2.0.0 Ok: queued as 4XyZ"; many servers say it so.
size_t ReadReply(char* data, size_t size, size_t count, void* user) {
  static constexpr std::string_view kMark = "queued as ";
  std::string_view line(data, size * count);
  const size_t mark = line.find(kMark);
  if (line.substr(0, 4) != "250 " || mark == std::string_view::npos) return size * count;
  line.remove_prefix(mark + kMark.size());
  line = line.substr(0, line.find_first_of(" \r\n"));
  if (IsPrintableAscii(line, 64)) *static_cast<std::string*>(user) = line;
  return size * count;
}

// libcurl says QUIT and then waits up to two minutes for the answer, whatever the deadline. So the
// connection is cut once QUIT is said: by then the server has accepted the message or never will.
class Farewell {
 public:
  explicit Farewell(CURL* curl) {
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, Open);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, Close);
    curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, this);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, Said);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, this);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // calls Said, prints nothing
  }
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;

 private:
  static curl_socket_t Open(void* user, curlsocktype, curl_sockaddr* address) {
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0) static_cast<Farewell*>(user)->open_.insert(fd);
    return fd;
  }

  static int Close(void* user, curl_socket_t fd) {
    static_cast<Farewell*>(user)->open_.erase(fd);
    return close(fd);
  }

  static int Said(CURL*, curl_infotype type, char* data, size_t size, void* user) {
    if (type == CURLINFO_HEADER_OUT && std::string_view(data, size).substr(0, 4) == "QUIT") {
      for (const int fd : static_cast<Farewell*>(user)->open_) shutdown(fd, SHUT_RDWR);
    }
    return 0;
  }

  std::set<int> open_;
};

class EmailAdapter : public Adapter {
 public:
  EmailAdapter(SmtpVendor vendor, Now now) : vendor_(std::move(vendor)), now_(std::move(now)) {
    capabilities_.channel = fhir::Channel::kEmail;
    capabilities_.obligations = {"INCLUDE_OPT_OUT_TEXT",   "ONE_CLICK_UNSUB",
                                 "INCLUDE_POSTAL_ADDRESS", "INCLUDE_PROVIDER_ID",
                                 "RECHECK_AT_SEND",        "COUNT_AGAINST_CAP"};
  }

  std::string_view name() const override { return vendor_.name; }
  const Capabilities& capabilities() const override { return capabilities_; }

  Delivery Deliver(const Message& message, std::chrono::milliseconds deadline) override {
    const Content& content = message.content();
    const fhir::Result<std::string> mail =
        BuildMimeMessage(content, message.idempotency_key(), now_());
    if (!mail.ok()) return mail.error();
    if (!IsHost(vendor_.host) || vendor_.port <= 0 || vendor_.port > 65535) {
      return Fail(ErrorCode::kUnavailable, "the mail server's host or port is not valid");
    }
    std::string password;
    if (!vendor_.user.empty()) {
      fhir::Result<std::string> secret = ReadSecretFile(vendor_.password_file);
      if (!secret.ok()) return secret.error();
      password = *std::move(secret);
    }
    return Send(content, *mail, password, deadline);
  }

 private:
  fhir::Result<Receipt> Send(const Content& content, const std::string& mail,
                             const std::string& password,
                             std::chrono::milliseconds deadline) const {
    const bool ipv6 = vendor_.host.find(':') != std::string::npos;
    // The path is the name we greet with: the sender's domain, not the machine's own name.
    std::string url = "smtp://" + (ipv6 ? "[" + vendor_.host + "]" : vendor_.host) + ":" +
                      std::to_string(vendor_.port) + "/";
    url.append(DomainOf(content.from));
    const std::string sender = "<" + content.from + ">";
    CurlList recipients;
    Upload upload{mail};
    Receipt receipt{"", "smtp-250"};
    CurlHandle handle = NewCurlHandle("smtp", vendor_.trust, deadline, upload);
    if (!handle || !Append(recipients, "<" + content.to + ">")) {
      return Fail(ErrorCode::kUnavailable, "out of memory");
    }
    CURL* curl = handle.get();
    const Farewell farewell(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.size()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Discard);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, ReadReply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receipt.provider_id);
    if (!vendor_.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, vendor_.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, password.c_str());
    }
    const CURLcode code = curl_easy_perform(curl);
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    handle.reset();  // it still knows `farewell`
    if (code != CURLE_OK) return FailureOf(code, reply, upload.begun);
    return receipt;
  }

  const SmtpVendor vendor_;
  const Now now_;
  Capabilities capabilities_;
};

}  // namespace

fhir::Instant SystemNow() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::unique_ptr<Adapter> MakeEmailAdapter(SmtpVendor vendor, Now now) {
  return std::make_unique<EmailAdapter>(std::move(vendor), std::move(now));
}

}  // namespace adapters
