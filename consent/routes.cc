#include "consent/routes.h"

#include "consent/members.h"

namespace consent {

using fhir::json::Value;

fhir::Status ReadTelephoneRoute(const Value& json, const std::string& path, TelephoneRoute& route) {
  Members members(json, path);
  members.Bool("freeToEndUser", route.free_to_end_user);
  members.Bool("onlyExempted", route.only_exempted);
  members.Bool("oneWay", route.one_way);
  return members.Finish();
}

fhir::Status ReadEmailRoute(const Value& json, const std::string& path, EmailRoute& route) {
  Members members(json, path);
  route.described = true;
  members.Text("unsubscribeUri", route.unsubscribe_uri);
  members.Bool("oneClickPost", route.one_click_post);
  members.Bool("opaqueToken", route.opaque_token);
  members.Texts("dkimSigns", route.dkim_signs);
  members.Bool("bulk", route.bulk);
  members.Bool("spf", route.spf);
  members.Bool("dkim", route.dkim);
  members.Bool("dmarcAligned", route.dmarc_aligned);
  members.Count("spamPer100000", route.spam_per_100000);
  return members.Finish();
}

Value WriteTelephoneRoute(const TelephoneRoute& route) {
  Value json = Value::Object();
  json.Set("freeToEndUser", Value::Bool(route.free_to_end_user));
  json.Set("onlyExempted", Value::Bool(route.only_exempted));
  json.Set("oneWay", Value::Bool(route.one_way));
  return json;
}

Value WriteEmailRoute(const EmailRoute& route) {
  Value json = Value::Object();
  json.Set("unsubscribeUri", Value::String(route.unsubscribe_uri));
  json.Set("oneClickPost", Value::Bool(route.one_click_post));
  json.Set("opaqueToken", Value::Bool(route.opaque_token));
  Value signs = Value::Array();
  for (const std::string& name : route.dkim_signs) signs.Add(Value::String(name));
  json.Set("dkimSigns", std::move(signs));
  json.Set("bulk", Value::Bool(route.bulk));
  json.Set("spf", Value::Bool(route.spf));
  json.Set("dkim", Value::Bool(route.dkim));
  json.Set("dmarcAligned", Value::Bool(route.dmarc_aligned));
  json.Set("spamPer100000", Value::Int(route.spam_per_100000));
  return json;
}

}  // namespace consent
