// What comes after what.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "messages/process.pb.h"

namespace nightshift::bridges::process {

/// A process as the journal has it.
struct Standing {
  std::string status;
  std::shared_ptr<const nightshift::process::View> view;

  /// A run of it is to be started, runs, or is to be ended.
  bool is_active() const;
};
/// By name.
using Standings = std::map<std::string, Standing, std::less<>>;

struct Verdict {
  enum class What { go, wait, never } what = What::go;
  /// Why not, in words.
  std::string detail;
};

/// May it start, as far as its dependencies go? A name stands for the process, or for every
/// instance of the app, that is called so.
Verdict may_start(const std::string& name, const Standings& all);

/// True if something that is active comes after it: that one is stopped first.
bool is_needed(const std::string& name, const Standings& all);

}  // namespace nightshift::bridges::process
