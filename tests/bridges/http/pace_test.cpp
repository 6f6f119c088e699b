// How fast one principal may ask.
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "bridges/http/pace.hpp"
#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {

using bridges::http::Pace;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(pace)

BOOST_AUTO_TEST_CASE(a_principal_has_twice_a_second_at_once_and_then_its_rate) {
  Pace pace(10);
  const Pace::Time start{};
  const auto granted = [&](const char* who, Pace::Time now) {
    int count = 0;
    while (pace.take(who, now)) ++count;
    return count;
  };
  BOOST_TEST(granted("ann", start) == 20);
  BOOST_TEST(granted("ann", start + milliseconds(99)) == 0);
  BOOST_TEST(granted("ann", start + milliseconds(101)) == 1);
  BOOST_TEST(granted("ann", start + milliseconds(1'102)) == 10);
  BOOST_TEST(granted("bob", start + milliseconds(1'102)) == 20);
  BOOST_TEST(granted("ann", start + milliseconds(900'000)) == 20);
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_gives_nothing) {
  Pace pace(1);
  const Pace::Time start{milliseconds(10'000)};
  BOOST_TEST(pace.take("ann", start));
  BOOST_TEST(pace.take("ann", start));
  BOOST_TEST(!pace.take("ann", start - milliseconds(5'000)));
  BOOST_TEST(!pace.take("ann", start + milliseconds(900)));
}

BOOST_AUTO_TEST_CASE(zero_means_any_number) {
  Pace pace(0);
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(pace.take("ann", {}));
}

BOOST_AUTO_TEST_CASE(one_who_asks_too_often_is_429_and_others_are_not) {
  bridges::http::HttpOptions options;
  options.requests_per_s = 1;
  Served served(options);
  const auto refused = [&](auto ask) {
    for (int i = 0; i < 1000; ++i) {
      const WireAnswer answer = ask();
      if (answer.status == 429) return answer;
    }
    return WireAnswer();
  };
  const auto read = refused([&] { return served.get("/v1/kinds", "read-token"); });
  BOOST_TEST(read.status == 429);
  BOOST_TEST(read.member("code") == "rate_limited");
  BOOST_TEST(read.fields.at("retry-after") == "1");
  Wire wire(served.port());
  const std::string add = request_text({.method = "POST",
                                        .target = "/v1/counter/c/add",
                                        .token = "operate-token",
                                        .body = "{}",
                                        .fields = {}});
  BOOST_TEST(wire.ask(add).status == 201);
  BOOST_TEST(refused([&] { return wire.ask(add); }).status == 429);
  BOOST_TEST(served.get("/livez", {}).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
