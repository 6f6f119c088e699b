// The machinery of `lift`: tables of function pointers, phase by command and phase by event.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "messages/host.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/described_kind.hpp"
#include "runtime/kernel/telling.hpp"

namespace nightshift::kernel::detail {

using google::protobuf::Message;

using HostEvents =
    Types<host::Dispatched, host::Ended, host::Told, host::TellRefused, host::Archived>;
/// Of them, those that are part of a life. A refusal can come at any time, also after an end.
using LifeEvents = Types<host::Dispatched, host::Ended>;

template <class... A, class... B>
consteval Types<A..., B...> join(Types<A...>, Types<B...>) {
  return {};
}

template <class K>
struct FormsOf {
  using Retired = Types<>;
};
template <class K>
  requires requires { typename K::Retired; }
struct FormsOf<K> {
  using Retired = typename K::Retired;
};
template <class K>
using RetiredOf = typename FormsOf<K>::Retired;

/// The columns of the event table: the kind's own, then the host's.
template <class K>
using AllEvents = decltype(join(typename K::Events::List{}, HostEvents{}));

template <class... T>
std::vector<const Message*> prototypes(Types<T...>) {
  return {&T::default_instance()...};
}

// ---- one cell each

template <class K>
using DecideCell = Result<AnyEvents> (*)(const typename K::State&, const Message&, const Context&);
template <class K>
using EvolveCell = typename K::State (*)(typename K::State&&, const Message&);

template <class K, class Phase, class Command>
Result<AnyEvents> call_decide(const typename K::State& state, const Message& command,
                              const Context& context) {
  auto events = K::decide(std::get<Phase>(state), static_cast<const Command&>(command), context);
  if (!events) return std::unexpected(std::move(events).error());
  return std::move(*events).release();
}

template <class K, class Phase, class Event>
typename K::State call_evolve(typename K::State&& state, const Message& event) {
  return K::evolve(std::get<Phase>(std::move(state)), static_cast<const Event&>(event));
}

// ---- the tables; null where there is no cell

template <class K, class Phase, class... Command>
consteval auto decide_row(Types<Command...>) {
  constexpr auto cell = []<class C>() -> DecideCell<K> {
    if constexpr (has_decide<K, Phase, C>()) return &call_decide<K, Phase, C>;
    return nullptr;
  };
  return std::array<DecideCell<K>, sizeof...(Command)> { cell.template operator()<Command>()... };
}

template <class K, class Phase, class... Event>
consteval auto evolve_row(Types<Event...>) {
  constexpr auto cell = []<class E>() -> EvolveCell<K> {
    if constexpr (has_evolve<K, Phase, E>()) return &call_evolve<K, Phase, E>;
    return nullptr;
  };
  return std::array<EvolveCell<K>, sizeof...(Event)> { cell.template operator()<Event>()... };
}

template <class K, class... Phase>
consteval auto decide_table(Types<Phase...>) {
  return std::array{decide_row<K, Phase>(typename K::Commands{})...};
}

template <class K, class... Phase>
consteval auto evolve_table(Types<Phase...>) {
  return std::array{evolve_row<K, Phase>(AllEvents<K>{})...};
}

template <class K>
inline constexpr auto decide_cells = decide_table<K>(typename K::Phases{});
template <class K>
inline constexpr auto evolve_cells = evolve_table<K>(typename K::Phases{});

template <class K, class Phase, class... Event>
consteval bool is_end(Types<Event...>) {
  return ((!has_evolve<K, Phase, Event>() || evolve_stays<K, Phase, Event>()) && ...);
}
template <class K, class... Phase>
std::vector<bool> ends(Types<Phase...>) {
  return {is_end<K, Phase>(join(typename K::Events::List{}, LifeEvents{}))...};
}

template <class Table>
CellMatrix matrix(const Table& table, std::size_t columns) {
  CellMatrix result;
  for (const auto& row : table) {
    auto& cells = result.emplace_back();
    for (std::size_t i = 0; i < columns; ++i) cells.push_back(row[i] != nullptr);
  }
  return result;
}

// ---- an entity

template <class K>
class LiftedEntity final : public Entity {
 public:
  explicit LiftedEntity(const DescribedKind& kind) : kind_(kind) {}

