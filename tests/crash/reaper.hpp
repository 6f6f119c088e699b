// Starts the node and kills it, over and over, in step with the clients.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/data_folder.hpp"
#include "tests/crash/ledger.hpp"
#include "tests/support/program/program.hpp"

namespace nightshift::tests {

class Reaper {
 public:
  /// The named points are those of every command and effect, and `more`.
  Reaper(const runtime::DataFolder& folder, std::uint64_t seed, Ledger& ledger,
         const std::vector<std::string>& more);

  /// One life of the node, which ends by a kill: while it starts, under load, or at a named point.
  /// The clients may get as far as `commands` meanwhile.
  void live_and_die(std::size_t commands);
  /// A life without end.
  NodeProcess live();
  /// So many deaths under the load of these clients, which then do the rest of their work and end;
  /// fails the test if one of them was answered wrongly. Returns the node, alive.
  NodeProcess reap(std::uint64_t kills, std::size_t commands_per_kill,
                   std::vector<std::jthread> clients);

  /// How many lives ended at the named point that they were meant to.
  std::size_t at_named_points() const { return at_named_points_; }

 private:
  NodeProcess start(const std::string& crash_at, std::chrono::milliseconds ready_within);
  bool dies_by_itself(NodeProcess& node, std::size_t commands);
  std::size_t dice(std::size_t sides) {
    return std::uniform_int_distribution<std::size_t>(1, sides)(random_);
  }

  const runtime::DataFolder& folder_;
  std::mt19937_64 random_;
  Ledger& ledger_;
  std::vector<std::string> points_;
  std::size_t at_named_points_ = 0;
};

}  // namespace nightshift::tests
