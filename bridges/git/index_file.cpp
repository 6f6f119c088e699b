// A copy of the index that libgit2 changes, and that takes the place of the original in one step.
#include "bridges/git/index_file.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace nightshift::bridges::git {
namespace {

std::int64_t in_ns(const git_index_time& time) {
  return std::int64_t{time.seconds} * 1'000'000'000 + time.nanoseconds;
}

git_index_time index_time(std::int64_t ns) {
  return {static_cast<std::int32_t>(ns / 1'000'000'000),
          static_cast<std::uint32_t>(ns % 1'000'000'000)};
}

Outcome<void> check_entries(git_index* index) {
  if (git_index_has_conflicts(index) != 0) {
    return trouble(TroubleKind::unresolved,
                   "the index holds conflicts of a merge: solve them and commit, or abort it");
  }
  for (std::size_t i = 0; i < git_index_entrycount(index); ++i) {
    const auto* entry = git_index_get_byindex(index, i);
    if ((entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) == 0) continue;
    return trouble(TroubleKind::sparse, std::string(entry->path) +
                                            " is left out of the work tree on purpose: run `git "
                                            "sparse-checkout disable` first");
  }
  return {};
}

}  // namespace

Outcome<IndexFile> IndexFile::open(const std::filesystem::path& git_folder) {
  auto lock = LinkLock::take(git_folder, "index");
  if (!lock) return std::unexpected(lock.error());
  const auto work = own_folder(git_folder) / "index";
  std::error_code error;
  std::filesystem::remove(work, error);
  if (const auto bytes = get_file(git_folder / "index")) {
    if (auto done = put_file(work, *bytes); !done) return std::unexpected(done.error());
  }
  Index index;
  int code = git_index_open(into(index), work.c_str());
  if (code == 0) code = git_index_read(index.get(), 1);
  if (code < 0) {
    return trouble(TroubleKind::unsupported, git_trouble("reading the index", code).words +
                                                 "; a split or sparse index is not understood");
  }
  if (auto fine = check_entries(index.get()); !fine) return std::unexpected(fine.error());
  return IndexFile(std::move(*lock), work, std::move(index));
}

std::optional<FileRef> IndexFile::find(const std::string& path) const {
  const auto* entry = git_index_get_bypath(index_.get(), path.c_str(), 0);
  if (entry == nullptr) return std::nullopt;
  return FileRef{{entry->id}, entry->mode};
}

Outcome<void> IndexFile::check_free(const std::string& path, const std::optional<FileRef>& before,
                                    const std::optional<FileRef>& after) const {
  const auto staged = find(path);
  if (staged == before || staged == after) return {};
  return trouble(TroubleKind::staged,
                 path +
                     " is staged with other words than those of its file: commit it, or take it "
                     "back with `git restore --staged`");
}

Outcome<void> IndexFile::put(const std::string& path, const FileRef& file, const FileStat& stat) {
  git_index_entry entry{};
  entry.path = path.c_str();
  entry.id = file.id.raw;
  entry.mode = file.mode;
  entry.ino = stat.inode;
  entry.file_size = static_cast<std::uint32_t>(stat.size);
  entry.mtime = index_time(stat.modified_ns);
  entry.ctime = index_time(stat.changed_ns);
  return check(git_index_add(index_.get(), &entry), "noting " + path + " in the index");
}

void IndexFile::remove(const std::string& path) { git_index_remove(index_.get(), path.c_str(), 0); }

Outcome<void> IndexFile::write() {
  if (auto done = check(git_index_write(index_.get()), "writing the index"); !done) return done;
  const auto bytes = get_file(work_);
  if (!bytes) return trouble(TroubleKind::failed, "the new index cannot be read back");
  return lock_.replace(*bytes);
}

void seed_from_index(const std::filesystem::path& git_folder,
                     std::unordered_map<std::string, KnownFile>& known) {
  const auto path = git_folder / "index";
  struct stat status{};
  Index index;
  if (::stat(path.c_str(), &status) != 0) return;
  const auto written_ns = file_stat(status).modified_ns;
  if (git_index_open(into(index), path.c_str()) != 0) return;
  if (git_index_read(index.get(), 1) != 0) return;
  for (std::size_t i = 0; i < git_index_entrycount(index.get()); ++i) {
    const auto* entry = git_index_get_byindex(index.get(), i);
    const FileStat stat{entry->ino, entry->file_size, in_ns(entry->mtime), in_ns(entry->ctime),
                        (entry->mode & S_IXUSR) != 0};
    // What changed while the index was written may have changed once more (git's "racily clean").
    if (std::max(stat.modified_ns, stat.changed_ns) >= written_ns || stat.modified_ns == 0)
      continue;
    known.emplace(entry->path, KnownFile{stat, {{entry->id}, entry->mode}, {}});
  }
}

}  // namespace nightshift::bridges::git
