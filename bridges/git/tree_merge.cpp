// Path by path; then what cannot stand beside each other in one folder gets another name.
#include "bridges/git/tree_merge.hpp"

#include <algorithm>

#include "bridges/git/paths.hpp"

namespace nightshift::bridges::git {
namespace {

class Merging {
 public:
  Merging(git_repository* repository, ObjectStore& store, const ObjectId& ours,
          const MergeSetting& setting)
      : repository_(repository), store_(store), ours_id_(ours), setting_(setting) {}

  Outcome<TreeMerge> merge(const Differences& by_us, const Differences& by_them) {
    for (const auto& [path, theirs] : by_them) {
      const auto ours = by_us.find(path);
      if (ours == by_us.end()) {
        merge_.changes[path] = theirs.after;
      } else if (auto done = both(path, ours->second, theirs); !done) {
        return std::unexpected(done.error());
      }
    }
    if (auto done = make_room(); !done) return std::unexpected(done.error());
    return std::move(merge_);
  }

 private:
  Outcome<void> both(const std::string& path, const Difference& ours, const Difference& theirs) {
    if (ours.after == theirs.after) return {};
    if (!theirs.after) return {};  // ours was changed, so it stays
    if (!ours.after) {
      merge_.changes[path] = theirs.after;
      return {};
    }
    auto file = *ours.after;
    if (ours.before && ours.after->mode == ours.before->mode) file.mode = theirs.after->mode;
    if (ours.after->id == theirs.after->id) {
      merge_.changes[path] = file;
      return {};
    }
    return contents(path, ours.before, *ours.after, *theirs.after, file);
  }

  Outcome<void> contents(const std::string& path, const std::optional<FileRef>& before,
                         const FileRef& ours, const FileRef& theirs, FileRef file) {
    std::optional<std::string> base;
    if (before && before->mode != GIT_FILEMODE_COMMIT) {
      auto read = read_blob(repository_, before->id);
      if (!read) return std::unexpected(read.error());
      base = std::move(*read);
    }
    const auto our_bytes = read_blob(repository_, ours.id);
    if (!our_bytes) return std::unexpected(our_bytes.error());
    const auto their_bytes = read_blob(repository_, theirs.id);
    if (!their_bytes) return std::unexpected(their_bytes.error());
    const auto inside =
        path.starts_with(setting_.prefix) ? path.substr(setting_.prefix.size()) : "/" + path;
    auto merged = merge_file(inside, {base, *our_bytes, *their_bytes}, setting_.role);
    if (!merged) return std::unexpected(merged.error());
    auto blob = store_.add_blob(merged->bytes);
    if (!blob) return std::unexpected(blob.error());
    file.id = *blob;
    if (file != ours) merge_.changes[path] = file;
    if (!merged->loser) return {};
    const bool ours_lost = *merged->loser == Side::ours;
    Conflict conflict{
        path, *merged->loser, merged->reason, {}, ours_lost ? *our_bytes : *their_bytes};
    if (merged->keep_both) {
      const auto& lost = ours_lost ? ours : theirs;
      conflict.kept_as = conflict_path(path, hex(lost.id).substr(0, 8));
      merge_.changes[conflict.kept_as] = lost;
    }
    merge_.conflicts.push_back(std::move(conflict));
    return {};
  }

  /// No file where a folder is, no two names in a folder that only differ by case.
  Outcome<void> make_room() {
    if (!ours_id_) return {};
    const int code = git_tree_lookup(into(ours_), repository_, &ours_id_.raw);
    if (code < 0) return std::unexpected(git_trouble("reading our tree", code));
    std::vector<std::pair<std::string, FileRef>> added;
    for (const auto& [path, change] : merge_.changes) {
      if (change && !our_file(path)) added.emplace_back(path, *change);
    }
    for (const auto& [path, file] : added) {
      if (auto done = settle(path, file); !done) return done;
    }
    return {};
  }

  std::optional<FileRef> our_file(const std::string& path) const {
    Handle<git_tree_entry, git_tree_entry_free> entry;
    if (git_tree_entry_bypath(into(entry), ours_.get(), path.c_str()) != 0) return std::nullopt;
    if (git_tree_entry_type(entry.get()) == GIT_OBJECT_TREE) return std::nullopt;
    return FileRef{{*git_tree_entry_id(entry.get())},
                   static_cast<std::uint32_t>(git_tree_entry_filemode(entry.get()))};
  }

