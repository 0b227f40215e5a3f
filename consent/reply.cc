#include "consent/reply.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "consent/reply_words.h"
#include "fhir/search/text.h"

namespace consent {
namespace {

namespace list = reply_words;
using Words = std::vector<std::string>;

// How many bytes at text[i] are a sign and no letter: punctuation, an emoji, what joins them.
size_t SignAt(std::string_view text, size_t i) {
  const auto byte = [&](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  if (byte(i) == 0xC2) return 2;                             // U+0080 to U+00BF
  if (byte(i) == 0xE2 && byte(i + 1) < 0xB0) return 3;       // U+2000 to U+2BFF
  if (byte(i) == 0xEF && byte(i + 1) == 0xB8) return 3;      // U+FE00 to U+FE3F
  if (byte(i) == 0xF0 && byte(i + 1) == 0x9F) return 4;      // U+1F000 to U+1FFFF
  const bool wide = byte(i) == 0xE3 && byte(i + 1) == 0x80;  // U+3000 to U+303F
  return wide ? 3 : 0;
}

// The letter in a circle or a square at text[i], and its bytes; 0: there is none.
struct Enclosed {
  char letter = 0;
  size_t bytes = 0;
};
Enclosed EnclosedAt(std::string_view text, size_t i) {
  const auto byte = [&](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const auto letter = [](unsigned place) { return static_cast<char>('a' + place % 26); };
  if (byte(i) == 0xE2) {
    const unsigned code =
        (byte(i) & 0x0FU) << 12 | (byte(i + 1) & 0x3FU) << 6 | (byte(i + 2) & 0x3FU);
    if (code >= 0x24B6 && code <= 0x24E9) return {letter(code - 0x24B6), 3};
  }
  if (byte(i) == 0xF0 && byte(i + 1) == 0x9F && byte(i + 2) >= 0x84 && byte(i + 2) <= 0x86) {
    const unsigned code = 0x1F000U | (byte(i + 2) & 0x3FU) << 6 | (byte(i + 3) & 0x3FU);
    for (const unsigned first : {0x1F130U, 0x1F150U, 0x1F170U}) {
      if (code >= first && code < first + 26) return {letter(code - first), 4};
    }
  }
  return {};
}

// Without capitals and accents: the lists are written so.
Words Split(std::string_view as_written) {
  const std::string text = fhir::NormalText(as_written);
  Words words(1);
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') continue;                        // don't -> dont
    if (c == '-' && words.back() == "e") continue;  // e-mail -> email
    if (text.compare(i, 3, "\xE2\x80\x99") == 0) {  // the same, as telephones write it
      i += 2;
      continue;
    }
    if (const Enclosed enclosed = EnclosedAt(text, i); enclosed.letter != 0) {
      words.back() += enclosed.letter;
      i += enclosed.bytes - 1;
      continue;
    }
    const size_t sign = SignAt(text, i);
    const bool letter = sign == 0 && (static_cast<unsigned char>(c) >= 0x80 ||
                                      std::isalnum(static_cast<unsigned char>(c)) != 0);
    if (letter) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
    if (sign > 1) i += sign - 1;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

Words WordsOf(std::string_view text) {
  Words words = Split(text);
  // "S T O P" and "s.t.o.p." are one word.
  const bool spelled = words.size() > 2 && std::all_of(words.begin(), words.end(),
                                                       [](const auto& w) { return w.size() == 1; });
  if (!spelled) return words;
  Words joined(1);
  for (const std::string& letter : words) joined.front() += letter;
  return joined;
}

template <size_t N>
bool In(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

template <size_t N>
bool HasAny(const Words& words, const std::array<std::string_view, N>& list) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return In(list, word); });
}

bool IsStop(std::string_view word) {
  return In(list::kStop, word) || In(list::kForeignStop, word) || In(list::kStopVerbs, word);
}

// "opt out", "leave me", "take me off", "wrong number": phrases of two words that stop.
bool IsStopPhrase(std::string_view first, std::string_view second) {
  return (first == "leave" && second == "me") || (first == "take" && second == "me") ||
         (first == "wrong" && second == "number") || (first == "dung" && second == "lai") ||
         (first == "no" && second == "more") || (first == "no" && second == "mas") ||
         (first == "want" && second == "out") || (first == "want" && second == "off");
}

// Whether a word that stops, or a phrase that does, begins at words[i].
bool StopsAt(const Words& words, size_t i) {
  if (i >= words.size()) return false;
  if (IsStop(words[i])) return true;
  if (i + 1 < words.size() && IsStopPhrase(words[i], words[i + 1])) return true;
  const auto soon = [&](const auto& accept) {
    for (size_t at = i + 1; at < words.size() && at <= i + 4; ++at) {
      if (accept(words[at])) return true;
    }
    return false;
  };
  const auto is = [](std::string_view meant) {
    return [meant](std::string_view word) { return word == meant; };
  };
  if (In(list::kOpt, words[i])) return soon(is("out"));
  if (In(list::kErase, words[i])) {
    return soon([](std::string_view word) { return In(list::kNumber, word); });
  }
  if (!In(list::kTake, words[i])) return false;
  return soon(is("off")) || (soon(is("back")) && HasAny(words, list::kConsent));
}

bool HasStop(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (StopsAt(words, i)) return true;
  }
  return false;
}

// "dont stop", "I do not want to stop", "no pare": the negation is of the stop itself.
bool NegatesStop(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (!In(list::kNegations, words[i])) continue;
    size_t next = i + 1;
    while (next < words.size() && !StopsAt(words, next) && In(list::kWanting, words[next])) ++next;
    const bool forbids = In(list::kForbidding, words[i]);
    if (next < words.size() && (IsStop(words[next]) || (forbids && StopsAt(words, next)))) {
      return true;
    }
  }
  return false;
}

// Only words that stop, fillers, negations of messages, and words for the messages.
bool SaysNothing(const std::string& word) {
  return IsStop(word) || In(list::kMessages, word) || In(list::kFiller, word) ||
         In(list::kNegations, word) || In(list::kProgrammes, word) || In(list::kOnly, word) ||
         In(list::kConsent, word) || In(list::kMessageVerbs, word) || In(list::kOpt, word) ||
         In(list::kTake, word) || In(list::kErase, word);
}

bool SaysNothingElse(const Words& words) {
  const bool narrows = HasAny(words, list::kOnly);
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return SaysNothing(word) || (narrows && In(list::kPromotion, word));
  });
}

