// Resources and prompts: what a server has to read, and texts that it suggests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

struct Resource {
  /// Of a template: an RFC 6570 pattern.
  std::string uri;
  std::string name;
  std::string title;
  std::string description;
  std::string mime_type;
};

struct PromptArgument {
  std::string name;
  std::string description;
  bool required = false;
};
struct Prompt {
  std::string name;
  std::string title;
  std::string description;
  std::vector<PromptArgument> arguments;
};

template <class Item>
struct Page {
  std::vector<Item> items;
  /// Empty on the last page.
  std::string next_cursor;
};

// Results of `resources/list`, `resources/templates/list`, `prompts/list`.
Result<Page<Resource>> read_resources(JsonView result);
Result<Page<Resource>> read_templates(JsonView result);
Result<Page<Prompt>> read_prompts(JsonView result);

/// One piece of what `resources/read` brings.
struct ResourceContents {
  std::string uri;
  std::string mime_type;
  /// Base64 where it is `binary`.
  std::string body;
  bool binary = false;
};
Result<std::vector<ResourceContents>> read_resource(JsonView result);

struct PromptMessage {
  /// `user` or `assistant`.
  std::string role;
  /// One block of content.
  JsonText content;
};
/// Result of `prompts/get`.
Result<std::vector<PromptMessage>> read_prompt(JsonView result);

std::string read_resource_params(std::string_view uri);
std::string get_prompt_params(std::string_view name,
                              const std::vector<std::pair<std::string, std::string>>& arguments);

}  // namespace nightshift::bridges::mcp
