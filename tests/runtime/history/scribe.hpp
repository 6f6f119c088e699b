// Writes a journal in memory as the host would: decisions of the product's kinds, dispatches, ends.
#pragma once

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <string>

#include "runtime/catalog.hpp"
#include "runtime/history/what_if.hpp"
#include "runtime/host/entity_state.hpp"
#include "storage/memory.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {

class Scribe {
 public:
  /// `alice` and `bob` can approve; `clerk` is an agent.
  Scribe();

  /// Decides as `world.caller` at `world.now`, and writes what came of it.
  Result<void> ask(const std::string& entity, const google::protobuf::Message& command);
  /// The same, or the end of the test.
  void must_ask(const std::string& entity, const google::protobuf::Message& command);
  /// The first deadline of an entity comes.
  void must_wait(const std::string& entity);
  /// The one effect that is under way is handed to an executor; it ends.
  void must_dispatch(const std::string& entity);
  void must_end(const std::string& entity, EffectState state);
  void write(const std::string& entity, const google::protobuf::Message& event);

  const kernel::Entity& entity(const std::string& name);
  std::string status(const std::string& name) { return std::string(entity(name).status()); }
  template <class View>
  View view(const std::string& name) {
    return dynamic_cast<const View&>(*entity(name).view());
  }
  /// Records so far.
  std::uint64_t offset() const { return log_->head().offset; }

  struct Told {
    runtime::history::Total total;
    std::map<std::string, runtime::history::EntityDifference> differences;

    /// The finding of this sort about this event; the end of the test where there is none.
    const runtime::history::Finding& finding(const std::string& entity, runtime::history::Sort sort,
                                             const std::string& event) const;
  };
  Told what_if(const runtime::history::Policy& policy, runtime::Moment since = Time{}) const;

  std::shared_ptr<const storage::EventLog> log() const { return log_; }
  const std::shared_ptr<const runtime::Catalog>& catalog() const { return catalog_; }

  World world;

 private:
  struct Known {
    std::unique_ptr<runtime::host::EntityState> state;
    std::uint64_t epoch = 0;
  };

  Known& known(const std::string& entity);
  void append(const std::string& entity, const kernel::AnyEvents& events,
              const std::string& principal);
  void enroll(const std::string& name);

  std::shared_ptr<const runtime::Catalog> catalog_;
  std::shared_ptr<storage::MemoryLog> log_;
  std::map<std::string, Known> known_;
  std::uint64_t commands_ = 0;
};

}  // namespace nightshift::tests
