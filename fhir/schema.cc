#include "fhir/schema.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <memory>
#include <mutex>
#include <utility>

#include "fhir/invariants.h"
#include "fhir/schema_table.h"

namespace fhir {
namespace {

// Takes the text up to `separator` off the front; separators within parentheses do not count.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  int depth = 0;
  size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '(') ++depth;
    if (rest[end] == ')') --depth;
    if (rest[end] == separator && depth == 0) break;
  }
  std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end < rest.size() ? end + 1 : end);
  return taken;
}

std::string MemberName(std::string_view base, std::string_view type) {
  if (type == "SimpleQuantity") type = "Quantity";  // a profile on it
  std::string name(base);
  name += static_cast<char>(type[0] >= 'a' && type[0] <= 'z' ? type[0] - 'a' + 'A' : type[0]);
  name += type.substr(1);
  return name;
}

uint16_t RowOf(std::string_view name) {
  const std::span<const StructureRow> rows = StructureRows();
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), name,
                       [](const StructureRow& row, std::string_view n) { return row.name < n; });
  if (found == rows.end() || found->name != name) return ElementRule::kNoRow;
  return static_cast<uint16_t>(found - rows.begin());
}

// Of the length and three letters, which tell the elements of a structure apart well enough.
size_t Hash(std::string_view member) {
  if (member.empty()) return 0;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(member[i]); };
  const size_t size = member.size();
  return size * 5 + at(0) * 33U + at(size - 1) * 129U + at(size / 2) * 517U;
}

void Index(Structure& structure) {
  structure.slots.assign(std::bit_ceil(structure.elements.size() * 2 + 1), 0);
  for (size_t i = 0; i < structure.elements.size(); ++i) {
    size_t slot = Hash(structure.elements[i].member) % structure.slots.size();
    while (structure.slots[slot] != 0) slot = (slot + 1) % structure.slots.size();
    structure.slots[slot] = static_cast<uint16_t>(i + 1);
  }
}

class Builder {
 public:
  std::unique_ptr<Structure> Build(const StructureRow& row) {
    auto built = std::make_unique<Structure>();
    structure_ = built.get();
    structure_->name = row.name;
    AddRow(row);
    std::sort(structure_->elements.begin(), structure_->elements.end(),
              [](const ElementRule& a, const ElementRule& b) { return a.member < b.member; });
    Index(*structure_);
    return built;
  }

 private:
  void AddRow(const StructureRow& row) {
    if (const uint16_t base = RowOf(row.base); base != ElementRule::kNoRow) {
      AddRow(StructureRows()[base]);
    }
    std::string_view elements = row.elements;
    while (!elements.empty()) AddElement(TakeUntil(elements, ' '));
    for (const Invariant& invariant : Invariants()) {
      if (invariant.structure == row.name) structure_->invariants.push_back(&invariant);
    }
  }

  void AddElement(std::string_view text) {
    ElementRule rule;
    for (; text.ends_with('!') || text.ends_with('*') || text.ends_with('+');
         text.remove_suffix(1)) {
      (text.back() == '!'   ? rule.is_required
       : text.back() == '*' ? rule.repeats
                            : rule.in_summary) = true;
    }
    rule.name = TakeUntil(text, ':');
    if (rule.name.ends_with("[x]")) {
      rule.is_choice = true;
      rule.name.remove_suffix(3);
    }
    rule.index = next_index_++;
    if (rule.is_required) structure_->required.emplace_back(rule.index, rule.name);
    std::string_view types = text == "?" ? OpenTypes() : text;
    while (!types.empty()) AddType(rule, TakeUntil(types, ','));
  }

  void AddType(ElementRule rule, std::string_view type) {
    if (const size_t binding = type.find_first_of("=~"); binding != std::string_view::npos) {
      rule.codes = ValueSet(type.substr(binding + 1));
      rule.may_be_text = type[binding] == '~';
      type = type.substr(0, binding);
    }
    if (const size_t open = type.find('('); open != std::string_view::npos) {
      rule.targets = type.substr(open + 1, type.size() - open - 2);
      type = type.substr(0, open);
    }
    rule.primitive = PrimitiveFromName(type);
    if (!rule.primitive && type != "Resource") rule.row = RowOf(type);
    rule.member = rule.is_choice ? MemberName(rule.name, type) : std::string(rule.name);
    structure_->elements.push_back(std::move(rule));
  }

  Structure* structure_ = nullptr;
  uint16_t next_index_ = 0;
};

// Built once each, never freed: the slots are plain pointers that need no destructor.
constexpr size_t kMostRows = 1024;
std::array<std::atomic<const Structure*>, kMostRows> g_built;
std::mutex g_building;

const Structure* StructureAt(uint16_t row) {
  if (const Structure* ready = g_built[row].load(std::memory_order_acquire)) return ready;
  const std::lock_guard lock(g_building);
  if (const Structure* ready = g_built[row].load(std::memory_order_relaxed)) return ready;
  const Structure* built = Builder().Build(StructureRows()[row]).release();
  g_built[row].store(built, std::memory_order_release);
  return built;
}

}  // namespace

const Structure* ElementRule::structure() const {
  return row != kNoRow ? StructureAt(row) : nullptr;
}

const ElementRule* Structure::Find(std::string_view member) const {
  const size_t mask = slots.size() - 1;  // their number is a power of two
  for (size_t slot = Hash(member) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
    const ElementRule& rule = elements[slots[slot] - 1U];
    if (rule.member == member) return &rule;
  }
  return nullptr;
}

const Structure* FindStructure(std::string_view name) {
  const uint16_t row = RowOf(name);
  return row != ElementRule::kNoRow ? StructureAt(row) : nullptr;
}

}  // namespace fhir
