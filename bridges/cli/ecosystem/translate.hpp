// From what PM2 or a Procfile says to the configurations of processes. Nothing here looks at a
// machine or changes one.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bridges/cli/ecosystem/document.hpp"
#include "messages/process_config.pb.h"

namespace nightshift::bridges::cli::ecosystem {

/// What lies at a path.
enum class Lies { nothing, text, program };

/// What a document does not say itself.
struct Surroundings {
  /// Absolute; where relative paths start.
  std::filesystem::path folder;
  std::string home;
  /// Of the machine that is to run it: `instances: "max"`.
  unsigned processors = 1;
  /// Which `env_...` blocks count: `production`. Empty: none.
  std::string environment;
  /// What asks it to end; PM2 sends SIGINT.
  std::string kill_signal = "SIGINT";
  std::function<Lies(const std::filesystem::path&)> look;
};

/// What could not be taken over as it stood.
struct Remark {
  enum class Weight {
    /// Something is different here, in the way that is said.
    changed,
    /// The field has no counterpart.
    left_out,
    /// Nothing can be imported before this is mended.
    wrong,
  };
  Weight weight = Weight::wrong;
  /// Empty: the document as a whole.
  std::string app;
  std::string field;
  std::string text;
};

struct Imported {
  /// Of the process: its app's name, with `.1` and so on for further instances.
  std::string id;
  ProcessConfig config;
  bool start = true;
};

struct Translation {
  std::vector<Imported> processes;
  std::vector<Remark> remarks;
  /// Values that must never be journaled, by the names under which they are to be sealed.
  std::map<std::string, std::string> secrets;

  /// True if nothing in it is wrong.
  bool usable() const;
};

inline constexpr std::size_t processes_max = 1'000;

/// Takes any document. Every field that is not taken over whole is in `remarks`.
Translation translate(const Json& document, const Surroundings& around);
Translation translate(const std::vector<ProcfileLine>& lines, const Surroundings& around);

/// The id of one instance, counted from 0, of an app.
std::string instance_id(const std::string& app, std::uint32_t instance);

}  // namespace nightshift::bridges::cli::ecosystem
