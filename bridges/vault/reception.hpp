// Files that have come to rest are read within bounds and handed to whoever takes those of their
// folder; what is refused is told, and listed as long as it lies there.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/refusals.hpp"
#include "bridges/vault/rounds.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::vault {

/// A file as it was read.
struct Arrived {
  std::string folder;
  std::string name;
  FileText file;

  std::string path() const { return folder + "/" + name; }
};

/// Takes the files of some folders.
class Taker {
 public:
  virtual ~Taker() = default;

  /// Relative to the vault.
  virtual std::vector<std::string> folders() const = 0;
  /// One result for each, in their order. Errors that can pass (`may_pass`) bring the file again,
  /// all others wait until it changes.
  virtual std::vector<Result<void>> take(const std::vector<Arrived>& files) = 0;
  /// A file that was there is gone: moved, removed, or about to come again.
  virtual void miss(const std::string& path) = 0;
};

/// Errors that go away by themselves.
bool may_pass(ErrorCode code);
/// Passing errors that nobody has to read about.
bool is_silent(ErrorCode code);

/// Not thread-safe.
class Reception {
 public:
  Reception(const Folder& root, const runtime::Clock& clock, ErrorsLog& errors, Refusals& refusals,
            const std::vector<Taker*>& takers, std::chrono::milliseconds stable_for,
            std::function<bool(const Arrived&)> is_anothers = {});

  /// False if a folder could not be read: look again.
  bool look_everywhere();
  void look(const std::string& path);

  /// Tells what is gone and takes what has come to rest, a thousand files at the most: `next` says
  /// whether there are more.
  void serve(const std::function<bool()>& stop);

  /// Paths of files as far as they are known.
  bool has(const std::string& path) const { return rounds_.has(path); }
  /// When there is something to serve next.
  std::optional<Rounds::Moment> next() const { return rounds_.next(); }

 private:
  std::vector<Arrived> read_some(std::vector<std::string>& paths);
  void conclude(const std::string& path, const Result<void>& result, std::string_view content);
  Taker* taker_of(const std::string& path) const;
  void settle_what_is_gone();

  const Folder& root_;
  const runtime::Clock& clock_;
  ErrorsLog& errors_;
  Refusals& refusals_;
  /// True for a file that is not for this node to take; may be empty.
  const std::function<bool(const Arrived&)> is_anothers_;
  std::map<std::string, Taker*> taker_by_folder_;
  Rounds rounds_;
};

}  // namespace nightshift::bridges::vault
