// A kind and one of its entities as the host sees them, without knowing which kind it is.
// `runtime/kernel/lift.hpp` makes both from the static overloads of a kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>

#include "messages/authority.pb.h"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"
#include "runtime/kernel/events.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::kernel {

/// One command of a kind.
struct CommandInfo {
  /// Name of the message (`Approve`) and of route and verb (`approve`).
  std::string name;
  std::string word;
  Scope scope = SCOPE_OPERATE;
  std::string summary;
  bool signed_by_approver = false;
  const google::protobuf::Descriptor* descriptor = nullptr;
  const google::protobuf::Message* prototype = nullptr;
};

struct PhaseInfo {
  std::string name;
  std::string status;
  /// What a person has to do in it; empty where it waits for nobody.
  std::string awaits;
};

struct EventInfo {
  std::string name;
  /// What happened, for `why` and `log`.
  std::string sentence;
  const google::protobuf::Descriptor* descriptor = nullptr;
};

/// Values of the indexed fields of a view, and `status`; sorted by field. Empty texts are left out;
/// every value has the form that `index_value` gives.
using IndexValues = std::vector<std::pair<std::string, std::string>>;

/// Longest value in an index row, in bytes.
inline constexpr std::size_t index_value_bytes_max = 128;
/// What stands in an index row for a text: itself, or its beginning and its hash where it is longer
/// than `index_value_bytes_max`. A search has to pass its value through this as well.
std::string index_value(std::string_view text);

/// The form of event payloads that this program writes. A record with a higher one is opaque here.
inline constexpr std::uint32_t event_schema = 1;

/// The state of one entity. Not thread-safe.
class Entity {
 public:
  virtual ~Entity() = default;

  /// Pure. Where the table has no cell: `not_found` while there is nothing, else `wrong_phase`.
  /// `unknown_command` for a message that is no command of the kind. May throw what `decide`
  /// throws.
  virtual Result<AnyEvents> decide(const google::protobuf::Message& command,
                                   const Context& context) const = 0;
  /// Folds one event that `decide` made, or one of `nightshift.host`.
  /// `corrupt` where the phase has no cell for an event of the kind: the state is then unusable.
  virtual Result<void> evolve(const google::protobuf::Message& event) = 0;
  /// Folds a stored event: upcasts retired forms. An unknown type, or a schema above
  /// `event_schema`, changes nothing and returns false. `corrupt` as `evolve`, and where the
  /// payload is not readable.
  virtual Result<bool> replay(std::string_view type, std::uint32_t schema,
                              std::string_view payload) = 0;

  virtual Work pending() const = 0;
  virtual std::string_view status() const = 0;
  /// True in the kind's first phase: there is nothing yet.
  virtual bool absent() const = 0;
  virtual std::unique_ptr<google::protobuf::Message> view() const = 0;
  virtual IndexValues index() const = 0;
  /// What it adds to the node's authority; most kinds nothing.
  virtual void contribute(Authority& authority) const = 0;

  /// Name of the phase's message and its bytes, for the state row. `encode` replaces `body`, and
  /// makes the same bytes of the same state. `decode` answers `corrupt` and changes nothing where
  /// the phase is unknown or the bytes are not its.
  virtual std::string phase() const = 0;
  virtual void encode(std::string& body) const = 0;
  virtual Result<void> decode(std::string_view phase, std::string_view body) = 0;
};

/// Immutable; one per kind and program.
class Kind {
 public:
  virtual ~Kind() = default;

  virtual std::string_view name() const = 0;
  virtual std::string_view summary() const = 0;
  virtual Audience audience() const = 0;
  /// In the order of the kind's lists.
  virtual const std::vector<CommandInfo>& commands() const = 0;
  virtual const std::vector<PhaseInfo>& phases() const = 0;
  virtual const std::vector<EventInfo>& events() const = 0;
  /// Forms of events that are no longer written and still read.
  virtual const std::vector<EventInfo>& retired() const = 0;
  /// The commands that its entities may tell others.
  virtual const std::vector<const google::protobuf::Descriptor*>& tells() const = 0;
  virtual const google::protobuf::Descriptor* view_descriptor() const = 0;
  /// True if the table has this cell, by indexes into `phases()` and `commands()` or `events()`.
  virtual bool decides(std::size_t phase, std::size_t command) const = 0;
  virtual bool evolves(std::size_t phase, std::size_t event) const = 0;
  /// True if no event leads out of the phase: it has no `evolve` but those that return the phase
  /// itself, for what is noted after the end.
  virtual bool ends_in(std::size_t phase) const = 0;
  /// Raised when `evolve`, or when `pending`, `view`'s indexed fields changed: rows are rebuilt.
  virtual std::uint32_t evolver_version() const = 0;
  virtual std::uint32_t derivation_version() const = 0;
  /// True if its entities add to the authority.
  virtual bool contributes() const = 0;
  /// What an approver is shown, rendered from canonical content alone; empty where the kind has
  /// nothing to approve. `corrupt` where the bytes are not what the kind makes.
  virtual Result<std::string> preview(std::string_view content) const = 0;
  /// A new entity in the first phase. The kind must outlive it.
  virtual std::unique_ptr<Entity> make() const = 0;

  /// By message name or word; null if there is none.
  const CommandInfo* find_command(std::string_view name) const;
  /// By message name, retired forms included; null if there is none.
  const EventInfo* find_event(std::string_view name) const;
};

}  // namespace nightshift::kernel
