// Front matter: the rulers, yaml-cpp's events within bounds, and line-wise changes.
#include "bridges/vault/front_matter.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The first line of `rest`, with its end; `rest` loses it.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
  rest.remove_prefix(line.size());
  return line;
}

std::string_view without_end(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

/// Stops yaml-cpp's parser from within an event.
struct Refused {
  std::string reason;
};

/// Collects the top level of one document and refuses what could grow.
class Collector final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {
    if (++documents_ > 1) throw Refused{"it holds more than one document"};
  }
  void OnDocumentEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{at(mark) + "aliases are not allowed"};
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    node(mark, anchor);
    leaf("", true);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    node(mark, anchor);
    if (depth_ == 0) throw Refused{"it is not a mapping of keys to values"};
    if (depth_ == 1 && !key_) {
      if (fields_.contains(value)) {
        throw Refused{at(mark) + "the key '" + printable(value) + "' stands twice"};
      }
      key_ = value;
      return;
    }
    leaf(value, false);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    node(mark, anchor);
    open(mark, Value::Shape::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    node(mark, anchor);
    if (depth_ == 0) {
      depth_ = 1;
      return;
    }
    open(mark, Value::Shape::nested);
  }
  void OnMapEnd() override { close(); }

  FrontMatter take() && { return std::move(fields_); }

 private:
  static std::string at(const YAML::Mark& mark) {
    return "line " + std::to_string(mark.line + 1) + ": ";
  }

  void node(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refused{at(mark) + "anchors are not allowed"};
    if (++nodes_ > front_matter_nodes_max) throw Refused{"it holds too many values"};
  }

  void open(const YAML::Mark& mark, Value::Shape shape) {
    if (depth_ == 0) throw Refused{"it is not a mapping of keys to values"};
    if (depth_ == 1 && !key_) throw Refused{at(mark) + "a key must be a text"};
    if (depth_ >= front_matter_depth_max) throw Refused{at(mark) + "it is nested too deeply"};
    if (depth_ == 1) {
      value_ = Value{.shape = shape, .texts = {}};
    } else {
      value_.shape = Value::Shape::nested;
    }
    ++depth_;
  }

  void close() {
    --depth_;
    if (depth_ == 1) store();
  }

  void leaf(const std::string& text, bool null) {
    if (depth_ == 0) {
      if (!null) throw Refused{"it is not a mapping of keys to values"};
    } else if (depth_ == 1) {
      value_ = Value{.shape = Value::Shape::scalar, .texts = {text}};
      store();
    } else if (value_.shape == Value::Shape::list) {
      value_.texts.push_back(text);
    }
  }

  void store() {
    if (!key_) throw Refused{"a key must be a text"};
    if (value_.shape == Value::Shape::nested) value_.texts.clear();
    fields_.emplace(std::move(*key_), std::move(value_));
    key_.reset();
    value_ = {};
  }

  FrontMatter fields_;
  std::optional<std::string> key_;
  Value value_;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

bool is_plain(std::string_view text) {
  if (text.empty() || !std::isalpha(static_cast<unsigned char>(text.front()))) return false;
  if (!std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '@' || c == '/';
      })) {
    return false;
  }
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  static constexpr std::string_view words[] = {"null", "true", "false", "yes", "no",
                                               "on",   "off",  "y",     "n"};
  return std::ranges::find(words, lower) == std::end(words);
}

}  // namespace

Result<Parts> split(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string_view rest = text;
  if (without_end(take_line(rest)) != "---")
    return Parts{.has_front_matter = false, .front_matter = {}, .body = text};
  const char* begin = rest.data();
  while (!rest.empty()) {
    const char* line_begin = rest.data();
    const std::string_view line = without_end(take_line(rest));
    const auto size = static_cast<std::size_t>(line_begin - begin);
    if (size > front_matter_bytes_max) {
      return fail(ErrorCode::too_large, "the front matter is longer than 64 KiB");
    }
    if (line == "---" || line == "...") {
      return Parts{.has_front_matter = true, .front_matter = {begin, size}, .body = rest};
    }
  }
  return fail(ErrorCode::invalid,
              "the front matter begins with '---' but no later line '---' ends it");
}

