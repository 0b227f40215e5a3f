#include "consent/purpose.h"

#include <array>

namespace consent {
namespace {

struct Edge {
  std::string_view code;
  std::string_view parent;
};

// PurposeOfUse of v3-ActReason. CAREMGT stands under HOPERAT and is not care coordination (C1).
constexpr std::array<Edge, 62> kTree{{
    {"HMARKT", ""},
    {"HOPERAT", ""},
    {"CAREMGT", "HOPERAT"},
    {"DONAT", "HOPERAT"},
    {"FRAUD", "HOPERAT"},
    {"GOV", "HOPERAT"},
    {"HACCRED", "HOPERAT"},
    {"HCOMPL", "HOPERAT"},
    {"HDECD", "HOPERAT"},
    {"HDIRECT", "HOPERAT"},
    {"HDM", "HOPERAT"},
    {"HLEGAL", "HOPERAT"},
    {"HOUTCOMS", "HOPERAT"},
    {"HPRGRP", "HOPERAT"},
    {"HQUALIMP", "HOPERAT"},
    {"HSYSADMIN", "HOPERAT"},
    {"LABELING", "HOPERAT"},
    {"METAMGT", "HOPERAT"},
    {"MEMADMIN", "HOPERAT"},
    {"MILCDM", "HOPERAT"},
    {"PATADMIN", "HOPERAT"},
    {"PATSFTY", "HOPERAT"},
    {"PERFMSR", "HOPERAT"},
    {"RECORDMGT", "HOPERAT"},
    {"SYSDEV", "HOPERAT"},
    {"HTEST", "SYSDEV"},
    {"TRAIN", "HOPERAT"},
    {"HPAYMT", ""},
    {"CLMATTCH", "HPAYMT"},
    {"COVAUTH", "HPAYMT"},
    {"COVERAGE", "HPAYMT"},
    {"ELIGDTRM", "COVERAGE"},
    {"ELIGVER", "COVERAGE"},
    {"ENROLLM", "COVERAGE"},
    {"MILDCRG", "COVERAGE"},
    {"REMITADV", "HPAYMT"},
    {"HRESCH", ""},
    {"BIORCH", "HRESCH"},
    {"CLINTRCH", "HRESCH"},
    {"CLINTRCHNPC", "CLINTRCH"},
    {"CLINTRCHPC", "CLINTRCH"},
    {"PRECLINTRCH", "CLINTRCH"},
    {"DSRCH", "HRESCH"},
    {"POARCH", "DSRCH"},
    {"TRANSRCH", "HRESCH"},
    {"PATRQT", ""},
    {"FAMRQT", "PATRQT"},
    {"PWATRNY", "PATRQT"},
    {"SUPNWK", "PATRQT"},
    {"PUBHLTH", ""},
    {"DISASTER", "PUBHLTH"},
    {"THREAT", "PUBHLTH"},
    {"TREAT", ""},
    {"CLINTRL", "TREAT"},
    {"CLINTRLNPC", "CLINTRL"},
    {"CLINTRLPC", "CLINTRL"},
    {"PRECLINTRL", "CLINTRL"},
    {"COC", "TREAT"},
    {"ETREAT", "TREAT"},
    {"BTG", "ETREAT"},
    {"ERTREAT", "ETREAT"},
    {"POPHLTH", "TREAT"},
}};

const Edge* Find(std::string_view code) {
  for (const Edge& edge : kTree) {
    if (edge.code == code) return &edge;
  }
  return nullptr;
}

}  // namespace

bool IsPurpose(std::string_view code) { return Find(code) != nullptr; }

bool Covers(std::string_view wide, std::string_view narrow) {
  if (wide == narrow) return true;
  if (narrow == "BTG") return false;
  if (wide == "PurposeOfUse") return IsPurpose(narrow);
  const Edge* edge = Find(narrow);
  while (edge != nullptr && !edge->parent.empty()) {
    if (edge->parent == wide) return true;
    edge = Find(edge->parent);
  }
  return false;
}

bool IsTpo(std::string_view code) {
  return Covers("TREAT", code) || Covers("HPAYMT", code) || Covers("HOPERAT", code);
}

}  // namespace consent
