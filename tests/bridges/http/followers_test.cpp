// A thousand subscribers to events: those who read, those who never do, those who come again.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <charconv>
#include <memory>
#include <random>
#include <vector>

#include "tests/bridges/http/crowd.hpp"
#include "tests/bridges/http/served.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {

namespace {

const std::string log_id = "0123456789abcdef0123456789abcdef";

/// Takes frames as they come and checks that none is missing and none comes twice.
class Follower {
 public:
  /// Each offset is one more than the one before, `step` more for one entity of so many.
  Follower(const Served& served, const std::string& target, std::uint64_t after, std::uint64_t step,
           int receive_bytes = 0)
      : wire_(served.port(), receive_bytes), last_(after), step_(step) {
    std::string fields = "Accept: text/event-stream\r\n";
    if (after > 0) fields += "Last-Event-ID: " + log_id + ":" + std::to_string(after) + "\r\n";
    wire_.send(
        request_text({.target = target, .token = "read-token", .body = {}, .fields = fields}));
  }

  /// What has arrived. False once the stream has ended.
  bool read() {
    std::array<char, 64u << 10> bytes;
    const ssize_t count = recv(wire_.socket(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
    if (count > 0) text_.append(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = text_.find("\n\n")) != text_.npos;) {
      take(std::string_view(text_).substr(0, end));
      text_.erase(0, end + 2);
    }
    if (text_.empty()) text_.shrink_to_fit();
    return true;
  }

  std::uint64_t last() const { return last_; }
  bool in_order() const { return in_order_; }
  int socket() const { return wire_.socket(); }

 private:
  /// The first comes with the header block of the answer.
  void take(std::string_view frame) {
    const std::string start = "id: " + log_id + ":";
    const std::size_t at = frame.find(start);
    if (at == frame.npos) return;
    std::uint64_t offset = 0;
    const std::string_view digits = frame.substr(at + start.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), offset);
    in_order_ = in_order_ && offset == last_ + step_;
    last_ = offset;
  }

  Wire wire_;
  std::string text_;
  std::uint64_t last_;
  std::uint64_t step_;
  bool in_order_ = true;
};

using Followers = std::vector<std::unique_ptr<Follower>>;

/// Reads until each has seen `last`.
void read_all(const Followers& followers, std::uint64_t last) {
  std::vector<pollfd> sockets;
  for (const auto& follower : followers) sockets.push_back({follower->socket(), POLLIN, 0});
  const auto behind = [&] {
    return std::ranges::any_of(followers, [&](const auto& one) { return one->last() < last; });
  };
  while (behind()) {
    BOOST_REQUIRE(poll(sockets.data(), sockets.size(), 60'000) > 0);
    for (std::size_t i = 0; i < followers.size(); ++i) {
      if (sockets[i].revents != 0) BOOST_REQUIRE(followers[i]->read());
    }
  }
  for (const auto& follower : followers) BOOST_REQUIRE(follower->in_order());
}

int followers_of(const Served& served) {
  const std::string text = served.get("/metrics").body;
  const std::string name = "\nnightshift_http_followers ";
  return std::stoi(text.substr(text.find(name) + name.size()));
}

void add(Wire& wire, const std::string& id) {
  BOOST_REQUIRE(wire.ask(request_text({.method = "POST",
                                       .target = "/v1/counter/" + id + "/add",
                                       .body = R"({"by":1})",
                                       .fields = {}}))
                        .status /
                    100 ==
                2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(followers)

BOOST_AUTO_TEST_CASE(of_a_thousand_readers_those_who_never_read_are_cut_and_go_on_without_a_gap) {
  constexpr std::size_t readers = 900;
  constexpr std::size_t deaf_ones = 100;
  constexpr std::uint64_t events = 300;
  raise_descriptors();
  bridges::http::HttpOptions options;
  options.write_timeout = std::chrono::milliseconds(500);
  options.memory_bytes_max = 4u << 20;
  Served served(options);
  Followers reading;
  Followers deaf;
  for (std::size_t i = 0; i < readers; ++i) {
    reading.push_back(std::make_unique<Follower>(served, "/v1/events", 0, 1));
  }
  for (std::size_t i = 0; i < deaf_ones; ++i) {
    deaf.push_back(std::make_unique<Follower>(served, "/v1/events", 0, 1, 4096));
  }
  eventually([&] { return followers_of(served) == readers + deaf_ones; }, "all follow");
  const std::size_t before = memory_bytes();
  Wire writer(served.port());
  for (std::uint64_t i = 0; i < events; ++i) add(writer, "c" + std::to_string(i % 7));
  read_all(reading, events);
  eventually([&] { return followers_of(served) == readers; }, "the deaf are cut");
  const std::size_t grown = std::max(memory_bytes(), before) - before;
  BOOST_TEST_MESSAGE(grown << " bytes of memory more");
  BOOST_TEST(grown < 16u << 20);
  for (auto& one : deaf) {
    while (one->read()) continue;
    BOOST_REQUIRE(one->in_order());
    BOOST_REQUIRE(one->last() < events);
    one = std::make_unique<Follower>(served, "/v1/events", one->last(), 1);
  }
  read_all(deaf, events);
  BOOST_TEST(followers_of(served) == readers + deaf_ones);
}

BOOST_AUTO_TEST_CASE(followers_of_entities_that_come_and_go_miss_nothing) {
  const auto seed = std::random_device()();
  BOOST_TEST_CONTEXT("seed " << seed) {
    Dice dice(seed);
    constexpr std::uint64_t entities = 5;
    Served served;
    Wire writer(served.port());
    Followers all;
    std::uint64_t written = 0;
    for (int i = 0; i < 400; ++i) {
      // The n-th record is of entity n mod 5, so that each has every fifth offset.
      add(writer, "c" + std::to_string(++written % entities));
      const std::uint64_t entity = dice.roll(entities);
      const std::uint64_t seen = dice.roll(written / entities + 1) * entities + entity;
      if (written < entities || dice.roll(4) != 0) continue;
      const std::uint64_t after = seen > written ? entity : seen;
      if (after == 0) continue;
      all.push_back(std::make_unique<Follower>(
          served, "/v1/counter/c" + std::to_string(entity) + "/events", after, entities));
      if (all.size() > 40) all.erase(all.begin() + static_cast<long>(dice.roll(all.size())));
    }
    for (const auto& follower : all) {
      Followers one;
      const std::uint64_t last = written - (written - follower->last()) % entities;
      while (follower->last() < last) {
        pollfd waits{follower->socket(), POLLIN, 0};
        BOOST_REQUIRE(poll(&waits, 1, 60'000) > 0);
        BOOST_REQUIRE(follower->read());
      }
      BOOST_TEST(follower->in_order());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
