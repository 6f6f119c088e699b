// A supervision tree that only remembers what was asked of it.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/supervision/part.hpp"

namespace nightshift::tests {

/// Thread-safe. Knows `node`, `work/effects` and the quarantined `entities/note/bad`.
class FakeTree final : public runtime::supervision::Tree {
 public:
  std::vector<runtime::supervision::PartView> view() const override {
    using runtime::supervision::PartState;
    const auto part = [](std::string path, std::string_view type, PartState state) {
      runtime::supervision::PartView view;
      view.path = std::move(path);
      view.type = type;
      view.state = state;
      return view;
    };
    auto node = part("node", "supervisor", PartState::running);
    node.strategy = "rest_for_one";
    auto effects = part("work/effects", "part", PartState::running);
    effects.restarts = 2;
    effects.queued = 7;
    effects.last_error = "killed on request";
    effects.last_error_at = Time(std::chrono::seconds(1'800'000'000));
    auto bad = part("entities/note/bad", "entity", PartState::quarantined);
    bad.last_error = "failed 6 times: spoilt";
    return {node, effects, bad};
  }
  Result<void> kill(std::string_view path) override {
    return note("kill ", path, path == "work/effects");
  }
  Result<void> resume(std::string_view path) override {
    return note("resume ", path, path == "note/bad");
  }
  Result<void> add(std::string_view, runtime::supervision::Part) override {
    return fail(ErrorCode::not_found, "this tree takes no parts");
  }

  /// `kill work/effects`.
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  Result<void> note(const std::string& what, std::string_view path, bool known) {
    if (!known) return fail(ErrorCode::not_found, "nothing runs there", std::string(path));
    const std::lock_guard lock(mutex_);
    asked_.push_back(what + std::string(path));
    return {};
  }

  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
};

}  // namespace nightshift::tests
