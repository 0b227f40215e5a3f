// The registered clients of a tenant: documents of kind "client" in its store.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fhir/date_time.h"
#include "fhir/result.h"
#include "gateway/auth/client_assertion.h"
#include "gateway/store/store.h"

namespace gateway::auth {

// As stored at this instant. kNotFound; kInvalid when the document cannot be read.
fhir::Result<Client> LoadClient(store::Reader& reader, std::string_view id);

// Answers on the road of every request, so what it says may be up to one second old: a client that
// is disabled keeps its tokens for at most that long. Any thread.
class ClientRegistry {
 public:
  // `store` must outlive this object.
  explicit ClientRegistry(store::Store& store) : store_(store) {}

  // Whether the client is registered for the programme and not disabled. kUnauthenticated when not;
  // kUnavailable when the store cannot say.
  fhir::Status MayCall(std::string_view client, std::string_view programme, fhir::Instant now);

 private:
  struct Entry {
    fhir::Instant read_at{};
    bool known = false;
    bool disabled = false;
    std::string programme;
  };
  store::Store& store_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace gateway::auth
