// A list and an eventfd.
#include "bridges/process/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cassert>
#include <utility>

namespace nightshift::bridges::process {

Mailbox::Mailbox() : wakes_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { assert(wakes_); }

void Mailbox::wake() {
  const std::uint64_t one = 1;
  // It can only fail when the counter is full: then the news is there already.
  [[maybe_unused]] const auto written = ::write(wakes_.get(), &one, sizeof one);
}

void Mailbox::journal_has_grown() { wake(); }

void Mailbox::answered(CommandAnswer answer) {
  {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
  }
  wake();
}

std::vector<CommandAnswer> Mailbox::take() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(wakes_.get(), &count, sizeof count);
  const std::lock_guard lock(mutex_);
  return std::exchange(answers_, {});
}

}  // namespace nightshift::bridges::process
