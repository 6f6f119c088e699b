// FIFOs: whoever comes later opens them by name, so none has to be handed over.
#include "bridges/process/keeper/speech.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace nightshift::bridges::process {
namespace {

namespace fs = std::filesystem;

constexpr int pipe_bytes = 1 << 20;
/// Above the numbers of a child's streams.
constexpr int lowest = 8;

runtime::Descriptor open_high(const fs::path& path, int flags) {
  const runtime::Descriptor opened(::open(path.c_str(), flags | O_CLOEXEC));
  if (!opened) return runtime::Descriptor();
  return runtime::Descriptor(::fcntl(opened.get(), F_DUPFD_CLOEXEC, lowest));
}

}  // namespace

fs::path speech_input(const fs::path& place) { return fs::path(place) += ".in"; }
fs::path speech_output(const fs::path& place) { return fs::path(place) += ".out"; }

Result<Speech> Speech::make(fs::path place) {
  const auto refuse = [&place] {
    return fail(ErrorCode::io,
                "its streams cannot be made: " + place.string() + ": " + std::strerror(errno),
                place.string());
  };
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  for (const auto& path : {speech_input(place), speech_output(place)}) {
    fs::remove(path, error);
    if (::mkfifo(path.c_str(), 0600) != 0) return refuse();
  }
  Speech speech;
  speech.place_ = place;
  speech.input_ = open_high(speech_input(place), O_RDWR | O_NONBLOCK);
  speech.output_ = open_high(speech_output(place), O_RDWR | O_NONBLOCK);
  // Of its own: the child's must block, and the keeper's must not.
  speech.child_output_ = open_high(speech_output(place), O_WRONLY);
  if (!speech.input_ || !speech.output_ || !speech.child_output_) return refuse();
  ::fcntl(speech.output_.get(), F_SETPIPE_SZ, pipe_bytes);
  return speech;
}

void Speech::let_go() {
  input_.close();
  output_.close();
  child_output_.close();
}

void Speech::swap(Speech& other) noexcept {
  std::swap(place_, other.place_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(child_output_, other.child_output_);
}

void Speech::remove() {
  if (place_.empty()) return;
  std::error_code ignored;
  fs::remove(speech_input(place_), ignored);
  fs::remove(speech_output(place_), ignored);
  place_.clear();
}

}  // namespace nightshift::bridges::process
