#include "consent/opt_out_of.h"

#include "consent/reply.h"

namespace consent {
namespace {

std::string_view SourceOf(std::string_view channel) {
  if (channel == "sms") return "sms-reply";
  if (channel == "voice-live" || channel == "in-person" || channel == "video") return "oral";
  return channel == "voice-recorded" ? "voicemail" : "reply";
}

}  // namespace

OptOut OptOutOf(const Reply& reply) {
  const StopReach reach = ReachOfStop(reply.text);
  OptOut opt_out;
  opt_out.channel = reach.every_channel || reply.channel.empty() ? "all" : reply.channel;
  opt_out.contact = reply.contact;
  opt_out.message_class = reach.marketing ? "marketing" : "all";
  opt_out.seller = reply.seller;
  opt_out.received_at = reply.received_at;
  opt_out.source = SourceOf(reply.channel);
  opt_out.all_programmes = reach.every_programme;
  if (reach.this_programme) opt_out.programme = reply.programme;
  opt_out.in_reply_to = reply.in_reply_to;
  return opt_out;
}

}  // namespace consent
