// Reads /proc: who runs, below whom, and what that costs.
#include "bridges/cli/processes/machine.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace nightshift::bridges::cli {
namespace {

namespace fs = std::filesystem;

/// Fields of proc_pid_stat(5), as far as they are needed.
struct Stat {
  std::uint64_t parent = 0;
  /// User and system.
  std::uint64_t ticks = 0;
  std::uint64_t start_ticks = 0;
  std::uint64_t memory_bytes = 0;
};

using Everybody = std::map<std::uint64_t, Stat>;

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::optional<Stat> read_stat(const fs::path& folder) {
  const auto line = first_line(folder / "stat");
  // The name, which may hold anything, ends at the last bracket.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  if (fields.size() < 22) return std::nullopt;
  const auto number = [&fields](std::size_t n) {
    std::uint64_t value = 0;
    std::from_chars(fields[n].data(), fields[n].data() + fields[n].size(), value);
    return value;
  };
  static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return Stat{number(1), number(11) + number(12), number(19), number(21) * page_bytes};
}

Everybody read_everybody(const std::string& proc) {
  Everybody all;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(proc, failed)) {
    const auto name = entry.path().filename().string();
    std::uint64_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || *end != 0) continue;
    if (const auto stat = read_stat(entry.path())) all.emplace(pid, *stat);
  }
  return all;
}

/// A process and all below it.
Stat sum_of(const Everybody& all, const std::multimap<std::uint64_t, std::uint64_t>& children,
            std::uint64_t pid) {
  Stat sum;
  std::vector<std::uint64_t> open{pid};
  while (!open.empty()) {
    const auto one = open.back();
    open.pop_back();
    const auto& stat = all.at(one);
    sum.ticks += stat.ticks;
    sum.memory_bytes += stat.memory_bytes;
    const auto [begin, end] = children.equal_range(one);
    for (auto child = begin; child != end; ++child) open.push_back(child->second);
  }
  return sum;
}

std::string key_of(const Process& process) { return process.id + "/" + process.text("run"); }

}  // namespace

void Machine::look(std::span<const Process> processes) {
  const auto boot = first_line(proc_ + "/sys/kernel/random/boot_id");
  const auto all = read_everybody(proc_);
  std::multimap<std::uint64_t, std::uint64_t> children;
  for (const auto& [pid, stat] : all) {
    if (pid != stat.parent) children.emplace(stat.parent, pid);
  }
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - looked_at_;
  static const auto hertz = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::map<std::string, Seen> seen;
  for (const auto& process : processes) {
    const auto found = all.find(process.pid());
    if (found == all.end() || process.text("boot_id") != boot ||
        process.count("start_ticks") != found->second.start_ticks) {
      continue;
    }
    const auto sum = sum_of(all, children, process.pid());
    Seen& one = seen[key_of(process)];
    one.ticks = sum.ticks;
    one.use.memory_bytes = sum.memory_bytes;
    const auto before = seen_.find(key_of(process));
    if (before == seen_.end() || before->second.ticks > sum.ticks || passed.count() <= 0) continue;
    const auto ticks = static_cast<double>(sum.ticks - before->second.ticks);
    one.use.cpu_percent = ticks / hertz / passed.count() * 100;
  }
  seen_ = std::move(seen);
  looked_at_ = now;
}

std::optional<Use> Machine::use_of(const Process& process) const {
  const auto found = seen_.find(key_of(process));
  if (found == seen_.end()) return std::nullopt;
  return found->second.use;
}

}  // namespace nightshift::bridges::cli
