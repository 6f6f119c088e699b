// Programs that the bench starts, and what all that came of them costs.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace nightshift::bench {

struct Spawn {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  /// Where stdout goes; empty: nowhere.
  std::string out_file;
};

/// Makes this process the parent of all that is left behind by its children.
void adopt_orphans();
pid_t spawn(const Spawn& what);
/// Its exit code; 128 and the signal where one ended it.
int wait_for(pid_t pid);
int run(const Spawn& what);
/// Kills all that lies below this process, and waits for it.
void end_everything();

struct Cost {
  double pss_mb = 0;
  double cpu_s = 0;
};
/// Of all processes below this one that do not run `child`.
Cost cost_of_all_but(const std::string& child);

}  // namespace nightshift::bench
