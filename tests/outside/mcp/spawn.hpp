// A server as a child, with pipes to it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/descriptor.hpp"

namespace nightshift::tests {

/// Dies with this process's thread, at the latest when this goes.
class Child {
 public:
  /// The first is the program, looked for in PATH; its stderr is ours.
  explicit Child(std::vector<std::string> arguments);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Waits a little for its end, its input being closed, then kills it.
  ~Child();

  runtime::Descriptor input;
  runtime::Descriptor output;

 private:
  pid_t pid_ = -1;
};

}  // namespace nightshift::tests
