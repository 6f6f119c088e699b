// Reads messages from JSON (docs/formats/json.md): the schema says what may come, the scanner takes
// it. No tree of values is built.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/json.hpp"
#include "messages/json_scanner.hpp"
#include "messages/json_value.hpp"
#include "messages/layout.hpp"
#include "messages/utf8.hpp"

namespace nightshift {
namespace {

using detail::FieldLayout;
using detail::MessageLayout;
using google::protobuf::Message;

constexpr std::size_t name_bytes_shown_max = 80;

/// One step of the way from the root: a name, or the index of an element.
struct Step {
  std::string_view name;
  std::size_t index = 0;
  bool is_index = false;
};

/// Reads one text. Every function returns false once `error_` is set.
class Reader {
 public:
  explicit Reader(std::string_view text) : scanner_(text) {}

  Result<void> read(Message& root) {
    const auto& layout = detail::layout_of(root.GetDescriptor());
    if (scanner_.peek() != '{') {
      return fail(ErrorCode::invalid, "a JSON object is wanted: {\"field\": value, ...}");
    }
    if (read_message(root, layout) && !scanner_.at_end()) not_json();
    if (error_) return std::unexpected(std::move(*error_));
    return {};
  }

 private:
  bool read_message(Message& message, const MessageLayout& layout) {
    std::vector<bool> seen(layout.fields.size());
    return read_members([&](std::string_view name) {
      const auto* field = layout.find(name);
      if (field == nullptr) return unknown(layout, name);
      path_.push_back({.name = field->name()});
      if (seen[field->field->index()]) return given_twice();
      seen[field->field->index()] = true;
      if (detail::excluded_by_oneof(message, *field)) {
        return stop(detail::excluded_field(message, *field, path()));
      }
      if (!take_colon() || !read_field(message, *field)) return false;
      path_.pop_back();
      return true;
    });
  }

  /// What stands behind a name: `null` is absence.
  bool read_field(Message& message, const FieldLayout& field) {
    const char next = scanner_.peek();
    if (next == 'n') return scanner_.take_word("null") || not_json();
    if (field.map) return next == '{' ? read_map(message, field) : mismatch("an object");
    if (field.repeated) return next == '[' ? read_list(message, field) : mismatch("an array");
    return read_value(message, field);
  }

  /// One value, set in a single field or appended to a repeated one.
  bool read_value(Message& message, const FieldLayout& field) {
    const bool takes_object = field.message != nullptr && !field.message->timestamp;
    const char next = scanner_.peek();
    if (next == '{' && takes_object)
      return read_message(sub_message(message, field), *field.message);
    if (takes_object || next == '{' || next == '[' || next == 'n') {
      return mismatch(detail::wanted(field));
    }
    detail::Scalar value;
    if (!scanner_.take_scalar(value)) return not_json();
    if (detail::store(message, field, value)) return true;
    return stop(detail::wrong_value(path(), detail::wanted(field), detail::shown(value)));
  }

  bool read_list(Message& message, const FieldLayout& field) {
    if (!enter('[')) return false;
    if (scanner_.take(']')) return leave();
    path_.push_back({.name = {}, .index = 0, .is_index = true});
    while (read_value(message, field)) {
      if (scanner_.take(']')) {
        path_.pop_back();
        return leave();
      }
      if (!scanner_.take(',')) return not_json();
      ++path_.back().index;
    }
    return false;
  }

  bool read_map(Message& message, const FieldLayout& field) {
    std::set<std::string, std::less<>> keys;
    const auto& members = field.message->fields;
    return read_members([&](std::string_view name) {
      const auto [key, is_new] = keys.emplace(name);
      path_.push_back({.name = utf8_cut(*key, name_bytes_shown_max)});
      if (!is_new) return given_twice();
      auto& entry = *message.GetReflection()->AddMessage(&message, field.field);
      if (!detail::store_text(entry, members[0], *key)) {
        return stop(detail::wrong_value(path(), detail::wanted(members[0]) + " as its key",
                                        detail::quoted(*key)));
      }
      if (!take_colon() || !read_value(entry, members[1])) return false;
      path_.pop_back();
      return true;
    });
  }

  /// `{`, then `read_member` with each name, then `}`.
  template <class ReadMember>
  bool read_members(ReadMember read_member) {
    if (!enter('{')) return false;
    if (scanner_.take('}')) return leave();
    do {
      std::string_view name;
      if (!scanner_.take_text(name)) return not_json();
      if (!read_member(name)) return false;
    } while (scanner_.take(','));
    return scanner_.take('}') ? leave() : not_json();
  }

  bool take_colon() { return scanner_.take(':') || not_json(); }

  bool enter(char bracket) {
    if (depth_ == json_depth_max) {
      return stop(fail(ErrorCode::invalid,
                       "objects and arrays are nested deeper than " +
                           std::to_string(json_depth_max) + "; flatten the body",
                       path()));
    }
    ++depth_;
    return scanner_.take(bracket);
  }
  bool leave() {
    --depth_;
    return true;
  }

  static Message& sub_message(Message& message, const FieldLayout& field) {
    const auto& reflection = *message.GetReflection();
    return field.repeated ? *reflection.AddMessage(&message, field.field)
                          : *reflection.MutableMessage(&message, field.field);
  }

  // -- refusals

  bool stop(std::unexpected<Error> error) {
    error_ = std::move(error).error();
    return false;
  }
  bool not_json() {
    return stop(fail(ErrorCode::invalid,
                     "the text stops being JSON after " + std::to_string(scanner_.position()) +
                         " bytes: look for a quote, comma or bracket that is missing or too much",
                     path()));
  }
  bool mismatch(std::string_view wanted) {
    const char next = scanner_.peek();
    std::string got = next == '{' ? "an object" : next == '[' ? "an array" : "`null`";
    if (next == 'n' && !scanner_.take_word("null")) return not_json();
    if (next != '{' && next != '[' && next != 'n') {
      detail::Scalar value;
      if (!scanner_.take_scalar(value)) return not_json();
      got = detail::shown(value);
    }
    return stop(detail::wrong_value(path(), wanted, got));
  }
  bool given_twice() {
    return stop(fail(ErrorCode::invalid, '`' + path() + "` is given twice; keep one", path()));
  }
  bool unknown(const MessageLayout& layout, std::string_view name) {
    path_.push_back({.name = utf8_cut(name, name_bytes_shown_max)});
    return stop(detail::unknown_field(layout, name, path()));
  }

  /// Names joined by points, elements in brackets: `attachments[0].name`.
  std::string path() const {
    std::string path;
    for (const auto& step : path_) {
      if (step.is_index) {
        path += '[' + std::to_string(step.index) + ']';
        continue;
      }
      if (&step != path_.data()) path += '.';
      path += step.name;
    }
    return path;
  }

  detail::JsonScanner scanner_;
  std::vector<Step> path_;
  int depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<void> from_json(std::string_view text, Message& message) {
  if (text.empty()) return {};
  if (const auto good = utf8_prefix_bytes(text); good < text.size()) {
    return fail(ErrorCode::invalid,
                "the text stops being UTF-8 after " + std::to_string(good) + " bytes");
  }
  return Reader(text).read(message);
}

}  // namespace nightshift
