// What a member decides, and how its events move it on.
#include "actors/member/member.hpp"

#include "actors/member/profile.hpp"

namespace nightshift::actors {
namespace {

using namespace member_pb;
using kernel::Context;
using Events = Member::Events;
using State = Member::State;

template <class Event>
Event now(const Context& context) {
  Event event;
  *event.mutable_at() = to_proto(context.now);
  return event;
}

Result<Events> declare(const Declare& command, const Context& context) {
  auto profile = profile_of(command, context);
  if (!profile) return std::unexpected(std::move(profile).error());
  auto event = now<Declared>(context);
  *event.mutable_profile() = std::move(*profile);
  return event;
}

WentOffline gone(const Context& context, const std::string& detail) {
  auto event = now<WentOffline>(context);
  event.set_detail(detail);
  return event;
}

View profile_view(const Profile& profile) {
  View view;
  view.set_agent_id(profile.agent_id());
  view.set_vault_path(profile.vault_path());
  view.set_git_remote_url(profile.git_remote_url());
  view.set_whatsapp_notification_number(profile.whatsapp_notification_number());
  view.set_anthropic_api_key(profile.anthropic_api_key());
  *view.mutable_mcp_servers() = profile.mcp_servers();
  view.set_session_files_path(profile.session_files_path());
  for (auto& lacks : lacks_of(profile)) view.add_lacks(std::move(lacks));
  return view;
}

}  // namespace

// ---- decide

Result<Events> Member::decide(const Absent&, const Declare& command, const Context& context) {
  return declare(command, context);
}

Result<Events> Member::decide(const Online& phase, const Declare& command, const Context& context) {
  auto events = declare(command, context);
  if (!events) return events;
  const auto profile = profile_of(command, context);
  const bool same = profile->SerializeAsString() == phase.profile().SerializeAsString();
  if (same) return Events();
  return events;
}

Result<Events> Member::decide(const Online&, const Beat&, const Context& context) {
  return now<Seen>(context);
}

Result<Events> Member::decide(const Online&, const Sync&, const Context& context) {
  return now<Synced>(context);
}

Result<Events> Member::decide(const Online&, const Leave&, const Context& context) {
  return gone(context, "it was stopped");
}

Result<Events> Member::decide(const Online& phase, const Miss&, const Context& context) {
  const auto last = from_proto(phase.last_online());
  if (context.now < last + silence_max) return Events();
  return gone(context, "nothing was heard of it since " + to_rfc3339(last));
}

Result<Events> Member::decide(const Offline&, const Declare& command, const Context& context) {
  return declare(command, context);
}

Result<Events> Member::decide(const Offline&, const Beat&, const Context& context) {
  return now<CameOnline>(context);
}

Result<Events> Member::decide(const Offline&, const Sync&, const Context& context) {
  return now<Synced>(context);
}

// ---- evolve

State Member::evolve(Absent&&, const Declared& event) {
  Offline offline;
  *offline.mutable_profile() = event.profile();
  offline.set_detail("it has not been seen yet");
  return offline;
}

State Member::evolve(Online&& phase, const Declared& event) {
  *phase.mutable_profile() = event.profile();
  return std::move(phase);
}

State Member::evolve(Online&& phase, const Seen& event) {
  *phase.mutable_last_online() = event.at();
  return std::move(phase);
}

State Member::evolve(Online&& phase, const Synced& event) {
  *phase.mutable_last_sync() = event.at();
  return std::move(phase);
}

State Member::evolve(Online&& phase, const WentOffline& event) {
  Offline offline;
  *offline.mutable_profile() = std::move(*phase.mutable_profile());
  *offline.mutable_last_online() = phase.last_online();
  if (phase.has_last_sync()) *offline.mutable_last_sync() = phase.last_sync();
  offline.set_detail(event.detail());
  return offline;
}

State Member::evolve(Offline&& phase, const Declared& event) {
  *phase.mutable_profile() = event.profile();
  return std::move(phase);
}

State Member::evolve(Offline&& phase, const CameOnline& event) {
  Online online;
  *online.mutable_profile() = std::move(*phase.mutable_profile());
  *online.mutable_online_since() = event.at();
  *online.mutable_last_online() = event.at();
  if (phase.has_last_sync()) *online.mutable_last_sync() = phase.last_sync();
  return online;
}

State Member::evolve(Offline&& phase, const Synced& event) {
  *phase.mutable_last_sync() = event.at();
  return std::move(phase);
}

// ---- what is under way, what is shown

kernel::Work Member::pending(const Online& phase) {
  kernel::Work work;
  work.deadline("silence", from_proto(phase.last_online()) + silence_max, Miss());
  return work;
}

View Member::view(const Online& phase) {
  auto view = profile_view(phase.profile());
  *view.mutable_online_since() = phase.online_since();
  *view.mutable_last_online_timestamp() = phase.last_online();
  if (phase.has_last_sync()) *view.mutable_last_sync_timestamp() = phase.last_sync();
  return view;
}

View Member::view(const Offline& phase) {
  auto view = profile_view(phase.profile());
  if (phase.has_last_online()) *view.mutable_last_online_timestamp() = phase.last_online();
  if (phase.has_last_sync()) *view.mutable_last_sync_timestamp() = phase.last_sync();
  view.set_detail(phase.detail());
  return view;
}

}  // namespace nightshift::actors
