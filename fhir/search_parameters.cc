#include "fhir/search_parameters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include "fhir/reference.h"
#include "fhir/search_parameter_table.h"

namespace fhir {
namespace {

std::string Lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// People write one number in many ways; what is compared is the digits and a leading plus.
std::string PhoneDigits(std::string_view text) {
  std::string result;
  for (char c : text) {
    if ((c >= '0' && c <= '9') || (c == '+' && result.empty())) result += c;
  }
  return result;
}

// Calls `visit` with every element at the dotted path; arrays are walked through.
template <class Visit>
void ForEachAt(const json::Value& value, std::string_view path, const Visit& visit) {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) {
      if (!item.is_array()) ForEachAt(item, path, visit);
    }
    return;
  }
  if (path.empty()) {
    if (!value.is_null()) visit(value);
    return;
  }
  const size_t dot = path.find('.');
  const bool last = dot == std::string_view::npos;
  ForEachAt(value[path.substr(0, dot)], last ? std::string_view{} : path.substr(dot + 1), visit);
}

bool Allows(std::string_view targets, std::string_view type) {
  if (targets == "*") return true;
  while (!targets.empty()) {
    const size_t comma = targets.find(',');
    if (targets.substr(0, comma) == type) return true;
    if (comma == std::string_view::npos) break;
    targets.remove_prefix(comma + 1);
  }
  return false;
}

std::string ReferenceKey(const Reference& reference) {
  switch (reference.form) {
    case Reference::Form::kRelative:
      return reference.Relative();
    case Reference::Form::kAbsolute:
      return reference.base + "/" + reference.Relative();
    case Reference::Form::kUrn:
      return reference.id;
    case Reference::Form::kContained:
      break;
  }
  return {};
}

// What one element of a resource puts into the index.
class Keys {
 public:
  explicit Keys(std::vector<SearchValue>& out) : out_(out) {}

  void Add(const SearchRow& row, const json::Value& element) {
    switch (row.kind) {
      case SearchKind::kCode:
        if (element.is_string()) Put(row, "|" + element.text());
        return;
      case SearchKind::kToken:
        return AddToken(row, element);
      case SearchKind::kReference:
        return AddReference(row, element);
      case SearchKind::kUri:
        return AddUri(row, element.text());
      case SearchKind::kEmail:
        if (element["system"].text() != "email") return;
        return AddContact(row, "email|", Lower(element["value"].text()));
      case SearchKind::kPhone:
        if (element["system"].text() != "phone") return;
        return AddContact(row, "phone|", PhoneDigits(element["value"].text()));
    }
  }

 private:
  void Put(const SearchRow& row, std::string key) {
    out_.push_back({std::string(row.parameter), std::move(key)});
  }

  void AddToken(const SearchRow& row, const json::Value& element) {
    for (const json::Value& coding : element["coding"].items()) {
      PutToken(row, coding["system"].text(), coding["code"].text());
    }
    PutToken(row, element["system"].text(), element["code"].text());   // Coding
    PutToken(row, element["system"].text(), element["value"].text());  // Identifier
  }

  void PutToken(const SearchRow& row, const std::string& system, const std::string& code) {
    if (code.empty()) return;
    if (!system.empty()) Put(row, system + "|" + code);
    Put(row, "|" + code);
  }

  void AddReference(const SearchRow& row, const json::Value& element) {
    const auto reference = ParseReference(element["reference"].text());
    if (!reference) return;
    if (!reference->type.empty() && !Allows(row.targets, reference->type)) return;
    if (std::string key = ReferenceKey(*reference); !key.empty()) Put(row, std::move(key));
  }

  void AddUri(const SearchRow& row, const std::string& url) {
    if (url.empty()) return;
    Put(row, url);
    // A canonical with a version is found without it too.
    if (size_t bar = url.find('|'); bar != std::string::npos && bar > 0) {
      Put(row, url.substr(0, bar));
    }
  }

  void AddContact(const SearchRow& row, const char* prefix, const std::string& value) {
    if (!value.empty()) Put(row, prefix + value);
  }

  std::vector<SearchValue>& out_;
};

Error BadValue(std::string_view parameter, std::string message) {
  return Fail(ErrorCode::kInvalid, std::move(message), std::string(parameter));
}

// Splits at every `separator` that no backslash stands before; escapes stay.
std::vector<std::string_view> SplitUnescaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

// http://hl7.org/fhir/R4/search.html#escaping; nullopt when a backslash escapes nothing.
std::optional<std::string> Unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (std::string_view(",|$\\").find(text[i]) == std::string_view::npos) return std::nullopt;
    result += text[i];
  }
  return result;
}

struct Asked {
  const SearchRow* row;
  std::string_view parameter;
  std::string_view target_type;  // of ":Patient", or empty
  std::vector<std::string>* keys;
};

Status AskToken(const Asked& asked, std::string_view item) {
  const auto parts = SplitUnescaped(item, '|');
  if (parts.size() > 2) return BadValue(asked.parameter, "a token is [system|]code");
  const auto code = Unescape(parts.back());
  const auto system = parts.size() == 2 ? Unescape(parts.front()) : std::string{};
  if (!code || !system) return BadValue(asked.parameter, "the value has an invalid escape");
  if (code->empty()) {
    return BadValue(asked.parameter, "a search by system alone is not supported");
  }
  if (asked.row->kind == SearchKind::kCode && !system->empty()) {
    return BadValue(asked.parameter, "this parameter is searched by its code without a system");
  }
  asked.keys->push_back(*system + "|" + *code);
  return {};
}

