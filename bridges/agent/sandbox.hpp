// What a program that drafts may see and take: an empty machine but for programs, libraries and
// what the owner names, no network unless allowed, and an end to everything.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/bounded_run.hpp"

namespace nightshift::bridges::agent {

/// Of what one run prints.
inline constexpr std::size_t answer_bytes_max = 1u << 20;

struct Confines {
  /// `bwrap`.
  std::filesystem::path bubblewrap;
  /// Absolute; readable, and never written.
  std::vector<std::filesystem::path> files;
  std::chrono::seconds time_max{300};
  std::uint32_t processes_max = 64;
  std::uint32_t memory_mib_max = 2'048;
  bool network = false;
};

/// The command line and its bounds: `command` in a name space of its own of everything, by a user
/// without rights (as nobody where this process is root), with the folders of the system to read, a
/// small `/tmp` to write, and nothing else. When it ends, all that it started has ended.
runtime::BoundedRun confined(const Confines& confines, const std::vector<std::string>& command,
                             std::string input);

/// Makes a sandbox and runs next to nothing in it. Error: why that does not work on this machine.
Result<void> try_sandbox();

/// Error `config` if `path` would show `hidden`: one lies in the other, however they are linked.
Result<void> check_hidden(const std::filesystem::path& path, const std::filesystem::path& hidden);

/// Programs are looked for here, in the sandbox and before it is made.
inline constexpr const char* program_path = "/usr/local/bin:/usr/bin:/bin";

}  // namespace nightshift::bridges::agent
