// Writes new objects to a repository all at once, as one pack.
#pragma once

#include <string_view>
#include <vector>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// Between `open` and `flush` everything that is written to the repository through libgit2 waits in
/// memory, where it can be read. Dropped without `flush`, nothing was written. Not thread-safe.
class ObjectStore {
 public:
  static Outcome<ObjectStore> open(git_repository* repository);
  ObjectStore(ObjectStore&& other) noexcept;
  ObjectStore& operator=(ObjectStore&&) = delete;
  ~ObjectStore();

  Outcome<ObjectId> add_blob(std::string_view bytes);
  /// Of what was written through libgit2.
  void wrote(const ObjectId& id);
  /// Durable when it returns.
  Outcome<void> flush();
  /// Forgets what was not flushed.
  void drop();

 private:
  ObjectStore(git_repository* repository, Odb odb, git_odb_backend* waiting)
      : repository_(repository), odb_(std::move(odb)), waiting_(waiting) {}

  git_repository* repository_;
  Odb odb_;
  /// Owned by `odb_`.
  git_odb_backend* waiting_;
  std::vector<ObjectId> fresh_;
};

}  // namespace nightshift::bridges::git
