// The opt-out that a patient's words are: one reading for the decision about words that have just
// come in (B1-16 to B1-18) and for the record that is kept of them.
#pragma once

#include <string>

#include "consent/given.h"

namespace consent {

// A patient's words and where they came from.
struct Reply {
  std::string text;
  std::string channel;  // a channel code; empty: not known
  std::string contact;  // the number or address that said it; empty: not known
  fhir::Instant received_at{};
  std::string in_reply_to;  // OptOut::in_reply_to
  std::string seller;       // of the programme that was answered, and
  std::string programme;    // its id
};

// REQUIRES: the words mean stop (ReadReply); of others the channel and the kinds are as strict as
// they can be.
OptOut OptOutOf(const Reply& reply);

}  // namespace consent
