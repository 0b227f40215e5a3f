// Words of a message as a list of phrases sees them, and the list: whole words, whatever their
// case, accents or letter forms; in time linear in the length of the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace consent {

// "25% DE DESCUENTO en Crème" -> 25, %, de, descuento, en, creme. Punctuation parts words, marks
// that nobody sees are left out. The text is UTF-8.
std::vector<std::string> WordsOf(std::string_view text);

// `words` with every occurrence of `phrase` replaced by one empty word, which no phrase crosses.
std::vector<std::string> Without(std::vector<std::string> words, std::string_view phrase);

// Any thread once filled.
class Lexicon {
 public:
  // `tag` comes back from TagsIn. A phrase without a word is left out.
  void Add(std::string_view phrase, int tag = 0);
  bool empty() const { return nodes_.size() == 1; }

  // Whether a phrase stands in `words`.
  bool In(const std::vector<std::string>& words) const;
  // The tags of the phrases that stand in `words`, ascending, each once.
  std::vector<int> TagsIn(const std::vector<std::string>& words) const;

 private:
  struct Node {
    std::unordered_map<std::string, uint32_t> next;
    std::vector<int> tags;  // of the phrases that end here
  };
  // Calls found(node) for the end of each phrase until it answers true.
  template <class Found>
  void Walk(const std::vector<std::string>& words, Found found) const;

  std::vector<Node> nodes_{1};
};

}  // namespace consent
