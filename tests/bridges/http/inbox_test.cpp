// The inbox over HTTP: what waits for a person, in pages, for those who may read.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {
namespace {

using nlohmann::json;

struct Inbox : Served {
  void suggest(const std::string& id) {
    BOOST_REQUIRE(post("/v1/note/" + id + "/suggest", R"({"text":"t"})").status == 201);
  }
  json read(const std::string& query = {}) { return json::parse(get("/v1/inbox" + query).body); }
};

std::string ids(const json& inbox) {
  std::string all;
  for (const auto& item : inbox["items"]) all += item["id"].get<std::string>() + " ";
  return all;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(inbox, Inbox)

BOOST_AUTO_TEST_CASE(it_lists_what_waits_for_a_person_and_what_to_do) {
  BOOST_TEST(read() == json::parse(R"({"items":[],"tells":[],"files":[]})"));
  suggest("n");
  post("/v1/counter/c/add", R"({"by":1})");
  const auto inbox = read();
  BOOST_REQUIRE(inbox["items"].size() == 1u);
  const auto& item = inbox["items"][0];
  BOOST_TEST(item["kind"] == "note");
  BOOST_TEST(item["status"] == "open");
  BOOST_TEST(item["since"] == "2026-11-21T07:00:00Z");
  BOOST_TEST(item["awaits"] == "agree to it, or wipe it");
  BOOST_TEST(item["commands"] == json::parse(R"(["agree","touch","wipe"])"));
  BOOST_TEST(item["entity"] == json::parse(get("/v1/note/n").body));
}

BOOST_AUTO_TEST_CASE(what_is_decided_is_gone) {
  suggest("n");
  BOOST_TEST(ask({.method = "POST",
                  .target = "/v1/note/n/agree",
                  .token = "approve-token",
                  .body = {},
                  .fields = {}})
                 .status == 200);
  BOOST_TEST(ids(read()).empty());
}

BOOST_AUTO_TEST_CASE(it_comes_in_pages) {
  for (const auto* id : {"a", "b", "c"}) suggest(id);
  const auto first = read("?limit=2");
  BOOST_TEST(ids(first) == "a b ");
  const auto second = read("?limit=2&after=" + first["next"].get<std::string>());
  BOOST_TEST(ids(second) == "c ");
  BOOST_TEST(!second.contains("next"));
  BOOST_TEST(ids(read("?limit=3")) == "a b c ");
}

BOOST_AUTO_TEST_CASE(tells_that_do_not_get_through_are_in_it) {
  node.waiting = {{.source = {"purse", "a"},
                   .target = {"purse", "b"},
                   .n = 7,
                   .command = "Receive",
                   .attempts = 3,
                   .since = *from_rfc3339("2026-11-21T07:00:00Z"),
                   .cause = "purse/b is quarantined"}};
  const auto tells = read()["tells"];
  BOOST_REQUIRE(tells.size() == 1u);
  BOOST_TEST(tells[0]["target"] == "purse/b");
  BOOST_TEST(tells[0]["n"] == 7);
  BOOST_TEST(tells[0]["cause"] == "purse/b is quarantined");
  BOOST_TEST(!tells[0]["awaits"].get<std::string>().empty());
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  BOOST_TEST(get("/v1/inbox?after=nonsense").member("code") == "invalid");
  BOOST_TEST(get("/v1/inbox?limit=0").member("code") == "invalid");
  BOOST_TEST(get("/v1/inbox?kind=note").member("code") == "unknown_field");
  BOOST_TEST(get("/v1/inbox", "propose-token").member("code") == "forbidden");
  BOOST_TEST(post("/v1/inbox", "{}").member("code") == "method_not_allowed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
