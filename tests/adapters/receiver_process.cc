#include "receiver_process.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "fhir/json/json.h"

namespace adapters::testing {
namespace {

constexpr int kReadyWithinMs = 60'000;  // a sanitizer run on a busy machine

void Run(const std::string& command) {
  if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) {
    throw std::runtime_error("failed: " + command.substr(0, 40));
  }
}

std::string ReadLine(int fd) {
  std::string line;
  char c = 0;
  pollfd waiting{fd, POLLIN, 0};
  while (poll(&waiting, 1, kReadyWithinMs) == 1 && read(fd, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

std::string Interpreter(const std::string& program) {
  // Debian's aiosmtpd belongs to Debian's python, which need not be first on PATH.
  return program.ends_with(".py") ? "/usr/bin/python3" : "node";
}

int Bind(int* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port");
  }
  *port = ntohs(address.sin_port);
  return fd;
}

}  // namespace

TempDir::TempDir() {
  std::string name = std::filesystem::temp_directory_path() / "psg-adapters-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::Write(const std::string& name, const std::string& bytes) const {
  std::ofstream(Path(name), std::ios::binary) << bytes;
  return Path(name);
}

const Certificates& Certificates::Get() {
  static const Certificates certificates;
  return certificates;
}

Certificates::Certificates() {
  const auto authority = [&](const std::string& name) {
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" +
        name + " -keyout " + dir_.Path(name + ".key") + " -out " + dir_.Path(name + ".pem"));
  };
  const auto issue = [&](const std::string& name, const std::string& ca, const std::string& host) {
    const std::string extensions = dir_.Write(name + ".ext", "subjectAltName=DNS:" + host + "\n");
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + host +
        " -keyout " + dir_.Path(name + ".key") + " -out " + dir_.Path(name + ".csr"));
    Run("openssl x509 -req -days 2 -in " + dir_.Path(name + ".csr") + " -CA " +
        dir_.Path(ca + ".pem") + " -CAkey " + dir_.Path(ca + ".key") +
        " -CAcreateserial -extfile " + extensions + " -out " + dir_.Path(name + ".pem"));
  };
  authority("ca");
  authority("stranger-ca");
  issue("trusted", "ca", "localhost");
  issue("stranger", "stranger-ca", "localhost");
  issue("wrong-host", "ca", "elsewhere.example");
  issue("client", "ca", "gateway.example");
}

static std::string NameOf(Identity identity) {
  switch (identity) {
    case Identity::kStranger:
      return "stranger";
    case Identity::kWrongHost:
      return "wrong-host";
    default:
      return "trusted";
  }
}

std::string Certificates::Cert(Identity identity) const {
  return dir_.Path(NameOf(identity) + ".pem");
}

std::string Certificates::Key(Identity identity) const {
  return dir_.Path(NameOf(identity) + ".key");
}

TlsTrust Certificates::Trust() const { return {dir_.Path("ca.pem"), "", ""}; }

TlsTrust Certificates::TrustWithClient() const {
  return {dir_.Path("ca.pem"), dir_.Path("client.pem"), dir_.Path("client.key")};
}

ReceiverProcess::ReceiverProcess(const std::string& program,
                                 const std::vector<std::string>& options, Identity identity) {
  const Certificates& certificates = Certificates::Get();
  std::vector<std::string> command = {Interpreter(program),
                                      PSG_SOURCE_DIR "/tests/end_to_end/receivers/" + program,
                                      "--port",
                                      "0",
                                      "--cert",
                                      certificates.Cert(identity),
                                      "--key",
                                      certificates.Key(identity),
                                      "--log",
                                      dir_.Path("log")};
  command.insert(command.end(), options.begin(), options.end());
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);

  int out[2];
  if (pipe(out) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out[1], STDOUT_FILENO);
    close(out[0]);
    close(out[1]);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(out[1]);
  const auto ready = fhir::json::Parse(ReadLine(out[0]));
  close(out[0]);
  if (!ready.ok() || !(*ready)["ready"].boolean()) {
    throw std::runtime_error("the receiver did not get ready: " + program);
  }
  port_ = std::atoi((*ready)["port"].text().c_str());
}

ReceiverProcess::~ReceiverProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

std::string ReceiverProcess::Url(const std::string& path) const {
  return "https://localhost:" + std::to_string(port_) + path;
}

std::vector<fhir::json::Value> ReceiverProcess::Log() const {
  std::vector<fhir::json::Value> entries;
  std::ifstream log(dir_.Path("log"));
  for (std::string line; std::getline(log, line);) {
    auto entry = fhir::json::Parse(line);
    if (entry.ok()) entries.push_back(*std::move(entry));
  }
  return entries;
}

SilentPort::SilentPort() : fd_(Bind(&port_)) { listen(fd_, 8); }
SilentPort::~SilentPort() { close(fd_); }

int ClosedPort() {
  int port = 0;
  close(Bind(&port));
  return port;
}

}  // namespace adapters::testing
