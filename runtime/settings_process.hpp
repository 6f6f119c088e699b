// The section `[process.NAME]`: an operating-system process that the node keeps running.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "messages/process_config.pb.h"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

/// By name.
using Processes = std::map<std::string, ProcessConfig, std::less<>>;

/// Their names begin with `process.NAME.`, and go on as the fields of `ProcessConfig` do.
std::span<const SettingRule<ProcessConfig>> process_rules();

/// What is missing or wrong, as the second half of a sentence that begins with the section.
std::optional<std::string> incomplete(const ProcessConfig& process);

}  // namespace nightshift::runtime
