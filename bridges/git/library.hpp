// libgit2 behind values: handles that free themselves, object ids, what went wrong in words.
#pragma once

#include <git2.h>

#include <compare>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bridges/git/trouble.hpp"

namespace nightshift::bridges::git {

/// Owns what a call of libgit2 made.
template <class T, void (*Free)(T*)>
class Handle {
 public:
  Handle() = default;
  Handle(Handle&& other) noexcept : thing_(std::exchange(other.thing_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(thing_, other.thing_);
    return *this;
  }
  ~Handle() { clear(); }

  T* get() const { return thing_; }
  explicit operator bool() const { return thing_ != nullptr; }
  /// Empty, and ready for a call to fill it.
  T** fill() {
    clear();
    return &thing_;
  }

 private:
  void clear() {
    if (thing_ != nullptr) Free(std::exchange(thing_, nullptr));
  }

  T* thing_ = nullptr;
};

/// `git_commit_lookup(into(commit), ...)`.
template <class H>
auto into(H& handle) {
  return handle.fill();
}

using Repository = Handle<git_repository, git_repository_free>;
using Odb = Handle<git_odb, git_odb_free>;
using OdbObject = Handle<git_odb_object, git_odb_object_free>;
using Commit = Handle<git_commit, git_commit_free>;
using Tree = Handle<git_tree, git_tree_free>;
using TreeBuilder = Handle<git_treebuilder, git_treebuilder_free>;
using Blob = Handle<git_blob, git_blob_free>;
using Reference = Handle<git_reference, git_reference_free>;
using Index = Handle<git_index, git_index_free>;
using Config = Handle<git_config, git_config_free>;
using Remote = Handle<git_remote, git_remote_free>;
using Walk = Handle<git_revwalk, git_revwalk_free>;
using PackBuilder = Handle<git_packbuilder, git_packbuilder_free>;
using Signature = Handle<git_signature, git_signature_free>;

/// Of a commit, tree or blob; all zero means none.
struct ObjectId {
  git_oid raw{};

  explicit operator bool() const { return git_oid_is_zero(&raw) == 0; }
  bool operator==(const ObjectId& other) const { return git_oid_equal(&raw, &other.raw) != 0; }
  std::strong_ordering operator<=>(const ObjectId& other) const {
    return git_oid_cmp(&raw, &other.raw) <=> 0;
  }
};

/// 40 hex digits.
std::string hex(const ObjectId& id);
/// Nothing unless `text` is 40 hex digits.
std::optional<ObjectId> parse_object_id(std::string_view text);

/// A file of a tree.
struct FileRef {
  ObjectId id;
  /// As git has it: 0100644, 0100755; 0120000 for a link, 0160000 for a submodule.
  std::uint32_t mode = GIT_FILEMODE_BLOB;

  bool operator==(const FileRef&) const = default;
};
/// By path from the top of the repository; nothing means that it goes.
using Changes = std::map<std::string, std::optional<FileRef>>;

/// Starts libgit2 for this process, once, with our settings: no configuration of the system or of a
/// person is read, what is written to a repository is synced, objects and packs are bounded.
void start_library();

/// What libgit2 said last, after `doing`.
Trouble git_trouble(std::string_view doing, int code);
/// Nothing is wrong where `code` is not negative.
Outcome<void> check(int code, std::string_view doing);

}  // namespace nightshift::bridges::git
