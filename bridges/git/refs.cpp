// References as files, by git's own protocol: lock, compare, rename.
#include "bridges/git/refs.hpp"

#include <fcntl.h>

#include <filesystem>

#include "bridges/git/link_lock.hpp"

namespace nightshift::bridges::git {
namespace {

void append_log(const std::filesystem::path& path, const RefMove& move) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const runtime::Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file) return;  // for people; nothing depends on it
  write_all(file.get(),
            hex(move.from) + " " + hex(move.to) + " " + move.who + "\t" + move.why + "\n");
}

}  // namespace

Outcome<ObjectId> read_ref(git_repository* repository, const std::string& name) {
  Reference reference;
  const int code = git_reference_lookup(into(reference), repository, name.c_str());
  if (code == GIT_ENOTFOUND) return ObjectId{};
  if (code < 0) return std::unexpected(git_trouble("reading " + name, code));
  if (git_reference_type(reference.get()) != GIT_REFERENCE_DIRECT) {
    return trouble(TroubleKind::unsupported, name + " stands for another reference");
  }
  return ObjectId{*git_reference_target(reference.get())};
}

Outcome<void> move_ref(git_repository* repository, const RefMove& move) {
  const std::filesystem::path folder = git_repository_commondir(repository);
  auto lock = LinkLock::take(folder, move.name);
  if (!lock) return std::unexpected(lock.error());
  const auto now = read_ref(repository, move.name);
  if (!now) return std::unexpected(now.error());
  if (*now != move.from) {
    return trouble(TroubleKind::moved, move.name + " has moved to " + hex(*now) + " meanwhile");
  }
  if (auto done = lock->replace(hex(move.to) + "\n"); !done) return done;
  if (move.who.empty()) return {};
  append_log(folder / "logs" / move.name, move);
  if (move.is_head) append_log(folder / "logs" / "HEAD", move);
  return {};
}

}  // namespace nightshift::bridges::git
