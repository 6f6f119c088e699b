// The executor of `DeliverToOutbox`: the exact bytes, once, into a Maildir.
// Format: docs/formats/outbox.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bridges/vault/files.hpp"
#include "runtime/executor.hpp"

namespace nightshift::bridges::vault {

/// Called before each step of a delivery with the step's name, in order: `outbox.create`,
/// `outbox.write`, `outbox.sync`, `outbox.rename`, `outbox.sync_folder`, `outbox.end`. Zero goes
/// on; an errno makes the step fail as if the system had refused it. A crash test does not return.
using Probe = std::function<int(std::string_view step)>;

/// Receiver class: queryable. File names derive from the effect id alone, so that a repeat finds
/// what an earlier attempt left, in `tmp`, `new` or `cur` (with flags behind the name).
class Outbox final : public runtime::Executor {
 public:
  /// Makes `folder/{tmp,new,cur}` where they are absent. `probe` may be empty.
  static Result<std::shared_ptr<Outbox>> open(const std::filesystem::path& folder,
                                              Probe probe = {});

  std::string effect_type() const override;
  runtime::ReceiverClass receiver_class(const runtime::Permit& permit) const override;
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;

  /// The name that the message of an effect has in `new`.
  static std::string file_name(std::string_view effect_id);

 private:
  Outbox(Folder tmp, Folder ready, Folder cur, Probe probe)
      : tmp_(std::move(tmp)),
        new_(std::move(ready)),
        cur_(std::move(cur)),
        probe_(std::move(probe)) {}

  runtime::Outcome find(const std::string& name, std::string_view message, bool in_cur) const;
  runtime::Outcome deliver(const std::string& name, std::string_view message) const;
  Result<void> prepare(const std::string& name, std::string_view message) const;
  Result<void> step(std::string_view name) const;

  Folder tmp_;
  Folder new_;
  Folder cur_;
  Probe probe_;
};

}  // namespace nightshift::bridges::vault
