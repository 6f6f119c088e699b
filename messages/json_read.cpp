// Reads messages from JSON (docs/formats/json.md): nlohmann-json finds the tokens, the schema says
// where they belong. No tree of values is built.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "messages/json.hpp"
#include "messages/json_value.hpp"
#include "messages/layout.hpp"
#include "messages/utf8.hpp"

namespace nightshift {
namespace {

using detail::FieldLayout;
using detail::MessageLayout;
using google::protobuf::Message;

/// One open object or array.
struct Level {
  enum class Form { fields, list, map };

  Form form = Form::fields;
  /// Whose fields are filled: of a list or map, the message that has it.
  Message* message = nullptr;
  const MessageLayout* layout = nullptr;
  /// The last name read, or the list or map itself.
  const FieldLayout* field = nullptr;
  /// Where this level's names begin in `Builder::names_`.
  std::size_t names_from = 0;
  /// Of a list, how many elements have begun.
  std::size_t elements = 0;
  /// Of a map, the last key and all of them.
  std::string key = {};
  std::set<std::string> keys = {};
};

/// Where the next value goes.
struct Slot {
  Message* message;
  const FieldLayout* field;
  /// The value is to be an array, or an object of keys.
  bool whole_field;
};

constexpr std::size_t name_bytes_shown_max = 80;

/// Takes the tokens as nlohmann-json reports them; `false` stops the reading.
class Builder {
 public:
  explicit Builder(Message& root) : root_(root) { levels_.reserve(8); }

  const std::optional<Error>& error() const { return error_; }

  bool boolean(bool value) { return scalar(value); }
  bool number_integer(std::int64_t value) { return scalar(value); }
  bool number_unsigned(std::uint64_t value) { return scalar(value); }
  bool number_float(double value, const std::string&) { return scalar(value); }
  bool string(const std::string& value) { return scalar(std::string_view(value)); }
  bool binary(const std::vector<std::uint8_t>&) { return false; }  // not in JSON text

  /// Absent, as in Protobuf's own mapping; but nothing is absent inside a list or map.
  bool null() {
    if (!levels_.empty() && levels_.back().form == Level::Form::fields) return true;
    const auto slot = next();
    return slot && mismatch(*slot, "`null`");
  }

  bool key(const std::string& name) {
    auto& level = levels_.back();
    if (level.form == Level::Form::map) {
      level.key = name;
      return level.keys.insert(name).second || given_twice();
    }
    const auto* field = level.layout->find(name);
    if (field == nullptr) return unknown(name);
    level.field = field;
    const auto from = names_.begin() + static_cast<std::ptrdiff_t>(level.names_from);
    if (std::find(from, names_.end(), field) != names_.end()) return given_twice();
    names_.push_back(field);
    if (!detail::excluded_by_oneof(*level.message, *field)) return true;
    return stop(detail::excluded_field(*level.message, *field, path()));
  }

  bool start_object(std::size_t) {
    if (levels_.empty()) return open_message(root_);
    const auto slot = next();
    if (!slot) return false;
    const auto& [message, field, whole_field] = *slot;
    if (whole_field && field->map) return open_field(Level::Form::map);
    if (whole_field || field->message == nullptr || field->message->timestamp) {
      return mismatch(*slot, "an object");
    }
    const auto& reflection = *message->GetReflection();
    return open_message(*(field->repeated ? reflection.AddMessage(message, field->field)
                                          : reflection.MutableMessage(message, field->field)));
  }

  bool start_array(std::size_t) {
    const auto slot = next();
    if (!slot) return false;
    if (!slot->whole_field || slot->field->map) return mismatch(*slot, "an array");
    return open_field(Level::Form::list);
  }

  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) {
    return stop(fail(ErrorCode::invalid,
                     "the text stops being JSON at byte " + std::to_string(at) +
                         ": look for a quote, comma or bracket that is missing or too much",
                     path()));
  }

