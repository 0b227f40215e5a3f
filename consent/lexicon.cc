#include "consent/lexicon.h"

#include <algorithm>
#include <iterator>

#include "fhir/search/text.h"

namespace consent {
namespace {

// The code point at text[i], and how many bytes it has. NormalText has answered UTF-8 only.
char32_t CodePoint(std::string_view text, size_t i, size_t& length) {
  const auto byte = [&](size_t at) -> char32_t {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
  };
  const char32_t first = byte(i);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 1) return first;
  char32_t code = first & (0xFFU >> (length + 1));
  for (size_t k = 1; k < length; ++k) code = code << 6 | (byte(i + k) & 0x3F);
  return code;
}

// Soft hyphens, joiners and other marks without a shape.
bool Invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

bool Parts(char32_t c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  if (c < 0x80) return !letter;
  return (c >= 0xA0 && c <= 0xBF) || (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) ||
         (c >= 0x2100 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F);
}

// Letters and digits in mathematical dress, which advertising likes to wear.
char32_t Undressed(char32_t c) {
  if (c >= 0x1D400 && c <= 0x1D6A3) return U'a' + (c - 0x1D400) % 26;
  if (c >= 0x1D7CE && c <= 0x1D7FF) return U'0' + (c - 0x1D7CE) % 10;
  return c;
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view text) {
  const std::string normal = fhir::NormalText(text);
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  size_t length = 1;
  for (size_t i = 0; i < normal.size(); i += length) {
    const char32_t c = CodePoint(normal, i, length);
    if (Invisible(c)) continue;
    if (const char32_t plain = Undressed(c); plain != c) {
      word.push_back(static_cast<char>(plain));
    } else if (!Parts(c)) {
      word.append(normal, i, length);
    } else {
      end();
      if (c == '%') words.emplace_back("%");
    }
  }
  end();
  return words;
}

std::vector<std::string> Without(std::vector<std::string> words, std::string_view phrase) {
  const std::vector<std::string> gone = WordsOf(phrase);
  if (gone.empty()) return words;
  std::vector<std::string> left;
  left.reserve(words.size());
  for (auto at = words.begin(); at != words.end();) {
    const bool here =
        words.end() - at >= std::ssize(gone) && std::equal(gone.begin(), gone.end(), at);
    left.push_back(here ? std::string() : std::move(*at));
    at += here ? std::ssize(gone) : 1;
  }
  return left;
}

void Lexicon::Add(std::string_view phrase, int tag) {
  uint32_t at = 0;
  for (const std::string& word : WordsOf(phrase)) {
    const auto [found, added] =
        nodes_[at].next.try_emplace(word, static_cast<uint32_t>(nodes_.size()));
    at = found->second;
    if (added) nodes_.emplace_back();
  }
  if (at != 0) nodes_[at].tags.push_back(tag);
}

template <class Found>
void Lexicon::Walk(const std::vector<std::string>& words, Found found) const {
  for (size_t start = 0; start < words.size(); ++start) {
    uint32_t at = 0;
    // No further than the longest phrase, which the pack bounds.
    for (size_t i = start; i < words.size(); ++i) {
      const auto next = nodes_[at].next.find(words[i]);
      if (next == nodes_[at].next.end()) break;
      at = next->second;
      if (!nodes_[at].tags.empty() && found(nodes_[at])) return;
    }
  }
}

bool Lexicon::In(const std::vector<std::string>& words) const {
  bool in = false;
  Walk(words, [&](const Node&) { return in = true; });
  return in;
}

std::vector<int> Lexicon::TagsIn(const std::vector<std::string>& words) const {
  std::vector<int> tags;
  Walk(words, [&](const Node& node) {
    tags.insert(tags.end(), node.tags.begin(), node.tags.end());
    return false;
  });
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace consent
