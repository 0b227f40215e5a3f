// What the routes of a programme are like: whether its texts cost the patient anything, whether an
// answer reaches it, how its e-mail is signed (B1-7, B1-22, B3-1 to B3-5). A route that is not
// described has none of the properties that a rule would need.
#pragma once

#include <string>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct TelephoneRoute {
  bool free_to_end_user = false;  // B1-7: neither charged nor counted against a plan
  bool only_exempted = false;  // relies on the exempted calls alone: no number was given for texts
  bool one_way = false;        // B1-22: nobody can answer
};

struct EmailRoute {
  bool described = false;
  std::string unsubscribe_uri;  // of List-Unsubscribe; its first https URI, without the token
  bool one_click_post = false;  // List-Unsubscribe-Post: List-Unsubscribe=One-Click
  bool opaque_token = false;    // B3-3: names recipient and list, cannot be guessed
  std::vector<std::string> dkim_signs;  // header names that the DKIM signature covers
  bool bulk = false;                    // B3-5: thousands a day
  bool spf = false;
  bool dkim = false;
  bool dmarc_aligned = false;
  int spam_per_100000 = 0;  // complaints
};

fhir::Status ReadTelephoneRoute(const fhir::json::Value& json, const std::string& path,
                                TelephoneRoute& route);
fhir::Status ReadEmailRoute(const fhir::json::Value& json, const std::string& path,
                            EmailRoute& route);
fhir::json::Value WriteTelephoneRoute(const TelephoneRoute& route);
fhir::json::Value WriteEmailRoute(const EmailRoute& route);

}  // namespace consent
