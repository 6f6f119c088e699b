// A node on a real RocksDB folder, that tests can stop, kill and start again.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "storage/rocks.hpp"

namespace nightshift::test {

/// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A caller with every scope but `host`.
kernel::Caller anyone();

/// Waits until `condition` holds; fails the test after a minute.
void eventually(const std::function<bool()>& condition, std::string_view what);

class NodeFixture {
 public:
  NodeFixture();

  /// Starts the node, or starts it again on what the last one left.
  void start(std::vector<std::shared_ptr<runtime::Executor>> executors = {});
  void stop();
  runtime::Node& node() { return *node_; }

  runtime::Command command(const std::string& entity, const google::protobuf::Message& body) const;
  Result<runtime::Answer> call(const std::string& entity, const google::protobuf::Message& body);
  Result<runtime::Answer> call(runtime::Command command);
  /// The entity's view as JSON.
  std::string view(const std::string& entity);
  /// Types of the entity's records, separated by spaces.
  std::string story(const std::string& entity);

  std::shared_ptr<runtime::ManualClock> clock;
  runtime::NodeOptions options;

 private:
  TemporaryFolder folder_;
  std::shared_ptr<runtime::Catalog> catalog_;
  std::unique_ptr<runtime::Node> node_;
};

}  // namespace nightshift::test
