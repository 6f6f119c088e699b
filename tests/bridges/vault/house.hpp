// A node on a real journal beside a real vault, started and killed as a test needs it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridges/vault/outbox.hpp"
#include "bridges/vault/vault.hpp"
#include "messages/approval.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "tests/bridges/vault/drafter.hpp"
#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {

/// The vault is `path() / "vault"`, the journal lies beside it.
class House : public TemporaryFolder {
 public:
  House();
  ~House();

  /// What the node is, if it is not a local one; before its first start.
  void be(const std::string& role) { role_ = role; }
  /// Starts the node, the outbox, an agent for mails and the bridge; `probe` is the outbox's.
  void open(Probe probe = {});
  /// Ends the bridge alone: what people do now is found at the next `open_vault`.
  void close_vault();
  void open_vault(const std::string& decisions = "request");
  /// Changes the options of every bridge that is started from here on.
  void adjust(std::function<void(VaultOptions&)> how) { adjust_ = std::move(how); }
  /// Ends everything. Files may then be changed as after a crash.
  void close();

  runtime::Node& node() { return *node_; }
  const VaultBridge& bridge() const { return *bridge_; }

  /// Files by a path in the vault. What is dropped is there whole, as editors do it: a test that
  /// is not scheduled for a while shows the bridge no half of a file.
  void drop(const std::string& name, std::string_view bytes) const;
  std::string text(const std::string& name) const { return get("vault/" + name); }
  bool there(const std::string& name) const { return has("vault/" + name); }
  void rename(const std::string& from, const std::string& to) const;
  std::size_t delivered() const { return count("vault/Outbox/new") + count("vault/Outbox/cur"); }

  /// Waits for a condition, at most a minute; false if it does not come.
  static bool comes(const std::function<bool()>& condition);
  /// The same; fails the test with `what`.
  static void await(const std::string& what, const std::function<bool()>& condition);
  void await_file(const std::string& name, const std::string& part = "") const;
  void await_error(const std::string& part) const;

  /// Absent entities have the status "".
  std::string status(const std::string& id) const { return status("approval", id); }
  std::string status(const std::string& kind, const std::string& id) const;
  approval::View view(const std::string& id) const;
  std::uint64_t sequence(const std::string& id) const;

  void propose(const std::string& id, const approval::Propose& content);
  void approve(const std::string& id);
  Result<runtime::Answer> try_approve(const std::string& id);
  void reject(const std::string& id, const std::string& reason);
  Result<runtime::Answer> command(const std::string& id,
                                  std::shared_ptr<const google::protobuf::Message> body,
                                  const std::string& principal) {
    return command({.kind = "approval", .id = id}, std::move(body), principal);
  }
  Result<runtime::Answer> command(const EntityRef& entity,
                                  std::shared_ptr<const google::protobuf::Message> body,
                                  const std::string& principal);

 private:
  std::shared_ptr<runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  std::shared_ptr<const runtime::Catalog> catalog_;
  SigningKey key_ = SigningKey::generate();
  std::string role_ = "local";
  std::shared_ptr<Drafter> drafter_ = std::make_shared<Drafter>();
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<VaultBridge> bridge_;
  std::function<void(VaultOptions&)> adjust_;
};

/// What an agent proposes over HTTP: a mail.
approval::Propose proposal();
/// A plain mail draft.
std::string mail(const std::string& subject, const std::string& body = "Hello");

}  // namespace nightshift::bridges::vault
