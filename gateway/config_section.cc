#include "gateway/config_section.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace gateway {
namespace {

using fhir::json::Value;

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool IsName(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed);
}

struct HostPort {
  std::string host;
  int port = 0;
};

std::optional<HostPort> SplitAddress(std::string_view text) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  std::string_view digits = text.substr(colon + 1);
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  HostPort out{std::string(host), 0};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (error != std::errc() || end != digits.data() + digits.size() || out.port < 0 ||
      out.port > 65535) {
    return std::nullopt;
  }
  unsigned char address[16];
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, out.host.c_str(), address) != 1) {
    return std::nullopt;
  }
  return out;
}

bool IsLoopback(const std::string& host) { return host == "::1" || host.starts_with("127."); }

}  // namespace

ConfigSection::ConfigSection(ConfigFile& file, const Value& value, std::string path)
    : file_(file), value_(value), path_(std::move(path)) {}

std::string ConfigSection::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void ConfigSection::Add(std::string_view key, std::string_view sentence) {
  file_.Add(PathOf(key), sentence);
}

const Value* ConfigSection::Take(std::string_view key, Presence presence) {
  known_.insert(std::string(key));
  const Value* value = value_.Find(key);
  if (!value && presence == Presence::kRequired) {
    Add(key, "'" + PathOf(key) + "' is missing");
  }
  return value;
}

const std::string* ConfigSection::TakeText(std::string_view key, Presence presence) {
  const Value* value = Take(key, presence);
  if (!value) return nullptr;
  if (!value->is_string() || value->text().empty()) {
    Add(key, "'" + std::string(key) + "' must be a text that is not empty");
    return nullptr;
  }
  return &value->text();
}

void ConfigSection::Text(std::string_view key, std::string* out, Presence presence) {
  if (const std::string* text = TakeText(key, presence)) *out = *text;
}

void ConfigSection::Integer(std::string_view key, int* out, int min, int max) {
  const Value* value = Take(key, Presence::kOptional);
  if (!value) return;
  const std::string& text = value->text();
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!value->is_number() || error != std::errc() || end != text.data() + text.size() ||
      number < min || number > max) {
    return Add(key, "'" + std::string(key) + "' must be a whole number from " +
                        std::to_string(min) + " to " + std::to_string(max));
  }
  *out = number;
}

void ConfigSection::Name(std::string_view kind, std::string* out) {
  const std::string* text = TakeText("name", Presence::kRequired);
  if (!text) return;
  if (!IsName(*text)) return Add("name", "a name is 1 to 64 characters of a-z 0-9 -");
  *out = *text;
  file_.Claim(kind, *text, PathOf("name"));
}

