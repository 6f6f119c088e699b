// Becomes a keeper: leaves whoever started it, and says when it listens.
#include "bridges/process/keeper/run.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <string_view>

#include "bridges/process/keeper/keeper.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::process {
namespace {

void say(const char* text) {
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text, std::string_view(text).size());
}

/// The keeper belongs to no terminal and to no node: its first parent ends at once.
bool become_keeper() {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child > 0) ::_exit(0);
  ::setsid();
  ::prctl(PR_SET_NAME, "ns-keeper");
  return ::chdir("/") == 0;
}

void leave_output() {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(nothing, STDERR_FILENO);
  ::close(nothing);
}

}  // namespace

int run_keeper(int argc, char** argv, const char* version) {
  const bool without_groups = argc == 4 && argv[3] == std::string_view("--without-cgroups");
  if (argc != 3 && !without_groups) {
    say("nightshift keeper RUN_FOLDER [--without-cgroups] is started by a node\n");
    return 2;
  }
  if (!become_keeper()) return 1;
  auto place = Place::open(argv[2]);
  if (!place) {
    say(place.error().detail.c_str());
    return 1;
  }
  auto keeper = Keeper::make(std::move(*place), std::make_shared<runtime::SystemClock>(),
                             {.version = version, .use_groups = !without_groups, .listening = [] {
                                say("ready\n");
                                leave_output();
                              }});
  if (!keeper) {
    say(keeper.error().detail.c_str());
    return 1;
  }
  // Another one is there: as good as this.
  if (!*keeper) {
    say("ready\n");
    return 0;
  }
  (*keeper)->run();
  return 0;
}

}  // namespace nightshift::bridges::process
