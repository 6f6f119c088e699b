// Annotations count only where a chain of `properties` leads to them; anywhere else they spoil the
// tool.
#include "bridges/mcp/protocol/tool_headers.hpp"

#include <algorithm>

namespace nightshift::bridges::mcp {
namespace {

constexpr std::string_view annotation = "x-mcp-header";
constexpr std::int64_t safe_integer_max = (std::int64_t{1} << 53) - 1;

bool is_token(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, fits);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto piece = bytes.substr(at, 3);
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      word = word << 8 | (i < piece.size() ? static_cast<unsigned char>(piece[i]) : 0);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= piece.size() ? digits[word >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

bool is_plain(std::string_view text) {
  const auto fits = [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); };
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (text.empty() || is_blank(text.front()) || is_blank(text.back())) return false;
  return std::ranges::all_of(text, fits) && !text.starts_with("=?base64?");
}

std::string lower(std::string text) {
  for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

class Search {
 public:
  Result<std::vector<MirroredArgument>> run(JsonView schema) {
    if (auto done = look(schema, true, false); !done) return std::unexpected(done.error());
    return std::move(found_);
  }

 private:
  /// `reachable`: only `properties` led here. `property`: it is one itself.
  Result<void> look(JsonView value, bool reachable, bool property) {
    if (value.type() == JsonView::Type::array) {
      for (JsonItems items(value); items.next();) {
        if (auto done = look(items.value(), false, false); !done) return done;
      }
    }
    if (value.type() != JsonView::Type::object) return {};
    for (JsonItems items(value); items.next();) {
      const auto name = items.name();
      auto done = name == annotation ? add(value, items.value(), reachable && property)
                  : name == "properties" && items.value().type() == JsonView::Type::object
                      ? look_at_properties(items.value(), reachable)
                      : look(items.value(), false, false);
      if (!done) return done;
    }
    return {};
  }

  Result<void> look_at_properties(JsonView properties, bool reachable) {
    for (JsonItems items(properties); items.next();) {
      path_.push_back(items.name());
      if (auto done = look(items.value(), reachable, true); !done) return done;
      path_.pop_back();
    }
    return {};
  }

  Result<void> add(JsonView property, JsonView name, bool allowed) {
    const auto text = name.text();
    if (!text || !is_token(*text)) return wrong("no name of a header");
    if (!allowed) return wrong("where no argument of its own is described");
    std::string type;
    for (JsonItems items(property); items.next();) {
      if (items.name() == "type") type = items.value().text().value_or("");
    }
    if (type != "string" && type != "integer" && type != "boolean") {
      return wrong("on what is no text, whole number or flag");
    }
    const auto same = [&](const auto& known) {
      return lower(known.header) == "mcp-param-" + lower(*text);
    };
    if (std::ranges::any_of(found_, same)) return wrong("twice the same");
    found_.push_back({path_, "Mcp-Param-" + *text});
    return {};
  }

  static Result<void> wrong(std::string_view why) {
    return fail(ErrorCode::invalid,
                "its schema has " + std::string(annotation) + ": " + std::string(why));
  }

  std::vector<std::string> path_;
  std::vector<MirroredArgument> found_;
};

JsonView member(JsonView object, std::string_view name) {
  if (object.type() != JsonView::Type::object) return {};
  for (JsonItems items(object); items.next();) {
    if (items.name() == name) return items.value();
  }
  return {};
}

}  // namespace

std::string header_value(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  return "=?base64?" + base64(text) + "?=";
}

Result<std::vector<MirroredArgument>> mirrored_arguments(JsonView input_schema) {
  return Search().run(input_schema);
}

Headers headers_of(const std::vector<MirroredArgument>& mirrored, JsonView arguments) {
  Headers headers;
  for (const auto& argument : mirrored) {
    JsonView value = arguments;
    for (const auto& name : argument.path) value = member(value, name);
    if (const auto text = value.text()) headers.emplace_back(argument.header, header_value(*text));
    if (value.boolean()) headers.emplace_back(argument.header, std::string(value.raw()));
    if (const auto number = value.integer()) {
      if (std::abs(*number) <= safe_integer_max) {
        headers.emplace_back(argument.header, std::to_string(*number));
      }
    }
  }
  return headers;
}

}  // namespace nightshift::bridges::mcp
