// Reading, comparing and writing trees.
#include "bridges/git/trees.hpp"

#include "bridges/git/bounds.hpp"

namespace nightshift::bridges::git {
namespace {

Outcome<Tree> open_tree(git_repository* repository, const ObjectId& id) {
  Tree tree;
  if (!id) return tree;
  const int code = git_tree_lookup(into(tree), repository, &id.raw);
  if (code < 0) return std::unexpected(git_trouble("reading tree " + hex(id), code));
  return tree;
}

FileRef ref_of(const git_tree_entry* entry) {
  return {{*git_tree_entry_id(entry)}, static_cast<std::uint32_t>(git_tree_entry_filemode(entry))};
}

bool is_folder(const git_tree_entry* entry) {
  return entry != nullptr && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

/// Walks two trees side by side.
class Comparison {
 public:
  explicit Comparison(git_repository* repository) : repository_(repository) {}

  Outcome<void> compare(const std::string& folder, const ObjectId& before, const ObjectId& after,
                        std::size_t depth) {
    if (before == after) return {};
    if (depth > tree_depth_max) return too_large("folders within folders, at " + folder);
    const auto old_tree = open_tree(repository_, before);
    if (!old_tree) return std::unexpected(old_tree.error());
    const auto new_tree = open_tree(repository_, after);
    if (!new_tree) return std::unexpected(new_tree.error());
    const auto each = [&](const git_tree* tree, auto&& take) -> Outcome<void> {
      const auto count = tree == nullptr ? 0 : git_tree_entrycount(tree);
      for (std::size_t i = 0; i < count; ++i) {
        if (auto done = take(git_tree_entry_byindex(tree, i)); !done) return done;
      }
      return {};
    };
    auto done = each(old_tree->get(), [&](const git_tree_entry* entry) {
      const auto* other = new_tree->get() == nullptr
                              ? nullptr
                              : git_tree_entry_byname(new_tree->get(), git_tree_entry_name(entry));
      return pair(folder, entry, other, depth);
    });
    if (!done) return done;
    return each(new_tree->get(), [&](const git_tree_entry* entry) -> Outcome<void> {
      const bool seen = old_tree->get() != nullptr &&
                        git_tree_entry_byname(old_tree->get(), git_tree_entry_name(entry));
      return seen ? Outcome<void>{} : pair(folder, nullptr, entry, depth);
    });
  }

  Differences take() { return std::move(differences_); }

 private:
  Outcome<void> pair(const std::string& folder, const git_tree_entry* before,
                     const git_tree_entry* after, std::size_t depth) {
    if (before && after && ref_of(before) == ref_of(after)) return {};
    const auto path = folder + git_tree_entry_name(before ? before : after);
    const bool was_folder = is_folder(before);
    const bool now_folder = is_folder(after);
    if ((before && !was_folder) || (after && !now_folder)) {
      auto& difference = differences_[path];
      if (before && !was_folder) difference.before = ref_of(before);
      if (after && !now_folder) difference.after = ref_of(after);
      if (differences_.size() > tree_files_max) return too_large("files");
    }
    if (!was_folder && !now_folder) return {};
    return compare(path + "/", was_folder ? ref_of(before).id : ObjectId{},
                   now_folder ? ref_of(after).id : ObjectId{}, depth + 1);
  }

  static Outcome<void> too_large(const std::string& what) {
    return trouble(TroubleKind::too_large, "the tree has too many " + what + ": at most " +
                                               std::to_string(tree_files_max) + " files, " +
                                               std::to_string(tree_depth_max) + " deep, are taken");
  }

  git_repository* repository_;
  Differences differences_;
};

/// Changes by folder.
struct Node {
  std::optional<FileRef> leaf;
  std::map<std::string, Node> children;
};

using Wrote = std::function<void(const ObjectId&)>;

Outcome<ObjectId> write_node(git_repository* repository, const ObjectId& base, const Node& node,
                             const Wrote& wrote) {
  const auto tree = open_tree(repository, base);
  if (!tree) return std::unexpected(tree.error());
  TreeBuilder builder;
  int code = git_treebuilder_new(into(builder), repository, tree->get());
  for (const auto& [name, child] : node.children) {
    if (code < 0) break;
    const auto* entry = git_treebuilder_get(builder.get(), name.c_str());
    const bool was_folder = is_folder(entry);
    ObjectId folder;
    if (!child.children.empty()) {
      auto written =
          write_node(repository, was_folder ? ref_of(entry).id : ObjectId{}, child, wrote);
      if (!written) return written;
      folder = *written;
    } else if (was_folder && !child.leaf) {
      continue;  // the file went that the folder has replaced
    }
    if (folder) {
      code = git_treebuilder_insert(nullptr, builder.get(), name.c_str(), &folder.raw,
                                    GIT_FILEMODE_TREE);
    } else if (child.leaf) {
      code = git_treebuilder_insert(nullptr, builder.get(), name.c_str(), &child.leaf->id.raw,
                                    static_cast<git_filemode_t>(child.leaf->mode));
    } else if (entry != nullptr) {
      code = git_treebuilder_remove(builder.get(), name.c_str());
    }
  }
  if (code < 0) return std::unexpected(git_trouble("writing a tree", code));
  if (git_treebuilder_entrycount(builder.get()) == 0) return ObjectId{};
  ObjectId id;
  code = git_treebuilder_write(&id.raw, builder.get());
  if (code < 0) return std::unexpected(git_trouble("writing a tree", code));
  wrote(id);
  return id;
}

}  // namespace

Outcome<Differences> compare_trees(git_repository* repository, const ObjectId& before,
                                   const ObjectId& after) {
  Comparison comparison(repository);
  auto done = comparison.compare("", before, after, 0);
  if (!done) return std::unexpected(done.error());
  return comparison.take();
}

Outcome<Files> list_tree(git_repository* repository, const ObjectId& tree) {
  auto all = compare_trees(repository, {}, tree);
  if (!all) return std::unexpected(all.error());
  Files files;
  for (const auto& [path, difference] : *all) {
    if (difference.after) files.emplace_hint(files.end(), path, *difference.after);
  }
  return files;
}

Outcome<ObjectId> change_tree(git_repository* repository, const ObjectId& base,
                              const Changes& changes, const Wrote& wrote) {
  Node top;
  for (const auto& [path, change] : changes) {
    auto* node = &top;
    std::size_t begin = 0;
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
      node = &node->children[path.substr(begin, slash - begin)];
      begin = slash + 1;
    }
    auto& leaf = node->children[path.substr(begin)];
    leaf.leaf = change;
  }
  if (top.children.empty() && base) return base;
  auto written = write_node(repository, base, top, wrote);
  if (!written || *written) return written;
  // A tree without files is still a tree.
  TreeBuilder empty;
  ObjectId id;
  int code = git_treebuilder_new(into(empty), repository, nullptr);
  if (code == 0) code = git_treebuilder_write(&id.raw, empty.get());
  if (code < 0) return std::unexpected(git_trouble("writing a tree", code));
  wrote(id);
  return id;
}

Outcome<ObjectId> tree_of(git_repository* repository, const ObjectId& commit) {
  if (!commit) return ObjectId{};
  Commit found;
  const int code = git_commit_lookup(into(found), repository, &commit.raw);
  if (code < 0) return std::unexpected(git_trouble("reading commit " + hex(commit), code));
  return ObjectId{*git_commit_tree_id(found.get())};
}

Outcome<std::string> read_blob(git_repository* repository, const ObjectId& id) {
  Blob blob;
  const int code = git_blob_lookup(into(blob), repository, &id.raw);
  if (code < 0) return std::unexpected(git_trouble("reading blob " + hex(id), code));
  const auto size = git_blob_rawsize(blob.get());
  if (size > object_bytes_max) {
    return trouble(TroubleKind::too_large, "blob " + hex(id) + " has more than 32 MiB");
  }
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())), size);
}

}  // namespace nightshift::bridges::git
