// Maildir delivery: tmp, sync, rename to new, sync of the folder; a repeat looks first.
#include "bridges/vault/outbox.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "messages/crypto.hpp"
#include "messages/effects.pb.h"
#include "messages/ids.hpp"

namespace nightshift::bridges::vault {
namespace {

using runtime::Outcome;

constexpr std::size_t name_bytes_max = 120;
constexpr std::size_t entries_max = 10'000'000;

Outcome committed(std::string where) {
  return {.state = EFFECT_STATE_COMMITTED, .evidence = "Outbox/" + std::move(where)};
}
Outcome not_done(std::string why) {
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT, .evidence = std::move(why)};
}
Outcome unknown(std::string why) {
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, .evidence = std::move(why)};
}

/// The message to deliver; null where nothing may be delivered.
const std::string* message_of(const runtime::Permit& permit) {
  if (!permit.gated) return nullptr;
  const auto& fields = permit.content.fields();
  const auto found = std::ranges::find(fields, "message", [](const auto& f) { return f.first; });
  return found == fields.end() ? nullptr : &found->second;
}

constexpr std::string_view no_message =
    "there is no approved message to deliver; nothing was written";

Result<void> write_and_sync(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error("cannot write to Outbox/tmp", errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return std::unexpected(system_error("cannot sync Outbox/tmp", errno));
  return {};
}

}  // namespace

Result<std::shared_ptr<Outbox>> Outbox::open(const std::filesystem::path& folder, Probe probe) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::io,
                "cannot make the outbox " + folder.string() + ": " + error.message());
  }
  auto root = Folder::open(folder);
  if (!root) return std::unexpected(root.error());
  auto tmp = root->sub("tmp", true);
  if (!tmp) return std::unexpected(tmp.error());
  auto ready = root->sub("new", true);
  if (!ready) return std::unexpected(ready.error());
  auto cur = root->sub("cur", true);
  if (!cur) return std::unexpected(cur.error());
  if (auto synced = root->sync(); !synced) return std::unexpected(synced.error());
  return std::shared_ptr<Outbox>(
      new Outbox(std::move(*tmp), std::move(*ready), std::move(*cur), std::move(probe)));
}

std::string Outbox::effect_type() const {
  return effect::DeliverToOutbox::descriptor()->full_name();
}

runtime::ReceiverClass Outbox::receiver_class(const runtime::Permit&) const {
  return runtime::ReceiverClass::queryable;
}

std::string Outbox::file_name(std::string_view effect_id) {
  if (is_id(effect_id) && effect_id.front() != '.' && effect_id.size() <= name_bytes_max) {
    return std::string(effect_id) + ".nightshift";
  }
  return to_hex(as_bytes(sha256(effect_id))) + ".nightshift";
}

Outcome Outbox::look(const runtime::Permit& permit) {
  const std::string* message = message_of(permit);
  if (message == nullptr) return not_done(std::string(no_message));
  return find(file_name(permit.effect_id), *message, true);
}

Outcome Outbox::perform(const runtime::Permit& permit) {
  const std::string* message = message_of(permit);
  if (message == nullptr) return not_done(std::string(no_message));
  const std::string name = file_name(permit.effect_id);
  // Before a first attempt nothing can lie in `cur`, which may be long.
  Outcome found = find(name, *message, permit.attempt > 1);
  if (found.state != EFFECT_STATE_FAILED_BEFORE_EFFECT) return found;
  return deliver(name, *message);
}

/// COMMITTED only after a sync: what a crashed attempt renamed may not be durable yet.
Outcome Outbox::find(const std::string& name, std::string_view message, bool in_cur) const {
  const auto judge = [&](const Folder& folder, const std::string& where,
                         const std::string& entry) -> Outcome {
    const auto file = folder.read(entry, message.size());
    if (!file && file.error().code == ErrorCode::not_found) return not_done("moved meanwhile");
    if (!file && file.error().code != ErrorCode::too_large) {
      return unknown(where + entry + " cannot be read: " + std::string(file.error().message()));
    }
    if (!file || file->text != message) {
      return unknown("Outbox/" + where + entry +
                     " has this delivery's name but other bytes; look at it and resolve");
    }
    if (auto synced = folder.sync(); !synced) {
      return unknown(where + entry + " lies there, but " + std::string(synced.error().message()));
    }
    return committed(where + entry);
  };
  if (new_.has(name)) {
    if (Outcome outcome = judge(new_, "new/", name);
        outcome.state != EFFECT_STATE_FAILED_BEFORE_EFFECT) {
      return outcome;
    }
  }
  if (!in_cur) return not_done("it is not in Outbox/new");
  const auto read = cur_.names(entries_max);
  if (!read) return unknown("Outbox/cur: " + std::string(read.error().message()));
  for (const auto& entry : *read) {
    if (entry == name || entry.starts_with(name + ":")) return judge(cur_, "cur/", entry);
  }
  return not_done("it is neither in Outbox/new nor in Outbox/cur");
}

Outcome Outbox::deliver(const std::string& name, std::string_view message) const {
  if (auto ready = prepare(name, message); !ready) {
    ::unlinkat(tmp_.descriptor(), name.c_str(), 0);
    return not_done(std::string(ready.error().message()) + "; nothing was delivered");
  }
  if (::renameat2(tmp_.descriptor(), name.c_str(), new_.descriptor(), name.c_str(),
                  RENAME_NOREPLACE) != 0) {
    const Error error = system_error("cannot move the message to Outbox/new", errno);
    ::unlinkat(tmp_.descriptor(), name.c_str(), 0);
    Outcome found = find(name, message, true);
    if (found.state == EFFECT_STATE_FAILED_BEFORE_EFFECT) found.evidence = error.message();
    return found;
  }
  auto synced = step("outbox.sync_folder");
  if (synced) synced = new_.sync();
  if (!synced) {
    return unknown("Outbox/new/" + name + " lies there, but may not survive a power cut: " +
                   std::string(synced.error().message()));
  }
  if (auto end = step("outbox.end"); !end) return unknown(std::string(end.error().message()));
  return committed("new/" + name);
}

/// Everything before the message can be seen by a reader.
Result<void> Outbox::prepare(const std::string& name, std::string_view message) const {
  if (auto ok = step("outbox.create"); !ok) return ok;
  ::unlinkat(tmp_.descriptor(), name.c_str(), 0);
  const Descriptor fd(::openat(tmp_.descriptor(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return std::unexpected(system_error("cannot create a file in Outbox/tmp", errno));
  if (auto ok = step("outbox.write"); !ok) return ok;
  if (auto ok = write_and_sync(fd.get(), message); !ok) return ok;
  if (auto ok = step("outbox.sync"); !ok) return ok;
  return step("outbox.rename");
}

Result<void> Outbox::step(std::string_view name) const {
  const int number = probe_ ? probe_(name) : 0;
  if (number != 0) return std::unexpected(system_error(name, number));
  return {};
}

}  // namespace nightshift::bridges::vault
