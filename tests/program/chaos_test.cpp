// Every part of a running node is killed, again and again, while people use it.
#include <poll.h>
#include <signal.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <map>
#include <thread>

#include <nlohmann/json.hpp>

#include "bridges/cli/http_client.hpp"
#include "messages/crypto.hpp"
#include "tests/program/house.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using bridges::cli::HttpClient;
using bridges::cli::HttpRequest;
using nlohmann::json;

constexpr int rounds = 40;
constexpr int people = 4;

std::uint64_t a_seed() {
  if (const char* given = std::getenv("NIGHTSHIFT_SEED")) return std::strtoull(given, nullptr, 10);
  std::uint64_t seed = 0;
  const auto bytes = random_bytes(sizeof seed);
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

/// One who asks over HTTP until there is an answer, always with the same command id.
class Person {
 public:
  Person(std::string base, std::string token) : base_(std::move(base)), token_(std::move(token)) {}

  std::optional<json> ask(const std::string& method, const std::string& target,
                          const std::string& body, const std::string& key,
                          const std::atomic<bool>& enough) {
    HttpRequest request{.method = method, .target = target, .body = body, .headers = {}};
    request.headers = {{"Authorization", "Bearer " + token_}};
    if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
    while (!enough) {
      const auto answer = http_.send(base_, request);
      if (answer && answer->status < 300) return json::parse(answer->body);
      if (answer && answer->status < 500) return std::nullopt;
      ::poll(nullptr, 0, 5);
    }
    return std::nullopt;
  }

 private:
  std::string base_;
  std::string token_;
  HttpClient http_;
};

std::string draft(const std::string& id) {
  return json{{"title", id},
              {"category", "email"},
              {"to", json::array({"bob@example.org"})},
              {"body", "Dear Bob,\n"}}
      .dump();
}

struct Load {
  std::atomic<bool> enough = false;
  std::atomic<int> acknowledged = 0;
  std::atomic<int> refused = 0;
  std::mutex mutex;
  std::vector<std::string> ids;

  void run(int number, Person person) {
    for (int i = 0; !enough; ++i) {
      const auto id = "p" + std::to_string(number) + "-" + std::to_string(i);
      const auto answer =
          person.ask("POST", "/v1/approval/" + id + "/propose", draft(id), "key-" + id, enough);
      if (!answer) {
        refused += enough ? 0 : 1;
        continue;
      }
      ++acknowledged;
      const std::lock_guard lock(mutex);
      ids.push_back(id);
    }
  }
};

/// Returns a part of the node that does not run; null if all do.
json first_down(const json& parts) {
  for (const auto& part : parts) {
    if (part["type"] != "entity" && part["state"] != "running") return part;
  }
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_CASE(whatever_is_killed_comes_back_and_nothing_acknowledged_is_lost) {
  const auto seed = a_seed();
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed) {
    Dice dice(seed);
    House house;
    house.environment["NIGHTSHIFT_VAULT__PATH"] = house.path("vault");
    house.start();
    const auto token = house.folder().read_token(house.folder().admin_token_file());
    BOOST_TEST_REQUIRE(token.has_value());
    const auto base = "http://" + house.node().address();
    const std::atomic<bool> never = false;
    Person hand(base, *token);
    const auto parts = [&]() -> json {
      return hand.ask("GET", "/v1/supervision", "", "", never)->at("items");
    };
    std::vector<std::string> paths;
    for (const auto& part : parts()) paths.push_back(part["path"]);
    BOOST_TEST(std::ranges::count(paths, "bridges/http") == 1);
    BOOST_TEST(std::ranges::count(paths, "bridges/vault") == 1);

    Load load;
    std::vector<std::jthread> threads;
    for (int i = 0; i < people; ++i) {
      threads.emplace_back([&, i] { load.run(i, Person(base, *token)); });
    }
    for (int round = 0; round < rounds; ++round) {
      // Each of them once, and then at random.
      const auto at = static_cast<std::size_t>(round);
      const auto path = at < paths.size() ? paths[at] : dice.pick(paths);
      // What answers may be there before all parts are back from the last kill.
      eventually(
          [&] {
            return hand.ask("POST", "/v1/supervision/kill?path=" + path, "", "", never).has_value();
          },
          path + " can be killed");
      const auto goal = load.acknowledged + people;
      const auto deadline = std::chrono::steady_clock::now() + process_deadline;
      while (load.acknowledged < goal) {
        if (std::chrono::steady_clock::now() > deadline) {
          BOOST_FAIL("nothing is answered after " << path << " was killed");
        }
        ::poll(nullptr, 0, 2);
      }
    }
    load.enough = true;
    threads.clear();
    BOOST_TEST(load.refused == 0);
    // The last that was killed may still be on its way: a vault reads its folder first.
    const auto deadline = std::chrono::steady_clock::now() + process_deadline;
    auto down = first_down(parts());
    while (!down.is_null() && std::chrono::steady_clock::now() < deadline) {
      ::poll(nullptr, 0, 10);
      down = first_down(parts());
    }
    BOOST_TEST(down.is_null(), down.dump());
    std::size_t lost = 0;
    for (const auto& id : load.ids) {
      const auto found = hand.ask("GET", "/v1/approval/" + id, "", "", never);
      lost += found && (*found)["sequence"] == 1 ? 0 : 1;
    }
    BOOST_TEST(lost == 0u);
    BOOST_TEST_MESSAGE(load.ids.size() << " commands acknowledged over " << rounds << " kills");
    house.stop();
  }
}
