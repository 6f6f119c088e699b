// The whole terminal for a while: drawn upon, and as it was when it is given back.
#pragma once

#include <termios.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::cli {

/// Takes the keys and the signals that end, stop or resize a program, which then does not die of
/// them unseen. One at a time; destruction gives everything back.
class Screen {
 public:
  /// Null where stdout is no terminal that can be drawn upon, or there is no keyboard.
  static std::unique_ptr<Screen> open();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  std::size_t rows() const;
  std::size_t columns() const;
  /// Lines no wider than the screen; those that do not fit below are left out.
  void draw(const std::vector<std::string>& lines) const;

  struct Event {
    /// A key that was pressed; 0 without.
    char key = 0;
    /// What asks the program to end; 0 without.
    int signal = 0;
    /// The terminal has another size, or is ours again: draw anew.
    bool redraw = false;
  };
  /// Waits for the next event, at most so long: then all of it is unset.
  Event wait(std::chrono::milliseconds longest);

 private:
  explicit Screen(runtime::Descriptor keyboard, const termios& before);
  void enter() const;
  void leave() const;
  Event take_signal();

  const runtime::Descriptor keyboard_;
  const termios before_;
  sigset_t mask_before_{};
  std::unique_ptr<runtime::Descriptor> signals_;
};

}  // namespace nightshift::bridges::cli
