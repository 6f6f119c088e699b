// Many at once: those who say nothing must not harm those who do.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/bridges/http/crowd.hpp"
#include "tests/bridges/http/served.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {

namespace {

using bridges::http::HttpOptions;

const std::string unfinished = "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ";

void check_that_all_is_well(const Served& served) {
  for (int i = 0; i < 100; ++i) {
    BOOST_REQUIRE(served.post("/v1/counter/c/add", R"({"by":1})").status / 100 == 2);
    BOOST_REQUIRE(served.get("/v1/counter/c").status == 200);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crowds)

BOOST_AUTO_TEST_CASE(ten_thousand_slow_connections_cost_little_and_harm_nobody) {
  constexpr std::size_t wanted = 10'000;
  constexpr std::size_t for_the_rest = 2'500;
  const std::size_t permitted = raise_descriptors();
  BOOST_REQUIRE(permitted > 2 * for_the_rest);
  const std::size_t size = std::min(wanted, permitted - for_the_rest);
  BOOST_TEST_MESSAGE(size << " slow connections; " << permitted << " descriptors are permitted");
  HttpOptions options;
  options.head_timeout = std::chrono::minutes(10);
  Served served(options);
  check_that_all_is_well(served);
  const std::size_t before = memory_bytes();
  Crowd crowd(served.port(), size, unfinished + std::string(900, 'x'));
  BOOST_REQUIRE(crowd.arrived());
  eventually([&] { return served.server->connections() >= size; }, "all are accepted");
  check_that_all_is_well(served);
  BOOST_TEST(served.server->connections() >= size);
  const std::size_t grown = std::max(memory_bytes(), before) - before;
  BOOST_TEST_MESSAGE(grown / size << " bytes of memory for each");
  BOOST_TEST(grown / size < 4u << 10);
}

BOOST_AUTO_TEST_CASE(a_crowd_that_comes_again_and_again_leaves_room_for_others) {
  HttpOptions options;
  options.connections_max = 100;
  options.head_timeout = std::chrono::minutes(10);
  Served served(options);
  Crowd crowd(served.port(), 300, unfinished);
  BOOST_REQUIRE(crowd.arrived());
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    refused += served.post("/v1/counter/c/add", R"({"by":1})").status / 100 == 2 ? 0 : 1;
  }
  // The system may let this client wait between connecting and sending, too.
  BOOST_TEST(refused <= 2);
  BOOST_TEST(served.server->connections() <= 120u);
}

BOOST_AUTO_TEST_CASE(header_blocks_that_do_not_end_use_no_more_memory_than_there_is_for_them) {
  HttpOptions options;
  options.memory_bytes_max = 1u << 20;
  options.head_timeout = std::chrono::minutes(10);
  Served served(options);
  std::string large = unfinished + "y\r\n";
  while (large.size() < 30'000) large += "X: " + std::string(1000, 'x') + "\r\n";
  Crowd crowd(served.port(), 200, large);
  BOOST_REQUIRE(crowd.arrived());
  check_that_all_is_well(served);
  const auto turned_away = [&] {
    const std::string text = served.get("/metrics").body;
    const std::string name = "\nnightshift_http_turned_away_total ";
    return std::stod(text.substr(text.find(name) + name.size())) > 100;
  };
  eventually(turned_away, "most are turned away");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
