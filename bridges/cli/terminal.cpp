// The terminal: width, colour, passphrases.
#include "bridges/cli/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/data_folder.hpp"

namespace nightshift::bridges::cli {
namespace {

/// `/dev/tty` with its echo off, as it was when it goes.
class SilentTerminal {
 public:
  SilentTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ICANON | ECHONL;
    usable_ = ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (usable_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool usable() const { return usable_; }

  /// Nothing at the end of input.
  std::optional<std::string> ask(const std::string& prompt) {
    if (::write(descriptor_, prompt.data(), prompt.size()) < 0) return std::nullopt;
    std::string line;
    char c = 0;
    while (true) {
      const auto count = ::read(descriptor_, &c, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return std::nullopt;
      if (c == '\n') return line;
      if (line.size() < passphrase_bytes_max) line += c;
    }
  }

 private:
  int descriptor_;
  termios before_{};
  bool usable_ = false;
};

Result<std::string> from_file(const std::filesystem::path& file) {
  auto text = runtime::read_small_file(file);
  if (!text) return text;
  text->resize(std::min(text->find('\n'), text->size()));
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    return fail(ErrorCode::usage, file.string() + " has no passphrase in its first line",
                "--passphrase-file");
  }
  return text;
}

std::unexpected<Error> no_terminal() {
  return fail(ErrorCode::usage,
              "a passphrase is needed and there is no terminal to ask on; give --passphrase-file",
              "--passphrase-file");
}

Result<std::string> from_terminal(const std::string& prompt) {
  SilentTerminal terminal;
  if (!terminal.usable()) return no_terminal();
  auto typed = terminal.ask(prompt);
  if (typed && !typed->empty()) return std::move(*typed);
  return fail(ErrorCode::usage, "no passphrase was typed; nothing was done", "--passphrase-file");
}

}  // namespace

std::optional<std::size_t> output_columns() {
  if (::isatty(STDOUT_FILENO) == 0) return std::nullopt;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

bool output_wants_colour() {
  const char* refused = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0') &&
         kind != nullptr && std::string_view(kind) != "dumb";
}

Result<std::string> ask_hidden_line(const std::string& prompt) {
  SilentTerminal terminal;
  auto typed = terminal.usable() ? terminal.ask(prompt) : std::nullopt;
  if (typed && !typed->empty() && typed->size() < passphrase_bytes_max) return std::move(*typed);
  return fail(ErrorCode::usage,
              "nothing, or more than a line can hold, was typed; give --file FILE, or pipe it in",
              "--file");
}

bool input_is_terminal() { return ::isatty(STDIN_FILENO) != 0; }

Result<std::string> ask_passphrase(const std::string& prompt,
                                   const std::optional<std::filesystem::path>& file) {
  return file ? from_file(*file) : from_terminal(prompt);
}

Result<std::string> ask_new_passphrase(const std::string& prompt,
                                       const std::optional<std::filesystem::path>& file) {
  auto first = ask_passphrase(prompt, file);
  if (!first) return first;
  if (first->size() < passphrase_bytes_min) {
    return fail(
        ErrorCode::usage,
        "a passphrase needs at least " + std::to_string(passphrase_bytes_min) + " characters",
        "--passphrase-file");
  }
  if (file) return first;
  const auto second = from_terminal("The same again: ");
  if (!second) return second;
  if (*first != *second) {
    return fail(ErrorCode::usage, "the two passphrases differ; nothing was done",
                "--passphrase-file");
  }
  return first;
}

}  // namespace nightshift::bridges::cli
