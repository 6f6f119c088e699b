// Draws on the terminal, reads its keys, and gives it back.
#include "bridges/cli/screen.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace nightshift::bridges::cli {
namespace {

/// Another screen than that of the shell, without a cursor; and back.
constexpr std::string_view enter_text = "\033[?1049h\033[?25l\033[2J";
constexpr std::string_view leave_text = "\033[?25h\033[?1049l";
constexpr std::array taken{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};

/// A terminal that does not take it has gone away: its signal, or the next key, says so.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool can_be_drawn_upon() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

winsize size_now() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = {};
  return size;
}

}  // namespace

std::unique_ptr<Screen> Screen::open() {
  if (!can_be_drawn_upon()) return nullptr;
  runtime::Descriptor keyboard(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios before{};
  if (keyboard.get() < 0 || ::tcgetattr(keyboard.get(), &before) != 0) return nullptr;
  return std::unique_ptr<Screen>(new Screen(std::move(keyboard), before));
}

Screen::Screen(runtime::Descriptor keyboard, const termios& before)
    : keyboard_(std::move(keyboard)), before_(before) {
  sigset_t mask;
  sigemptyset(&mask);
  for (const int signal : taken) sigaddset(&mask, signal);
  ::sigprocmask(SIG_BLOCK, &mask, &mask_before_);
  signals_ = std::make_unique<runtime::Descriptor>(::signalfd(-1, &mask, SFD_CLOEXEC));
  enter();
}

Screen::~Screen() {
  leave();
  ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

void Screen::enter() const {
  termios silent = before_;
  silent.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  silent.c_cc[VMIN] = 1;
  silent.c_cc[VTIME] = 0;
  ::tcsetattr(keyboard_.get(), TCSADRAIN, &silent);
  write_all(enter_text);
}

void Screen::leave() const {
  write_all(leave_text);
  ::tcsetattr(keyboard_.get(), TCSADRAIN, &before_);
}

std::size_t Screen::rows() const { return std::max<std::size_t>(size_now().ws_row, 5); }
std::size_t Screen::columns() const { return std::max<std::size_t>(size_now().ws_col, 20); }

void Screen::draw(const std::vector<std::string>& lines) const {
  std::string text = "\033[H";
  const auto shown = std::min(lines.size(), rows());
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : "\r\n") + lines[i] + "\033[K";
  write_all(text + "\033[J");
}

Screen::Event Screen::wait(std::chrono::milliseconds longest) {
  std::array<pollfd, 2> waits{{{keyboard_.get(), POLLIN, 0}, {signals_->get(), POLLIN, 0}}};
  if (::poll(waits.data(), waits.size(), static_cast<int>(longest.count())) <= 0) return {};
  if (waits[1].revents != 0) return take_signal();
  Event event;
  // Without a keyboard there is nobody left to look.
  if (::read(keyboard_.get(), &event.key, 1) != 1) event.signal = SIGHUP;
  return event;
}

Screen::Event Screen::take_signal() {
  signalfd_siginfo info{};
  if (::read(signals_->get(), &info, sizeof info) != sizeof info) return {};
  const int signal = static_cast<int>(info.ssi_signo);
  if (signal == SIGTSTP) {
    leave();
    ::raise(SIGSTOP);
    enter();
  } else if (signal == SIGCONT) {
    enter();
  } else if (signal != SIGWINCH) {
    return {0, signal, false};
  }
  return {0, 0, true};
}

}  // namespace nightshift::bridges::cli
