// One app while its fields are read, before it becomes processes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/cli/ecosystem/translate.hpp"

namespace nightshift::bridges::cli::ecosystem {

struct Draft {
  Draft(std::string app, const Surroundings& surroundings, std::vector<Remark>& into)
      : name(std::move(app)), around(surroundings), remarks(into) {}

  void changed(const std::string& field, std::string text) {
    remarks.push_back({Remark::Weight::changed, name, field, std::move(text)});
  }
  void left_out(const std::string& field, std::string text) {
    remarks.push_back({Remark::Weight::left_out, name, field, std::move(text)});
  }
  void wrong(const std::string& field, std::string text) {
    remarks.push_back({Remark::Weight::wrong, name, field, std::move(text)});
  }

  /// A path as PM2 reads it: `~` is the home folder, relative ones start at `cwd`.
  std::string path(const std::string& text) const;
  void set_variable(const std::string& variable, std::string value);

  std::string name;
  const Surroundings& around;
  std::vector<Remark>& remarks;

  std::string script;
  std::optional<std::vector<std::string>> args;
  /// As PM2 has it; nothing means by the look of the script.
  std::optional<std::string> interpreter;
  std::string cwd;
  /// In the order in which they were first named.
  std::vector<std::pair<std::string, std::string>> variables;
  std::int64_t instances = 1;
  bool cluster = false;
  std::string instance_variable;
  std::string counted_variable;
  bool start = true;
  bool wait_ready = false;
  bool merge_logs = false;
  std::optional<std::uint32_t> listen_timeout_ms;
  std::vector<std::uint32_t> stop_exit_codes;
  bool autorestart = true;
  bool watches = false;
  std::vector<std::string> watch;
  std::optional<std::vector<std::string>> watch_ignore;
  ProcessConfig config;
};

/// Takes one field of an app, whatever it is, and says what became of it where that is not plain.
void take_field(Draft& draft, const std::string& field, const Json& value);
/// What PM2 reads before the others: `cwd`, on which paths depend.
void take_cwd(Draft& draft, const Json& app);
/// `env`, and of `env_...` the block that is asked for.
void take_variables(Draft& draft, const Json& app);

/// The processes of a whole draft, checked.
void finish(Draft& draft, Translation& translation);

}  // namespace nightshift::bridges::cli::ecosystem
