// Children and wrk's output.
#include "tests/bench/http/wrk.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace nightshift::bench {
namespace {

constexpr const char* script = "tests/bench/http/commands.lua";

/// `1.25ms`, `850.00us`, `1.20s` in milliseconds.
double milliseconds(const std::string& text) {
  char* unit = nullptr;
  const double value = std::strtod(text.c_str(), &unit);
  const std::string_view name(unit);
  if (name == "us") return value / 1000;
  return name == "s" ? value * 1000 : value;
}

std::string after(const std::string& line, std::string_view label) {
  const std::size_t at = line.find(label);
  if (at == std::string::npos) return {};
  const std::size_t begin = line.find_first_not_of(' ', at + label.size());
  return begin == std::string::npos ? std::string() : line.substr(begin);
}

void read_line(const std::string& line, Figures& figures) {
  if (const auto text = after(line, "Requests/sec:"); !text.empty()) {
    figures.requests_per_s = std::stod(text);
  } else if (const auto p50 = after(line, " 50%"); !p50.empty()) {
    figures.p50_ms = milliseconds(p50);
  } else if (const auto p99 = after(line, " 99%"); !p99.empty()) {
    figures.p99_ms = milliseconds(p99);
  } else if (const auto refused = after(line, "Non-2xx or 3xx responses:"); !refused.empty()) {
    figures.errors += std::stoull(refused);
  } else if (line.find("Socket errors:") != std::string::npos) {
    ++figures.errors;
  }
}

}  // namespace

Child::Child(const std::vector<std::string>& command) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int failed =
      posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  output_ = out[0];
  if (failed != 0) throw std::runtime_error("cannot run " + command.front());
}

Child::~Child() {
  close(input_);
  while (line()) continue;
  close(output_);
  waitpid(pid_, nullptr, 0);
}

std::optional<std::string> Child::line() {
  for (;;) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      std::string out = read_.substr(0, end);
      read_.erase(0, end + 1);
      return out;
    }
    std::array<char, 4096> bytes;
    const ssize_t count = read(output_, bytes.data(), bytes.size());
    if (count <= 0) return std::nullopt;
    read_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

Figures run_wrk(const Load& load, int connections, int seconds) {
  Child wrk({"wrk", "-t1", "-c" + std::to_string(connections), "-d" + std::to_string(seconds) + "s",
             "--latency", "-s", script, load.url, "--", load.prefix, load.suffix, load.body,
             load.token});
  Figures figures;
  while (const auto line = wrk.line()) read_line(*line, figures);
  return figures;
}

}  // namespace nightshift::bench