struct Clause {
  Words words;
  bool question;
};

// Whether the negation at words[i] tells somebody not to: "please do not", and not "did you not".
bool IsCommand(const Words& words, size_t i) {
  if (i > 0 && words[i - 1] == "do") --i;
  return i == 0 || !In(list::kTelling, words[i - 1]);
}

// "do not text me again", "I don't want your messages": a negated verb of messages is a revocation
// as well (B1-18), where it is told as such or nothing else is said.
bool RefusesMessages(const Clause& clause) {
  const Words& words = clause.words;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!In(list::kRefusing, words[i])) continue;
    if (words[i] == "never" && !IsCommand(words, i)) continue;  // "you never call me"
    size_t verb = i + 1;
    while (verb < words.size() && In(list::kBetween, words[verb])) ++verb;
    if (verb == words.size()) continue;
    if (!In(list::kMessageVerbs, words[verb]) && !In(list::kConsent, words[verb])) continue;
    const auto rest = words.begin() + static_cast<std::ptrdiff_t>(verb);
    if (std::all_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i), SaysNothing) &&
        std::all_of(rest, words.end(), SaysNothing)) {
      return true;
    }
    const bool us = verb + 1 < words.size() && In(list::kUs, words[verb + 1]);
    if (us && In(list::kForbidding, words[i]) && IsCommand(words, i) && !clause.question &&
        !HasAny(words, list::kLimits)) {
      return true;
    }
  }
  return false;
}

// Whether some word of `which` stands right before one of `what`: "all programs".
template <size_t N, size_t M>
bool HasPair(const Words& words, const std::array<std::string_view, N>& which,
             const std::array<std::string_view, M>& what) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (In(which, words[i]) && In(what, words[i + 1])) return true;
  }
  return false;
}