Result<FrontMatter> parse_front_matter(std::string_view yaml) {
  Collector collector;
  try {
    std::istringstream stream{std::string(yaml)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(collector)) {
    }
  } catch (const Refused& refused) {
    return fail(ErrorCode::invalid, "the front matter is refused: " + refused.reason);
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::invalid, "the front matter is not YAML: line " +
                                        std::to_string(error.mark.line + 1) + ": " +
                                        printable(error.msg));
  }
  return std::move(collector).take();
}

std::optional<std::string> scalar(const FrontMatter& fields, std::string_view key) {
  const auto found = fields.find(key);
  if (found == fields.end() || found->second.shape != Value::Shape::scalar) return std::nullopt;
  if (found->second.texts.front().empty()) return std::nullopt;
  return found->second.texts.front();
}

std::vector<std::string> texts(const FrontMatter& fields, std::string_view key) {
  const auto found = fields.find(key);
  if (found == fields.end()) return {};
  std::vector<std::string> all = found->second.texts;
  std::erase(all, std::string());
  return all;
}

std::string yaml_text(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string yaml_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ", ";
    out += yaml_text(item);
  }
  return out + "]";
}

FrontMatterLines::FrontMatterLines(std::string_view front_matter) {
  while (!front_matter.empty()) lines_.emplace_back(take_line(front_matter));
  if (!lines_.empty() && lines_.front().ends_with("\r\n")) line_end_ = "\r\n";
}

bool FrontMatterLines::has(std::string_view key) const { return find(key).has_value(); }

void FrontMatterLines::set(std::string_view key, std::string_view value) {
  const std::string line = std::string(key) + ": " + std::string(value) + line_end_;
  if (const auto found = find(key)) {
    const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(found->first);
    const auto count = static_cast<std::ptrdiff_t>(found->second);
    lines_.erase(begin + 1, begin + count);
    lines_[found->first] = line;
  } else {
    lines_.push_back(line);
  }
}

void FrontMatterLines::set_if_absent(std::string_view key, std::string_view value) {
  if (!has(key)) set(key, value);
}

void FrontMatterLines::remove(std::string_view key) {
  if (const auto found = find(key)) {
    const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(found->first);
    lines_.erase(begin, begin + static_cast<std::ptrdiff_t>(found->second));
  }
}

std::string FrontMatterLines::text() const {
  std::string all;
  for (const auto& line : lines_) all += line;
  return all;
}

/// First line and number of lines of a top-level key: lines that are indented, or items of a list
/// at the margin, still belong to it.
std::optional<std::pair<std::size_t, std::size_t>> FrontMatterLines::find(
    std::string_view key) const {
  const auto names_key = [&](std::string_view line) {
    const bool quoted = line.starts_with('"') || line.starts_with('\'');
    const char quote = quoted ? line.front() : '\0';
    if (quoted) line.remove_prefix(1);
    if (!line.starts_with(key)) return false;
    line.remove_prefix(key.size());
    if (quoted) {
      if (!line.starts_with(quote)) return false;
      line.remove_prefix(1);
    }
    line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    return line.starts_with(':') &&
           (line.size() == 1 || std::isspace(static_cast<unsigned char>(line[1])));
  };
  const auto continues = [](std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t') || without_end(line) == "-" ||
           line.starts_with("- ");
  };
  const auto found = std::ranges::find_if(lines_, names_key);
  if (found == lines_.end()) return std::nullopt;
  const auto end = std::find_if_not(found + 1, lines_.end(), continues);
  return std::pair(static_cast<std::size_t>(found - lines_.begin()),
                   static_cast<std::size_t>(end - found));
}

}  // namespace nightshift::bridges::vault
