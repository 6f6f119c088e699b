// The repository that is to be synchronised, and whether it is in a state in which we may write.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

struct Premises {
  Repository repository;
  /// The folder `.git`.
  std::filesystem::path git_folder;
  /// The top of its files.
  std::filesystem::path root;
  /// The vault below that, with a slash at the end; empty where the vault is the top.
  std::string prefix;
  /// `refs/heads/main`.
  std::string branch;
  /// Where that stands; none before the first commit.
  ObjectId head;
};

/// `repository` is the folder that has `.git`, the vault's own or one above. Refused, with what to
/// do: no repository, a bare, shallow, sparse or SHA-256 one, a linked work tree, another branch, a
/// detached head, a merge, rebase or the like of a person under way.
Outcome<Premises> open_premises(const std::filesystem::path& repository,
                                const std::filesystem::path& vault, const std::string& branch);

/// Makes a repository at `folder` with this branch and an ignore file, if there is none; adds the
/// remote `origin` where a URL is given, and the pre-commit hook where there is no hook yet. What
/// is there stays. Returns what was done, a line each.
Outcome<std::vector<std::string>> make_premises(const std::filesystem::path& folder,
                                                const std::string& branch, const std::string& url);

}  // namespace nightshift::bridges::git
