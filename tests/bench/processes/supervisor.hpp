// A supervisor, as the bench asks for one: ours, or a peer's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/processes/spawned.hpp"

namespace nightshift::bench {

struct Job {
  std::string name;
  std::vector<std::string> arguments;
};

/// These as a file that PM2 and we read; restarted as often as they are killed.
void write_ecosystem(const std::vector<Job>& jobs, const std::filesystem::path& file);

/// Runs until `end_everything`.
class Supervisor {
 public:
  virtual ~Supervisor() = default;
  virtual std::string name() const = 0;
  /// Starts the supervisor itself; false where it cannot be had.
  virtual bool begin() = 0;
  /// Runs these from now on. Returns once it has answered.
  virtual void start(const std::vector<Job>& jobs) = 0;
  /// What shows the output of a job as it comes, on its stdout.
  virtual Spawn follower(const std::string& job) = 0;
  /// Where logs lie.
  virtual std::filesystem::path logs() const = 0;
};

/// Each in a folder of its own.
std::unique_ptr<Supervisor> nightshift_in(const std::filesystem::path& folder);
std::unique_ptr<Supervisor> pm2_in(const std::filesystem::path& folder);
std::unique_ptr<Supervisor> supervisord_in(const std::filesystem::path& folder);

}  // namespace nightshift::bench
