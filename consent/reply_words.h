// The words by which replies are read: in small letters and without accents (fhir::NormalText).
#pragma once

#include <array>
#include <string_view>

namespace consent::reply_words {

using Word = std::string_view;

// 47 CFR 64.1200(a)(10), and the words carriers honour beside them.
inline constexpr auto kStop = std::to_array<Word>(
    {"stop", "quit", "end", "revoke", "cancel", "unsubscribe", "stopall", "optout", "remove"});
// What means it in a sentence that says nothing else (B1-18).
inline constexpr auto kStopVerbs =
    std::to_array<Word>({"discontinue", "cease", "desist", "withdraw", "unenroll", "disenroll",
                         "revoking", "unsubscribing"});
// Verbs of the phrases that mean it: "opt me out", "take my name off", "delete my number".
inline constexpr auto kOpt = std::to_array<Word>({"opt", "opting", "opted"});
inline constexpr auto kTake = std::to_array<Word>({"take", "taking", "get"});
inline constexpr auto kErase =
    std::to_array<Word>({"lose", "delete", "erase", "forget", "drop", "scrub"});
inline constexpr auto kNumber = std::to_array<Word>({"number", "name", "contact"});
// The same in Spanish, French, Portuguese, German, Italian, Polish, Haitian Creole, Tagalog,
// Vietnamese, Russian, Ukrainian, Chinese, Korean, Japanese, Arabic and Hindi.
inline constexpr auto kForeignStop = std::to_array<Word>(
    {"alto",    "cancelar", "pare",      "parar",      "baja",     "basta",    "detener",
     "detenga", "terminar", "arret",     "arretez",    "arrete",   "annuler",  "desinscrire",
     "cancele", "sair",     "stopp",     "abmelden",   "aufhoren", "kundigen", "smetti",
     "fermare", "annulla",  "rezygnuje", "sispann",    "kanpe",    "tigil",    "itigil",
     "dung",    "ngung",    "стоп",      "отписаться", "停止",     "停",       "退订",
     "取消",    "중지",     "停止して",  "توقف",       "बंद"});
inline constexpr auto kNegations = std::to_array<Word>(
    {"dont", "not", "never", "no", "cant", "wont", "shouldnt", "didnt", "nunca", "jamais"});
inline constexpr auto kRefusing =
    std::to_array<Word>({"dont", "not", "never", "no", "shouldnt", "nunca", "jamais"});
// Those that tell somebody not to do something, before what it is.
inline constexpr auto kForbidding = std::to_array<Word>({"dont", "not", "never"});
// Negations of other languages, and words of who is tired of it: a person must read them.
inline constexpr auto kWeary =
    std::to_array<Word>({"nicht", "kein",   "keine",  "nie",     "ne",    "pas",   "nao",
                         "non",   "niente", "nada",   "hindi",   "huwag", "khong", "ninguno",
                         "dejen", "deje",   "dejame", "dejenme", "unsub", "spam",  "harassing"});
// What is being stopped, when it is the messages and nothing else.
inline constexpr auto kMessages = std::to_array<Word>(
    {"text",     "texts",     "texting", "message",      "messages",      "messaging",  "me",
     "these",    "sms",       "contact", "call",         "calls",         "calling",    "emails",
     "email",    "emailing",  "mail",    "mails",        "mailing",       "contacting", "all",
     "reminder", "reminders", "alerts",  "notification", "notifications", "sending",    "bothering",
     "mensajes", "mensaje",   "textos",  "llamadas",     "llamar",        "everything", "spam",
     "it",       "this"});
inline constexpr auto kConsent =
    std::to_array<Word>({"consent", "permission", "authorization", "authorisation", "agreement"});
inline constexpr auto kFiller = std::to_array<Word>(
    {"please",  "pls",  "plz",    "now",   "just",   "the",   "from",        "to",   "of",
     "your",    "my",   "thanks", "thank", "you",    "i",     "want",        "any",  "more",
     "anymore", "list", "ok",     "okay",  "por",    "favor", "immediately", "asap", "again",
     "and",     "off",  "out",    "alone", "number", "would", "am",          "im",   "do",
     "mas",     "lai",  "name",   "lists", "leave",  "wrong", "back"});
inline constexpr auto kMessageVerbs = std::to_array<Word>(
    {"text",     "texts",     "texting",    "contact",  "contacting", "message",
     "messages", "messaging", "call",       "calls",    "calling",    "email",
     "emails",   "emailing",  "sms",        "mensajes", "escriban",   "escriba",
     "escribas", "escribir",  "escribirme", "manden",   "mande",      "mandes",
     "mandar",   "envien",    "envie",      "llamen",   "llame",      "llames"});
// What may stand between "not" and the verb: "do not ever want you to text me".
inline constexpr auto kBetween = std::to_array<Word>(
    {"ever", "please",   "want",    "wanna",   "you",       "to",  "wish",   "like", "need",
     "keep", "continue", "send",    "sending", "me",        "any", "more",   "your", "these",
     "the",  "get",      "getting", "receive", "receiving", "us",  "bother", "of",   "mas"});
inline constexpr auto kUs = std::to_array<Word>({"me", "us"});
// Who stands before "not" tells something and forbids nothing: "did you not call me".
inline constexpr auto kTelling =
    std::to_array<Word>({"i",    "you",   "u",   "he",    "she",    "they", "we",   "it", "who",
                         "why",  "if",    "did", "does",  "has",    "have", "had",  "is", "was",
                         "will", "would", "can", "could", "should", "may",  "might"});
// What may stand between a negation and a stop: "I do not want to stop".
inline constexpr auto kWanting = std::to_array<Word>({"ever", "please", "want", "to", "you", "me"});
// Limits what is refused to a time or a matter: "do not call me before nine".
inline constexpr auto kLimits = std::to_array<Word>(
    {"before", "after", "until", "till", "at",  "today",   "tomorrow", "during", "if", "unless",
     "about",  "when",  "while", "yet",  "now", "tonight", "morning",  "night",  "on", "only"});
inline constexpr auto kAdverse =
    std::to_array<Word>({"sick",     "hurt",     "hurts",    "pain",     "rash",      "dizzy",
                         "vomit",    "vomiting", "nausea",   "bleeding", "hospital",  "emergency",
                         "reaction", "allergic", "swelling", "breathe",  "breathing", "faint",
                         "fever",    "headache", "broken",   "defective"});
inline constexpr auto kOnly = std::to_array<Word>({"only", "just", "solo"});
inline constexpr auto kPromotion =
    std::to_array<Word>({"marketing", "ads", "promotions", "offers"});
inline constexpr auto kProgrammes =
    std::to_array<Word>({"program", "programs", "programme", "programmes"});
// Every channel: "stop everything", "all contact".
inline constexpr auto kEverything = std::to_array<Word>({"everything", "todo", "tout", "alles"});
inline constexpr auto kContacts = std::to_array<Word>(
    {"contact", "contacts", "communication", "communications", "channels", "outreach"});

// Words in which no refusal hides, whatever sentence they make: what a reply has beside them is for
// a person to read (B1-18). Greetings and answers; small words; times; the pharmacy and the body;
// the family; greetings of other languages.
inline constexpr std::string_view kOrdinary =  // with a blank before and after each
    " yes yep yeah yup ya sure ok okay okey k kk alright fine great good perfect awesome "
    "wonderful excellent nice cool thanks thank thx ty tysm appreciate appreciated please pls "
    "plz welcome hi hello hey dear morning afternoon evening night bye confirm confirmed "
    "confirming agree agreed absolutely definitely certainly correct right true maybe "
    "understood understand received done sorry will ill would could can may might should shall "
    "must have ive has had having am im is its are was were be been being do does did doing a "
    "an the this that thats these those it i me my mine myself you your youre yours u ur he hes "
    "she shes him his her they them their we us our and or but so as at by for from in into of "
    "on to up with about around near until till since before after during when what whats where "
    "which why how who there here then than too also very much many lot some more most all both "
    "each every everything something anything just still already yet again soon sooner later "
    "early late today tomorrow tonight yesterday now monday tuesday wednesday thursday friday "
    "saturday sunday mon tue tues wed thu thur thurs fri sat sun january february march april "
    "june july august september october november december jan feb mar apr jun jul aug sep sept "
    "oct nov dec pm oclock noon midnight minute minutes hour hours day days week weeks weekend "
    "month months year years time times first second third next last one two three four five "
    "six seven eight nine ten eleven twelve half once twice daily weekly monthly go going gonna "
    "went come coming came get getting got pick picked picking pickup bring brought see seen "
    "saw know think thought hope like love need needed want wanted let ask asked tell told say "
    "said help helps helped helpful helping work works working wait waiting ready open call "
    "called text texted message reminder reminders reminding remind try trying tried make made "
    "start started starting change changed order ordered delivery deliver delivered shipped "
    "ship arrive arrived pay paid cost costs price copay insurance card refill refills refilled "
    "fill filled prescription prescriptions rx script med meds medicine medicines medication "
    "medications pill pills tablet tablets capsule dose doses shot injection mg ml food water "
    "take takes taking taken took pharmacy pharmacist store clinic doctor doctors dr nurse "
    "office appointment appt visit schedule scheduled reschedule test results lab blood "
    "pressure sugar feel feeling felt better well improving side effects effect pain rash dizzy "
    "nausea fever headache cough cold question questions problem issue step steps home house "
    "car ride daughter son mom mother dad father wife husband sister brother friend family kids "
    "child baby maam sir gracias si bueno buenos buenas dias tardes noches hola senor senora "
    "vale claro perfecto muchas muy bien por favor manana hoy merci oui bonjour daccord danke "
    "ja bitte gut obrigado obrigada sim bom grazie ciao va bene mesi wi salamat opo oo cam da "
    "vang asap always sometimes usually able busy new same other another different thing things "
    "if because while usual send sent address vacation sleep eat breakfast lunch dinner bed "
    "bedtime forgot remember remembered missed skipped low service bless god amen happy weight opt "
    "knows co ";
// A question that begins so is one, whatever it is about.
inline constexpr auto kAsking = std::to_array<Word>(
    {"what", "whats", "when",  "whens", "where",  "wheres", "which", "how", "why",
     "who",  "can",   "could", "may",   "should", "would",  "will",  "is",  "are",
     "am",   "was",   "do",    "does",  "did",    "has",    "have"});
// Unless it speaks of these.
inline constexpr auto kAlarming = std::to_array<Word>(
    {"off",      "out",        "away",       "list",      "lists",     "number",     "texts",
     "texting",  "messages",   "messaging",  "sms",       "emails",    "emailing",   "calls",
     "calling",  "contact",    "contacting", "sending",   "consent",   "permission", "leave",
     "keep",     "enough",     "scam",       "fraud",     "fake",      "bot",        "robot",
     "harass",   "harassment", "bother",     "bothering", "annoying",  "lawyer",     "sue",
     "report",   "block",      "fcc",        "illegal",   "complaint", "died",       "dead",
     "deceased", "death",      "passed",     "gone",      "funeral",   "wrong",      "delete",
     "erase",    "forget",     "lose",       "privacy",   "hell",      "fuck",       "damn"});
// Faces and hands of who is content, in UTF-8.
inline constexpr auto kFriendly =
    std::to_array<Word>({"👍", "👌",    "🙏", "👏",    "🙌",    "💪", "🤝", "😀",    "😃", "😄", "😁",
                         "😊", "🙂", "😉", "😍",    "🥰", "😘", "😎",    "🤗", "😂", "💕", "💖",
                         "💙", "💚",    "💛", "🧡", "💜",    "🎉", "✅",    "✔",    "❤", "☺", "♥"});

}  // namespace consent::reply_words
