// Reads /proc.
#include "bridges/process/keeper/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {
namespace {

std::optional<std::string> read_all(const std::string& path) {
  const runtime::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  while ((count = ::read(file.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) return std::nullopt;
  return text;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The n-th of the words, from 0.
std::string_view word_at(std::string_view text, int n) {
  while (n-- > 0) text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  return text.substr(0, text.find(' '));
}

}  // namespace

std::optional<ProcessRow> read_process(pid_t pid) {
  const auto text = read_all("/proc/" + std::to_string(pid) + "/stat");
  if (!text) return std::nullopt;
  // The name, which may hold anything, ends at the last bracket (proc(5)).
  const auto bracket = text->rfind(')');
  if (bracket == text->npos || bracket + 2 >= text->size()) return std::nullopt;
  const auto rest = std::string_view(*text).substr(bracket + 2);
  const auto parent = number_in<pid_t>(word_at(rest, 1));
  const auto session = number_in<pid_t>(word_at(rest, 3));
  const auto ticks = number_in<std::uint64_t>(word_at(rest, 19));
  const auto pages = number_in<std::uint64_t>(word_at(rest, 21));
  if (!parent || !session || !ticks || !pages) return std::nullopt;
  static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const char state = rest.front();
  return ProcessRow{
      {pid, *ticks}, *parent, *session, state == 'Z' || state == 'X', *pages * page_bytes};
}

std::vector<ProcessRow> read_processes() {
  std::vector<ProcessRow> rows;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  if (!folder) return rows;
  while (const auto* entry = ::readdir(folder.get())) {
    const auto pid = number_in<pid_t>(entry->d_name);
    if (!pid) continue;
    if (const auto row = read_process(*pid)) rows.push_back(*row);
  }
  return rows;
}

std::optional<std::string> started_with(pid_t pid, std::string_view variable) {
  const auto text = read_all("/proc/" + std::to_string(pid) + "/environ");
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto entry = rest.substr(0, rest.find('\0'));
    if (entry.size() > variable.size() && entry.starts_with(variable) &&
        entry[variable.size()] == '=') {
      return std::string(entry.substr(variable.size() + 1));
    }
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
  }
  return std::nullopt;
}

std::string boot_id() {
  auto text = read_all("/proc/sys/kernel/random/boot_id").value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool signal_process(const ProcessId& process, int signal) {
  const runtime::Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!handle) return false;
  // From here on the descriptor stands for one process, whatever becomes of the pid.
  const auto row = read_process(process.pid);
  if (!row || row->id != process) return false;
  return ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0) == 0;
}

}  // namespace nightshift::bridges::process
