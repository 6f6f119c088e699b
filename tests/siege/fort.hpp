// A node under attack: its people, what they have signed, and what its executor was given.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "messages/approval.pb.h"
#include "messages/principal.pb.h"
#include "runtime/node.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {

namespace pb = nightshift::approval;

/// The outbox: takes everything, and keeps the digest of what it took. It can be held up, so that
/// what is approved meanwhile waits for its dispatch.
class Witness final : public runtime::Executor {
 public:
  std::string effect_type() const override;
  runtime::ReceiverClass receiver_class(const runtime::Permit&) const override;
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;

  void hold();
  void release();
  bool is_held() const { return held_now_; }
  /// Hex digests of the contents that were executed, and how often.
  std::map<std::string, int> executed() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool hold_ = false;
  std::atomic<bool> held_now_ = false;
  std::map<std::string, int> executed_;
};

class Fort {
 public:
  explicit Fort(std::uint64_t seed);
  ~Fort();

  Result<runtime::Answer> as(const kernel::Caller& caller, const std::string& entity,
                             const google::protobuf::Message& command);
  /// An agent's mail under a fresh id; returns the id.
  std::string propose(bool four_eyes = false);
  pb::View view(const std::string& id);
  std::string status(const std::string& id);
  /// Waits until the approval is in this status; says so if it never is.
  void await(const std::string& id, const std::string& status);

  /// `name`'s decision on what the view shows, by the key that is given.
  pb::Approve signed_by(const std::string& key, const std::string& name, const pb::View& view,
                        const std::string& expiry = "", const std::string& executor = "fort");
  /// The same from an honest approver, who wants exactly this to happen.
  pb::Approve honest(const std::string& name, const pb::View& view, const std::string& expiry = "");
  /// What honest people wanted and nobody took back.
  std::set<std::string> wanted() const { return wanted_; }
  /// Takes back what `honest` said.
  void unwanted(const pb::View& view) { wanted_.erase(view.digest()); }

  principal::Enroll enrolment(const std::string& newcomer, const std::string& key,
                              const std::string& voucher, const std::string& voucher_key);
  /// A fresh name and key of an approver whom alice has vouched for.
  std::string newcomer();

  std::string fresh_nonce();
  Time now() const { return clock_->now(); }
  void pass(std::chrono::seconds time) { clock_->advance(time); }
  Dice& dice() { return dice_; }
  Witness& witness() { return *witness_; }
  std::map<std::string, SigningKey> keys;

 private:
  Dice dice_;
  TemporaryFolder folder_;
  std::shared_ptr<runtime::ManualClock> clock_;
  std::shared_ptr<Witness> witness_;
  std::unique_ptr<runtime::Node> node_;
  std::set<std::string> wanted_;
  unsigned names_ = 0;
  unsigned nonces_ = 0;
};

}  // namespace nightshift::tests
