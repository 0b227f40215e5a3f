// A real receiver, run as a child process, and the certificates that it and its clients use.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "adapters/vendors.h"
#include "fhir/json/value.h"

namespace adapters::testing {

// A directory that goes away with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  std::string Write(const std::string& name, const std::string& bytes) const;  // the path

 private:
  std::string path_;
};

enum class Identity {
  kTrusted,    // "localhost", of the CA that clients trust
  kStranger,   // "localhost", of another CA
  kWrongHost,  // "elsewhere.example", of the CA that clients trust
};

// Made once per process with the openssl command.
class Certificates {
 public:
  static const Certificates& Get();
  std::string Cert(Identity identity) const;
  std::string Key(Identity identity) const;
  TlsTrust Trust() const;            // the right CA, no client certificate
  TlsTrust TrustWithClient() const;  // and a client certificate of the same CA

 private:
  Certificates();
  TempDir dir_;
};

// Starts in the constructor, stops in the destructor. Throws when the receiver does not get ready.
class ReceiverProcess {
 public:
  // `program` is a file of tests/end_to_end/receivers.
  ReceiverProcess(const std::string& program, const std::vector<std::string>& options,
                  Identity identity = Identity::kTrusted);
  ~ReceiverProcess();
  ReceiverProcess(const ReceiverProcess&) = delete;
  ReceiverProcess& operator=(const ReceiverProcess&) = delete;

  int port() const { return port_; }
  std::string Url(const std::string& path) const;
  std::vector<fhir::json::Value> Log() const;  // what it took, in order

 private:
  TempDir dir_;
  pid_t pid_ = -1;
  int port_ = 0;
};

// A port that takes connections and never says a word.
class SilentPort {
 public:
  SilentPort();
  ~SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  int port() const { return port_; }

 private:
  int port_ = 0;
  int fd_ = -1;
};

int ClosedPort();  // a port where nobody listens

}  // namespace adapters::testing
