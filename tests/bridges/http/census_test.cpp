// How many entities there are, by kind and status.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {

BOOST_AUTO_TEST_SUITE(census)

BOOST_AUTO_TEST_CASE(every_status_of_every_kind_is_counted_those_of_nobody_too) {
  Served served;
  for (const char* id : {"a", "b", "c"}) {
    const auto target = "/v1/note/" + std::string(id) + "/suggest";
    BOOST_TEST(served.post(target, R"({"text":"x"})").status == 201);
  }
  const auto answer = served.get("/v1/census", "read-token");
  BOOST_TEST(answer.status == 200);
  const auto items = nlohmann::json::parse(answer.body)["items"];
  std::string all;
  for (const auto& item : items) {
    all += item["kind"].get<std::string>() + " " + item["status"].get<std::string>() + " " +
           std::to_string(item["count"].get<int>()) + "\n";
    BOOST_TEST(!item.contains("more"));
  }
  BOOST_TEST(all == "counter counting 0\nnote open 3\nnote closed 0\n");
}

BOOST_AUTO_TEST_CASE(counting_is_reading) {
  Served served;
  BOOST_TEST(served.get("/v1/census", "agent-token").status == 403);
  BOOST_TEST(served.post("/v1/census", "").status == 405);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