  /// True if something is left of our folder once the changes are made.
  Outcome<bool> folder_stays(const std::string& path) const {
    Handle<git_tree_entry, git_tree_entry_free> entry;
    if (git_tree_entry_bypath(into(entry), ours_.get(), path.c_str()) != 0) return false;
    if (git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE) return false;
    const auto files = list_tree(repository_, {*git_tree_entry_id(entry.get())});
    if (!files) return std::unexpected(files.error());
    return std::ranges::any_of(*files, [&](const auto& file) {
      const auto change = merge_.changes.find(path + "/" + file.first);
      return change == merge_.changes.end() || change->second.has_value();
    });
  }

  Outcome<void> settle(const std::string& path, const FileRef& file) {
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const auto above = path.substr(0, slash);
      const auto ours = our_file(above);
      const auto change = merge_.changes.find(above);
      if (!ours || (change != merge_.changes.end() && !change->second)) continue;
      step_aside(above, change != merge_.changes.end() ? *change->second : *ours,
                 "a folder of the other side has this name");
      merge_.changes[above] = std::nullopt;
    }
    const auto stays = folder_stays(path);
    if (!stays) return std::unexpected(stays.error());
    if (*stays) {
      merge_.changes.erase(path);
      step_aside(path, file, "a folder of this side has this name");
      return {};
    }
    return respell(path, file);
  }

  void step_aside(const std::string& path, const FileRef& file, std::string reason) {
    const auto name = conflict_path(path, hex(file.id).substr(0, 8));
    merge_.changes[name] = file;
    merge_.conflicts.push_back({path, Side::theirs, std::move(reason), name, {}});
  }

  /// Puts the file into the folder as this side spells it.
  Outcome<void> respell(const std::string& path, const FileRef& file) {
    std::string spelled;
    Tree folder;
    git_tree_dup(into(folder), ours_.get());
    bool is_other = false;
    for (std::size_t begin = 0; begin <= path.size() && folder;) {
      const auto end = std::min(path.find('/', begin), path.size());
      auto name = path.substr(begin, end - begin);
      const bool is_leaf = end == path.size();
      if (git_tree_entry_byname(folder.get(), name.c_str()) == nullptr) {
        for (std::size_t i = 0; i < git_tree_entrycount(folder.get()); ++i) {
          const std::string other = git_tree_entry_name(git_tree_entry_byindex(folder.get(), i));
          if (folded(other) != folded(name) || is_gone(spelled + other)) continue;
          name = is_leaf ? conflict_path(other, hex(file.id).substr(0, 8)) : other;
          is_other = true;
          break;
        }
      }
      spelled += name + (is_leaf ? "" : "/");
      const auto* entry = is_leaf ? nullptr : git_tree_entry_byname(folder.get(), name.c_str());
      Tree next;
      if (entry != nullptr && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
        git_tree_lookup(into(next), repository_, git_tree_entry_id(entry));
      }
      folder = std::move(next);
      if (!folder && !is_leaf) spelled += path.substr(end + 1);
      begin = end + 1;
    }
    if (!is_other) return {};
    if (our_file(spelled)) spelled = conflict_path(spelled, hex(file.id).substr(0, 8));
    merge_.changes.erase(path);
    merge_.changes[spelled] = file;
    merge_.conflicts.push_back(
        {path, Side::theirs, "a name of this side only differs by case", spelled, {}});
    return {};
  }

  bool is_gone(const std::string& path) const {
    const auto change = merge_.changes.find(path);
    return change != merge_.changes.end() && !change->second;
  }

  git_repository* repository_;
  ObjectStore& store_;
  ObjectId ours_id_;
  Tree ours_;
  const MergeSetting& setting_;
  TreeMerge merge_;
};

}  // namespace

Outcome<TreeMerge> merge_trees(git_repository* repository, ObjectStore& store, const ObjectId& base,
                               const ObjectId& ours, const ObjectId& theirs,
                               const MergeSetting& setting) {
  const auto by_us = compare_trees(repository, base, ours);
  if (!by_us) return std::unexpected(by_us.error());
  const auto by_them = compare_trees(repository, base, theirs);
  if (!by_them) return std::unexpected(by_them.error());
  return Merging(repository, store, ours, setting).merge(*by_us, *by_them);
}

}  // namespace nightshift::bridges::git
