// Events in pages, and the cursor's file.
#include "bridges/vault/follower.hpp"

#include <charconv>
#include <string>

namespace nightshift::bridges::vault {
namespace {

/// `LOG_ID OFFSET`: how far the journal stands projected. A hint: without it everything that waits
/// is compared, and what has ended is left as people have it.
constexpr const char* cursor_name = ".nightshift_cursor";
constexpr std::size_t cursor_bytes_max = 256;
constexpr std::size_t events_page = 1'000;

}  // namespace

Result<void> Follower::begin() {
  read_cursor();
  for (auto* projection : projections_) {
    if (auto begun = projection->begin(); !begun) return begun;
  }
  return {};
}

bool Follower::follow(const Stop& stop) {
  for (;;) {
    const auto events = node_.events(read_, events_page);
    if (!events) return false;
    for (const auto& event : *events) {
      for (auto* projection : projections_) projection->see(event);
    }
    if (!events->empty()) read_ = events->back().offset;
    const bool is_done = catch_up(stop);
    if (is_done) done_ = read_;
    if (events->empty() || stop()) return is_done;
  }
}

bool Follower::catch_up(const Stop& stop) {
  bool all = true;
  for (auto* projection : projections_) all = projection->catch_up(stop) && all;
  return all;
}

void Follower::read_cursor() {
  read_ = done_ = node_.head().offset;
  const auto text = root_.read_beneath(cursor_name, cursor_bytes_max);
  if (!text) return;
  const std::string prefix = node_.identity().log_id() + " ";
  if (!text->starts_with(prefix)) return;
  std::uint64_t offset = 0;
  const char* begin = text->data() + prefix.size();
  const auto number = std::from_chars(begin, text->data() + text->size(), offset);
  if (number.ec == std::errc() && offset <= read_) read_ = done_ = written_ = offset;
}

void Follower::remember() {
  if (done_ == written_) return;
  const std::string text = node_.identity().log_id() + " " + std::to_string(done_) + "\n";
  const auto before = root_.read(cursor_name, cursor_bytes_max);
  const auto written =
      before ? root_.replace(cursor_name, text, *before) : root_.create(cursor_name, text);
  if (written) written_ = done_;
}

}  // namespace nightshift::bridges::vault
