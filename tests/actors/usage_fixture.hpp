// A meter and the commands of its tests.
#pragma once

#include <memory>
#include <string>

#include "actors/usage/usage.hpp"
#include "messages/json.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {

namespace usage_pb = nightshift::usage;

/// `output` tokens of `haiku`: 4 micro-dollars each.
inline usage_pb::Record haiku(std::uint32_t output) {
  usage_pb::Record command;
  command.set_model("haiku");
  command.set_output_tokens(output);
  return command;
}

inline usage_pb::Reserve reserve(std::string key, std::uint64_t micro_usd) {
  usage_pb::Reserve command;
  command.set_key(std::move(key));
  command.set_micro_usd(micro_usd);
  return command;
}

/// Four micro-dollars per token.
inline usage_pb::Settle settle(std::string key, std::uint32_t output) {
  usage_pb::Settle command;
  command.set_key(std::move(key));
  command.set_model("haiku");
  command.set_output_tokens(output);
  return command;
}

inline usage_pb::Release release(std::string key) {
  usage_pb::Release command;
  command.set_key(std::move(key));
  return command;
}

inline usage_pb::SetBudget budget(usage_pb::Window window, std::uint64_t micro_usd) {
  usage_pb::SetBudget command;
  command.set_window(window);
  command.set_micro_usd(micro_usd);
  return command;
}

struct UsageFixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Usage>();
  Story story{*kind};

  usage_pb::View view() const { return story.view<usage_pb::View>(); }
  /// How the day, the week or the month stands.
  usage_pb::Budget window(usage_pb::Window which) const;
  std::uint64_t spent(usage_pb::Window which) const { return window(which).spent_micro_usd(); }
  std::uint64_t left(usage_pb::Window which) const { return window(which).left_micro_usd(); }
  /// The deadline that gives room back has come.
  void expire();
};

}  // namespace nightshift::tests
