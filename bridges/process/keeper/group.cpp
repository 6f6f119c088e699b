// Folders of cgroup2 and of the older hierarchies.
#include "bridges/process/keeper/group.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace nightshift::bridges::process {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t cpu_period_us = 100'000;

std::string read_text(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool write_text(const fs::path& file, std::string_view text) {
  const runtime::Descriptor out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return out && ::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// The group of this process by hierarchy: the controllers' names, empty for the unified one.
std::map<std::string, std::string> own_groups() {
  std::map<std::string, std::string> groups;
  std::ifstream lines("/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == line.npos) continue;
    groups[line.substr(first + 1, second - first - 1)] = line.substr(second + 1);
  }
  return groups;
}

struct Mount {
  std::string folder;
  std::string type;
  std::string options;
};

std::vector<Mount> mounts() {
  std::vector<Mount> all;
  std::ifstream lines("/proc/self/mounts");
  std::string device;
  for (Mount mount; lines >> device >> mount.folder >> mount.type >> mount.options;) {
    all.push_back(mount);
    lines.ignore(4096, '\n');
  }
  return all;
}

bool has_option(const std::string& options, const std::string& word) {
  return ("," + options + ",").contains("," + word + ",");
}

/// The folder, if a group can be made in it.
fs::path usable(const fs::path& folder, const std::string& mark) {
  const auto probe = folder / ("nightshift." + mark + ".probe");
  if (::mkdir(probe.c_str(), 0755) != 0 && errno != EEXIST) return {};
  ::rmdir(probe.c_str());
  return folder / ("nightshift." + mark);
}

fs::path below(const std::string& mount, std::string group) {
  while (group.starts_with('/')) group.erase(0, 1);
  return group.empty() ? fs::path(mount) : fs::path(mount) / group;
}

/// True if systemd says that the group is its unit's to divide.
bool is_delegated(const fs::path& group) {
  char value = 0;
  return ::getxattr(group.c_str(), "user.delegate", &value, 1) == 1 && value == '1';
}

/// Where groups can be limited: a group that holds processes of its own passes no controller on,
/// but for the root (cgroups(7), "no internal processes"). So where this process lies in a leaf of
/// a group that systemd left to its unit (DelegateSubgroup=), they are made beside it; of root
/// below the root, as container engines do; else below its own, where none can be limited.
fs::path unified_place(const fs::path& root, const fs::path& own, const std::string& mark) {
  if (own == root) return usable(root, mark);
  if (is_delegated(own.parent_path())) {
    if (auto beside = usable(own.parent_path(), mark); !beside.empty()) return beside;
  }
  if (::geteuid() == 0) {
    if (auto top = usable(root, mark); !top.empty()) return top;
  }
  return usable(own, mark);
}

/// `oom_kill 3` of memory.events, or of memory.oom_control.
std::uint64_t oom_kills(const fs::path& file) {
  std::ifstream lines(file);
  std::string name;
  for (std::uint64_t value = 0; lines >> name >> value;) {
    if (name == "oom_kill") return value;
  }
  return 0;
}

/// Why no group here has this controller.
std::string objection_to(const GroupPlaces& places, const std::string& controller) {
  auto why = "the controller " + controller + " is not ours to use";
  if (places.unified.empty()) return why;
  const auto offered = places.unified.parent_path() / "cgroup.subtree_control";
  return why + " (" + offered.string() +
         " does not pass it on; see \"Limits\" in docs/formats/process.md)";
}

std::unexpected<Error> cannot_keep(std::string_view limit, const std::string& why) {
  return fail(ErrorCode::config,
              std::string(limit) + " cannot be kept on this machine: " + why +
                  "; take the limit away, or run the node where it may make control groups",
              std::string(limit));
}

}  // namespace

GroupPlaces GroupPlaces::find(const std::string& mark) {
  GroupPlaces places;
  const auto groups = own_groups();
  for (const auto& mount : mounts()) {
    if (mount.type == "cgroup2") {
      const auto own = groups.find("");
      if (own == groups.end()) continue;
      places.unified = unified_place(mount.folder, below(mount.folder, own->second), mark);
    }
    if (mount.type != "cgroup") continue;
    for (const auto& [controllers, group] : groups) {
      for (const auto& [word, place] : std::initializer_list<std::pair<const char*, fs::path*>>{
               {"memory", &places.memory}, {"cpu", &places.cpu}, {"pids", &places.pids}}) {
        if (has_option(controllers, word) && has_option(mount.options, word)) {
          *place = usable(below(mount.folder, group), mark);
        }
      }
    }
  }
  return places;
}

void GroupPlaces::remove() const {
  for (const auto& place : {unified, memory, cpu, pids}) ::rmdir(place.c_str());
}

Result<Group> Group::make(const GroupPlaces& places, const std::string& run,
                          const keeper::Limits& limits) {
  Group group;
  if (!places.unified.empty()) {
    ::mkdir(places.unified.c_str(), 0755);
    const auto folder = places.unified / run;
    if (::mkdir(folder.c_str(), 0755) == 0 || errno == EEXIST) group = found(folder);
  }
  if (auto kept = group.limit(places, run, limits); !kept) {
    group.remove();
    return std::unexpected(kept.error());
  }
  return group;
}

Group Group::found(const fs::path& unified) {
  Group group;
  group.directory_ =
      runtime::Descriptor(::open(unified.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  if (group.directory_) group.unified_ = unified;
  return group;
}

Result<void> Group::limit(const GroupPlaces& places, const std::string& run,
                          const keeper::Limits& limits) {
  struct Wanted {
    std::string_view name;
    std::uint64_t value;
    const char* controller;
    const char* file;
    std::string text;
    const fs::path& older;
    const char* older_file;
    std::string older_text;
  };
  const auto bytes = std::to_string(limits.memory_bytes_max());
  const auto quota = std::to_string(limits.cpu_percent_max() * cpu_period_us / 100);
  const auto tasks = std::to_string(limits.processes_max());
  const Wanted all[]{
      {"memory_bytes_max", limits.memory_bytes_max(), "memory", "memory.max", bytes, places.memory,
       "memory.limit_in_bytes", bytes},
      {"cpu_percent_max", limits.cpu_percent_max(), "cpu", "cpu.max",
       quota + " " + std::to_string(cpu_period_us), places.cpu, "cpu.cfs_quota_us", quota},
      {"processes_max", limits.processes_max(), "pids", "pids.max", tasks, places.pids, "pids.max",
       tasks}};
  for (const auto& wanted : all) {
    if (wanted.value == 0) continue;
    if (holds_tree()) {
      write_text(places.unified / "cgroup.subtree_control", "+" + std::string(wanted.controller));
      if (write_text(unified_ / wanted.file, wanted.text)) {
        if (wanted.controller == std::string_view("memory")) {
          write_text(unified_ / "memory.swap.max", "0");
          memory_events_ = unified_ / "memory.events";
        }
        continue;
      }
    }
    if (wanted.older.empty()) {
      unkept_.push_back({std::string(wanted.name), objection_to(places, wanted.controller)});
      continue;
    }
    ::mkdir(wanted.older.c_str(), 0755);
    const auto folder = wanted.older / run;
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
      return cannot_keep(wanted.name, folder.string() + ": " + std::strerror(errno));
    }
    older_.push_back(folder);
    if (!write_text(folder / wanted.older_file, wanted.older_text)) {
      return cannot_keep(wanted.name, (folder / wanted.older_file).string() + " does not take " +
                                          wanted.older_text + ": " + std::strerror(errno));
    }
    if (wanted.controller == std::string_view("memory")) {
      memory_events_ = folder / "memory.oom_control";
    }
    joined_.emplace_back(::open((folder / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  }
  return {};
}

std::vector<pid_t> Group::members() const {
  std::vector<pid_t> pids;
  std::error_code error;
  const auto add = [&pids](const fs::path& folder) {
    std::ifstream in(folder / "cgroup.procs");
    for (pid_t pid = 0; in >> pid;) pids.push_back(pid);
  };
  add(unified_);
  for (const auto& entry : fs::recursive_directory_iterator(unified_, error)) {
    if (entry.is_directory(error)) add(entry.path());
  }
  return pids;
}

bool Group::is_empty() const {
  return !read_text(unified_ / "cgroup.events").contains("populated 1");
}

bool Group::kill() const { return write_text(unified_ / "cgroup.kill", "1"); }

std::string Group::out_of_memory() const {
  if (memory_events_.empty() || oom_kills(memory_events_) == 0) return {};
  return "the kernel killed it for lack of memory: it needed more than memory_bytes_max";
}

void Group::remove() {
  std::error_code error;
  joined_.clear();
  directory_.close();
  if (!unified_.empty()) {
    // Groups that its own processes made lie deeper: the deepest go first.
    std::vector<fs::path> folders{unified_};
    for (const auto& entry : fs::recursive_directory_iterator(unified_, error)) {
      if (entry.is_directory(error)) folders.push_back(entry.path());
    }
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
      ::rmdir(folder->c_str());
    }
  }
  for (const auto& folder : older_) ::rmdir(folder.c_str());
  older_.clear();
  unified_.clear();
}

}  // namespace nightshift::bridges::process
