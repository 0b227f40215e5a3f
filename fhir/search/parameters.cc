#include "fhir/search/parameters.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "fhir/search/parameter_rows.h"

namespace fhir {
namespace {

constexpr std::string_view kKinds[] = {"token",    "string", "reference", "date",   "number",
                                       "quantity", "uri",    "composite", "special"};

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (std::string_view word : Split(text, ',')) words.emplace_back(word);
  return words;
}

SearchKind KindFrom(std::string_view name) {
  const auto found = std::find(std::begin(kKinds), std::end(kKinds), name);
  return static_cast<SearchKind>(found - std::begin(kKinds));
}

std::string_view TakeWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

// The table is ours and a test compiles every line of it: a part that does not compile is left out.
void AddPart(std::vector<SearchPart>& parts, std::string_view type, std::string_view system,
             std::string_view path) {
  auto compiled = fhirpath::Expression::Compile(path);
  if (!compiled.ok()) return;
  parts.push_back(
      {std::move(*compiled), std::string(type), system == "-" ? "" : std::string(system)});
}

SearchParameter Read(std::string_view line) {
  std::vector<std::string_view> fields;
  for (size_t start = 0; start <= line.size();) {
    const size_t end = std::min(line.find('\t', start), line.size());
    fields.push_back(line.substr(start, end - start));
    start = end + 1;
  }
  SearchParameter parameter;
  if (fields.size() < 5) return parameter;
  parameter.name = fields[0];
  parameter.kind = KindFrom(fields[1]);
  parameter.always_present = fields[2] == "!";
  parameter.targets = Words(fields[3]);
  for (std::string_view part : Split(fields[4], ';')) {
    const std::string_view type = TakeWord(part);
    const std::string_view system = TakeWord(part);
    AddPart(parameter.parts, type, system, part);
  }
  for (std::string_view text : Split(fields.size() > 5 ? fields[5] : "", ';')) {
    SearchComponent component;
    component.kind = KindFrom(TakeWord(text));
    component.targets = Words(TakeWord(text));
    const std::string_view type = TakeWord(text);
    std::vector<SearchPart> parts;
    AddPart(parts, type, "-", text);
    if (parts.empty()) continue;
    component.part = std::move(parts.front());
    parameter.components.push_back(std::move(component));
  }
  return parameter;
}

const ParameterRows* RowsOf(std::string_view type) {
  const auto rows = AllParameterRows();
  const auto found =
      std::lower_bound(rows.begin() + 1, rows.end(), type,
                       [](const ParameterRows& r, std::string_view t) { return r.type < t; });
  return found != rows.end() && found->type == type ? &*found : nullptr;
}

std::vector<SearchParameter> Compile(const ParameterRows& rows) {
  std::vector<SearchParameter> parameters;
  for (std::string_view text : {AllParameterRows().front().lines, rows.lines}) {
    for (std::string_view line : Split(text, '\n')) parameters.push_back(Read(line));
  }
  std::sort(parameters.begin(), parameters.end(),
            [](const SearchParameter& a, const SearchParameter& b) { return a.name < b.name; });
  return parameters;
}

}  // namespace

std::string_view Code(SearchKind kind) { return kKinds[static_cast<size_t>(kind)]; }

bool SearchParameter::MayTarget(std::string_view type) const {
  return std::any_of(targets.begin(), targets.end(),
                     [&](const std::string& target) { return target == "*" || target == type; });
}

const std::vector<SearchParameter>& SearchParametersOf(std::string_view type) {
  static std::shared_mutex mutex;
  static std::map<std::string, std::vector<SearchParameter>, std::less<>> compiled;
  static const std::vector<SearchParameter> none;
  {
    const std::shared_lock lock(mutex);
    if (const auto found = compiled.find(type); found != compiled.end()) return found->second;
  }
  const ParameterRows* rows = RowsOf(type);
  if (rows == nullptr) return none;
  std::vector<SearchParameter> parameters = Compile(*rows);
  const std::unique_lock lock(mutex);
  return compiled.emplace(std::string(type), std::move(parameters)).first->second;
}

const SearchParameter* FindSearchParameter(std::string_view type, std::string_view name) {
  const std::vector<SearchParameter>& all = SearchParametersOf(type);
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const SearchParameter& p, std::string_view n) { return p.name < n; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

bool HasSearchParameter(std::string_view type, std::string_view name) {
  const ParameterRows* rows = RowsOf(type);
  if (rows == nullptr) return false;
  const auto has = [&](std::string_view lines) {
    for (std::string_view line : Split(lines, '\n')) {
      if (line.substr(0, line.find('\t')) == name) return true;
    }
    return false;
  };
  return has(rows->lines) || has(AllParameterRows().front().lines);
}

size_t OrderedComponent(const SearchParameter& composite) {
  for (size_t i = composite.components.size(); i > 0; --i) {
    const SearchKind kind = composite.components[i - 1].kind;
    if (kind == SearchKind::kDate || kind == SearchKind::kNumber || kind == SearchKind::kQuantity) {
      return i - 1;
    }
  }
  return composite.components.size();
}

bool EndsWithString(const SearchParameter& composite) {
  return !composite.components.empty() &&
         OrderedComponent(composite) == composite.components.size() &&
         composite.components.back().kind == SearchKind::kString;
}

}  // namespace fhir