 private:
  template <class Value>
  bool scalar(Value value) {
    const auto slot = next();
    if (!slot) return false;
    if (!slot->whole_field && detail::store(*slot->message, *slot->field, value)) return true;
    return mismatch(*slot, detail::shown(value));
  }

  std::optional<Slot> next() {
    if (levels_.empty()) {
      stop(fail(ErrorCode::invalid, "a JSON object is wanted: {\"field\": value, ...}"));
      return std::nullopt;
    }
    auto& level = levels_.back();
    if (level.form == Level::Form::fields) {
      return Slot{level.message, level.field, level.field->repeated};
    }
    if (level.form == Level::Form::list) {
      ++level.elements;
      return Slot{level.message, level.field, false};
    }
    auto* entry = level.message->GetReflection()->AddMessage(level.message, level.field->field);
    const auto& members = level.field->message->fields;
    if (!detail::store_text(*entry, members[0], level.key)) {
      stop(detail::wrong_value(path(), detail::wanted(members[0]) + " as its key",
                               detail::quoted(level.key)));
      return std::nullopt;
    }
    return Slot{entry, &members[1], false};
  }

  bool open_message(Message& message) {
    const auto& layout = detail::layout_of(message.GetDescriptor());
    return open({.form = Level::Form::fields, .message = &message, .layout = &layout});
  }
  bool open_field(Level::Form form) {
    const auto& owner = levels_.back();
    return open({.form = form, .message = owner.message, .field = owner.field});
  }
  bool open(Level level) {
    if (levels_.size() == json_depth_max) {
      return stop(fail(ErrorCode::invalid,
                       "objects and arrays are nested deeper than " +
                           std::to_string(json_depth_max) + "; flatten the body",
                       path()));
    }
    level.names_from = names_.size();
    levels_.push_back(std::move(level));
    return true;
  }
  bool close() {
    names_.resize(levels_.back().names_from);
    levels_.pop_back();
    return true;
  }

  // -- refusals

  bool stop(std::unexpected<Error> error) {
    error_ = std::move(error).error();
    return false;
  }
  bool mismatch(const Slot& slot, std::string_view got) {
    const auto wanted = !slot.whole_field ? detail::wanted(*slot.field)
                        : slot.field->map ? "an object"
                                          : "an array";
    return stop(detail::wrong_value(path(), wanted, got));
  }
  bool given_twice() {
    return stop(fail(ErrorCode::invalid, '`' + path() + "` is given twice; keep one", path()));
  }
  bool unknown(const std::string& name) {
    auto& level = levels_.back();
    level.field = nullptr;
    const auto parent = path();
    const auto shown = std::string(utf8_cut(name, name_bytes_shown_max));
    return stop(
        detail::unknown_field(*level.layout, name, parent.empty() ? shown : parent + '.' + shown));
  }

  /// Names joined by points, elements in brackets: `attachments[0].name`.
  std::string path() const {
    std::string path;
    for (const auto& level : levels_) {
      if (level.form == Level::Form::list) {
        path += '[' + std::to_string(level.elements - (level.elements > 0)) + ']';
      } else if (level.form == Level::Form::map) {
        path += '.' + std::string(utf8_cut(level.key, name_bytes_shown_max));
      } else if (level.field != nullptr) {
        if (!path.empty()) path += '.';
        path += level.field->name();
      }
    }
    return path;
  }

  Message& root_;
  std::vector<Level> levels_;
  /// The names read so far, of all open objects.
  std::vector<const FieldLayout*> names_;
  std::optional<Error> error_;
};

}  // namespace

Result<void> from_json(std::string_view text, Message& message) {
  if (text.empty()) return {};
  if (const auto good = utf8_prefix_bytes(text); good < text.size()) {
    return fail(ErrorCode::invalid,
                "the text is not UTF-8 at byte " + std::to_string(good) + "; encode it so");
  }
  // nlohmann-json takes a zero byte for the end of the text.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return fail(ErrorCode::invalid, "there is a zero byte in the text, at " + std::to_string(zero));
  }
  Builder builder(message);
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return {};
  return std::unexpected(*builder.error());
}

}  // namespace nightshift
