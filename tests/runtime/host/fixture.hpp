// A node on a real RocksDB folder, that tests can stop, kill and start again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

/// A caller with every scope but `host`.
kernel::Caller anyone();

class NodeFixture {
 public:
  NodeFixture();

  /// Starts the node, or starts it again on what the last one left.
  void start(std::vector<std::shared_ptr<runtime::Executor>> executors = {});
  Result<void> try_start(std::vector<std::shared_ptr<runtime::Executor>> executors = {});
  void stop();
  /// Keeps the journal as it is now, as a crash would leave it. Any thread.
  void keep_image() const;
  /// Starts the node on what `keep_image` kept.
  void start_from_image(std::vector<std::shared_ptr<runtime::Executor>> executors = {});
  runtime::Node& node() { return *node_; }
  /// The rows as they are on disk now; whether a node runs or not.
  std::unique_ptr<storage::EventLog> rows() const;

  runtime::Command command(const std::string& entity, const google::protobuf::Message& body) const;
  Result<runtime::Answer> call(const std::string& entity, const google::protobuf::Message& body);
  Result<runtime::Answer> call(runtime::Command command);
  /// The entity's view as JSON.
  std::string view(const std::string& entity);
  std::string status(const std::string& entity);
  /// Types of the entity's records, separated by spaces.
  std::string story(const std::string& entity);

  std::shared_ptr<runtime::ManualClock> clock;
  runtime::NodeOptions options;
  /// The program's own, from the next start on.
  std::function<std::unique_ptr<const kernel::Kind>()> errand_kind, purse_kind;
  /// Bytes of the disk that appends leave free, from the next start on.
  std::uint64_t reserve_bytes = 0;
  /// Of the node, from its first start on.
  std::string role = "local";
  std::vector<std::string> capabilities;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<runtime::Node> node_;
};

}  // namespace nightshift::tests
