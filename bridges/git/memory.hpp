// What is known of the files from one round to the next, so that an idle one only asks for stats.
#pragma once

#include <string>
#include <unordered_map>

#include "bridges/git/file_stat.hpp"
#include "bridges/git/trees.hpp"

namespace nightshift::bridges::git {

/// A file as it was read.
struct KnownFile {
  FileStat stat;
  FileRef file;
  /// Why it is not committed; empty where it is.
  std::string kept_out;
};

struct Memory {
  std::unordered_map<std::string, KnownFile> known;
  bool is_seeded = false;
  /// Files of the vault in the tree of `head`.
  ObjectId head;
  Files tracked;
};

}  // namespace nightshift::bridges::git