void ConfigSection::OneOf(std::string_view key, std::string* out,
                          const std::vector<std::string_view>& words) {
  const std::string* text = TakeText(key, Presence::kOptional);
  if (!text) return;
  if (std::find(words.begin(), words.end(), *text) != words.end()) {
    *out = *text;
    return;
  }
  std::string list;
  for (std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  Add(key, "'" + std::string(key) + "' must be one of " + list);
}

void ConfigSection::Texts(std::string_view key, std::vector<std::string>* out) {
  const Value* value = Take(key, Presence::kRequired);
  if (!value) return;
  for (const Value& item : value->items()) {
    if (item.is_string() && !item.text().empty()) out->push_back(item.text());
  }
  if (!value->is_array() || out->empty() || out->size() != value->size()) {
    Add(key, "'" + std::string(key) + "' must be a list of texts, at least one");
  }
}

void ConfigSection::HttpsUrl(std::string_view key, std::string* out, UrlKind kind,
                             Presence presence) {
  const std::string* text = TakeText(key, presence);
  if (!text) return;
  constexpr std::string_view kScheme = "https://";
  std::string quoted = "'" + std::string(key) + "'";
  if (!text->starts_with(kScheme)) return Add(key, quoted + " must begin with https://");
  std::string_view rest = std::string_view(*text).substr(kScheme.size());
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  auto plain = [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  if (host.empty() || host.front() == ':' || !std::all_of(rest.begin(), rest.end(), plain)) {
    return Add(key, quoted + " is not a URL");
  }
  if (host.find('@') != std::string_view::npos) {
    return Add(key, quoted + " must not hold a user or a password");
  }
  if (rest.find('#') != std::string_view::npos) return Add(key, quoted + " must have no fragment");
  if (kind != UrlKind::kAny && (rest.find('?') != std::string_view::npos || rest.back() == '/')) {
    return Add(key, quoted + " must have no query and no slash at its end");
  }
  if (kind == UrlKind::kOrigin && host.size() != rest.size()) {
    return Add(key, quoted + " must be https://host:port without a path");
  }
  *out = *text;
}

void ConfigSection::Address(std::string_view key, std::string* out, Reach reach) {
  const std::string* text = TakeText(key, Presence::kOptional);
  if (!text) return;
  std::optional<HostPort> address = SplitAddress(*text);
  if (!address) {
    return Add(key, "'" + std::string(key) +
                        "' must be an IP address and a port: 127.0.0.1:8443 or [::1]:8443");
  }
  if (reach == Reach::kLoopback && !IsLoopback(address->host)) {
    return Add(key, "'" + std::string(key) +
                        "' must be a loopback address (127.0.0.1 or [::1]): it speaks plain HTTP "
                        "without authentication");
  }
  *out = *text;
  if (address->port != 0) file_.Claim("address", *text, PathOf(key));
}

void ConfigSection::Run(const Value& value, std::string path, const Read& read) {
  ConfigSection section(file_, value, std::move(path));
  if (!value.is_object()) {
    file_.Add(section.path_, "'" + section.path_ + "' must be an object: { ... }");
    return;
  }
  read(section);
  section.RefuseUnknown();
}

void ConfigSection::Section(std::string_view key, const Read& read) {
  static const Value kEmpty = Value::Object();
  const Value* value = Take(key, Presence::kOptional);
  Run(value ? *value : kEmpty, PathOf(key), read);
}

void ConfigSection::Each(std::string_view key, const Read& read) {
  const Value* value = Take(key, Presence::kOptional);
  if (!value) return;
  if (!value->is_array()) return Add(key, "'" + PathOf(key) + "' must be a list: [ ... ]");
  for (size_t i = 0; i < value->size(); ++i) {
    Run(value->at(i), PathOf(key) + "[" + std::to_string(i) + "]", read);
  }
}

void ConfigSection::EachMember(
    std::string_view key,
    const std::function<void(const std::string& name, ConfigSection&)>& read) {
  const Value* value = Take(key, Presence::kOptional);
  if (!value) return;
  if (!value->is_object()) return Add(key, "'" + PathOf(key) + "' must be an object: { ... }");
  for (const fhir::json::Member& member : value->members()) {
    Run(member.value, PathOf(key) + "." + member.name,
        [&](ConfigSection& section) { read(member.name, section); });
  }
}

void ConfigSection::RefuseUnknown() {
  for (const fhir::json::Member& member : value_.members()) {
    if (known_.contains(member.name)) continue;
    std::string sentence = "unknown key '" + member.name + "'";
    const std::string* nearest = nullptr;
    size_t distance = 3;
    for (const std::string& name : known_) {
      size_t d = EditDistance(member.name, name);
      if (d < distance && d < name.size()) {
        distance = d;
        nearest = &name;
      }
    }
    if (nearest) sentence += "; did you mean '" + *nearest + "'?";
    Add(member.name, sentence);
  }
}

void ReadRoot(ConfigFile& file, const Value& value, const ConfigSection::Read& read) {
  if (!value.is_object()) return file.Add("", "the file must hold one object: { ... }");
  ConfigSection root(file, value, "");
  read(root);
  root.RefuseUnknown();
}

}  // namespace gateway
