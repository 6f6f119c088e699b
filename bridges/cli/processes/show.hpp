// Processes for people.
#pragma once

#include <span>
#include <string>

#include "bridges/cli/processes/machine.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::cli {

/// A line per process.
std::string process_table(std::span<const Process> processes, const Machine& machine,
                          const Look& look, Time now);
/// One process, in lines.
std::string process_page(const Process& process, const Machine& machine, const Look& look,
                         Time now);

/// `3d`, `4h`, `12m`, `5s`: the largest unit alone.
std::string duration_words(std::chrono::microseconds time);
/// `12.3mb`, as PM2 has it.
std::string size_words(std::uint64_t bytes);

}  // namespace nightshift::bridges::cli
