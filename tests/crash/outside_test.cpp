// Kills around outside actions: a receiver that knows repeats acts once, one that does not is never
// sent a second request, and what is in doubt is left to a human.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <set>
#include <thread>

#include "tests/crash/household.hpp"
#include "tests/crash/reaper.hpp"
#include "tests/support/web/receiver.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;

constexpr int clients = 4;
constexpr std::size_t commands_per_kill = 20;

/// What reached a receiver: under how many keys, and how often, for each payload.
struct Arrivals {
  std::map<std::string, std::set<std::string>> keys;
  std::map<std::string, int> requests;

  explicit Arrivals(const WebReceiver& receiver) {
    for (const auto& request : receiver.received()) {
      keys[request.body].insert(request.headers.at("webhook-id"));
      ++requests[request.body];
    }
  }
};

/// A node's target, by its environment.
void configure(const std::string& name, const WebReceiver& receiver) {
  const auto variable = [&](const std::string& key, const std::string& value) {
    ::setenv(("NIGHTSHIFT_WEBHOOK__" + name + "__" + key).c_str(), value.c_str(), 1);
  };
  std::string word = name;
  for (auto& c : word) c = static_cast<char>(std::tolower(c));
  variable("URL", receiver.url());
  variable("CLASS", word);
  variable("SECRET", "env:NIGHTSHIFT_TEST_SECRET");
  variable("ALLOW_PRIVATE", "true");
}

void check_keyed(const std::string& id, const std::string& status, Arrivals& arrivals) {
  BOOST_TEST(status == "sent", id << " is " << status);
  BOOST_TEST(arrivals.keys[id].size() == 1u,
             id << " arrived under " << arrivals.keys[id].size() << " keys");
}

/// True if it is in doubt.
bool check_neither(const std::string& id, const std::string& status, Arrivals& arrivals) {
  const auto requests = arrivals.requests[id];
  BOOST_TEST(requests <= 1, id << " was sent " << requests << " times");
  if (status == "unknown") return true;
  BOOST_TEST(status == "sent", id << " is " << status);
  BOOST_TEST(requests == 1, id << " is said to be sent, and never arrived");
  return false;
}

void resolve(const runtime::DataFolder& folder, const std::string& id, bool arrived) {
  const std::string outcome = arrived ? "committed" : "failed";
  const auto resolved =
      answer(folder, {"approval", "resolve", id, "outcome=" + outcome, "evidence=looked there"});
  BOOST_TEST(resolved.at("status").get<std::string>() == (arrived ? "sent" : "failed"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(outside_actions_are_not_doubled_by_kills) {
  const auto kills = chosen_kills();
  const auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed << " NIGHTSHIFT_KILLS=" << kills) {
    const WebReceiver keyed, neither;
    ::setenv("NIGHTSHIFT_TEST_SECRET", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", 1);
    configure("KEYED", keyed);
    configure("NEITHER", neither);
    Household house;
    Ledger ledger;
    ledger.set_target(kills * commands_per_kill);
    Reaper reaper(house.folder, seed, ledger,
                  {"webhook.connect", "webhook.send", "webhook.answer", "webhook.end"});
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back(
          [&, i] { Client(i, seed, *house.person, ledger, {"keyed", "neither"}).run(); });
    }
    auto node = reaper.reap(kills, commands_per_kill, std::move(threads));

    const auto live = settled_approvals(house.folder);
    Arrivals at_keyed(keyed), at_neither(neither);
    int calls = 0, doubtful = 0;
    for (const auto& [id, wanted] : ledger.expected()) {
      const auto status = live.at(id).at("status").get<std::string>();
      if (wanted.message.empty()) {
        BOOST_TEST(at_keyed.requests[id] + at_neither.requests[id] == 0, id << " was not approved");
        BOOST_TEST(status == wanted.status, id);
        continue;
      }
      ++calls;
      if (wanted.webhook == "keyed") {
        check_keyed(id, status, at_keyed);
      } else if (check_neither(id, status, at_neither)) {
        ++doubtful;
        resolve(house.folder, id, at_neither.requests[id] == 1);
      }
    }
    BOOST_TEST(calls > 0);
    BOOST_TEST_MESSAGE(calls << " calls, " << kills << " kills, " << reaper.at_named_points()
                             << " at named points, " << doubtful << " in doubt");
    node.signal(SIGTERM);
    BOOST_TEST(node.wait().exit_code == 0);
  }
}
