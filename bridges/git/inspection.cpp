// One walk over the folders that are new; each distinct folder once, so that a small repository of
// folders of folders cannot keep us busy.
#include "bridges/git/inspection.hpp"

#include <algorithm>

#include "bridges/git/bounds.hpp"
#include "bridges/git/paths.hpp"

namespace nightshift::bridges::git {
namespace {

/// What a folder amounts to, with all below it.
struct Extent {
  std::size_t files = 0;
  std::size_t depth = 0;
  std::size_t path_bytes = 0;
};

class Inspection {
 public:
  explicit Inspection(git_repository* repository) : repository_(repository) {}

  Outcome<Extent> folder(const std::string& path, const ObjectId& ours, const ObjectId& theirs,
                         std::size_t depth) {
    if (!theirs || ours == theirs) return Extent{};
    if (depth > tree_depth_max) return too_large(path);
    if (const auto known = known_.find(theirs); known != known_.end()) return known->second;
    Tree tree;
    if (auto bounded = check_size(path, theirs); !bounded) return std::unexpected(bounded.error());
    if (const int code = git_tree_lookup(into(tree), repository_, &theirs.raw); code < 0) {
      return std::unexpected(git_trouble("reading folder " + path, code));
    }
    Tree own;
    if (ours) git_tree_lookup(into(own), repository_, &ours.raw);
    Extent all;
    std::map<std::string, bool> names;
    for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
      const auto* entry = git_tree_entry_byindex(tree.get(), i);
      const std::string name = git_tree_entry_name(entry);
      const auto* before = own ? git_tree_entry_byname(own.get(), name.c_str()) : nullptr;
      const bool same = before != nullptr && git_tree_entry_cmp(before, entry) == 0 &&
                        git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(entry)) != 0;
      const auto [place, is_new] = names.emplace(folded(name), same);
      if (!is_new && !(same && place->second)) {
        return trouble(TroubleKind::hostile,
                       "the remote has two names that only differ by case: " + path + name);
      }
      if (same) continue;
      const auto below = this->entry(path + name, entry, before, depth);
      if (!below) return below;
      all.files += below->files;
      all.depth = std::max(all.depth, below->depth + 1);
      all.path_bytes = std::max(all.path_bytes, below->path_bytes + name.size() + 1);
      if (all.files > tree_files_max || depth + all.depth > tree_depth_max ||
          path.size() + all.path_bytes > path_bytes_max) {
        return too_large(path + name);
      }
    }
    known_.emplace(theirs, all);
    return all;
  }

 private:
  Outcome<Extent> entry(const std::string& path, const git_tree_entry* entry,
                        const git_tree_entry* before, std::size_t depth) {
    const std::string name = git_tree_entry_name(entry);
    if (const auto why = why_unsafe(name)) {
      return trouble(TroubleKind::hostile, "the remote has the name " + path + ", which " + *why);
    }
    const ObjectId id{*git_tree_entry_id(entry)};
    const auto mode = git_tree_entry_filemode(entry);
    // A folder's own pattern needs to be seen as one.
    const auto pattern = forbidden_by(mode == GIT_FILEMODE_TREE ? path + "/" : path);
    if (pattern) {
      return trouble(TroubleKind::forbidden_file,
                     "the remote holds " + path + ", and nothing of the form " +
                         std::string(*pattern) +
                         " may be shared: remove it there, and change the "
                         "secret if it is one");
    }
    if (mode == GIT_FILEMODE_TREE) {
      const bool was_folder = before && git_tree_entry_type(before) == GIT_OBJECT_TREE;
      return folder(path + "/", was_folder ? ObjectId{*git_tree_entry_id(before)} : ObjectId{}, id,
                    depth + 1);
    }
    if (mode == GIT_FILEMODE_LINK || mode == GIT_FILEMODE_COMMIT) {
      return trouble(TroubleKind::hostile, "the remote has " + path + " as a " +
                                               (mode == GIT_FILEMODE_LINK ? "link" : "submodule") +
                                               ", which a vault must not hold");
    }
    if (auto bounded = check_size(path, id); !bounded) return std::unexpected(bounded.error());
    return Extent{1, 0, 0};
  }

  Outcome<void> check_size(const std::string& path, const ObjectId& id) {
    Odb odb;
    std::size_t bytes = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    int code = git_repository_odb(into(odb), repository_);
    if (code == 0) code = git_odb_read_header(&bytes, &type, odb.get(), &id.raw);
    if (code < 0) return std::unexpected(git_trouble("reading " + path, code));
    if (bytes <= object_bytes_max) return {};
    return trouble(TroubleKind::too_large, "the remote's " + path + " has " +
                                               std::to_string(bytes) + " bytes; at most " +
                                               std::to_string(object_bytes_max) + " are taken");
  }

  static Outcome<Extent> too_large(const std::string& path) {
    return trouble(TroubleKind::too_large,
                   "the remote's tree is too large or too deep, at " + path.substr(0, 200));
  }

  git_repository* repository_;
  std::map<ObjectId, Extent> known_;
};

}  // namespace

Outcome<void> inspect_tree(git_repository* repository, const ObjectId& ours,
                           const ObjectId& theirs) {
  const auto seen = Inspection(repository).folder("", ours, theirs, 0);
  if (!seen) return std::unexpected(seen.error());
  return {};
}

}  // namespace nightshift::bridges::git