// One letter more, less, other, or two of them exchanged.
bool IsOneSlipFrom(std::string_view word, std::string_view meant) {
  if (word.size() + 1 < meant.size() || word.size() > meant.size() + 1) return false;
  size_t same = 0;
  while (same < std::min(word.size(), meant.size()) && word[same] == meant[same]) ++same;
  const std::string_view left = word.substr(same);
  const std::string_view right = meant.substr(same);
  if (left.size() > right.size()) return left.substr(1) == right;
  if (left.size() < right.size()) return left == right.substr(1);
  if (left.empty() || left.substr(1) == right.substr(1)) return true;
  return left[0] == right[1] && left[1] == right[0] && left.substr(2) == right.substr(2);
}

bool IsOrdinary(const std::string& word) {
  return list::kOrdinary.find(" " + word + " ") != std::string_view::npos;
}

// "4pm", "10", "20mg", "2nd"
bool IsNumber(std::string_view word) {
  constexpr auto kUnits =
      std::to_array<std::string_view>({"", "am", "pm", "st", "nd", "rd", "th", "mg", "ml", "x"});
  const size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  return digits > 0 && In(kUnits, word.substr(digits));
}

// "done" answers, "done with you" does not.
bool IsDone(const Words& words, size_t i) {
  constexpr auto kBefore = std::to_array<std::string_view>({"all", "its", "is", "already", "just"});
  return i + 1 == words.size() && (i == 0 || In(kBefore, words[i - 1]));
}

// A face, a hand or another emoji that is not of the friendly ones.
bool HasUnfriendlySign(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t sign = SignAt(text, i);
    if (sign == 0) continue;
    const std::string_view one = text.substr(i, sign);
    const bool emoji = one >= "\xE2\x98\x80";  // U+2600 on; before it stands punctuation
    // U+FE0F and the colours of skins belong to the one before.
    const bool modifies = one.starts_with("\xEF") || (one >= "🏻" && one <= "🏿");
    if (emoji && !one.starts_with("\xE3") && !modifies && !In(list::kFriendly, one)) return true;
    i += sign - 1;
  }
  return false;
}

// No refusal hides in it: words that are known to be ordinary, or a question in English about
// anything but the messages.
bool IsHarmless(const Clause& clause) {
  const Words& words = clause.words;
  const auto ascii = [](const std::string& word) {
    return std::all_of(word.begin(), word.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  const bool asks = clause.question && In(list::kAsking, words.front()) &&
                    std::all_of(words.begin(), words.end(), ascii) &&
                    !HasAny(words, list::kAlarming) && !HasAny(words, list::kWeary);
  if (asks) return true;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "done" && !IsDone(words, i)) return false;
    const bool letter = words[i].size() == 1;
    if (!letter && !IsOrdinary(words[i]) && !IsNumber(words[i])) return false;
  }
  return true;
}

// Ordinary words that together may refuse, or speak of somebody else's number.
bool HasPhrase(const Words& words) {
  constexpr auto kPhrases = std::to_array<std::string_view>(
      {" who is ", " who are ", " this is his ", " this is her ", " let me be ", " had it with ",
       " why do you ", " why did you "});
  std::string sentence = " ";
  for (const std::string& word : words) sentence += word + " ";
  return std::any_of(kPhrases.begin(), kPhrases.end(), [&](std::string_view phrase) {
    return sentence.find(phrase) != std::string::npos;
  });
}

// B1-18: nothing that surely stops, yet a person must read it: a misspelt STOP, a refusal of
// something, "who is this?", words that nobody here knows.
bool MayBeStop(std::string_view text, const std::vector<Clause>& clauses) {
  for (const Clause& clause : clauses) {
    const Words& words = clause.words;
    if (HasPhrase(words)) return true;
    const bool misspelt = std::any_of(words.begin(), words.end(), [](const std::string& word) {
      return IsOneSlipFrom(word, "unsubscribe");
    });
    if (misspelt || HasAny(words, list::kNegations) || !IsHarmless(clause)) return true;
  }
  const bool no = clauses.size() == 1 && clauses[0].words == Words{"n"};
  return no || HasUnfriendlySign(text);
}

