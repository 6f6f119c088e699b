// Server-sent events, as they come in pieces
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::bridges::mcp {

/// Keeps one unfinished event, and never more than `bytes_max` of it.
class EventStream {
 public:
  /// Called with the data of an event of the type `message`; valid until it returns. Empty data,
  /// which only brings an id, is left out.
  using OnData = std::function<void(std::string_view data)>;

  explicit EventStream(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Takes bytes as they come. False once an event is too large: nothing more is read then.
  bool take(std::string_view bytes, const OnData& on_data);

  /// Of the newest event that had one; empty where none had.
  const std::string& last_id() const { return last_id_; }
  /// What the server wants to pass before it is asked again.
  std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  void take_line(std::string_view line, const OnData& on_data);
  void take_field(std::string_view name, std::string_view value);

  const std::size_t bytes_max_;
  std::string line_;
  bool after_return_ = false;
  bool begun_ = false;
  bool too_large_ = false;
  std::string data_;
  bool has_data_ = false;
  std::string type_;
  std::string last_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace nightshift::bridges::mcp
