// Objects, note, reference, files, index, note gone: in this order.
#include "bridges/git/advance.hpp"

#include "bridges/git/round_note.hpp"
#include "bridges/git/snapshot.hpp"
#include "bridges/git/trees.hpp"

namespace nightshift::bridges::git {
namespace {

void take_step(const Desk& desk, std::string_view name) {
  if (desk.step) desk.step(name);
}

Outcome<void> move_head(Desk& desk, const ObjectId& to, std::string why) {
  RefMove move{desk.premises.branch, desk.premises.head, to, desk.who, std::move(why), true};
  if (auto done = move_ref(desk.premises.repository.get(), move); !done) return done;
  desk.premises.head = to;
  return {};
}

/// Brings the files from what they were to what they are to be.
class Placing {
 public:
  explicit Placing(Desk& desk) : desk_(desk) {}

  Outcome<void> place(const std::string& path, const Difference& difference) {
    const auto before = bytes_of(difference.before);
    if (!before) return std::unexpected(before.error());
    const auto after = bytes_of(difference.after);
    if (!after) return std::unexpected(after.error());
    const bool executable =
        difference.after && difference.after->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
    constexpr int tries = 16;
    for (int i = 0; i < tries; ++i) {
      const auto done = try_once(path, *before, *after, executable);
      if (!done) return std::unexpected(done.error());
      if (*done) return {};
    }
    return trouble(TroubleKind::uncommitted, path + " is written to without a pause");
  }

  Placed take() { return std::move(placed_); }

 private:
  using Bytes = std::optional<std::string>;

  Outcome<Bytes> bytes_of(const std::optional<FileRef>& file) const {
    if (!file) return Bytes{};
    if (file->mode == GIT_FILEMODE_COMMIT || file->mode == GIT_FILEMODE_LINK) return Bytes{};
    auto bytes = read_blob(desk_.premises.repository.get(), file->id);
    if (!bytes) return std::unexpected(bytes.error());
    return Bytes(std::move(*bytes));
  }

  Outcome<bool> put(const std::string& path, const Bytes& expected, const Bytes& fresh,
                    bool executable) {
    if (desk_.arriving) desk_.arriving(path);
    auto done = desk_.work.replace(path, expected, fresh, executable);
    if (done && *done) placed_.written.push_back(path);
    return done;
  }

  Outcome<bool> try_once(const std::string& path, const Bytes& before, const Bytes& after,
                         bool executable) {
    auto found = desk_.work.read(path);
    if (!found) return std::unexpected(found.error());
    Bytes now;
    if (*found) now = std::move((*found)->bytes);
    if (now == after) return true;
    if (now == before) return put(path, before, after, executable);
    if (!is_ours(desk_.setting.prefix, path) || is_kept_out(path)) {
      placed_.left.push_back({path, "you changed it while it was fetched: it stays as it is"});
      return true;
    }
    if (!now) return put(path, now, after, executable);
    if (!after) return true;  // changed here, removed there: it stays
    return merge(path, before, *now, *after, executable);
  }

  bool is_kept_out(const std::string& path) const {
    const auto known = desk_.memory.known.find(path);
    return known != desk_.memory.known.end() && !known->second.kept_out.empty();
  }

  Outcome<bool> merge(const std::string& path, const Bytes& before, const std::string& now,
                      const std::string& after, bool executable) {
    const auto inside = path.substr(desk_.setting.prefix.size());
    const auto merged = merge_file(inside, {before, now, after}, desk_.setting.role);
    if (!merged) return std::unexpected(merged.error());
    Conflict conflict{path, merged->loser.value_or(Side::ours), merged->reason, {}, {}};
    conflict.bytes = conflict.loser == Side::ours ? now : after;
    if (merged->keep_both) {
      auto name = desk_.work.keep_beside(path, conflict.bytes);
      if (!name) return std::unexpected(name.error());
      conflict.kept_as = *name;
    }
    if (merged->loser && desk_.keep) {
      if (auto kept = desk_.keep(conflict); !kept) return std::unexpected(kept.error());
    }
    const auto done = put(path, now, merged->bytes, executable);
    if (done && *done && merged->loser) placed_.conflicts.push_back(std::move(conflict));
    return done;
  }

