// Why fields of PM2 are left out.
#include "bridges/cli/ecosystem/reasons.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

constexpr std::string_view own_monitoring = "it serves PM2's own monitoring";
constexpr std::string_view no_shell =
    "the environment of your shell is never taken over, so there is nothing to filter";
constexpr Reason all[] = {
    {"namespace", "processes have no groups; name several, or all"},
    {"filter_env", no_shell},
    {"install_url", "nothing is fetched"},
    {"log_file", "there is no third log; follow both with \"nightshift logs\""},
    {"log", "there is no third log; follow both with \"nightshift logs\""},
    {"log_type", "logs are text; events are JSON: nightshift log --json process/NAME"},
    {"pid_file", "\"nightshift describe\" and jlist tell the pid"},
    {"pid", "\"nightshift describe\" and jlist tell the pid"},
    {"shutdown_with_message", "it is asked to end by SIGINT, not by a message"},
    {"watch_options", "files are watched with inotify, without options"},
    {"gid", "it gets the groups of its user"},
    {"username", "PM2 sets it itself"},
    {"kill_retry_time", "the kernel tells when a process has ended, so nothing is tried again"},
    {"execute_command", "any program can be run"},
    {"force", "one name is one process"},
    {"post_update", "nothing is pulled from git"},
    {"source_map_support", "it patches node; say node_args: \"--enable-source-maps\""},
    {"disable_source_map_support", "nothing is patched into node"},
    {"vizion", own_monitoring},
    {"pmx", own_monitoring},
    {"automation", own_monitoring},
    {"trace", own_monitoring},
    {"disable_trace", own_monitoring},
    {"v8", own_monitoring},
    {"event_loop_inspector", own_monitoring},
    {"deep_monitoring", own_monitoring},
    {"io", own_monitoring},
    {"windowsHide", "there are no windows"},
    {"write", "PM2 sets it itself"},
};

}  // namespace

std::span<const Reason> reasons() { return all; }

}  // namespace nightshift::bridges::cli::ecosystem
