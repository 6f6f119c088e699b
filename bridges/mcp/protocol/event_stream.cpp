// Lines end with LF, CR or both; a blank one ends an event.
#include "bridges/mcp/protocol/event_stream.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace nightshift::bridges::mcp {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t id_bytes_max = 1024;

}  // namespace

bool EventStream::take(std::string_view bytes, const OnData& on_data) {
  while (!bytes.empty() && !too_large_) {
    if (std::exchange(after_return_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    line_ += bytes.substr(0, end);
    too_large_ = line_.size() + data_.size() > bytes_max_;
    if (end == bytes.npos) break;
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (!too_large_) take_line(line_, on_data);
    line_.clear();
  }
  return !too_large_;
}

void EventStream::take_line(std::string_view line, const OnData& on_data) {
  if (!std::exchange(begun_, true) && line.starts_with(byte_order_mark)) {
    line.remove_prefix(byte_order_mark.size());
  }
  if (!line.empty()) {
    const auto colon = line.find(':');
    auto value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    take_field(line.substr(0, colon), value);
    return;
  }
  if (!data_.empty() && (type_.empty() || type_ == "message")) on_data(data_);
  data_.clear();
  has_data_ = false;
  type_.clear();
}

void EventStream::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += value;
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id") {
    const bool fits = value.size() <= id_bytes_max && value.find('\0') == value.npos;
    if (fits) last_id_ = value;
  } else if (name == "retry") {
    std::uint32_t ms = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, ms);
    if (error == std::errc() && stop == end) retry_ = std::chrono::milliseconds(ms);
  }
}

}  // namespace nightshift::bridges::mcp
