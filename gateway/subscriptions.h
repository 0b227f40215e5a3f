// Subscriptions by rest-hook (http://hl7.org/fhir/R4/subscription.html): what is written and
// matches the criteria of an active Subscription is queued for its endpoint in the same commit. The
// endpoint is a webhook vendor that the operator has configured and that the programme names as a
// partner: no URL out of data chooses where something goes.
#pragma once

#include <string>
#include <string_view>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/config.h"
#include "gateway/store/store.h"
#include "gateway/writes.h"

namespace gateway {

// Outgoing::kind of a notification; its payload is the id of the Subscription, its line too.
inline constexpr std::string_view kNotification = "subscription";

// What a client's write of a Subscription means, in the same transaction: one that is requested is
// checked and made active; one that is off, deleted or in error notifies no more, and what waits
// for it is dropped. kInvalid and kForbidden with the path of what cannot be done.
fhir::Status TakeSubscription(store::Transaction& tx, const Config& config, const Scope& scope,
                              const Written& written);

// Queues a notification of the resource for every Subscription that it matches. Called by every
// write, whoever makes it.
fhir::Status Notify(store::Transaction& tx, const Scope& scope, const fhir::Resource& resource);

// How a queued notification may leave now.
struct Notification {
  bool due = false;            // false: nobody waits for it any more
  bool with_resource = false;  // else a bare call, which says that something has changed
};
// Whether the Subscription is still active for this vendor, its client may still read the type, and
// the resource still matches.
fhir::Result<Notification> NotificationOf(store::Reader& reader, const Config& config,
                                          const store::Outgoing& row, fhir::Instant now);

// The endpoint has not taken notifications: the Subscription is in error, with `why` (a sentence
// without values), and what waits for it is dropped.
fhir::Status FailSubscription(store::Transaction& tx, const store::Outgoing& row,
                              const std::string& why);

}  // namespace gateway
