// `Dashboard.md`: what is under way, how much of it, and what happened last. Beside it, under
// `Logs/`, the list of the files that are refused. Format: docs/formats/logs.md.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/projection.hpp"
#include "bridges/vault/refusals.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class Dashboard final : public Projection {
 public:
  /// Of the clock's `elapsed`.
  using Moment = std::chrono::microseconds;

  Dashboard(runtime::Node& node, const Folder& root, ErrorsLog& errors, const Refusals& refusals)
      : node_(node), root_(root), errors_(errors), refusals_(refusals) {}

  /// Reads what happened last.
  Result<void> begin() override;
  void see(const runtime::EventView& event) override;
  /// It shows durable state alone, so nothing is ever owed: `refresh` writes it.
  bool catch_up(const Stop&) override { return true; }

  /// Writes the page if something changed, every two seconds at the most. Answers when to come
  /// again, if something is left.
  std::optional<Moment> refresh();

 private:
  Result<void> write_pages();
  std::string tasks() const;
  std::string statistics() const;
  std::string updates() const;
  std::string refused_files() const;

  runtime::Node& node_;
  const Folder& root_;
  ErrorsLog& errors_;
  const Refusals& refusals_;
  /// Of the newest event that was seen.
  std::uint64_t newest_ = 0;
  /// Lines, newest last.
  std::deque<std::string> updates_;
  bool is_stale_ = true;
  std::size_t refused_ = 0;
  std::optional<Moment> written_at_;
};

}  // namespace nightshift::bridges::vault
