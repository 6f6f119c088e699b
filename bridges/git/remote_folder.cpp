// A bare repository on this machine: objects go over as one pack, and its branch is moved by git's
// own locks, so that plain git may push there at the same time.
#include <unistd.h>

#include "bridges/git/link_lock.hpp"
#include "bridges/git/refs.hpp"
#include "bridges/git/remote.hpp"

namespace nightshift::bridges::git {
namespace {

namespace fs = std::filesystem;

class FolderRemote final : public RemoteEnd {
 public:
  FolderRemote(git_repository* repository, fs::path folder)
      : repository_(repository), folder_(std::move(folder)) {}

  Outcome<ObjectId> fetch(const std::string& branch) override {
    const auto theirs = open();
    if (!theirs) return std::unexpected(theirs.error());
    auto stands = read_ref(theirs->get(), "refs/heads/" + branch);
    if (!stands) return stands;
    if (!*stands) return none_of(theirs->get(), branch);
    auto copied = copy_objects(theirs->get(), repository_, *stands, {});
    if (!copied) return std::unexpected(copied.error());
    return stands;
  }

  Outcome<void> push(const std::string& branch, const ObjectId& from, const ObjectId& to) override {
    const auto theirs = open();
    if (!theirs) return std::unexpected(theirs.error());
    clear_dead_locks(git_repository_commondir(theirs->get()));
    if (auto copied = copy_objects(repository_, theirs->get(), to, {from}); !copied) return copied;
    auto moved = move_ref(theirs->get(), {"refs/heads/" + branch, from, to, {}, {}});
    // Somebody pushes at this very moment: what they bring is to be fetched first.
    if (!moved && moved.error().kind == TroubleKind::locked) {
      moved.error().kind = TroubleKind::moved;
    }
    return moved;
  }

 private:
  Outcome<Repository> open() const {
    std::error_code error;
    if (!fs::exists(folder_, error)) {
      return trouble(TroubleKind::unreachable,
                     "the remote " + folder_.string() + " is not there: is its disk mounted?");
    }
    Repository theirs;
    const int code = git_repository_open_ext(into(theirs), folder_.c_str(),
                                             GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
    if (code < 0) {
      return trouble(TroubleKind::remote_absent,
                     git_trouble("opening the remote " + folder_.string(), code).words);
    }
    if (git_repository_is_bare(theirs.get()) == 0) {
      return trouble(TroubleKind::unsupported, "the remote " + folder_.string() +
                                                   " has files of its own, which a push would "
                                                   "leave behind: make it with `git init --bare`");
    }
    return theirs;
  }

  static Outcome<ObjectId> none_of(git_repository* theirs, const std::string& branch) {
    git_strarray names{};
    const int code = git_reference_list(&names, theirs);
    if (code < 0) return std::unexpected(git_trouble("listing the remote's branches", code));
    std::string others;
    for (std::size_t i = 0; i < names.count; ++i) {
      const std::string_view name = names.strings[i];
      if (name.starts_with("refs/heads/")) others += " " + std::string(name.substr(11));
    }
    git_strarray_dispose(&names);
    if (others.empty()) return ObjectId{};
    return trouble(TroubleKind::branch_absent,
                   "the remote has no branch " + branch + ", but" + others +
                       ": name one of these as [git] branch, or make the other there");
  }

  git_repository* repository_;
  fs::path folder_;
};

/// The walk over what is to be copied: from `wanted` back to what the receiver has.
Outcome<Walk> walk_missing(git_repository* both, git_repository* to, const ObjectId& wanted,
                           const std::vector<ObjectId>& had) {
  Walk walk;
  int code = git_revwalk_new(into(walk), both);
  if (code == 0) code = git_revwalk_push(walk.get(), &wanted.raw);
  for (const auto& id : had) {
    if (code == 0 && id) code = git_revwalk_hide(walk.get(), &id.raw);
  }
  if (code < 0) return std::unexpected(git_trouble("walking the history", code));
  // Every branch of the receiver is had as well.
  git_strarray names{};
  if (git_reference_list(&names, to) != 0) return walk;
  for (std::size_t i = 0; i < names.count; ++i) {
    ObjectId id;
    Odb objects;
    if (git_reference_name_to_id(&id.raw, to, names.strings[i]) == 0 &&
        git_repository_odb(into(objects), both) == 0 &&
        git_odb_exists(objects.get(), &id.raw) != 0) {
      git_revwalk_hide(walk.get(), &id.raw);
    }
  }
  git_strarray_dispose(&names);
  return walk;
}

}  // namespace

Outcome<void> copy_objects(git_repository* from, git_repository* to, const ObjectId& wanted,
                           const std::vector<ObjectId>& had) {
  // A second view of the giver, which sees the receiver's objects too.
  Repository both;
  Odb objects;
  int code = git_repository_open(into(both), git_repository_path(from));
  if (code == 0) code = git_repository_odb(into(objects), both.get());
  const auto others = fs::path(git_repository_commondir(to)) / "objects";
  if (code == 0) code = git_odb_add_disk_alternate(objects.get(), others.c_str());
  if (code < 0) return std::unexpected(git_trouble("opening the objects", code));
  const auto walk = walk_missing(both.get(), to, wanted, had);
  if (!walk) return std::unexpected(walk.error());
  PackBuilder pack;
  code = git_packbuilder_new(into(pack), both.get());
  if (code == 0) git_packbuilder_set_threads(pack.get(), 1);
  if (code == 0) code = git_packbuilder_insert_walk(pack.get(), walk->get());
  if (code == 0 && git_packbuilder_object_count(pack.get()) > 0) {
    const auto folder = others / "pack";
    code = git_packbuilder_write(pack.get(), folder.c_str(), 0, nullptr, nullptr);
  }
  if (code < 0) return std::unexpected(git_trouble("copying objects", code));
  Odb received;
  if (git_repository_odb(into(received), to) == 0) git_odb_refresh(received.get());
  return {};
}

Outcome<std::unique_ptr<RemoteEnd>> open_folder_remote(git_repository* repository,
                                                       const fs::path& folder) {
  return std::make_unique<FolderRemote>(repository, folder);
}

}  // namespace nightshift::bridges::git
