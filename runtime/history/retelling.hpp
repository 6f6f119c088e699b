// One entity told in both ways: as it was, and as it would have been.
#pragma once

#include <memory>
#include <string>

#include "runtime/history/anew.hpp"
#include "runtime/history/authority_past.hpp"
#include "runtime/history/policy.hpp"
#include "runtime/history/steps.hpp"
#include "runtime/kernel/retrace.hpp"

namespace nightshift::runtime::history {

/// Takes an entity's steps in order. Every decision that counts is made twice by the kind: on the
/// state that was, as it was recorded, and on the state that would have been, under the policy. The
/// first must lead to what is recorded, or nothing is concluded from the second. What is refused
/// counts as not done; what else the caller would have done instead, nobody knows.
class Retelling {
 public:
  /// What is referred to must outlive it.
  Retelling(const kernel::Kind& kind, EntityRef entity, std::unique_ptr<kernel::Retrace> retrace,
            const kernel::NodeFacts& facts, const Policy& policy, AuthorityPast& authority);

  /// `counts`: the policy holds by now; once it does, it goes on.
  void take(const Step& step, bool counts);

  /// Decisions that counted, and how many of them cannot be told.
  std::uint64_t decisions() const { return decisions_; }
  std::uint64_t untold() const { return untold_; }
  const EntityDifference& difference() const { return difference_; }

 private:
  void take_decision(const Step& step);
  void take_bookkeeping(const Step& step);
  bool take_dispatch(const Step& step, const std::string& effect_id);
  void compare(const Step& step, const kernel::AnyEvents& was, const kernel::AnyEvents& would);
  void refuse(const Step& step, const Error& error);
  /// The first way: the recorded events on the state that was.
  void fold_was(const Step& step);
  /// The second way, where nothing differs: the recorded events as well.
  void follow(const Step& step);
  void give_orders(const Step& step, const Surroundings& around);
  /// Why nothing can be concluded from the decision; empty where something can.
  std::string doubt(const Step& step, const Result<kernel::AnyEvents>& again) const;
  Surroundings surroundings(const Step& step, const kernel::Asked& asked, bool policy);
  void note(const Step& step, Sort sort, const std::string& code, const std::string& detail,
            std::vector<Change> changes = {});
  void count_amounts(const Step& step, const kernel::AnyEvents* would);

  const kernel::Kind& kind_;
  std::unique_ptr<kernel::Retrace> retrace_;
  const kernel::NodeFacts& facts_;
  const Policy& policy_;
  AuthorityPast& authority_;
  std::unique_ptr<kernel::Entity> was_;
  /// Null until the policy holds.
  std::unique_ptr<kernel::Entity> would_;
  bool ordered_ = false;
  /// Something was refused: later steps may rest on it.
  bool diverged_ = false;
  /// Nothing more can be told of this entity.
  bool lost_ = false;
  std::uint64_t decisions_ = 0;
  std::uint64_t untold_ = 0;
  EntityDifference difference_;
};

}  // namespace nightshift::runtime::history
