#include "gateway/outreach/replies.h"

#include <utility>
#include <vector>

#include "consent/reply.h"
#include "consent/words.h"
#include "fhir/canonicals.h"
#include "fhir/channel.h"
#include "fhir/json/utf8.h"
#include "fhir/reference.h"
#include "fhir/search/keys.h"
#include "gateway/auth/jws.h"
#include "gateway/outreach/documents.h"
#include "gateway/tenants.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

// Nobody has so many questions open at once; past them it is a person who must look.
constexpr size_t kMostOpen = 200;

std::vector<std::string> OpenTaskKeys() {
  std::vector<std::string> keys;
  for (const std::string_view status : kOpenTask) keys.push_back(fhir::TokenKey("", status));
  return keys;
}

// The words of a text that was sent as a file. They stand in the record of every decision: what is
// no text, or more than anybody says, is not read.
std::string AttachedWords(const Value& attachment) {
  const std::string& type = attachment["contentType"].text();
  const std::string& data = attachment["data"].text();
  if (!type.starts_with("text/plain") || data.empty()) return consent::kUnreadable;
  constexpr size_t kMostBytes = 4096;
  const std::optional<std::string> words = auth::Base64Decode(data);
  const bool is_text = words && words->size() <= kMostBytes &&
                       fhir::json::CheckUtf8(*words) == fhir::json::TextDefect::kNone;
  return is_text ? *words : consent::kUnreadable;
}

void Take(UnreadReply reply, std::optional<UnreadReply>& strictest) {
  const bool stricter =
      !strictest || consent::ReadReply(reply.text) <= consent::ReadReply(strictest->text);
  if (stricter) strictest = std::move(reply);
}

fhir::Result<std::optional<UnreadReply>> StrictestOf(store::Reader& reader,
                                                     const std::string& programme,
                                                     std::vector<std::string> patients) {
  store::SearchQuery query;
  query.programme = programme;
  query.type = "Task";
  query.all_of = {store::AnyTerm("patient", std::move(patients)),
                  store::AnyTerm("code", {fhir::TokenKey(fhir::kTaskCodeSystem, kReplyTask)}),
                  store::AnyTerm("status", OpenTaskKeys())};
  query.count = kMostOpen;
  auto page = reader.Search(query);
  if (!page.ok()) return std::move(page).error();
  std::optional<UnreadReply> strictest;
  for (const store::ResourceVersion& match : page->matches) {
    auto task = fhir::Resource::Parse(match.bytes);
    if (!task.ok()) continue;
    const auto focus = fhir::ParseReference((*task)["focus"]["reference"].text());
    if (!focus || focus->type != "Communication") continue;
    auto communication = LoadResource(reader, programme, focus->type, focus->id);
    if (!communication.ok()) {
      if (communication.error().code == fhir::ErrorCode::kInternal) {
        return std::move(communication).error();
      }
      continue;
    }
    if ((*communication)["status"].text() == "entered-in-error") continue;
    UnreadReply reply{TextOf(*communication), ChannelOf(*communication)};
    Take(std::move(reply), strictest);
  }
  if (!page->next.empty()) Take({consent::kUnreadable, ""}, strictest);
  return strictest;
}

}  // namespace

bool MayMeanStop(std::string_view text) {
  const consent::ReplyMeaning meaning = consent::ReadReply(text);
  return meaning == consent::ReplyMeaning::kUnclear || meaning == consent::ReplyMeaning::kKeeps;
}

std::string ChannelOf(const fhir::Resource& communication) {
  for (const Value& medium : communication["medium"].items()) {
    if (auto channel = fhir::ChannelFromMedium(medium)) return std::string(fhir::Code(*channel));
  }
  return "";
}

std::string TextOf(const fhir::Resource& communication) {
  std::string text;
  for (const Value& payload : communication["payload"].items()) {
    if (!text.empty()) text += "\n";
    text += payload["contentString"].is_null() ? AttachedWords(payload["contentAttachment"])
                                               : payload["contentString"].text();
  }
  return text.empty() ? consent::kUnreadable : text;
}

fhir::Result<std::optional<UnreadReply>> UnreadReplyOf(store::Reader& reader,
                                                       const consent::Programme& programme,
                                                       const Identity& identity) {
  std::vector<std::string> patients;
  for (const std::string& id : identity.records) patients.push_back("Patient/" + id);
  auto here = StrictestOf(reader, programme.id, std::move(patients));
  if (!here.ok()) return here;
  std::optional<UnreadReply> strictest = std::move(*here);
  for (const auto& [other, id] : identity.elsewhere) {
    auto neighbour = LoadProgramme(reader, other);
    if (!neighbour.ok() || !consent::SameName(neighbour->seller, programme.seller)) continue;
    auto there = StrictestOf(reader, other, {"Patient/" + id});
    if (!there.ok()) return there;
    if (*there && MayMeanStop((*there)->text)) Take(std::move(**there), strictest);
  }
  return strictest;
}

}  // namespace gateway::outreach
