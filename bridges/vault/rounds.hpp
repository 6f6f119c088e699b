// Which files of people are new or changed, and have come to rest since.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridges/vault/files.hpp"

namespace nightshift::bridges::vault {

/// Knows names, sizes and times; never what is in a file. Not thread-safe. Paths are relative to
/// the vault; only names of drafts count (`is_draft_name`).
class Rounds {
 public:
  /// Of the clock's `elapsed`.
  using Moment = std::chrono::microseconds;

  Rounds(const Folder& root, std::vector<std::string> folders, std::chrono::milliseconds stable_for)
      : root_(root), folders_(std::move(folders)), stable_for_(stable_for) {}

  struct Trouble {
    std::string folder;
    Error error;
  };

  /// Compares everything in the folders with what was seen before; folders that are missing are
  /// made. Answers those that could not be read.
  std::vector<Trouble> look_everywhere(Moment now);
  /// The same for one file, of which something was heard.
  void look(const std::string& path, Moment now);

  /// At most `most` files whose size and time have not changed for `stable_for` and which were not
  /// taken as they are. For each of them comes `taken` or `postpone`. What is no regular file rests
  /// as well: reading it tells.
  std::vector<std::string> rested(Moment now, std::size_t most);
  /// Nothing more until it changes.
  void taken(const std::string& path);
  /// Again after a while, which doubles each time, up to a minute.
  void postpone(const std::string& path, Moment now);

  /// Files that were seen, or heard of, and are not there any more, since the last time.
  std::vector<std::string> gone() { return std::exchange(gone_, {}); }
  bool has(const std::string& path) const { return files_.contains(path); }
  /// When the next file will have come to rest.
  std::optional<Moment> next() const;

 private:
  struct File {
    Stamp stamp;
    /// When it is to be looked at next; nothing once it was taken.
    std::optional<Moment> due{};
    unsigned postponed = 0;
  };

  void see(const std::string& path, const Result<Stamp>& stamp, Moment now, bool heard);
  void await(const std::string& path, File& file, Moment due);
  void forget(const std::string& path);

  const Folder& root_;
  const std::vector<std::string> folders_;
  const std::chrono::milliseconds stable_for_;
  std::map<std::string, File> files_;
  std::set<std::pair<Moment, std::string>> queue_;
  std::vector<std::string> gone_;
};

}  // namespace nightshift::bridges::vault
