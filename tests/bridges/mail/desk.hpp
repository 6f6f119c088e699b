// A node on a real journal with one approver and the executor of mail, restarted as a test needs;
// and the permission of one mail without a node.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridges/mail/mail.hpp"
#include "messages/approval.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::mail {

/// A message of a few lines, one of which is a full stop.
extern const std::string short_message;

/// The permission to send `message` by the account `work`, with all that an approved content has.
runtime::Permit permit(const runtime::MailSettings& account,
                       const std::string& message = short_message,
                       const std::vector<std::string>& to = {"bob@example.org"});
/// What comes of that.
runtime::Outcome send(const runtime::MailSettings& account,
                      const std::string& message = short_message,
                      const std::vector<std::string>& to = {"bob@example.org"});
/// Resolves `env:PASSWORD` to `tiger`, and nothing else.
Result<runtime::SecretText> test_resolver(const runtime::SecretReference& reference);

class Desk {
 public:
  Desk();
  ~Desk();

  /// Starts the node with the account `work`, or anew on what the last one left. A `probe` that
  /// never returns is a crash.
  void open(const runtime::MailSettings& account, Probe probe = {});
  void close();

  void propose(const std::string& id, const approval::Propose& command);
  void approve(const std::string& id);
  Result<runtime::Answer> command(const std::string& id,
                                  std::shared_ptr<const google::protobuf::Message> body);

  std::string status(const std::string& id) const;
  approval::View view(const std::string& id) const;
  /// Waits for a status; fails the test if it does not come.
  void await(const std::string& id, const std::string& status) const;

  runtime::NodeOptions options;

 private:
  tests::TemporaryFolder folder_;
  std::shared_ptr<runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  std::shared_ptr<const runtime::Catalog> catalog_;
  SigningKey key_ = SigningKey::generate();
  std::unique_ptr<runtime::Node> node_;
};

/// To Bob, with an attachment and everything in it that has to be encoded.
approval::Propose offer();

}  // namespace nightshift::bridges::mail
