// A real history of one entity as a test: given these events, when this command comes, then these
// events and this state. Any program can be held to it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/catalog.hpp"
#include "runtime/history/anew.hpp"
#include "runtime/kernel/retrace.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::history {

using MessagePtr = std::shared_ptr<const google::protobuf::Message>;

struct ExampleStep {
  /// Of its first event.
  std::uint64_t sequence = 0;
  /// Time, caller, calendar, and what of the node and its owner's data had a part in it.
  Surroundings around;
  /// Approvers alone: no token is in it, not even by its hash.
  Authority authority;
  /// Null: the events are given, and `why` says why they are not decided again.
  MessagePtr command;
  std::string why;
  /// Name of the error, where the command is refused; then there are no events.
  std::string refused;
  /// In order, each with its type as in records: `Approved`, `host.Dispatched`.
  std::vector<std::pair<std::string, MessagePtr>> events;
  /// What the entity is afterwards, line by line (docs/formats/test.md).
  std::vector<std::string> state;
};

struct Example {
  EntityRef entity;
  /// Without executors and data: these are the steps' own.
  kernel::NodeFacts node;
  std::vector<ExampleStep> steps;
};

/// More than a test of one entity should hold.
inline constexpr std::size_t example_records_max = 10'000;

/// The whole history of an entity. A decision is put as a command only where the kind, asked again,
/// comes to the same events. Errors: `unknown_kind`, `not_found`, `archived`, `too_large`;
/// `invalid` where the journal holds what this program cannot read.
Result<Example> record_example(const storage::EventLog& log, const Catalog& catalog,
                               const kernel::Retraces& retraces, const EntityRef& entity);
/// The same of a journal in a folder.
Result<Example> record_example(const std::filesystem::path& journal, const Catalog& catalog,
                               const kernel::Retraces& retraces, const EntityRef& entity);

/// In what the program differs from the example, in words, step by step; empty if in nothing.
/// `unknown_kind` where it has no such kind.
Result<std::vector<std::string>> check_example(const Example& example, const Catalog& catalog);

/// The state of an entity as lines of an example.
std::vector<std::string> state_lines(const kernel::Entity& entity);

/// Decides the step's command on `entity`. Fresh ids become those of `expected`, and digests those
/// of the content that then results, so that the two can be compared.
Result<kernel::AnyEvents> decide_step(const Example& example, const ExampleStep& step,
                                      const kernel::Entity& entity);

}  // namespace nightshift::runtime::history
