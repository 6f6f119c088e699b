// Reads resources and prompts: a list is read whole or not at all.
#include "bridges/mcp/protocol/documents.hpp"

#include <utility>

#include "messages/json.hpp"

namespace nightshift::bridges::mcp {
namespace {

struct TextMember {
  std::string_view name;
  std::string* into;
  bool required = false;
};

Result<void> read_texts(const JsonObject& object, std::initializer_list<TextMember> members) {
  for (const auto& [name, into, required] : members) {
    if (required) {
      auto text = object.required_text(name);
      if (!text) return std::unexpected(text.error());
      *into = std::move(*text);
      continue;
    }
    auto text = object.text(name);
    if (!text) return std::unexpected(text.error());
    *into = text->value_or("");
  }
  return {};
}

/// Reads each element of the array `name` with `read`.
template <class Item, class Read>
Result<std::vector<Item>> read_each(const JsonObject& object, std::string_view name, Read read) {
  const auto* array = object.find(name);
  if (array == nullptr || array->type() != JsonView::Type::array) {
    return fail(ErrorCode::invalid, "the result has no array `" + std::string(name) + "`");
  }
  std::vector<Item> all;
  for (JsonItems items(*array); items.next();) {
    auto item = read(items.value());
    if (!item) return std::unexpected(item.error());
    all.push_back(std::move(*item));
  }
  return all;
}

template <class Item, class Read>
Result<Page<Item>> read_page(JsonView result, std::string_view name, Read read) {
  const auto object = JsonObject::read(result, "the list");
  if (!object) return std::unexpected(object.error());
  auto items = read_each<Item>(*object, name, read);
  if (!items) return std::unexpected(items.error());
  Page<Item> page{.items = std::move(*items), .next_cursor = {}};
  if (auto done = read_texts(*object, {{"nextCursor", &page.next_cursor}}); !done) {
    return std::unexpected(done.error());
  }
  return page;
}

Result<Resource> resource_of(JsonView value, std::string_view uri) {
  const auto object = JsonObject::read(value, "a resource");
  if (!object) return std::unexpected(object.error());
  Resource resource;
  auto done = read_texts(*object, {{uri, &resource.uri, true},
                                   {"name", &resource.name, true},
                                   {"title", &resource.title},
                                   {"description", &resource.description},
                                   {"mimeType", &resource.mime_type}});
  if (!done) return std::unexpected(done.error());
  return resource;
}

Result<PromptArgument> argument_of(JsonView value) {
  const auto object = JsonObject::read(value, "an argument of a prompt");
  if (!object) return std::unexpected(object.error());
  PromptArgument argument;
  const auto required = object->boolean("required");
  if (!required) return std::unexpected(required.error());
  argument.required = required->value_or(false);
  auto done =
      read_texts(*object, {{"name", &argument.name, true}, {"description", &argument.description}});
  if (!done) return std::unexpected(done.error());
  return argument;
}

Result<Prompt> prompt_of(JsonView value) {
  const auto object = JsonObject::read(value, "a prompt");
  if (!object) return std::unexpected(object.error());
  Prompt prompt;
  auto done = read_texts(*object, {{"name", &prompt.name, true},
                                   {"title", &prompt.title},
                                   {"description", &prompt.description}});
  if (!done) return std::unexpected(done.error());
  if (object->find("arguments") == nullptr) return prompt;
  auto arguments = read_each<PromptArgument>(*object, "arguments", argument_of);
  if (!arguments) return std::unexpected(arguments.error());
  prompt.arguments = std::move(*arguments);
  return prompt;
}

Result<ResourceContents> contents_of(JsonView value) {
  const auto object = JsonObject::read(value, "the contents of a resource");
  if (!object) return std::unexpected(object.error());
  ResourceContents contents;
  contents.binary = object->find("blob") != nullptr;
  auto done = read_texts(*object, {{"uri", &contents.uri, true},
                                   {"mimeType", &contents.mime_type},
                                   {contents.binary ? "blob" : "text", &contents.body, true}});
  if (!done) return std::unexpected(done.error());
  return contents;
}

Result<PromptMessage> message_of(JsonView value) {
  const auto object = JsonObject::read(value, "a message of a prompt");
  if (!object) return std::unexpected(object.error());
  PromptMessage message;
  if (auto done = read_texts(*object, {{"role", &message.role, true}}); !done) {
    return std::unexpected(done.error());
  }
  const auto* content = object->find("content");
  if (content == nullptr || content->type() != JsonView::Type::object) {
    return fail(ErrorCode::invalid, "a message of a prompt has no content");
  }
  message.content = JsonText(*content);
  return message;
}

}  // namespace

Result<Page<Resource>> read_resources(JsonView result) {
  return read_page<Resource>(result, "resources",
                             [](JsonView value) { return resource_of(value, "uri"); });
}

Result<Page<Resource>> read_templates(JsonView result) {
  return read_page<Resource>(result, "resourceTemplates",
                             [](JsonView value) { return resource_of(value, "uriTemplate"); });
}

Result<Page<Prompt>> read_prompts(JsonView result) {
  return read_page<Prompt>(result, "prompts", prompt_of);
}

Result<std::vector<ResourceContents>> read_resource(JsonView result) {
  const auto object = JsonObject::read(result, "the resource");
  if (!object) return std::unexpected(object.error());
  return read_each<ResourceContents>(*object, "contents", contents_of);
}

Result<std::vector<PromptMessage>> read_prompt(JsonView result) {
  const auto object = JsonObject::read(result, "the prompt");
  if (!object) return std::unexpected(object.error());
  return read_each<PromptMessage>(*object, "messages", message_of);
}

std::string read_resource_params(std::string_view uri) {
  std::string params = R"({"uri":)";
  append_json_string(uri, params);
  return params += '}';
}

std::string get_prompt_params(std::string_view name,
                              const std::vector<std::pair<std::string, std::string>>& arguments) {
  std::string params = R"({"name":)";
  append_json_string(name, params);
  params += R"(,"arguments":{)";
  bool first = true;
  for (const auto& [argument, value] : arguments) {
    if (!std::exchange(first, false)) params += ',';
    append_json_string(argument, params);
    params += ':';
    append_json_string(value, params);
  }
  return params += "}}";
}

}  // namespace nightshift::bridges::mcp
