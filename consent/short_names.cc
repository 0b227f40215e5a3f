#include "consent/short_names.h"

#include <algorithm>
#include <string>

namespace consent {
namespace {

constexpr std::string_view kEveryday =
    " a i am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we"
    " mr ms mrs dr st pm al de el en es la le lo mi se si su te tu un va ya da di y o e u"
    " act add ado age ago aid ail aim air all and any apt are arm art ask ate bad bag ban bar bat"
    " bay bed bee beg bet bid big bin bit bow box boy bud bug bun bus but buy bye cab can cap car"
    " cat cop cow cry cup cut dad day did die dig dim dip doc dog dot dry due ear eat egg ego end"
    " era eve eye fan far fat fax fed fee few fig fit fix flu fly fog for fox fun gap gas get god"
    " got gum gun gut guy gym had has hat hay her hey him hip his hit hot how hub ice ill ink inn"
    " its jam jar jaw jet job jog joy key kid kin kit lab lap law lay leg let lid lie lip log lot"
    " low mad man map mat may men met mix mom mud new nil nor not now nut oak odd off oil old one"
    " opt our out owe own pad pan pat pay pen per pet pie pin pit ply pop pot pro put ran rat raw"
    " ray red rib rid rip rob row rub run sad sat saw say sea see set sex she shy sin sip sir sit"
    " six sky son soy spa spy sub sum sun tag tan tap tax tea ten the tie tin tip toe ton too top"
    " toy try tub two use van vet via vow wag war was wax way web wed wet who why wig win wit won"
    " yes yet you zip zoo app bio ceo etc faq ext mon tue thu fri jan feb mar apr jun jul aug sep"
    " oct nov dec rx id otc"
    " con del dos era esa ese eso fin fue gel han hay haz las les los mal mas mes mis muy nos otra"
    " par por que sal sea ser sin son soy sus tan ten tus una uno ver vez voy dar dia hoy ley luz"
    " mil pan paz pie red rey ";

// Everyday words that are written with capitals, wherever they stand.
constexpr std::string_view kCapital =
    " Rx RX ID OTC OK I Mr Mrs Ms Dr St CEO FAQ Mon Tue Thu Fri Jan Feb Mar Apr Jun Jul Aug Sep Oct"
    " Nov Dec ";

bool IsSmall(char c) { return c >= 'a' && c <= 'z'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsWordChar(char c) {
  return IsSmall(c) || IsCapital(c) || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool BeginsSentence(std::string_view before) {
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  return before.empty() || std::string_view(".!?:\n\r\"").find(before.back()) != std::string::npos;
}

}  // namespace

bool IsEverydayWord(std::string_view word) {
  return word.size() <= 3 &&
         kEveryday.find(" " + std::string(word) + " ") != std::string_view::npos;
}

bool StandsAsName(std::string_view text, std::string_view name) {
  if (std::none_of(name.begin(), name.end(), IsCapital)) return false;
  if (std::none_of(text.begin(), text.end(), IsSmall)) return false;
  if (kCapital.find(" " + std::string(name) + " ") != std::string_view::npos) return false;
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool whole =
        (at == 0 || !IsWordChar(text[at - 1])) && (end == text.size() || !IsWordChar(text[end]));
    if (whole && !BeginsSentence(text.substr(0, at))) return true;
  }
  return false;
}

}  // namespace consent
