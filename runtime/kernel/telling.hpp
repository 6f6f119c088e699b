// What a decision answers in a kind that tells others: its events, and commands to other entities.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "messages/host.pb.h"
#include "runtime/kernel/events.hpp"

namespace nightshift::kernel {

/// The target's kind is that of the command's schema; the host counts (`n`).
host::Told told(std::string id, const google::protobuf::Message& command);

/// `Telling<Events<Paid, Returned>, purse::Receive>` takes these events and these commands. What is
/// told is an event of its own (`host.Told`) in the order in which it was added; the host delivers
/// it once, and in order per target. A refusal comes back as `host.TellRefused`.
template <class Own, class... Command>
class Telling : public Own {
 public:
  using Tells = Types<Command...>;
  using Own::Own;

  template <class T>
    requires(Own::List::template has<std::remove_cvref_t<T>>)
  Telling& add(T&& event) {
    Own::add(std::forward<T>(event));
    return *this;
  }

  template <class T>
    requires(Tells::template has<T>)
  Telling& tell(std::string id, const T& command) {
    this->events_.push_back(std::make_unique<host::Told>(told(std::move(id), command)));
    return *this;
  }
};

}  // namespace nightshift::kernel
