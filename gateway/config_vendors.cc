#include "gateway/config_vendors.h"

#include <algorithm>
#include <string>
#include <utility>

namespace gateway {
namespace {

using UrlKind = ConfigSection::UrlKind;

void ReadTrust(ConfigSection& owner, adapters::TlsTrust* trust) {
  owner.Section("trust", [trust](ConfigSection& s) {
    s.File("ca_file", &trust->ca_file, FileKind::kReadable, Presence::kOptional);
    s.File("client_cert_file", &trust->client_cert_file, FileKind::kReadable, Presence::kOptional);
    s.File("client_key_file", &trust->client_key_file, FileKind::kSecret, Presence::kOptional);
    if (s.Has("client_cert_file") != s.Has("client_key_file")) {
      s.Add(s.Has("client_cert_file") ? "client_cert_file" : "client_key_file",
            "'client_cert_file' and 'client_key_file' belong together");
    }
  });
}

template <class Named>
bool Contains(const std::vector<Named>& all, const std::string& name) {
  return std::any_of(all.begin(), all.end(), [&](const Named& n) { return n.name == name; });
}

void CheckAuthentication(ConfigSection& s) {
  int smart = s.Has("token_url") + s.Has("client_id") + s.Has("private_key_file");
  if (smart != 0 && smart != 3) {
    s.Add(s.Has("token_url")   ? "token_url"
          : s.Has("client_id") ? "client_id"
                               : "private_key_file",
          "'token_url', 'client_id' and 'private_key_file' belong together");
  }
  if (smart != 0 && s.Has("bearer_token_file")) {
    s.Add("bearer_token_file", "'bearer_token_file' and 'token_url' exclude each other");
  }
}

}  // namespace

void ReadVendors(ConfigSection& root, Config* config) {
  root.Section("vendors", [config](ConfigSection& vendors) {
    vendors.Each("smtp", [config](ConfigSection& s) {
      adapters::SmtpVendor vendor;
      s.Name("vendor", &vendor.name);
      s.Text("host", &vendor.host, Presence::kRequired);
      s.Integer("port", &vendor.port, 1, 65535);
      s.Text("user", &vendor.user, Presence::kOptional);
      s.File("password_file", &vendor.password_file, FileKind::kSecret, Presence::kOptional);
      if (s.Has("user") != s.Has("password_file")) {
        s.Add(s.Has("user") ? "user" : "password_file",
              "'user' and 'password_file' belong together");
      }
      ReadTrust(s, &vendor.trust);
      config->smtp.push_back(std::move(vendor));
    });
    vendors.Each("sms", [config](ConfigSection& s) {
      adapters::SmsVendor vendor;
      s.Name("vendor", &vendor.name);
      s.HttpsUrl("url", &vendor.url, UrlKind::kAny, Presence::kRequired);
      s.Text("account", &vendor.account, Presence::kRequired);
      s.File("token_file", &vendor.token_file, FileKind::kSecret, Presence::kRequired);
      ReadTrust(s, &vendor.trust);
      config->sms.push_back(std::move(vendor));
    });
    vendors.Each("webhook", [config](ConfigSection& s) {
      adapters::WebhookVendor vendor;
      s.Name("vendor", &vendor.name);
      s.HttpsUrl("url", &vendor.url, UrlKind::kAny, Presence::kRequired);
      s.File("signing_key_file", &vendor.signing_key_file, FileKind::kSecret, Presence::kRequired);
      ReadTrust(s, &vendor.trust);
      config->webhook.push_back(std::move(vendor));
    });
  });
}

void ReadEndpoints(ConfigSection& root, Config* config) {
  root.Each("endpoints", [config](ConfigSection& s) {
    adapters::FhirEndpointConfig endpoint;
    s.Name("endpoint", &endpoint.name);
    s.HttpsUrl("base_url", &endpoint.base_url, UrlKind::kBase, Presence::kRequired);
    ReadTrust(s, &endpoint.trust);
    s.HttpsUrl("token_url", &endpoint.token_url, UrlKind::kAny, Presence::kOptional);
    s.Text("client_id", &endpoint.client_id, Presence::kOptional);
    s.File("private_key_file", &endpoint.private_key_file, FileKind::kSecret, Presence::kOptional);
    s.Text("scope", &endpoint.scope, Presence::kOptional);
    s.File("bearer_token_file", &endpoint.bearer_token_file, FileKind::kSecret,
           Presence::kOptional);
    int max_answer_bytes = static_cast<int>(endpoint.max_answer_bytes);
    s.Integer("max_answer_bytes", &max_answer_bytes, 1024, 1024 * 1024 * 1024);
    endpoint.max_answer_bytes = static_cast<size_t>(max_answer_bytes);
    s.Integer("max_pages", &endpoint.max_pages, 1, 100'000);
    CheckAuthentication(s);
    config->endpoints.push_back(std::move(endpoint));
  });
}

void ReadSources(ConfigSection& root, Config* config) {
  root.Each("sources", [config](ConfigSection& s) {
    SourceConfig source;
    s.Name("source", &source.name);
    s.Text("programme", &source.programme, Presence::kRequired);
    s.Text("endpoint", &source.endpoint, Presence::kRequired);
    s.Texts("types", &source.types);
    s.Text("identifier_system", &source.identifier_system, Presence::kRequired);
    s.Integer("poll_seconds", &source.poll_seconds, 0, 86'400);
    if (!source.endpoint.empty() && !Contains(config->endpoints, source.endpoint)) {
      s.Add("endpoint", "'endpoint' names none of 'endpoints'");
    }
    config->sources.push_back(std::move(source));
  });
}

void ReadHooks(ConfigSection& root, Config* config) {
  root.EachMember("hooks", [config](const std::string& vendor, ConfigSection& s) {
    std::string key_file;
    s.File("signing_key_file", &key_file, FileKind::kSecret, Presence::kRequired);
    if (!Contains(config->smtp, vendor) && !Contains(config->sms, vendor) &&
        !Contains(config->webhook, vendor)) {
      s.Add("", "the hook '" + vendor + "' names none of 'vendors'");
    }
    config->hook_key_files[vendor] = key_file;
  });
}

}  // namespace gateway
