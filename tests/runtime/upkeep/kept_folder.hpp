// A data folder as a node leaves it, and a node on it that counts.
#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "runtime/clock.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

/// The value, or the end of the test with the error's text.
template <class T>
T must(Result<T> result) {
  const std::string reason = result ? "" : std::string(result.error().message());
  BOOST_REQUIRE_MESSAGE(result.has_value(), reason);
  return std::move(*result);
}

struct KeptFolder {
  KeptFolder();
  ~KeptFolder() { stop(); }

  /// Starts a node on `folder`, or on another one.
  void start() { start_on(data); }
  void start_on(const runtime::DataFolder& folder);
  /// The journal alone.
  void open_log(const runtime::DataFolder& folder);
  void stop();
  /// Adds to a counter; its sequence then.
  std::uint64_t add(const std::string& counter, std::int64_t by = 1) const;
  /// Orders something: behind a gate that nobody opens, or for an executor.
  void order(const std::string& errand, bool gated = true) const;
  /// Reserves something until far in the future.
  Result<runtime::Answer> reserve(const std::string& errand) const;
  /// An errand that came to its end, with two events.
  void finish(const std::string& errand) const;
  Result<runtime::Answer> get(const std::string& entity) const;

  TemporaryFolder root;
  runtime::DataFolder data{root / "data"};
  std::shared_ptr<const runtime::Catalog> catalog;
  std::shared_ptr<runtime::ManualClock> clock;
  std::shared_ptr<storage::FileLog> log;
  runtime::NodeOptions options;
  std::vector<std::shared_ptr<runtime::Executor>> executors;
  std::unique_ptr<runtime::Node> node;
};

}  // namespace nightshift::tests
