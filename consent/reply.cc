#include "consent/reply.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "fhir/search/text.h"

namespace consent {
namespace {

using Words = std::vector<std::string>;

// Without capitals and accents: the lists below are written so.
Words WordsOf(std::string_view as_written) {
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
    if (static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
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

// 47 CFR 64.1200(a)(10), and the words carriers honour beside them.
constexpr std::array<std::string_view, 9> kStopWords = {
    "stop", "quit", "end", "revoke", "cancel", "unsubscribe", "stopall", "optout", "remove"};
// The same in Spanish, French, Portuguese, German, Italian, Polish, Haitian Creole, Tagalog,
// Vietnamese, Russian, Ukrainian, Chinese, Korean, Japanese, Arabic and Hindi.
constexpr std::array<std::string_view, 40> kForeignStopWords = {
    "alto",    "cancelar", "pare",      "parar",      "baja",     "basta",    "detener",
    "detenga", "terminar", "arret",     "arretez",    "arrete",   "annuler",  "desinscrire",
    "cancele", "sair",     "stopp",     "abmelden",   "aufhoren", "kundigen", "smetti",
    "fermare", "annulla",  "rezygnuje", "sispann",    "kanpe",    "tigil",    "itigil",
    "dung",    "ngung",    "стоп",      "отписаться", "停止",     "停",       "退订",
    "取消",    "중지",     "停止して",  "توقف",       "बंद"};
constexpr std::array<std::string_view, 10> kNegations = {
    "dont", "not", "never", "no", "cant", "wont", "shouldnt", "didnt", "nunca", "jamais"};
// Negations of other languages, and words of who is tired of it: a person must read them.
constexpr std::array<std::string_view, 21> kWeary = {
    "nicht", "kein",   "keine",  "nie",     "ne",    "pas",   "nao",
    "non",   "niente", "nada",   "hindi",   "huwag", "khong", "ninguno",
    "dejen", "deje",   "dejame", "dejenme", "unsub", "spam",  "harassing"};
// What is being stopped, when it is the messages and nothing else.
constexpr std::array<std::string_view, 37> kMessages = {
    "text",     "texts",     "texting", "message",      "messages",      "messaging",  "me",
    "these",    "sms",       "contact", "call",         "calls",         "calling",    "emails",
    "email",    "emailing",  "mail",    "mails",        "mailing",       "contacting", "all",
    "reminder", "reminders", "alerts",  "notification", "notifications", "sending",    "bothering",
    "mensajes", "mensaje",   "textos",  "llamadas",     "llamar",        "everything", "spam",
    "it",       "this"};
constexpr std::array<std::string_view, 32> kFiller = {
    "please",      "pls",   "plz",     "now",    "just",  "the",   "from",   "to",
    "of",          "your",  "my",      "thanks", "thank", "you",   "i",      "want",
    "any",         "more",  "anymore", "list",   "ok",    "okay",  "por",    "favor",
    "immediately", "again", "and",     "off",    "out",   "alone", "number", "would"};
constexpr std::array<std::string_view, 29> kMessageVerbs = {
    "text",     "texts",      "texting",  "contact",  "contacting", "message",
    "messages", "messaging",  "call",     "calls",    "calling",    "email",
    "emails",   "emailing",   "mensajes", "escriban", "escriba",    "escribas",
    "escribir", "escribirme", "manden",   "mande",    "mandes",     "mandar",
    "envien",   "envie",      "llamen",   "llame",    "llames"};
constexpr std::array<std::string_view, 22> kAdverse = {
    "sick",     "hurt",     "hurts",    "pain",     "rash",      "dizzy",
    "vomit",    "vomiting", "nausea",   "bleeding", "hospital",  "emergency",
    "reaction", "allergic", "swelling", "breathe",  "breathing", "faint",
    "fever",    "headache", "broken",   "defective"};

constexpr std::array<std::string_view, 3> kOnly = {"only", "just", "solo"};
constexpr std::array<std::string_view, 4> kPromotion = {"marketing", "ads", "promotions", "offers"};
constexpr std::array<std::string_view, 4> kProgrammes = {"program", "programs", "programme",
                                                         "programmes"};
// Every channel: "stop everything", "all contact".
constexpr std::array<std::string_view, 4> kEverything = {"everything", "todo", "tout", "alles"};
constexpr std::array<std::string_view, 6> kContacts = {
    "contact", "contacts", "communication", "communications", "channels", "outreach"};

bool IsStop(std::string_view word) { return In(kStopWords, word) || In(kForeignStopWords, word); }

// "opt out", "leave me", "take me off", "wrong number": phrases of two words that stop.
bool IsStopPhrase(std::string_view first, std::string_view second) {
  return (first == "opt" && second == "out") || (first == "leave" && second == "me") ||
         (first == "take" && second == "me") || (first == "wrong" && second == "number") ||
         (first == "no" && (second == "more" || second == "mas"));
}

bool HasStop(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsStop(words[i])) return true;
    if (i + 1 < words.size() && IsStopPhrase(words[i], words[i + 1])) return true;
  }
  return false;
}

// "dont stop", "do not ever stop", "I dont want you to stop", "no pare": the negation is of the
// stop itself.
bool NegatesStop(const Words& words) {
  constexpr std::array<std::string_view, 5> kBetween = {"ever", "please", "want", "you", "to"};
  for (size_t i = 0; i < words.size(); ++i) {
    if (!In(kNegations, words[i])) continue;
    size_t next = i + 1;
    while (next < words.size() && In(kBetween, words[next])) ++next;
    if (next < words.size() && IsStop(words[next])) return true;
  }
  return false;
}

// Only words that stop, fillers, negations of messages, and words for the messages.
bool SaysNothingElse(const Words& words) {
  const bool narrows = HasAny(words, kOnly);
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return IsStop(word) || In(kMessages, word) || In(kFiller, word) || In(kNegations, word) ||
           In(kProgrammes, word) || In(kOnly, word) || (narrows && In(kPromotion, word)) ||
           word == "opt" || word == "take" || word == "leave" || word == "wrong" || word == "do" ||
           word == "mas" || word == "lai";
  });
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

// A letter of a script that we have no words of: Greek, Cyrillic, Arabic, Indian, Chinese, ...
bool HasForeignLetter(const std::string& word) {
  return std::any_of(word.begin(), word.end(), [](char c) {
    const auto lead = static_cast<unsigned char>(c);
    return lead >= 0xCE && lead <= 0xED && lead != 0xE2;
  });
}

// B1-18: nothing that surely stops, yet a person must read it: a misspelt STOP alone, a refusal
// of something, "who is this?", words that we cannot read.
bool MayBeStop(const Words& words) {
  constexpr std::array<std::string_view, 6> kMisspelt = {"stop",   "quit",        "revoke",
                                                         "cancel", "unsubscribe", "remove"};
  if (words.size() == 1 &&
      std::any_of(kMisspelt.begin(), kMisspelt.end(),
                  [&](std::string_view meant) { return IsOneSlipFrom(words[0], meant); })) {
    return true;
  }
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "who" && (words[i + 1] == "is" || words[i + 1] == "are")) return true;
    if (words[i] == "wrong" && words[i + 1] == "person") return true;
  }
  return HasAny(words, kNegations) || HasAny(words, kWeary) ||
         std::any_of(words.begin(), words.end(), HasForeignLetter);
}

