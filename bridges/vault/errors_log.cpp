// A Markdown table that only grows, its rows told apart by a reference.
#include "bridges/vault/errors_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "bridges/vault/names.hpp"
#include "bridges/vault/table.hpp"
#include "messages/crypto.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr const char* name = "errors.md";
constexpr std::string_view head =
    "# Errors\n\n| Time | File | Error | Ref |\n|------|------|-------|-----|\n";
constexpr std::size_t reference_digits = 16;
constexpr std::size_t read_bytes_max = 16u << 20;

}  // namespace

ErrorsLog::ErrorsLog(const Folder& root, std::string_view role,
                     std::function<void(std::string_view)> also)
    : root_(root), folder_(role == "cloud" ? "Logs/Cloud" : "Logs/Local"), also_(std::move(also)) {
  read_earlier();
}

void ErrorsLog::record(Time now, std::string_view file, std::string_view error,
                       std::string_view content) {
  const std::string reference =
      to_hex(as_bytes(sha256({file, "\n", error, "\n", content}))).substr(0, reference_digits);
  if (!written_.insert(reference).second) return;
  const std::string row = "| " + to_rfc3339(now) + " | " + cell(printable(file)) + " | " +
                          cell(error) + " | " + reference + " |\n";
  const auto appended = append(row);
  // Told again, then, when it comes up again.
  if (!appended) written_.erase(reference);
  if (!also_) return;
  also_(printable(file) + ": " + std::string(error));
  if (!appended) also_(folder_ + "/" + name + ": " + std::string(appended.error().message()));
}

void ErrorsLog::read_earlier() {
  const auto text = root_.read_beneath(folder_ + "/" + name, read_bytes_max);
  if (!text) return;
  constexpr std::string_view row_end = " |";
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.ends_with(row_end) || line.size() < reference_digits + row_end.size()) continue;
    line.remove_suffix(row_end.size());
    written_.emplace(line.substr(line.size() - reference_digits));
  }
}

Result<void> ErrorsLog::append(std::string_view text) const {
  const auto folder = root_.sub(folder_, true);
  if (!folder) return std::unexpected(folder.error());
  const Descriptor fd(::openat(folder->descriptor(), name,
                               O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                               0666));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return std::unexpected(system_error("cannot open it", errno));
  }
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, "it is not a regular file");
  const std::string all = (info.st_size == 0 ? std::string(head) : std::string()).append(text);
  const ssize_t written = ::write(fd.get(), all.data(), all.size());
  if (written == static_cast<ssize_t>(all.size())) return {};
  auto error = system_error("cannot write to it", written < 0 ? errno : ENOSPC);
  // On a full disk a part may be there: no row is better than half a one.
  if (written > 0 && ::ftruncate(fd.get(), info.st_size) != 0) {
    error = system_error("half a row was written to it and stays", errno);
  }
  return std::unexpected(std::move(error));
}

}  // namespace nightshift::bridges::vault
