// Serves subscribers to events, a thread each.
#include "bridges/http/feed.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>

#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t page_records = 256;
constexpr std::string_view sign_of_life = ":\n\n";

void append_frame(const runtime::EventView& event, std::string_view log_id, std::string& out) {
  out += "id: ";
  out += runtime::position_text(log_id, event.offset);
  out += "\nevent: ";
  out += event.record.kind();
  out += '.';
  out += event.record.type();
  out += "\ndata: ";
  runtime::JsonWriter json(out);
  runtime::write_event(event, log_id, json);
  out += "\n\n";
}

}  // namespace

/// One waiting subscriber; known to the feed as long as it lives.
class Feed::Seat {
 public:
  explicit Seat(Feed& feed) : feed_(feed), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    const std::scoped_lock lock(feed_.mutex_);
    feed_.seats_.push_back(this);
  }
  ~Seat() {
    {
      const std::scoped_lock lock(feed_.mutex_);
      std::erase(feed_.seats_, this);
    }
    close(wake_);
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  /// From now on a notification wakes `wait`.
  void arm() {
    std::uint64_t count = 0;
    while (::read(wake_, &count, sizeof count) > 0) continue;
    armed_.store(true);
  }

  void wake() {
    if (!armed_.exchange(false)) return;
    const std::uint64_t one = 1;
    const auto written = ::write(wake_, &one, sizeof one);
    assert(written == sizeof one);
    static_cast<void>(written);
  }

  enum class Woken { records, silence, left };
  Woken wait(int socket, std::chrono::milliseconds longest) {
    std::array<pollfd, 2> waits{{{wake_, POLLIN, 0}, {socket, POLLRDHUP, 0}}};
    const int ready = poll(waits.data(), waits.size(), static_cast<int>(longest.count()));
    if (ready == 0) return Woken::silence;
    return waits[1].revents != 0 ? Woken::left : Woken::records;
  }

 private:
  Feed& feed_;
  const int wake_;
  std::atomic<bool> armed_ = false;
};

Feed::Feed(runtime::Node& node, std::size_t followers_max, std::chrono::milliseconds heartbeat)
    : node_(node),
      followers_max_(followers_max),
      heartbeat_(heartbeat),
      watch_(node.watch([this](std::uint64_t) { notify(); })) {}

void Feed::notify() {
  const std::scoped_lock lock(mutex_);
  for (Seat* seat : seats_) seat->wake();
}

Feed::Place Feed::take_place() {
  Place place(&followers_, [](std::atomic<std::size_t>* count) { count->fetch_sub(1); });
  if (followers_.fetch_add(1) >= followers_max_) place.reset();
  return place;
}

Result<std::string> Feed::next_frames(Follow& cursor) const {
  std::string frames;
  const auto events = cursor.entity ? node_.events(*cursor.entity, cursor.sequence, page_records)
                                    : node_.events(cursor.offset, page_records);
  if (!events) return std::unexpected(events.error());
  for (const auto& event : *events) {
    cursor.sequence = event.record.sequence();
    if (event.offset <= cursor.offset) continue;
    cursor.offset = event.offset;
    append_frame(event, node_.identity().log_id(), frames);
  }
  // What lay before the cursor of an entity gives no frame: it goes on behind that.
  if (frames.empty() && !events->empty()) return next_frames(cursor);
  return frames;
}

void Feed::follow(Connection& connection, Follow cursor) {
  Seat seat(*this);
  for (bool left = false; !left;) {
    seat.arm();
    const auto frames = next_frames(cursor);
    if (!frames || node_.authority() != cursor.authority) return;
    if (!frames->empty()) {
      left = !connection.write_raw(*frames);
      continue;
    }
    switch (seat.wait(connection.socket(), heartbeat_)) {
      case Seat::Woken::left: left = true; break;
      case Seat::Woken::silence: left = !connection.write_raw(sign_of_life); break;
      case Seat::Woken::records: break;
    }
  }
}

}  // namespace nightshift::bridges::http
