// Stats first, then the files whose stats are new.
#include "bridges/git/snapshot.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "bridges/git/index_file.hpp"
#include "bridges/git/paths.hpp"
#include "bridges/git/secret_scan.hpp"

namespace nightshift::bridges::git {
namespace {

/// So much may wait in memory for the next pack.
constexpr std::size_t waiting_bytes_max = 64u << 20;

class Taking {
 public:
  Taking(const Premises& premises, const WorkTree& work, ObjectStore& store, Memory& memory)
      : premises_(premises), work_(work), store_(store), memory_(memory) {}

  Outcome<Snapshot> take() {
    if (auto done = refresh_tracked(); !done) return std::unexpected(done.error());
    auto scan = work_.scan(premises_.prefix);
    if (!scan) return std::unexpected(scan.error());
    if (!memory_.is_seeded) {
      seed_from_index(premises_.git_folder, memory_.known);
      memory_.is_seeded = true;
    }
    taken_ns_ = scan->taken_ns;
    snapshot_.skipped = std::move(scan->skipped);
    const auto other_case = find_other_case(*scan);
    for (const auto& [path, stat] : scan->files) {
      if (other_case.contains(path)) {
        snapshot_.skipped.push_back({path, "another name only differs by case: rename one"});
      } else if (auto done = look_at(path, stat); !done) {
        return std::unexpected(done.error());
      }
    }
    find_deleted(*scan);
    return std::move(snapshot_);
  }

 private:
  Outcome<void> refresh_tracked() {
    if (memory_.head == premises_.head && premises_.head) return {};
    const auto tree = tree_of(premises_.repository.get(), premises_.head);
    if (!tree) return std::unexpected(tree.error());
    auto files = list_tree(premises_.repository.get(), *tree);
    if (!files) return std::unexpected(files.error());
    std::erase_if(*files, [&](const auto& file) { return !is_ours(premises_.prefix, file.first); });
    memory_.tracked = std::move(*files);
    memory_.head = premises_.head;
    return {};
  }

  /// New files whose path, or that of a folder above, is there already in another case of letters.
  std::set<std::string> find_other_case(const Scan& scan) const {
    std::vector<const std::string*> fresh;
    for (const auto& [path, stat] : scan.files) {
      if (!memory_.tracked.contains(path)) fresh.push_back(&path);
    }
    std::set<std::string> found;
    if (fresh.empty()) return found;
    std::unordered_map<std::string, std::string> spelled;
    const auto each_part = [](const std::string& path, auto&& take) {
      for (auto end = path.find('/'); end != path.npos; end = path.find('/', end + 1)) {
        take(path.substr(0, end));
      }
      take(path);
    };
    const auto spell = [&](std::string part) { spelled.try_emplace(folded(part), part); };
    for (const auto& [path, file] : memory_.tracked) {
      if (scan.files.contains(path)) each_part(path, spell);
    }
    for (const auto* path : fresh) {
      each_part(*path, [&](const std::string& part) {
        const auto known = spelled.find(folded(part));
        if (known != spelled.end() && known->second != part) found.insert(*path);
      });
      if (!found.contains(*path)) each_part(*path, spell);
    }
    return found;
  }

  Outcome<void> look_at(const std::string& path, const FileStat& stat) {
    auto known = memory_.known.find(path);
    if (known == memory_.known.end() || !(known->second.stat == stat)) {
      return read(path, stat);
    }
    if (!known->second.kept_out.empty()) {
      snapshot_.skipped.push_back({path, known->second.kept_out});
      return {};
    }
    const auto tracked = memory_.tracked.find(path);
    if (tracked != memory_.tracked.end() && tracked->second == known->second.file) return {};
    return read(path, stat);
  }

  Outcome<void> read(const std::string& path, const FileStat& stat) {
    const auto found = work_.read(path);
    if (!found) return std::unexpected(found.error());
    // One that changes while we look is looked at again in the next round.
    if (!*found || !((*found)->stat == stat) || (*found)->bytes.size() != stat.size) {
      memory_.known.erase(path);
      return {};
    }
    const auto& bytes = (*found)->bytes;
    KnownFile known{stat, {}, {}};
    known.file.mode = stat.executable ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
    if (const auto secret = find_secret(bytes)) {
      known.kept_out = "line " + std::to_string(secret->line) + " holds " +
                       std::string(secret->what) + ": take it out, and the file is shared";
      snapshot_.skipped.push_back({path, known.kept_out});
    } else {
      git_odb_hash(&known.file.id.raw, bytes.data(), bytes.size(), GIT_OBJECT_BLOB);
    }
    const bool is_settled = std::max(stat.modified_ns, stat.changed_ns) < taken_ns_;
    if (known.kept_out.empty()) {
      if (auto done = note_change(path, known, bytes, is_settled); !done) return done;
    }
    if (is_settled) {
      memory_.known[path] = std::move(known);
    } else {
      memory_.known.erase(path);
    }
    return {};
  }

  Outcome<void> note_change(const std::string& path, const KnownFile& known,
                            const std::string& bytes, bool is_settled) {
    const auto tracked = memory_.tracked.find(path);
    if (tracked != memory_.tracked.end() && tracked->second == known.file) return {};
    const auto blob = store_.add_blob(bytes);
    if (!blob) return std::unexpected(blob.error());
    snapshot_.changes[path] = known.file;
    if (is_settled) snapshot_.stats[path] = known.stat;
    waiting_bytes_ += bytes.size();
    if (waiting_bytes_ < waiting_bytes_max) return {};
    waiting_bytes_ = 0;
    return store_.flush();
  }

  void find_deleted(const Scan& scan) {
    const auto is_skipped = [&](const std::string& path) {
      return std::ranges::any_of(snapshot_.skipped, [&](const Skipped& skipped) {
        return path == skipped.path || path.starts_with(skipped.path + "/");
      });
    };
    for (const auto& [path, file] : memory_.tracked) {
      if (scan.files.contains(path)) continue;
      memory_.known.erase(path);
      if (!is_skipped(path)) snapshot_.changes[path] = std::nullopt;
    }
  }

  const Premises& premises_;
  const WorkTree& work_;
  ObjectStore& store_;
  Memory& memory_;
  Snapshot snapshot_;
  std::int64_t taken_ns_ = 0;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace

bool is_ours(const std::string& prefix, const std::string& path) {
  if (!path.starts_with(prefix)) return false;
  if (stays_here(std::string_view(path).substr(prefix.size())) || forbidden_by(path)) return false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (why_unsafe(std::string_view(path).substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

Outcome<Snapshot> take_snapshot(const Premises& premises, const WorkTree& work, ObjectStore& store,
                                Memory& memory) {
  return Taking(premises, work, store, memory).take();
}

}  // namespace nightshift::bridges::git
