// Where the tools of the server come from: the node itself, and whoever else has some to offer.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "bridges/mcp/protocol/json_view.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::bridges::mcp {

struct ToolInfo {
  std::string name;
  std::string title;
  std::string description;
  /// JSON Schema, an object.
  std::string input_schema;
  /// True if it changes nothing; nothing where only the tool itself says so.
  bool reads_only = false;
};

/// One use of a tool, by somebody who was let in.
struct ToolUse {
  std::string name;
  /// An object.
  JsonText arguments;
  kernel::Caller caller;
  /// The same for repeats of this request; may be empty.
  std::string key;
  /// How long an answer that depends on people may be waited for.
  std::chrono::milliseconds patience{0};
};

/// What a tool answers: to a model, so an error is no error of the protocol.
struct ToolAnswer {
  std::string text;
  bool failed = false;
  /// A JSON object as well; empty without.
  std::string structured = {};
  /// The approval that is still waited for: the same request again goes on waiting.
  std::string pending = {};
  /// The result of another server, a JSON object: it stands for all of this but `pending`.
  JsonText passed_on = {};

  static ToolAnswer error(const Error& error);
};

using ToolEnd = std::move_only_function<void(ToolAnswer)>;

/// Thread-safe.
class ToolSource {
 public:
  virtual ~ToolSource() = default;
  /// May read from the node.
  virtual std::vector<ToolInfo> tools() const = 0;
  /// Whether `tools` has one of this name.
  virtual bool has(std::string_view name) const;
  /// Calls `end` once, on any thread; must not block. `use.name` is one of `tools()`.
  virtual void call(ToolUse use, ToolEnd end) = 0;
};

// As JSON.
std::string to_json(const ToolInfo& tool);
std::string to_json(const ToolAnswer& result);

}  // namespace nightshift::bridges::mcp