  Result<AnyEvents> decide(const Message& command, const Context& context) const override {
    const auto column = position(command, typename K::Commands{});
    if (column == K::Commands::size) return std::unexpected(kind_.no_command(command));
    const auto cell = decide_cells<K>[state_.index()][column];
    if (cell != nullptr) return cell(state_, command, context);
    return std::unexpected(
        kind_.no_cell(state_.index(), command.GetDescriptor()->name(), context.id));
  }

  Result<void> evolve(const Message& event) override {
    const auto column = position(event, AllEvents<K>{});
    if (column == AllEvents<K>::size) {
      return std::unexpected(kind_.no_event(state_.index(), event.GetDescriptor()->full_name()));
    }
    return fold(column, event);
  }

  Result<bool> replay(std::string_view type, std::uint32_t schema,
                      std::string_view payload) override {
    if (schema > event_schema) return false;
    if (type.starts_with("host.")) return replay_any(type.substr(5), payload, HostEvents{});
    return replay_any(type, payload, join(typename K::Events::List{}, RetiredOf<K>{}));
  }

  Work pending() const override {
    return std::visit(
        // `Of` is `K` as a parameter: else clang looks for `pending` in kinds that have none.
        []<class Phase, class Of = K>(const Phase& phase) -> Work {
          if constexpr (has_pending<Of, Phase>()) return Of::pending(phase);
          return {};
        },
        state_);
  }

  std::string_view status() const override { return kind_.phases()[state_.index()].status; }
  bool absent() const override { return state_.index() == 0; }

  std::unique_ptr<Message> view() const override {
    return std::make_unique<typename K::View>(view_now());
  }

  IndexValues index() const override {
    if (absent()) return {};
    if (!kind_.has_indexed_fields()) return kind_.index_values(nullptr, status());
    if constexpr (names_indexed<K>) {
      const auto view = std::visit(
          [](const auto& phase) -> typename K::View { return K::indexed(phase); }, state_);
      return kind_.index_values(&view, status());
    } else {
      const auto view = view_now();
      return kind_.index_values(&view, status());
    }
  }

  void contribute(Authority& authority) const override {
    std::visit(
        [&authority]<class Phase, class Of = K>(const Phase& phase) {  // as in `pending`
          if constexpr (has_contribute<Of, Phase>()) Of::contribute(phase, authority);
        },
        state_);
  }

  std::string phase() const override { return kind_.phases()[state_.index()].name; }

  void encode(std::string& body) const override {
    body.clear();
    google::protobuf::io::StringOutputStream bytes(&body);
    google::protobuf::io::CodedOutputStream coded(&bytes);
    coded.SetSerializationDeterministic(true);
    std::visit([&coded](const auto& phase) { phase.SerializeToCodedStream(&coded); }, state_);
  }

  Result<void> decode(std::string_view phase, std::string_view body) override {
    auto state = decode_any(phase, body, typename K::Phases{});
    if (!state) return std::unexpected(kind_.unreadable("phase " + std::string(phase)));
    state_ = std::move(*state);
    return {};
  }

 private:
  /// The column of a message in a list, or the list's size.
  template <class... T>
  static std::size_t position(const Message& message, Types<T...>) {
    static const std::array<const google::protobuf::Reflection*, sizeof...(T)> known{
        T::default_instance().GetReflection()...};
    const auto* wanted = message.GetReflection();
    std::size_t i = 0;
    while (i < known.size() && known[i] != wanted) ++i;
    return i;
  }

  Result<void> fold(std::size_t column, const Message& event) {
    if (const auto cell = evolve_cells<K>[state_.index()][column]) {
      state_ = cell(std::move(state_), event);
      return {};
    }
    if (column >= K::Events::List::size) return {};
    return std::unexpected(kind_.no_event(state_.index(), event.GetDescriptor()->name()));
  }

  template <class Event>
  static bool parse(Event& event, std::string_view payload) {
    return event.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  }

