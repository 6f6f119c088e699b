// Reads streams of events, and takes them up again.
#include "bridges/cli/event_stream.hpp"

#include <poll.h>

#include <algorithm>

namespace nightshift::bridges::cli {
namespace {

constexpr int pause_ms_min = 100;
constexpr int pause_ms_max = 2'000;

/// True for what passes: the node stops, starts, or is not to be reached.
bool may_pass(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timed_out ||
         error.code == ErrorCode::unreachable || error.code == ErrorCode::overloaded ||
         error.code == ErrorCode::stopping;
}

}  // namespace

std::vector<Frame> FrameReader::take(std::string_view bytes) {
  std::vector<Frame> whole;
  rest_ += bytes;
  std::size_t begin = 0;
  for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    std::string_view line(rest_.data() + begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    read_line(line, whole);
  }
  rest_.erase(0, begin);
  return whole;
}

void FrameReader::read_line(std::string_view line, std::vector<Frame>& whole) {
  if (line.empty()) {
    if (!frame_.data.empty()) whole.push_back(std::move(frame_));
    frame_ = {};
    return;
  }
  const auto colon = std::min(line.find(':'), line.size());
  const auto name = line.substr(0, colon);
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "id") frame_.id = value;
  if (name == "event") frame_.event = value;
  if (name == "data") frame_.data += (frame_.data.empty() ? "" : "\n") + std::string(value);
}

Result<void> follow(NodeApi& api, const std::string& target, const Following& following) {
  std::string last_id;
  bool reached = false, told = false, enough = false;
  for (int pause_ms = pause_ms_min;;) {
    FrameReader reader;
    const auto ended = api.stream(target, last_id, [&](std::string_view bytes) {
      reached = true;
      told = false;
      pause_ms = pause_ms_min;
      const auto frames = reader.take(bytes);
      if (frames.empty()) return true;
      last_id = frames.back().id;
      enough = !following.take(frames);
      return !enough;
    });
    if (enough) return {};
    reached = reached || ended || ended.error().code == ErrorCode::unavailable;
    if (!ended && (!reached || !may_pass(ended.error()))) return ended;
    if (!ended && !told) following.away(ended.error());
    told = told || !ended;
    ::poll(nullptr, 0, pause_ms);
    pause_ms = std::min(pause_ms * 2, pause_ms_max);
  }
}

}  // namespace nightshift::bridges::cli
