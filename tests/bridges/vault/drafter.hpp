// An executor of `ComposeDraft` that needs no agent: it answers each task with a few words.
#pragma once

#include <atomic>
#include <string>

#include "runtime/executor.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

/// Takes tasks while it has a node; before that it fails, and the host asks again.
class Drafter final : public runtime::Executor {
 public:
  void work_for(runtime::Node* node) { node_ = node; }

  std::string effect_type() const override;
  Result<void> covered(const runtime::Permit&) const override { return {}; }
  runtime::ReceiverClass receiver_class(const runtime::Permit&) const override {
    return runtime::ReceiverClass::keyed;
  }
  runtime::Outcome look(const runtime::Permit& permit) override { return perform(permit); }
  runtime::Outcome perform(const runtime::Permit& permit) override;

 private:
  std::atomic<runtime::Node*> node_ = nullptr;
};

}  // namespace nightshift::bridges::vault