// Sentences and half sentences: "I got a rash. STOP" says STOP.
std::vector<Clause> Clauses(std::string_view text) {
  std::vector<Clause> clauses;
  while (!text.empty()) {
    const size_t end = text.find_first_of(".!?,;:\n");
    Words words = WordsOf(text.substr(0, end));
    const bool question = end != std::string_view::npos && text[end] == '?';
    if (!words.empty()) clauses.push_back({std::move(words), question});
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return clauses;
}

}  // namespace

bool IsStopWord(std::string_view text) {
  const Words words = WordsOf(text);
  return (words.size() == 1 && In(list::kStop, words[0])) ||
         (words.size() == 2 && words[0] == "opt" && words[1] == "out");
}

ReplyMeaning ReadReply(std::string_view text) {
  if (text == kUnreadable) return ReplyMeaning::kUnclear;
  const Words words = WordsOf(text);
  if (words.size() == 1 && (words[0] == "help" || words[0] == "info" || words[0] == "ayuda")) {
    return ReplyMeaning::kHelp;
  }
  if (IsStopWord(text)) return ReplyMeaning::kOptOut;
  const std::vector<Clause> clauses = Clauses(text);
  const auto any = [&](const auto& holds) {
    return std::any_of(clauses.begin(), clauses.end(), holds);
  };
  const bool keeps = any([](const Clause& clause) { return NegatesStop(clause.words); });
  // "No, stop" stops; "Dont stop. Cancel" contradicts itself.
  const bool stops = !keeps && any([](const Clause& clause) {
    return HasStop(clause.words) ? SaysNothingElse(clause.words) : RefusesMessages(clause);
  });
  if (stops) return ReplyMeaning::kOptOut;
  if (keeps) return ReplyMeaning::kKeeps;
  return HasStop(words) || MayBeStop(text, clauses) ? ReplyMeaning::kUnclear : ReplyMeaning::kOther;
}

bool KeepsInformational(std::string_view answer) {
  constexpr std::array<std::string_view, 8> kInformational = {
      "refill",      "refills",      "reminder",      "reminders",
      "appointment", "appointments", "informational", "recordatorios"};
  constexpr std::array<std::string_view, 5> kKeep = {"keep", "continue", "yes", "mantener", "send"};
  const Words words = WordsOf(answer);
  if (HasStop(words) && !HasAny(words, list::kOnly)) return false;
  if (HasAny(words, list::kNegations)) return false;
  if (HasAny(words, list::kOnly) && HasAny(words, list::kPromotion)) return true;
  const bool bare = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return In(kInformational, word) || In(list::kFiller, word);
  });
  return HasAny(words, kInformational) &&
         (bare || HasAny(words, kKeep) || HasAny(words, list::kOnly));
}

StopReach ReachOfStop(std::string_view text) {
  constexpr std::array<std::string_view, 4> kAll = {"all", "every", "any", "todos"};
  constexpr std::array<std::string_view, 2> kThis = {"this", "that"};
  const Words words = WordsOf(text);
  // A stop that is not narrowed stops everything, whatever another sentence says.
  const auto each_stop = [&](const auto& narrowed) {
    int stops = 0;
    for (const auto& [clause, question] : Clauses(text)) {
      if (!HasStop(clause)) continue;
      if (!HasAny(clause, list::kOnly) || !narrowed(clause)) return false;
      ++stops;
    }
    return stops > 0;
  };
  StopReach reach;
  reach.every_channel = HasAny(words, list::kEverything) || HasPair(words, kAll, list::kContacts);
  reach.every_programme = HasPair(words, kAll, list::kProgrammes);
  reach.this_programme =
      each_stop([&](const Words& clause) { return HasPair(clause, kThis, list::kProgrammes); });
  reach.marketing = each_stop([](const Words& clause) { return HasAny(clause, list::kPromotion); });
  return reach;
}

bool MayBeAdverseEvent(std::string_view text) { return HasAny(WordsOf(text), list::kAdverse); }

}  // namespace consent
