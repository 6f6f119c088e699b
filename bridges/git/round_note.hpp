// What a round is in the middle of, on disk, so that the next one can finish what a kill cut short.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// `merge`: files are being replaced as well, and `placed` are done.
struct RoundNote {
  bool merge = false;
  ObjectId from;
  ObjectId to;
  std::set<std::string> placed;
};

/// Durable when it returns.
Outcome<void> write_note(const std::filesystem::path& git_folder, const RoundNote& note);
/// One more file is done.
void note_placed(const std::filesystem::path& git_folder, const std::string& path);
std::optional<RoundNote> read_note(const std::filesystem::path& git_folder);
void remove_note(const std::filesystem::path& git_folder);

}  // namespace nightshift::bridges::git