// Sentences and half sentences: "I got a rash. STOP" says STOP.
std::vector<Words> Clauses(std::string_view text) {
  std::vector<Words> clauses;
  while (!text.empty()) {
    const size_t end = text.find_first_of(".!?,;:\n");
    Words words = WordsOf(text.substr(0, end));
    if (!words.empty()) clauses.push_back(std::move(words));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return clauses;
}

}  // namespace

bool IsStopWord(std::string_view text) {
  const Words words = WordsOf(text);
  return (words.size() == 1 && In(kStopWords, words[0])) ||
         (words.size() == 2 && words[0] == "opt" && words[1] == "out");
}

ReplyMeaning ReadReply(std::string_view text) {
  const Words words = WordsOf(text);
  if (words.size() == 1 && (words[0] == "help" || words[0] == "info" || words[0] == "ayuda")) {
    return ReplyMeaning::kHelp;
  }
  if (IsStopWord(text)) return ReplyMeaning::kOptOut;
  const std::vector<Words> clauses = Clauses(text);
  const bool keeps = std::any_of(clauses.begin(), clauses.end(), NegatesStop);
  for (const Words& clause : clauses) {
    if (!HasStop(clause) || NegatesStop(clause)) continue;
    // "No, stop" stops; "Dont stop. Cancel" contradicts itself.
    if (SaysNothingElse(clause) && !keeps) return ReplyMeaning::kOptOut;
  }
  if (!HasStop(words)) {
    // "do not text me again": a negated message verb is a revocation as well (B1-18).
    const bool refuses = HasAny(words, kNegations) && HasAny(words, kMessageVerbs);
    if (refuses) return ReplyMeaning::kOptOut;
    return MayBeStop(words) ? ReplyMeaning::kUnclear : ReplyMeaning::kOther;
  }
  return keeps ? ReplyMeaning::kKeeps : ReplyMeaning::kUnclear;
}

bool KeepsInformational(std::string_view answer) {
  constexpr std::array<std::string_view, 8> kInformational = {
      "refill",      "refills",      "reminder",      "reminders",
      "appointment", "appointments", "informational", "recordatorios"};
  constexpr std::array<std::string_view, 5> kKeep = {"keep", "continue", "yes", "mantener", "send"};
  const Words words = WordsOf(answer);
  if (HasStop(words) && !HasAny(words, kOnly)) return false;
  if (HasAny(words, kNegations)) return false;
  if (HasAny(words, kOnly) && HasAny(words, kPromotion)) return true;
  const bool bare = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return In(kInformational, word) || In(kFiller, word);
  });
  return HasAny(words, kInformational) && (bare || HasAny(words, kKeep) || HasAny(words, kOnly));
}

StopReach ReachOfStop(std::string_view text) {
  constexpr std::array<std::string_view, 4> kAll = {"all", "every", "any", "todos"};
  constexpr std::array<std::string_view, 2> kThis = {"this", "that"};
  const Words words = WordsOf(text);
  // A stop that is not narrowed stops everything, whatever another sentence says.
  const auto each_stop = [&](const auto& narrowed) {
    int stops = 0;
    for (const Words& clause : Clauses(text)) {
      if (!HasStop(clause)) continue;
      if (!HasAny(clause, kOnly) || !narrowed(clause)) return false;
      ++stops;
    }
    return stops > 0;
  };
  StopReach reach;
  reach.every_channel = HasAny(words, kEverything) || HasPair(words, kAll, kContacts);
  reach.every_programme = HasPair(words, kAll, kProgrammes);
  reach.this_programme =
      each_stop([&](const Words& clause) { return HasPair(clause, kThis, kProgrammes); });
  reach.marketing = each_stop([](const Words& clause) { return HasAny(clause, kPromotion); });
  return reach;
}

bool MayBeAdverseEvent(std::string_view text) { return HasAny(WordsOf(text), kAdverse); }

}  // namespace consent
