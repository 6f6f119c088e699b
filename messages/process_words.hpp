// The words in which a process's configuration speaks: signals, dependencies, checks. Format:
// docs/formats/process.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/process_config.pb.h"

namespace nightshift {

/// `NAME`, `NAME:started`, `NAME:ready`, `NAME:completed`.
struct Dependency {
  enum class Condition { started, ready, completed };
  std::string name;
  Condition condition = Condition::ready;
};
/// `invalid` for the field `after`.
Result<Dependency> parse_dependency(std::string_view text);
std::string_view word(Dependency::Condition condition);

/// One thing to look at.
struct Check {
  /// `notify` and `ipc`: the process says so itself (sd_notify(3), `process.send('ready')`).
  enum class Way { notify, ipc, output, tcp, http };
  Way way = Way::notify;
  /// What it prints (`output`), the whole address (`http`).
  std::string text;
  std::string host;
  std::uint16_t port = 0;
  /// Of `http`: path and query.
  std::string path;
};
/// All of them must hold.
using AllOf = std::vector<Check>;
/// One of these suffices. Empty: nothing is asked.
using AnyOf = std::vector<AllOf>;

enum class CheckedFor { readiness, liveness };
/// `invalid` for `field`. Liveness is asked from outside: `tcp` and `http` alone.
Result<AnyOf> parse_checks(const google::protobuf::RepeatedPtrField<std::string>& texts,
                           std::string_view field, CheckedFor purpose);

/// `SIGTERM` and the like, by the names of signal(7) that a person may send.
bool is_signal_name(std::string_view name);

/// True for names of variables whose values are mostly secrets: API_KEY, DB_PASSWORD.
bool names_a_secret(std::string_view variable);

/// What is wrong with a configuration without looking at the machine: `invalid`, naming the field.
Result<void> check_process_config(const ProcessConfig& config);

}  // namespace nightshift
