// A gateway's folder in a temporary directory: a wrapping key, tenants with real stores, programmes
// and a registered client; the clock stands until it is moved.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "gateway/auth/replay_guard.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/http/message.h"
#include "gateway/tenants.h"
#include "tests/gateway/auth/signing.h"

namespace gateway::auth::testing {

class StandingClock : public Clock {
 public:
  fhir::Instant Now() const override { return now; }
  fhir::Instant now{std::chrono::milliseconds(1'800'000'000'000)};
};

// Two tenants: "north" with the programmes "aurora" and "borealis", "south" with "corona". The
// client "hub-1" is registered for aurora with system/*.rs and system/Patient.cruds.
class GatewayFolder {
 public:
  GatewayFolder();

  // Closes the stores and opens them again, as a restart does.
  void Reopen();
  Tenant& north() { return *tenants->Find("north"); }

  void PutClient(const std::string& id, const std::string& programme, bool disabled = false);
  void PutProgramme(const std::string& tenant, const std::string& id);

  // A good token request of hub-1; fields of `form` replace its parameters, an empty one removes
  // it.
  http::Request TokenRequest(const std::map<std::string, std::string>& form = {});
  std::string Assertion();  // with a fresh jti
  // What the token endpoint of aurora answers.
  http::Response Token(const http::Request& request);
  std::string GoodToken();

  Config config;
  StandingClock clock;
  ReplayGuard replay;
  SigningKey key{KeyType::kP384};
  std::string kid;
  std::unique_ptr<Tenants> tenants;

 private:
  int jti_ = 0;
};

inline constexpr char kTokenUrl[] = "https://gateway.example/auth/aurora/token";

}  // namespace gateway::auth::testing
