// A node as the program puts it together.
#include "tests/support/node/product_node.hpp"

#include "actors/all.hpp"
#include "messages/principal.pb.h"
#include "storage/rocks.hpp"

namespace nightshift::tests {

std::shared_ptr<const runtime::Catalog> all_kinds() {
  auto catalog = std::make_shared<runtime::Catalog>();
  actors::register_all(*catalog);
  return catalog;
}

std::shared_ptr<storage::EventLog> open_journal(const std::filesystem::path& path,
                                                const std::string& node,
                                                const std::shared_ptr<runtime::Clock>& clock,
                                                const std::string& role) {
  storage::RocksOptions options;
  options.path = path;
  auto& identity = options.identity.emplace();
  identity.set_node(node);
  identity.set_role(role);
  identity.set_log_id(to_hex(random_bytes(16)));
  identity.set_created_at_us(to_us(clock->now()));
  options.now = [clock] { return clock->now(); };
  return must(storage::open_rocks(std::move(options)));
}

void ensure_approver(runtime::Node& node, const std::string& name, const SigningKey& key) {
  if (node.authority()->approvers_size() > 0) return;
  auto enroll = std::make_shared<principal::Enroll>();
  enroll->set_public_key(to_base64url(key.public_key()));
  runtime::Command command;
  command.entity = {"principal", name};
  command.body = std::move(enroll);
  command.caller = kernel::Caller::of_host();
  must(node.call(std::move(command), std::chrono::minutes(1)));
}

}  // namespace nightshift::tests