Status AskReference(const Asked& asked, const std::string& text) {
  const SearchRow& row = *asked.row;
  if (IsId(text)) {
    std::string_view targets = asked.target_type.empty() ? row.targets : asked.target_type;
    if (targets == "*") {
      return BadValue(asked.parameter, "a reference of any type needs its type: Type/id");
    }
    for (std::string_view type : SplitUnescaped(targets, ',')) {
      asked.keys->push_back(std::string(type) + "/" + text);
    }
    return {};
  }
  const auto reference = ParseReference(text);
  if (!reference || reference->form == Reference::Form::kContained) {
    return BadValue(asked.parameter, "a reference is id, Type/id or a URL");
  }
  if (!reference->type.empty()) {
    const bool modifier_holds = asked.target_type.empty() || asked.target_type == reference->type;
    if (!modifier_holds || !Allows(row.targets, reference->type)) {
      return BadValue(asked.parameter, "this parameter does not point to that resource type");
    }
  }
  asked.keys->push_back(ReferenceKey(*reference));
  return {};
}

Status Ask(const Asked& asked, std::string_view item) {
  if (item.empty()) return BadValue(asked.parameter, "a search value is empty");
  const SearchKind kind = asked.row->kind;
  if (kind == SearchKind::kCode || kind == SearchKind::kToken) return AskToken(asked, item);

  const auto text = Unescape(item);
  if (!text) return BadValue(asked.parameter, "the value has an invalid escape");
  if (kind == SearchKind::kReference) return AskReference(asked, *text);
  if (kind == SearchKind::kUri) {
    asked.keys->push_back(*text);
    return {};
  }
  const std::string prefix = kind == SearchKind::kEmail ? "email|" : "phone|";
  std::string_view contact = *text;
  if (contact.starts_with(prefix)) contact.remove_prefix(prefix.size());
  if (contact.starts_with('|')) contact.remove_prefix(1);
  const std::string value = kind == SearchKind::kEmail ? Lower(contact) : PhoneDigits(contact);
  if (value.empty()) return BadValue(asked.parameter, "the value is no contact point");
  asked.keys->push_back(prefix + value);
  return {};
}

const SearchRow* FindRow(std::string_view type, std::string_view parameter) {
  for (const SearchRow& row : SearchRows()) {
    if (row.type == type && row.parameter == parameter) return &row;
  }
  return nullptr;
}

// "Patient/id" of the first literal reference to a patient, else empty.
std::string PatientAt(const json::Value& resource, std::string_view path) {
  std::string found;
  ForEachAt(resource, path, [&found](const json::Value& element) {
    if (!found.empty()) return;
    const auto reference = ParseReference(element["reference"].text());
    if (reference && reference->form == Reference::Form::kRelative &&
        reference->type == "Patient") {
      found = reference->Relative();
    }
  });
  return found;
}

}  // namespace

std::vector<SearchValue> SearchValues(const Resource& resource) {
  std::vector<SearchValue> values;
  Keys keys(values);
  for (const SearchRow& row : SearchRows()) {
    if (row.type != resource.type()) continue;
    ForEachAt(resource.json(), row.path,
              [&](const json::Value& element) { keys.Add(row, element); });
  }
  std::sort(values.begin(), values.end(), [](const SearchValue& a, const SearchValue& b) {
    return std::tie(a.parameter, a.key) < std::tie(b.parameter, b.key);
  });
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<std::string> SearchParametersOf(std::string_view type) {
  std::vector<std::string> names;
  for (const SearchRow& row : SearchRows()) {
    if (row.type == type) names.emplace_back(row.parameter);
  }
  // A parameter over two elements has two rows.
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::vector<std::string>> SearchKeys(std::string_view type, std::string_view parameter,
                                            std::string_view value) {
  const size_t colon = parameter.find(':');
  const std::string_view name = parameter.substr(0, colon);
  const std::string_view modifier =
      colon == std::string_view::npos ? std::string_view{} : parameter.substr(colon + 1);
  const SearchRow* row = FindRow(type, name);
  if (row == nullptr) return BadValue(name, "the search parameter is unknown for this type");
  if (colon != std::string_view::npos &&
      (row->kind != SearchKind::kReference || !IsResourceType(modifier) ||
       !Allows(row->targets, modifier))) {
    return BadValue(name, "this search modifier is not supported");
  }
  std::vector<std::string> keys;
  const Asked asked{row, name, modifier, &keys};
  for (std::string_view item : SplitUnescaped(value, ',')) {
    if (auto status = Ask(asked, item); !status) return status.error();
  }
  return keys;
}

std::string PatientOf(const Resource& resource) {
  static constexpr auto kNone = std::to_array<std::string_view>({"AuditEvent", "Provenance"});
  // In the order of who the resource is about, rather than who had a hand in it.
  static constexpr auto kPaths =
      std::to_array<std::string_view>({"patient", "subject", "beneficiary", "for", "individual",
                                       "recipient", "sender", "participant.actor"});
  if (resource.type() == "Patient") {
    return resource.id().empty() ? std::string{} : resource.Relative();
  }
  if (std::find(kNone.begin(), kNone.end(), resource.type()) != kNone.end()) return {};
  for (std::string_view path : kPaths) {
    if (std::string patient = PatientAt(resource.json(), path); !patient.empty()) return patient;
  }
  return {};
}

}  // namespace fhir