  Desk& desk_;
  Placed placed_;
};

Outcome<Placed> place_all(Desk& desk, const Differences& differences,
                          const std::set<std::string>& done) {
  Placing placing(desk);
  // What goes makes room for what comes.
  for (const bool going : {true, false}) {
    for (const auto& [path, difference] : differences) {
      if (!difference.after == !going || done.contains(path)) continue;
      take_step(desk, "file");
      if (auto placed = placing.place(path, difference); !placed) {
        return std::unexpected(placed.error());
      }
      note_placed(desk.premises.git_folder, path);
    }
  }
  return placing.take();
}

Outcome<Differences> differences_of(const Desk& desk, const ObjectId& from, const ObjectId& to) {
  auto* repository = desk.premises.repository.get();
  const auto before = tree_of(repository, from);
  if (!before) return std::unexpected(before.error());
  const auto after = tree_of(repository, to);
  if (!after) return std::unexpected(after.error());
  return compare_trees(repository, *before, *after);
}

/// What is staged follows, unless a person has staged something else.
Outcome<void> follow_in_index(IndexFile& index, const Differences& differences) {
  for (const auto& [path, difference] : differences) {
    const auto staged = index.find(path);
    if (staged != difference.before || staged == difference.after) continue;
    if (!difference.after) {
      index.remove(path);
    } else if (auto done = index.put(path, *difference.after, {}); !done) {
      return done;
    }
  }
  return index.write();
}

/// No words of a person may be in the way of what is to be placed where we never commit.
Outcome<void> check_unshared(const Desk& desk, const Differences& differences) {
  for (const auto& [path, difference] : differences) {
    const auto known = desk.memory.known.find(path);
    const bool kept_out = known != desk.memory.known.end() && !known->second.kept_out.empty();
    if (is_ours(desk.setting.prefix, path) && !kept_out) continue;
    const auto found = desk.work.read(path);
    if (!found) return std::unexpected(found.error());
    if (!*found) continue;
    ObjectId now;
    git_odb_hash(&now.raw, (*found)->bytes.data(), (*found)->bytes.size(), GIT_OBJECT_BLOB);
    const bool is_before = difference.before && difference.before->id == now;
    const bool is_after = difference.after && difference.after->id == now;
    if (is_before || is_after) continue;
    return trouble(TroubleKind::uncommitted,
                   path +
                       " has changes of yours that are not committed, and the remote changed it "
                       "as well: commit them, or move the file away");
  }
  return {};
}

}  // namespace

Outcome<void> advance_to_commit(Desk& desk, const ObjectId& to, const Changes& changes,
                                const std::map<std::string, FileStat>& stats) {
  const auto& folder = desk.premises.git_folder;
  auto index = IndexFile::open(folder);
  if (!index) return std::unexpected(index.error());
  for (const auto& [path, change] : changes) {
    const auto tracked = desk.memory.tracked.find(path);
    const auto before = tracked == desk.memory.tracked.end()
                            ? std::nullopt
                            : std::optional<FileRef>(tracked->second);
    if (auto free = index->check_free(path, before, change); !free) return free;
  }
  take_step(desk, "objects");
  if (auto done = desk.store.flush(); !done) return done;
  take_step(desk, "note");
  if (auto done = write_note(folder, {false, desk.premises.head, to, {}}); !done) return done;
  take_step(desk, "reference");
  if (auto done = move_head(desk, to, "commit: sync"); !done) return done;
  take_step(desk, "index");
  for (const auto& [path, change] : changes) {
    const auto stat = stats.find(path);
    if (!change) {
      index->remove(path);
      desk.memory.tracked.erase(path);
    } else {
      auto done = index->put(path, *change, stat == stats.end() ? FileStat{} : stat->second);
      if (!done) return done;
      desk.memory.tracked[path] = *change;
    }
  }
  desk.memory.head = to;
  if (auto done = index->write(); !done) return done;
  take_step(desk, "done");
  remove_note(folder);
  return {};
}

Outcome<Placed> advance_to_merge(Desk& desk, const ObjectId& to) {
  const auto& folder = desk.premises.git_folder;
  const auto differences = differences_of(desk, desk.premises.head, to);
  if (!differences) return std::unexpected(differences.error());
  auto index = IndexFile::open(folder);
  if (!index) return std::unexpected(index.error());
  for (const auto& [path, difference] : *differences) {
    auto free = index->check_free(path, difference.before, difference.after);
    if (!free) return std::unexpected(free.error());
  }
  if (auto fine = check_unshared(desk, *differences); !fine) return std::unexpected(fine.error());
  take_step(desk, "merge objects");
  if (auto done = desk.store.flush(); !done) return std::unexpected(done.error());
  take_step(desk, "merge note");
  auto done = write_note(folder, {true, desk.premises.head, to, {}});
  if (!done) return std::unexpected(done.error());
  take_step(desk, "merge reference");
  done = move_head(desk, to, "merge: sync");
  if (!done) return std::unexpected(done.error());
  auto placed = place_all(desk, *differences, {});
  if (!placed) return placed;
  take_step(desk, "merge index");
  done = follow_in_index(*index, *differences);
  if (!done) return std::unexpected(done.error());
  take_step(desk, "merge done");
  remove_note(folder);
  return placed;
}

Outcome<Placed> recover_round(Desk& desk) {
  const auto& folder = desk.premises.git_folder;
  const auto note = read_note(folder);
  Placed placed;
  if (note && note->to == desk.premises.head) {
    const auto differences = differences_of(desk, note->from, note->to);
    if (!differences) return std::unexpected(differences.error());
    auto index = IndexFile::open(folder);
    if (!index) return std::unexpected(index.error());
    if (note->merge) {
      auto done = place_all(desk, *differences, note->placed);
      if (!done) return done;
      placed = std::move(*done);
    }
    auto done = follow_in_index(*index, *differences);
    if (!done) return std::unexpected(done.error());
  }
  remove_note(folder);
  return placed;
}

}  // namespace nightshift::bridges::git
