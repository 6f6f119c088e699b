// Drains.
#include "bridges/process/keeper/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace nightshift::bridges::process {
namespace {

/// So that one child's flood does not keep the others waiting.
constexpr int reads_per_turn = 4;

}  // namespace

Output::Output(runtime::Descriptor pipe, std::shared_ptr<LogFile> file, bool with_time,
               const runtime::Clock& clock)
    : pipe_(std::move(pipe)), file_(std::move(file)), with_time_(with_time), clock_(clock) {}

void Output::look_for(std::set<std::string> texts, std::function<void(const std::string&)> seen) {
  texts_ = std::move(texts);
  seen_ = std::move(seen);
}

bool Output::drain(std::span<char> buffer) {
  for (int i = 0; i < reads_per_turn; ++i) {
    const auto count = ::read(pipe_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    take({buffer.data(), static_cast<std::size_t>(count)});
    if (static_cast<std::size_t>(count) < buffer.size()) return true;
  }
  return true;
}

void Output::take(std::string_view bytes) {
  bytes_ += bytes.size();
  if (!texts_.empty()) look(bytes);
  if (!with_time_) return file_->write(bytes);
  const auto time = to_rfc3339(clock_.now()) + " ";
  std::string stamped;
  stamped.reserve(bytes.size() + bytes.size() / 2 + time.size());
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end == rest.npos ? rest.size() : end + 1);
    if (at_line_begin_) stamped += time;
    stamped += line;
    at_line_begin_ = line.ends_with('\n');
    rest.remove_prefix(line.size());
  }
  file_->write(stamped);
}

void Output::look(std::string_view bytes) {
  std::size_t longest = 0;
  for (const auto& text : texts_) longest = std::max(longest, text.size());
  tail_ += bytes;
  for (auto text = texts_.begin(); text != texts_.end();) {
    if (!tail_.contains(*text)) {
      ++text;
      continue;
    }
    seen_(*text);
    text = texts_.erase(text);
  }
  if (texts_.empty()) {
    tail_ = {};
  } else if (tail_.size() >= longest) {
    tail_.erase(0, tail_.size() - (longest - 1));
  }
}

}  // namespace nightshift::bridges::process
