// Starts and ends programs, and adds up /proc.
#include "tests/bench/processes/spawned.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace nightshift::bench {
namespace {

namespace fs = std::filesystem;

struct One {
  pid_t parent = 0;
  double ticks = 0;
};

std::map<pid_t, One> everybody() {
  std::map<pid_t, One> all;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/proc", failed)) {
    const auto pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == line.npos) continue;
    std::istringstream rest(line.substr(name_end + 1));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(field);
    if (fields.size() < 15) continue;
    // User and system, and those of ended children.
    double ticks = 0;
    for (std::size_t i = 11; i < 15; ++i) ticks += std::atof(fields[i].c_str());
    all[pid] = {std::atoi(fields[1].c_str()), ticks};
  }
  return all;
}

std::vector<pid_t> descendants() {
  const auto all = everybody();
  std::vector<pid_t> below;
  for (const auto& [pid, one] : all) {
    auto above = one.parent;
    for (int depth = 0; depth < 64 && above > 1 && above != ::getpid(); ++depth) {
      const auto next = all.find(above);
      above = next == all.end() ? 0 : next->second.parent;
    }
    if (above == ::getpid()) below.push_back(pid);
  }
  return below;
}

double pss_mb(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Pss:")) return std::atof(line.c_str() + 4) / 1024;
  }
  return 0;
}

}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

pid_t spawn(const Spawn& what) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (const auto& [name, value] : what.environment) ::setenv(name.c_str(), value.c_str(), 1);
  const auto* place = what.out_file.empty() ? "/dev/null" : what.out_file.c_str();
  const int out = ::open(place, O_CREAT | O_WRONLY | O_APPEND, 0600);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  std::vector<char*> words;
  for (const auto& word : what.arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run(const Spawn& what) { return wait_for(spawn(what)); }

void end_everything() {
  for (auto below = descendants(); !below.empty(); below = descendants()) {
    for (const auto pid : below) ::kill(pid, SIGKILL);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

Cost cost_of_all_but(const std::string& child) {
  const auto all = everybody();
  Cost sum;
  for (const auto pid : descendants()) {
    std::error_code failed;
    const auto program = fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", failed);
    if (failed || program == child) continue;
    sum.pss_mb += pss_mb(pid);
    const auto one = all.find(pid);
    if (one != all.end())
      sum.cpu_s += one->second.ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  return sum;
}

}  // namespace nightshift::bench
