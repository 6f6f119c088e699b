// When a process that ended is started again, and when no more.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/process.pb.h"
#include "messages/time.hpp"

namespace nightshift::actors {

/// True if what ended so is to be started again, as its configuration has it.
bool wants_restart(const ProcessConfig& config, const process::Exit& exit);

/// How often it failed in a row, once it has ended after running for so long.
std::uint32_t failures_after(const process::Subject& subject, std::chrono::microseconds uptime);

/// Before the start that follows the n-th failure in a row (n from 1): the first after
/// `restart_delay_ms`, then the backoff, doubling up to its bound. `random` takes up to a quarter
/// off, so that what failed together does not come back together.
std::chrono::milliseconds delay_after(const ProcessConfig& config, std::uint32_t failures,
                                      std::string_view random);

/// Why one more restart at `now` would be too many; nothing where it would not.
std::optional<std::string> crash_loop(const process::Subject& subject, Time now);

/// Forgets failures that are older than every window of the configuration at `now`.
void forget_old(process::Subject& subject, Time now);

/// A program that writes into what is watched for it would be restarted for ever: a person seldom
/// changes files so soon after every one of so many restarts in a row.
inline constexpr std::uint32_t changes_max = 10;
inline constexpr std::chrono::seconds change_soon{10};

/// However late after its starts it writes there: more than these within so long are too many.
inline constexpr std::uint32_t changes_within_max = 1'000;
inline constexpr std::chrono::hours changes_window{24};

/// Counts a restart for files that have changed, at this time.
void count_change(process::Subject& subject, Time at);

/// Why one more restart for files that have changed would be too many; nothing where it would not.
std::optional<std::string> change_loop(const process::Subject& subject);

/// The same for one that was not ready in time, start after start: the time it is given may be
/// longer than the windows of a crash loop are.
std::optional<std::string> ready_loop(const process::Subject& subject);

/// How many restarts in a row were for files that changed soon after a start, this one included; 0
/// where it had been online for long enough.
std::uint32_t changes_after(const process::Subject& subject, std::chrono::microseconds uptime);

/// `exit code 1`, `SIGKILL`, in words.
std::string describe(const process::Exit& exit);

}  // namespace nightshift::actors
