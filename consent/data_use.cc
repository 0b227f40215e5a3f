#include "consent/data_use.h"

#include <algorithm>

#include "consent/provision.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

void AddTo(Access& access, const DataItem& item) {
  access.classes.insert(access.classes.end(), item.classes.begin(), item.classes.end());
  access.other_classes.insert(access.other_classes.end(), item.contained_classes.begin(),
                              item.contained_classes.end());
  access.codes.insert(access.codes.end(), item.codes.begin(), item.codes.end());
  if (!item.reference.empty()) access.sources.push_back(item.reference);
  SetLabels(item.labels, access);
  access.labels_within = access.labels_within || item.labels_within;
  // Of data that is named by kind only, what is not said is not known.
  access.data_known = access.data_known && !item.reference.empty();
  access.data_date = item.date;
}

Access Asked(const EvaluationContext& context, std::vector<std::string> purposes) {
  Access access;
  access.now = context.now;
  access.purposes = std::move(purposes);
  access.actions = {context.asked->action};
  return access;
}

}  // namespace

bool DataUse::Attached(std::string_view what) const {
  return attached != nullptr && Contains(*attached, what);
}

bool DataUse::AllFor(std::string_view wide) const {
  return !purposes.empty() && std::all_of(purposes.begin(), purposes.end(),
                                          [&](const auto& each) { return Covers(wide, each); });
}

bool DataUse::AnyFor(std::string_view wide) const {
  return std::any_of(purposes.begin(), purposes.end(),
                     [&](const auto& each) { return Covers(wide, each); });
}

bool DataUse::Emergency() const {
  return recipient == RecipientKind::kProvider && (AllFor("ETREAT") || AllFor("BTG"));
}

DataUse UseOf(const EvaluationContext& context, MessageClass c) {
  DataUse use;
  use.message_class = c;
  use.purposes = context.request.purposes;
  if (context.asked) {
    const DisclosureRequest& asked = *context.asked;
    const DisclosureFacts& facts = context.health.disclosure;
    use.outreach = false;
    use.purposes = {asked.purpose};
    use.recipient = facts.recipient;
    use.recipient_name = facts.recipient_name;
    use.action = asked.action;
    use.required_by_law = asked.required_by_law;
    use.requested_service = asked.requested_service;
    use.attached = &asked.attached;
  }
  if (use.outreach && use.marketing()) use.purposes = {"HMARKT"};
  return use;
}

Access AccessToItem(const EvaluationContext& context, const DataUse& use, const DataItem& item) {
  Access access = Asked(context, use.purposes);
  AddTo(access, item);
  return access;
}

Access AccessAsked(const EvaluationContext& context, std::vector<std::string> purposes) {
  Access access = Asked(context, std::move(purposes));
  access.data_known = !context.health.items.empty();
  for (const DataItem& item : context.health.items) AddTo(access, item);
  // Several dates: each item is asked for apart.
  if (context.health.items.size() > 1) access.data_date.reset();
  return access;
}

}  // namespace consent
