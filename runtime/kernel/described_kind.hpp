// The part of a kind that is read from its schema: names, scopes, sentences, status words, indexed
// fields. `lift` adds the cells.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/kernel/kind.hpp"

namespace nightshift::kernel {

/// Whether the table has a cell, by index of the phase and of the command or event.
using CellMatrix = std::vector<std::vector<bool>>;

/// The default instances of the messages that a kind lists, in its order.
struct KindLists {
  std::vector<const google::protobuf::Message*> phases, commands, events, retired, tells;
  const google::protobuf::Message* view = nullptr;
  CellMatrix decides, evolves;
  /// By phase: whether no event leads to another.
  std::vector<bool> ends;
  std::uint32_t evolver = 1, derivation = 1;
};

/// Every listed message must carry its option (`messages/options.proto`), the view's file the
/// option `kind`; that is asserted.
class DescribedKind : public Kind {
 public:
  explicit DescribedKind(const KindLists& lists);

  std::string_view name() const override { return options_.name(); }
  std::string_view summary() const override { return options_.summary(); }
  Audience audience() const override { return options_.audience(); }
  const std::vector<CommandInfo>& commands() const override { return commands_; }
  const std::vector<PhaseInfo>& phases() const override { return phases_; }
  const std::vector<EventInfo>& events() const override { return events_; }
  const std::vector<EventInfo>& retired() const override { return retired_; }
  const std::vector<const google::protobuf::Descriptor*>& tells() const override { return tells_; }
  const google::protobuf::Descriptor* view_descriptor() const override { return view_; }
  bool decides(std::size_t phase, std::size_t command) const override;
  bool evolves(std::size_t phase, std::size_t event) const override;
  bool ends_in(std::size_t phase) const override;
  std::uint32_t evolver_version() const override { return evolver_; }
  std::uint32_t derivation_version() const override { return derivation_; }

  bool has_indexed_fields() const { return !indexed_.empty(); }
  /// The values of the indexed fields of `view` (null: none is filled), and the status.
  IndexValues index_values(const google::protobuf::Message* view, std::string_view status) const;

  Error no_cell(std::size_t phase, std::string_view command, std::string_view id) const;
  Error no_command(const google::protobuf::Message& message) const;
  Error no_event(std::size_t phase, std::string_view event) const;
  Error unreadable(std::string_view what) const;

 private:
  KindOptions options_;
  std::vector<CommandInfo> commands_;
  std::vector<PhaseInfo> phases_;
  std::vector<EventInfo> events_, retired_;
  std::vector<const google::protobuf::Descriptor*> tells_;
  const google::protobuf::Descriptor* view_;
  std::vector<const google::protobuf::FieldDescriptor*> indexed_;
  CellMatrix decides_, evolves_;
  std::vector<bool> ends_;
  std::uint32_t evolver_, derivation_;
};

}  // namespace nightshift::kernel
