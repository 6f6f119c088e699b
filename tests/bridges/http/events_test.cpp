// Records as pages and as streams: frames, resumption, bounds, and who must come again.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

#include "tests/bridges/http/served.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {

namespace {

const std::string log_id = "0123456789abcdef0123456789abcdef";

/// A subscriber to `target`; `frame` is the next event without its blank line.
class Subscriber {
 public:
  Subscriber(const Served& served, const std::string& target, const std::string& fields = {},
             const std::string& token = "admin-token")
      : wire_(served.port()) {
    wire_.send(request_text({.target = target,
                             .token = token,
                             .body = {},
                             .fields = "Accept: text/event-stream\r\n" + fields}));
    answer = wire_.read_fields();
  }

  std::string frame() {
    std::string text;
    do {
      text = wire_.read_until("\n\n");
    } while (text == ":\n\n");
    return text;
  }
  std::string sign_of_life() { return wire_.read_until("\n\n"); }
  bool closed() { return wire_.closed(); }

  WireAnswer answer;

 private:
  Wire wire_;
};

std::string begin_of(std::uint64_t offset, const std::string& type) {
  return "id: " + log_id + ":" + std::to_string(offset) + "\nevent: " + type + "\ndata: {";
}

void add(const Served& served, const std::string& id) {
  served.post("/v1/counter/" + id + "/add", R"({"by":1})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(pages_of_the_log_go_on_where_they_ended) {
  Served served;
  for (int i = 0; i < 5; ++i) add(served, "c");
  const auto first = served.get("/v1/events?limit=3");
  BOOST_TEST(first.member("next") == log_id + ":3");
  BOOST_TEST(first.body.starts_with(
      R"({"items":[{"position":"0123456789abcdef0123456789abcdef:1","offset":1,"kind":"counter",)"
      R"("id":"c","sequence":1,"type":"counter.Added","event":{"by":1},)"));
  const auto second = served.get("/v1/events?after=" + first.member("next"));
  BOOST_TEST(second.member("offset") == "4");
  BOOST_TEST(served.get("/v1/events?after=5").body ==
             R"({"items":[],"next":"0123456789abcdef0123456789abcdef:5"})");
  BOOST_TEST(served.get("/v1/events?after=6").status == 400);
  BOOST_TEST(served.get("/v1/events?after=x").status == 400);
  BOOST_TEST(served.get("/v1/events?after=other:1").status == 404);
}

BOOST_AUTO_TEST_CASE(pages_of_an_entity_count_its_sequence) {
  Served served;
  add(served, "a");
  add(served, "b");
  add(served, "a");
  const auto all = served.get("/v1/counter/a/events");
  BOOST_TEST(all.member("next") == "2");
  BOOST_TEST(!all.body.contains(R"("id":"b")"));
  BOOST_TEST(served.get("/v1/counter/a/events?after=1").member("offset") == "3");
  BOOST_TEST(served.get("/v1/counter/none/events").status == 404);
}

BOOST_AUTO_TEST_CASE(a_subscriber_gets_what_was_and_what_comes) {
  Served served;
  add(served, "c");
  Subscriber subscriber(served, "/v1/events");
  BOOST_TEST(subscriber.answer.status == 200);
  BOOST_TEST(subscriber.answer.fields.at("content-type") == "text/event-stream");
  BOOST_TEST(subscriber.frame().starts_with(begin_of(1, "counter.Added")));
  served.post("/v1/note/n/suggest", R"({"text":"a\nb"})");
  const std::string next = subscriber.frame();
  BOOST_TEST(next.starts_with(begin_of(2, "note.Suggested")));
  BOOST_TEST(next.contains(R"("text":"a\nb")"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_broke_goes_on_without_gap_or_repeat) {
  Served served;
  for (int i = 0; i < 700; ++i) add(served, i % 2 == 0 ? "a" : "b");
  const std::string last = "Last-Event-ID: " + log_id + ":300\r\n";
  Subscriber whole(served, "/v1/events?after=5", last);
  for (std::uint64_t offset = 301; offset <= 700; ++offset) {
    BOOST_REQUIRE(whole.frame().starts_with(begin_of(offset, "counter.Added")));
  }
  Subscriber one(served, "/v1/counter/a/events", last);
  for (std::uint64_t offset = 301; offset <= 700; offset += 2) {
    BOOST_REQUIRE(one.frame().starts_with(begin_of(offset, "counter.Added")));
  }
  Subscriber elsewhere(served, "/v1/events", "Last-Event-ID: other:300\r\n");
  BOOST_TEST(elsewhere.answer.status == 404);
}

BOOST_AUTO_TEST_CASE(an_entitys_stream_has_its_records_only) {
  Served served;
  add(served, "a");
  Subscriber subscriber(served, "/v1/counter/a/events?after=1");
  add(served, "b");
  add(served, "a");
  BOOST_TEST(subscriber.frame().starts_with(begin_of(3, "counter.Added")));
}

BOOST_AUTO_TEST_CASE(a_quiet_stream_shows_that_it_lives) {
  bridges::http::HttpOptions options;
  options.heartbeat = std::chrono::milliseconds(20);
  Served served(options);
  Subscriber subscriber(served, "/v1/events");
  BOOST_TEST(subscriber.sign_of_life() == ":\n\n");
  BOOST_TEST(subscriber.sign_of_life() == ":\n\n");
}

BOOST_AUTO_TEST_CASE(a_changed_authority_makes_subscribers_show_their_token_again_without_news) {
  Served served;
  Subscriber subscriber(served, "/v1/events", {}, "read-token");
  BOOST_TEST(subscriber.answer.status == 200);
  served.node.take_tokens("reader");
  BOOST_TEST(subscriber.closed());
  BOOST_TEST(Subscriber(served, "/v1/events", {}, "read-token").answer.status == 401);
}

BOOST_AUTO_TEST_CASE(subscribers_beyond_the_bound_are_503_and_places_come_back) {
  bridges::http::HttpOptions options;
  options.followers_max = 2;
  Served served(options);
  // Before anybody follows: an authority that changes ends all streams.
  served.node.give_token("third", "third-token", {SCOPE_READ});
  auto first = std::make_unique<Subscriber>(served, "/v1/events");
  const Subscriber second(served, "/v1/events", {}, "read-token");
  BOOST_TEST(second.answer.status == 200);
  const auto status = [&] {
    return Subscriber(served, "/v1/events", {}, "third-token").answer.status;
  };
  BOOST_TEST(status() == 503);
  first.reset();
  eventually([&] { return status() == 200; }, "a place has come back");
}

BOOST_AUTO_TEST_CASE(one_principal_leaves_half_of_the_places_to_others) {
  bridges::http::HttpOptions options;
  options.followers_max = 4;
  Served served(options);
  auto first = std::make_unique<Subscriber>(served, "/v1/events");
  const Subscriber second(served, "/v1/events");
  BOOST_TEST(second.answer.status == 200);
  const Subscriber third(served, "/v1/events");
  BOOST_TEST(third.answer.status == 429);
  const Subscriber other(served, "/v1/events", {}, "read-token");
  BOOST_TEST(other.answer.status == 200);
  first.reset();
  const auto again = [&] { return Subscriber(served, "/v1/events").answer.status == 200; };
  eventually(again, "its own place has come back");
}

BOOST_AUTO_TEST_CASE(stopping_ends_streams) {
  Served served;
  Subscriber subscriber(served, "/v1/events");
  served.server.reset();
  BOOST_TEST(subscriber.closed());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
