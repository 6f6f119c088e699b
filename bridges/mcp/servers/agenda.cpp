// A list and an eventfd.
#include "bridges/mcp/servers/agenda.hpp"

#include <sys/eventfd.h>

#include <cassert>
#include <utility>

namespace nightshift::bridges::mcp {

Agenda::Agenda() : wakes_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { assert(wakes_); }

void Agenda::wake() { ::eventfd_write(wakes_.get(), 1); }

void Agenda::add(Deed deed) {
  {
    const std::lock_guard lock(mutex_);
    deeds_.push_back(std::move(deed));
  }
  wake();
}

std::vector<Agenda::Deed> Agenda::take() {
  eventfd_t count = 0;
  ::eventfd_read(wakes_.get(), &count);
  const std::lock_guard lock(mutex_);
  return std::exchange(deeds_, {});
}

}  // namespace nightshift::bridges::mcp
