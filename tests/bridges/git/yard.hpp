// A bare remote, vaults that synchronise with it, and plain git.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bridges/git/synchroniser.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

namespace fs = std::filesystem;

struct Said {
  int exit_code = -1;
  /// Both streams.
  std::string text;
};

/// A program in `folder`, to its end.
Said run(const fs::path& folder, std::vector<std::string> arguments);
/// Plain git in `folder`, as a person without configuration of their own.
Said git(const fs::path& folder, const std::vector<std::string>& arguments);
/// The same; fails the test where git does. Without the line end.
std::string git_ok(const fs::path& folder, const std::vector<std::string>& arguments);

void write(const fs::path& path, std::string_view bytes);
/// "<absent>" where there is none.
std::string read(const fs::path& path);
/// What lies in the vault, without names that begin with a dot.
std::map<std::string, std::string> files_of(const fs::path& vault);

/// One machine.
struct Desk {
  fs::path vault;
  bridges::git::SyncOptions options;
  bridges::git::Synchroniser synchroniser;

  bridges::git::Report round(bool take_rewound = false);
  /// A round without trouble.
  bridges::git::Report round_ok();
};

class Yard {
 public:
  Yard();

  /// A vault with a repository whose remote is `remote()`.
  Desk desk(const std::string& node, bridges::git::Role role);
  /// The options of such a desk, without making anything.
  bridges::git::SyncOptions options(const std::string& node, bridges::git::Role role) const;
  /// A clone of plain git.
  fs::path clone(const std::string& name) const;

  fs::path remote() const { return folder_ / "remote.git"; }
  fs::path path(const std::string& name) const { return folder_ / name; }

 private:
  TemporaryFolder folder_;
};

/// Empty where there is none.
std::string name_of_trouble(const bridges::git::Report& report);

}  // namespace nightshift::tests
