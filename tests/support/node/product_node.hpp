// A node as the program puts it together, in the process of a test.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "messages/crypto.hpp"
#include "runtime/node.hpp"

namespace nightshift::tests {

/// The value, or the end of the test with the error's text.
template <class T>
T must(Result<T> result) {
  const std::string reason = result ? "" : std::string(result.error().message());
  BOOST_REQUIRE_MESSAGE(result.has_value(), reason);
  return std::move(*result);
}

/// The kinds of the product.
std::shared_ptr<const runtime::Catalog> all_kinds();

/// Opens the journal at `path`, or makes one for a node of this name and role.
std::shared_ptr<storage::EventLog> open_journal(const std::filesystem::path& path,
                                                const std::string& node,
                                                const std::shared_ptr<runtime::Clock>& clock,
                                                const std::string& role = "local");

/// As the program does at its first start; nothing where there is an approver already.
void ensure_approver(runtime::Node& node, const std::string& name, const SigningKey& key);

}  // namespace nightshift::tests
