// From a configuration to what a keeper starts: the program found, the environment made, secrets
// read.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "bridges/process/keeper.pb.h"
#include "messages/error.hpp"
#include "messages/process_config.pb.h"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::bridges::process {

/// `env:NAME`, `file:PATH`, `sealed:NAME`, at the moment that it is needed.
using ResolveSecret = std::function<Result<runtime::SecretText>(const std::string& reference)>;

/// What a node passes on to its children, and where their output goes.
struct LaunchPlaces {
  std::map<std::string, std::string> environment;
  std::filesystem::path logs;
  /// Where the streams lie of those that are spoken to.
  std::filesystem::path streams;
  /// Of the keeper's place.
  std::string mark;
};

/// Error `config`: trying again would change nothing (a program that is not there, a folder that
/// cannot be entered, a port that needs root); the text says what to do.
Result<keeper::Start> launch_of(const ProcessConfig& config, const std::string& instance,
                                const std::string& run, const LaunchPlaces& places,
                                const ResolveSecret& secret);

/// Of a name as signal(7) has it; 0 where there is none.
int signal_number(std::string_view name);
/// `SIGKILL`; `signal 40` where it has no name.
std::string signal_name(int number);

}  // namespace nightshift::bridges::process
