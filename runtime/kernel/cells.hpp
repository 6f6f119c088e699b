// Finds the cells of a transition table: an overload with exactly the right types. A callable but
// inexact overload, or an ambiguous one, is a compile error.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "runtime/kernel/context.hpp"
#include "runtime/kernel/events.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::kernel {

template <class... T>
inline constexpr bool always_false = false;

namespace detail {

struct Missing {};
struct Anything {
  template <class T>
  // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload)
  Anything(T&&);
};

/// The kind's own overloads beside a catch-all that loses against every one of them.
template <class K>
struct ProbeDecide : K {
  using K::decide;
  static Missing decide(Anything, Anything, Anything);
};
template <class K>
struct ProbeEvolve : K {
  using K::evolve;
  static Missing evolve(Anything, Anything);
};
template <class K>
struct ProbePending : K {
  using K::pending;
  static Missing pending(Anything);
};
template <class K>
struct ProbeView : K {
  using K::view;
  static Missing view(Anything);
};
template <class K>
struct ProbeContribute : K {
  using K::contribute;
  static Missing contribute(Anything, Anything);
};

/// Names that a kind may leave out. Naming a member of both bases is ambiguous, so that
/// `&Both<K>::name` is valid only where the kind has none of that name, overloaded or not.
struct Optional {
  int pending, contribute, indexed;
};
template <class K>
struct Both : K, Optional {};

}  // namespace detail

template <class K>
inline constexpr bool names_pending = !requires { &detail::Both<K>::pending; };
template <class K>
inline constexpr bool names_contribute = !requires { &detail::Both<K>::contribute; };
template <class K>
inline constexpr bool names_indexed = !requires { &detail::Both<K>::indexed; };

/// True if `K::decide(const Phase&, const Command&, const Context&)` exists with exactly these
/// types.
template <class K, class Phase, class Command>
consteval bool has_decide() {
  using Cell = Result<typename K::Events> (*)(const Phase&, const Command&, const Context&);
  if constexpr (requires { static_cast<Cell>(&K::decide); }) {
    return true;
  } else if constexpr (!requires(Phase& phase, Command& command, Context& context) {
                         detail::ProbeDecide<K>::decide(phase, command, context);
                       }) {
    static_assert(always_false<K, Phase, Command>,
                  "decide is ambiguous for this phase and command");
    return false;
  } else {
    using Found = decltype(detail::ProbeDecide<K>::decide(
        std::declval<Phase&>(), std::declval<Command&>(), std::declval<Context&>()));
    static_assert(std::same_as<Found, detail::Missing>,
                  "decide is callable for this phase and command, but its types are not exactly "
                  "(const Phase&, const Command&, const Context&) -> Result<Events>");
    return false;
  }
}

/// True if `K::evolve(Phase&&, const Event&)` returns the phase itself: no such event leads out.
template <class K, class Phase, class Event>
consteval bool evolve_stays() {
  return requires { static_cast<Phase (*)(Phase&&, const Event&)>(&K::evolve); };
}

/// True if `K::evolve(Phase&&, const Event&)` exists with exactly these types.
template <class K, class Phase, class Event>
consteval bool has_evolve() {
  using Cell = typename K::State (*)(Phase&&, const Event&);
  if constexpr (requires { static_cast<Cell>(&K::evolve); } || evolve_stays<K, Phase, Event>()) {
    return true;
  } else if constexpr (!requires(Phase phase, Event& event) {
                         detail::ProbeEvolve<K>::evolve(std::move(phase), event);
                       }) {
    static_assert(always_false<K, Phase, Event>, "evolve is ambiguous for this phase and event");
    return false;
  } else {
    using Found =
        decltype(detail::ProbeEvolve<K>::evolve(std::declval<Phase>(), std::declval<Event&>()));
    static_assert(std::same_as<Found, detail::Missing>,
                  "evolve is callable for this phase and event, but its types are not exactly "
                  "(Phase&&, const Event&) -> State, or -> Phase");
    return false;
  }
}

/// True if the kind says what is under way in this phase.
template <class K, class Phase>
consteval bool has_pending() {
  if constexpr (!names_pending<K>) {
    return false;
  } else if constexpr (requires { static_cast<Work (*)(const Phase&)>(&K::pending); }) {
    return true;
  } else {
    static_assert(
        requires(Phase& phase) {
          requires std::same_as<decltype(detail::ProbePending<K>::pending(phase)), detail::Missing>;
        },
        "pending is ambiguous for this phase, or its types are not exactly (const Phase&) -> Work");
    return false;
  }
}

/// True if the kind shows this phase.
template <class K, class Phase>
consteval bool has_view() {
  if constexpr (requires { static_cast<typename K::View (*)(const Phase&)>(&K::view); }) {
    return true;
  } else {
    static_assert(
        requires(Phase& phase) {
          requires std::same_as<decltype(detail::ProbeView<K>::view(phase)), detail::Missing>;
        }, "view is ambiguous for this phase, or its types are not exactly (const Phase&) -> View");
    return false;
  }
}

/// True if this phase adds to the node's authority.
template <class K, class Phase>
consteval bool has_contribute() {
  if constexpr (!names_contribute<K>) {
    return false;
  } else if constexpr (requires {
                         static_cast<void (*)(const Phase&, Authority&)>(&K::contribute);
                       }) {
    return true;
  } else {
    static_assert(
        requires(Phase& phase, Authority& authority) {
          requires std::same_as<decltype(detail::ProbeContribute<K>::contribute(phase, authority)),
                                detail::Missing>;
        },
        "contribute is ambiguous for this phase, or its types are not exactly "
        "(const Phase&, Authority&) -> void");
    return false;
  }
}

}  // namespace nightshift::kernel
