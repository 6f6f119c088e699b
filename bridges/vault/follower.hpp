// Follows the journal for the projections, and remembers how far it came.
#pragma once

#include <cstdint>
#include <vector>

#include "bridges/vault/files.hpp"
#include "bridges/vault/projection.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class Follower {
 public:
  Follower(const runtime::Node& node, const Folder& root, std::vector<Projection*> projections)
      : node_(node), root_(root), projections_(std::move(projections)) {}

  /// Once, before `follow`; may be repeated after an error.
  Result<void> begin();
  /// Reads what is new, a bounded number of events at a time. False if something is left for later.
  bool follow(const Stop& stop);
  /// Up to which events were read.
  std::uint64_t offset() const { return read_; }
  /// True if nothing is lost by a crash.
  bool is_remembered() const { return done_ == written_; }
  /// Remembers how far all projections came, if that is further than before.
  void remember();

 private:
  void read_cursor();
  bool catch_up(const Stop& stop);

  const runtime::Node& node_;
  const Folder& root_;
  const std::vector<Projection*> projections_;
  /// Offset up to which events were read, up to which every projection has caught up, and the one
  /// that the file names.
  std::uint64_t read_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace nightshift::bridges::vault
