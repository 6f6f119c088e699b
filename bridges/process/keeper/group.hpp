// The control group of one run: who belongs to its tree, how much it may use, and an end that no
// fork escapes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/process/keeper.pb.h"
#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Where this process may make control groups: of the unified hierarchy, and of the older ones by
/// controller. Empty where it may not.
struct GroupPlaces {
  std::filesystem::path unified;
  std::filesystem::path memory;
  std::filesystem::path cpu;
  std::filesystem::path pids;

  /// Tries what /proc/self says. `mark` is in the names of all groups that are made.
  static GroupPlaces find(const std::string& mark);
  /// What was made here, as far as it is empty.
  void remove() const;
};

/// Kept while the run lives. Without any folder it is empty: then its tree is found by other means.
class Group {
 public:
  Group() = default;
  /// Error `config`, lasting: a limit that the kernel does not take, with the reason.
  static Result<Group> make(const GroupPlaces& places, const std::string& run,
                            const keeper::Limits& limits);
  /// Of a run that another keeper started: the folder that its ledger names.
  static Group found(const std::filesystem::path& unified);

  /// True if membership and end are the kernel's.
  bool holds_tree() const { return !unified_.empty(); }
  const std::filesystem::path& path() const { return unified_; }
  /// To be cloned into; negative without one.
  int descriptor() const { return directory_.get(); }
  /// A limit that no control group keeps here, and why.
  struct Unkept {
    std::string limit;
    std::string why;
  };
  const std::vector<Unkept>& unkept() const { return unkept_; }
  /// Files to which a process that joins writes "0".
  const std::vector<runtime::Descriptor>& joined() const { return joined_; }

  std::vector<pid_t> members() const;
  bool is_empty() const;
  /// All at once; false where the kernel has no such file.
  bool kill() const;
  /// Why the kernel ended something in it; empty if it did not.
  std::string out_of_memory() const;
  /// Once it is empty.
  void remove();

 private:
  Result<void> limit(const GroupPlaces& places, const std::string& run,
                     const keeper::Limits& limits);

  std::filesystem::path unified_;
  runtime::Descriptor directory_;
  std::vector<std::filesystem::path> older_;
  std::vector<runtime::Descriptor> joined_;
  std::vector<Unkept> unkept_;
  std::filesystem::path memory_events_;
};

}  // namespace nightshift::bridges::process
