// What a decision answers: the events of one kind, in order.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <google/protobuf/message.h>

#include "messages/error.hpp"

namespace nightshift::kernel {

/// A closed list of types. `Variant` holds one value of any of them.
template <class... T>
struct Types {
  using Variant = std::variant<T...>;
  static constexpr std::size_t size = sizeof...(T);
  template <class U>
  static constexpr bool has = (std::same_as<T, U> || ...);
  /// The place of `U`, or `size`.
  template <class U>
  static consteval std::size_t index_of() {
    std::size_t i = 0;
    (void)((std::same_as<T, U> || (++i, false)) || ...);
    return i;
  }
};

/// Events whose kind has been checked by the compiler.
using AnyEvents = std::vector<std::unique_ptr<google::protobuf::Message>>;

/// `Events<Proposed, Approved>` takes these types and no others. None is a no-op that is answered
/// like any other decision.
template <class... E>
class Events {
 public:
  using List = Types<E...>;

  Events() = default;
  template <class T>
    requires(List::template has<std::remove_cvref_t<T>>)
  Events(T&& event) {  // NOLINT(google-explicit-constructor): `return pb::Approved{}` is the idiom
    add(std::forward<T>(event));
  }

  template <class T>
    requires(List::template has<std::remove_cvref_t<T>>)
  Events& add(T&& event) {
    events_.push_back(std::make_unique<std::remove_cvref_t<T>>(std::forward<T>(event)));
    return *this;
  }

  AnyEvents release() && { return std::move(events_); }

 protected:
  AnyEvents events_;
};

}  // namespace nightshift::kernel
