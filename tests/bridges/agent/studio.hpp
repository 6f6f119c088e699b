// A node on a real journal with agents, restarted as a test needs it.
#pragma once

#include <memory>
#include <string>

#include "bridges/agent/composer.hpp"
#include "messages/approval.pb.h"
#include "messages/draft.pb.h"
#include "messages/task.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::agent {

class Studio {
 public:
  Studio();
  ~Studio();

  /// The agents of the seeds, but for what `agents` says of them.
  void open(runtime::Agents agents = {});
  void close();
  runtime::Node& node() { return *node_; }
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

  /// As Mara, who may do everything.
  Result<runtime::Answer> command(const EntityRef& entity,
                                  std::shared_ptr<const google::protobuf::Message> body);
  void arrive(const std::string& id, const std::string& title, const std::string& from = "");
  void approve(const std::string& id);

  /// `KIND/ID`; absent ones have the status "".
  std::string status(const std::string& entity) const;
  /// Waits for it, at most a minute; fails the test if it does not come.
  void await(const std::string& entity, const std::string& status) const;
  /// The same for an event of this type in its history.
  void await_event(const std::string& entity, const std::string& type) const;
  task::View task_view(const std::string& id) const;
  draft::View draft_view(const std::string& id) const;
  approval::View approval_view(const std::string& id) const;
  std::size_t count(const std::string& kind, const std::string& status) const;

 private:
  tests::TemporaryFolder folder_;
  std::shared_ptr<runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  std::shared_ptr<const runtime::Catalog> catalog_;
  SigningKey key_ = SigningKey::generate();
  std::shared_ptr<Composer> composer_;
  std::unique_ptr<runtime::Node> node_;
};

}  // namespace nightshift::bridges::agent