  /// Folds the payload if one of the list has this name; false if none has.
  template <class... Event>
  Result<bool> replay_any(std::string_view type, std::string_view payload, Types<Event...>) {
    Result<bool> result = false;
    const auto fold_one = [&]<class E>() {
      if (E::descriptor()->name() != type) return false;
      E event;
      if (!parse(event, payload)) {
        result = std::unexpected(kind_.unreadable("event " + std::string(type)));
      } else {
        result = fold_current(event);
      }
      return true;
    };
    (void)(fold_one.template operator()<Event>() || ...);
    return result;
  }

  /// Upcasts until the form is one that the kind still has.
  template <class Event>
  Result<bool> fold_current(const Event& event) {
    if constexpr (AllEvents<K>::template has<Event>) {
      auto folded = fold(AllEvents<K>::template index_of<Event>(), event);
      if (!folded) return std::unexpected(std::move(folded).error());
      return true;
    } else {
      return fold_current(K::upcast(event));
    }
  }

  template <class... Phase>
  static std::optional<typename K::State> decode_any(std::string_view name, std::string_view body,
                                                     Types<Phase...>) {
    std::optional<typename K::State> state;
    const auto decode_one = [&]<class P>() {
      if (P::descriptor()->name() != name) return false;
      P phase;
      if (parse(phase, body)) state.emplace(std::move(phase));
      return true;
    };
    (void)(decode_one.template operator()<Phase>() || ...);
    return state;
  }

  typename K::View view_now() const {
    return std::visit(
        []<class Phase>(const Phase& phase) -> typename K::View {
          if constexpr (has_view<K, Phase>()) {
            return K::view(phase);
          } else {
            static_assert(std::same_as<Phase, std::variant_alternative_t<0, typename K::State>>,
                          "every phase but the first needs a view");
            return {};
          }
        },
        state_);
  }

  const DescribedKind& kind_;
  typename K::State state_;
};

// ---- the kind

/// True if every phase but the first has a cell for a refusal: it comes back at any time.
template <class K, class First, class... Phase>
consteval bool hears_refusals(Types<First, Phase...>) {
  return (has_evolve<K, Phase, host::TellRefused>() && ...);
}

template <class K>
std::vector<const Message*> tells_of() {
  if constexpr (requires { typename K::Events::Tells; }) {
    static_assert(
        hears_refusals<K>(typename K::Phases{}),
        "a kind that tells needs evolve(Phase&&, const host::TellRefused&) in every phase "
        "but the first");
    return prototypes(typename K::Events::Tells{});
  }
  return {};
}

template <class K>
KindLists lists_of() {
  static_assert(std::same_as<typename K::State, typename K::Phases::Variant>,
                "State is the variant of the phases, in their order");
  KindLists lists{.phases = prototypes(typename K::Phases{}),
                  .commands = prototypes(typename K::Commands{}),
                  .events = prototypes(typename K::Events::List{}),
                  .retired = prototypes(RetiredOf<K>{}),
                  .tells = tells_of<K>(),
                  .view = &K::View::default_instance(),
                  .decides = matrix(decide_cells<K>, K::Commands::size),
                  .evolves = matrix(evolve_cells<K>, K::Events::List::size),
                  .ends = ends<K>(typename K::Phases{})};
  if constexpr (requires { K::evolver; }) lists.evolver = K::evolver;
  if constexpr (requires { K::derivation; }) lists.derivation = K::derivation;
  return lists;
}

template <class K>
class LiftedKind final : public DescribedKind {
 public:
  LiftedKind() : DescribedKind(lists_of<K>()) {}

  bool contributes() const override { return names_contribute<K>; }
  Result<std::string> preview([[maybe_unused]] std::string_view content) const override {
    if constexpr (requires { K::preview(content); }) return K::preview(content);
    return std::string();
  }
  std::unique_ptr<Entity> make() const override { return std::make_unique<LiftedEntity<K>>(*this); }
};

}  // namespace nightshift::kernel::detail

namespace nightshift::kernel {

template <class K>
std::unique_ptr<const Kind> lift() {
  return std::make_unique<const detail::LiftedKind<K>>();
}

}  // namespace nightshift::kernel
