// JSON from outside, checked once and then read where it stands: numbers, order and unknown members
// keep their spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::bridges::mcp {

/// One value within a checked text, which must outlive it.
class JsonView {
 public:
  enum class Type { null, boolean, number, text, array, object };

  /// `null`.
  JsonView() = default;
  /// `invalid` unless `text` is one JSON value (RFC 8259) in UTF-8, at most `json_depth_max` deep.
  static Result<JsonView> read(std::string_view text);

  Type type() const;
  /// As it was written.
  std::string_view raw() const { return raw_; }

  // Each is nothing where the value is of another type.
  std::optional<bool> boolean() const;
  /// A number without fraction and exponent, within 64 bits.
  std::optional<std::int64_t> integer() const;
  /// Finite.
  std::optional<double> number() const;
  /// Without quotes and escapes.
  std::optional<std::string> text() const;

 private:
  friend class JsonItems;
  friend class JsonText;
  explicit JsonView(std::string_view checked) : raw_(checked) {}

  std::string_view raw_ = "null";
};

/// A value that is kept.
class JsonText {
 public:
  /// `null`.
  JsonText() = default;
  explicit JsonText(JsonView view) : text_(view.raw()) {}

  JsonView view() const { return JsonView(text_); }
  const std::string& raw() const { return text_; }

 private:
  std::string text_ = "null";
};

/// Goes over the elements of an array or the members of an object, in their order; over nothing
/// where the value is neither.
class JsonItems {
 public:
  explicit JsonItems(JsonView container);

  /// To the next, the first included; false behind the last.
  bool next();
  /// Of a member, without quotes and escapes.
  std::string name() const;
  JsonView value() const { return value_; }

 private:
  std::string_view take();

  std::string_view rest_;
  bool named_ = false;
  std::string_view raw_name_;
  JsonView value_;
};

/// The members of one object, each name once.
class JsonObject {
 public:
  struct Member {
    std::string name;
    JsonView value;
  };
  static constexpr std::size_t members_max = 4096;

  /// `invalid` where `value` is no object or has a name twice, `too_large` where it has more than
  /// `members_max` members. `what` is what the error calls it.
  static Result<JsonObject> read(JsonView value, std::string_view what);

  const std::vector<Member>& members() const { return members_; }
  /// Null where there is no such member.
  const JsonView* find(std::string_view name) const;

  // Of a member. A missing one and `null` are nothing; another type is `invalid`.
  Result<std::optional<std::string>> text(std::string_view name) const;
  Result<std::optional<bool>> boolean(std::string_view name) const;
  /// `invalid` where it is missing, too.
  Result<std::string> required_text(std::string_view name) const;

 private:
  std::unexpected<Error> wrong(std::string_view name, std::string_view wanted) const;

  std::string what_;
  std::vector<Member> members_;
};

}  // namespace nightshift::bridges::mcp
