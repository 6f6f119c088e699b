// The supervision tree over HTTP: what is shown, and who may interfere.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {

BOOST_AUTO_TEST_SUITE(supervision)

BOOST_AUTO_TEST_CASE(the_tree_is_a_list_of_parts_with_what_is_known_of_each) {
  Served served;
  const auto answer = served.get("/v1/supervision", "read-token");
  BOOST_TEST(answer.status == 200);
  const auto items = nlohmann::json::parse(answer.body)["items"];
  BOOST_TEST_REQUIRE(items.size() == 3u);
  BOOST_TEST(items[0]["path"] == "node");
  BOOST_TEST(items[0]["strategy"] == "rest_for_one");
  BOOST_TEST(!items[0].contains("last_error"));
  BOOST_TEST(items[1]["restarts"] == 2);
  BOOST_TEST(items[1]["queue"] == 7);
  BOOST_TEST(items[1]["last_error"] == "killed on request");
  BOOST_TEST(items[1]["last_error_at"] == "2027-01-15T08:00:00Z");
  BOOST_TEST(items[2]["type"] == "entity");
  BOOST_TEST(items[2]["state"] == "quarantined");
}

BOOST_AUTO_TEST_CASE(killing_and_resuming_take_a_path_and_the_scope_admin) {
  Served served;
  const auto post = [&](const std::string& target, const std::string& token = "admin-token") {
    return served.ask(
        {.method = "POST", .target = target, .token = token, .body = {}, .fields = {}});
  };
  const auto killed = post("/v1/supervision/kill?path=work/effects");
  BOOST_TEST(killed.status == 200);
  BOOST_TEST(killed.body == R"({"path":"work/effects","killed":true})");
  BOOST_TEST(post("/v1/supervision/resume?path=note%2Fbad").status == 200);
  const std::vector<std::string> asked{"kill work/effects", "resume note/bad"};
  BOOST_TEST(served.node.tree().asked() == asked, boost::test_tools::per_element());
  BOOST_TEST(post("/v1/supervision/kill?path=nowhere").status == 404);
  BOOST_TEST(post("/v1/supervision/kill").status == 400);
  BOOST_TEST(post("/v1/supervision/kill?path=").status == 400);
  BOOST_TEST(post("/v1/supervision/kill?path=work/effects", "operate-token").status == 403);
  BOOST_TEST(post("/v1/supervision/resume?path=note/bad", "agent-token").status == 403);
  const auto read = served.get("/v1/supervision/kill");
  BOOST_TEST(read.status == 405);
  BOOST_TEST(read.fields.at("allow") == "POST");
  BOOST_TEST(post("/v1/supervision").status == 405);
  BOOST_TEST(served.node.tree().asked().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
