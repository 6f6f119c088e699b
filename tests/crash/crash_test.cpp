// Kills under load: what was acknowledged is there, once, whole, and answered the same.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "tests/crash/household.hpp"
#include "tests/crash/reaper.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using nlohmann::json;

constexpr int clients = 8;
constexpr std::size_t commands_per_kill = 100;

void check_states(Ledger& ledger, const Approvals& live) {
  const auto expected = ledger.expected();
  BOOST_TEST(live.size() == expected.size());
  for (const auto& [id, wanted] : expected) {
    const auto found = live.find(id);
    if (found == live.end()) {
      BOOST_ERROR(id << " was acknowledged and is lost");
      continue;
    }
    const auto status = found->second.at("status").get<std::string>();
    BOOST_TEST(status == wanted.status, id << " is " << status << ": " << found->second.dump());
  }
}

/// Every command's events are there once, in a stream without gaps; nothing else is there.
void check_events(Ledger& ledger, const runtime::DataFolder& folder) {
  const auto ended = run(folder, {"log", "--limit", "1000000"});
  BOOST_TEST_REQUIRE(ended.exit_code == 0, ended.err);
  std::map<std::string, int> times;
  std::map<std::string, int> sequences;
  std::istringstream lines(ended.out);
  for (std::string line; std::getline(lines, line);) {
    const auto event = json::parse(line);
    const auto id = event.at("id").get<std::string>();
    const auto entity = event.at("kind").get<std::string>() + "/" + id;
    BOOST_TEST(event.at("sequence").get<int>() == ++sequences[entity], entity << " has a gap");
    const bool by_host = event.at("principal") == "host" || event.at("kind") != "approval";
    if (!by_host && !event.at("type").get<std::string>().starts_with("approval.host.")) {
      ++times[event.at("cause").get<std::string>()];
    }
  }
  const auto entries = ledger.entries();
  BOOST_TEST(times.size() == entries.size());
  for (const auto& entry : entries) {
    BOOST_TEST(times[entry.key] == 1, entry.id << ": " << entry.command << " with key " << entry.key
                                               << " is there " << times[entry.key] << " times");
  }
}

void check_outbox(Ledger& ledger, const runtime::DataFolder& folder) {
  std::multiset<std::string> wanted, found;
  for (const auto& [id, expected] : ledger.expected()) {
    if (!expected.message.empty()) wanted.insert(expected.message);
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.root() / "Outbox" / "new")) {
    found.insert(read_file(file.path()));
  }
  BOOST_TEST(wanted.size() > 0u);
  BOOST_TEST(found.size() == wanted.size());
  BOOST_TEST((found == wanted), "the outbox does not hold exactly what was approved");
}

void check_replay(const runtime::DataFolder& folder, const Approvals& live) {
  const auto past = all_approvals(folder, {"replay", "--at", "9999999999", "list", "approval"});
  BOOST_TEST(past.size() == live.size());
  for (const auto& [id, entity] : live) {
    const auto found = past.find(id);
    if (found == past.end()) {
      BOOST_ERROR(id << " is not in the replay");
      continue;
    }
    for (const auto* part : {"view", "status", "sequence", "offset"}) {
      BOOST_TEST(found->second.at(part) == entity.at(part), id << ": " << part << " differs");
    }
  }
}

void check_index(const runtime::DataFolder& folder, const Approvals& live) {
  for (const std::string status : {"pending", "approved", "rejected", "withdrawn", "sent"}) {
    auto arguments = live_list;
    arguments.insert(arguments.end(), {"--where", "status=" + status});
    const auto indexed = all_approvals(folder, arguments);
    const auto count = std::ranges::count_if(
        live, [&](const auto& entry) { return entry.second.at("status") == status; });
    BOOST_TEST(static_cast<std::ptrdiff_t>(indexed.size()) == count, "the index of " << status);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_doubled_or_halved_by_kills) {
  const auto kills = chosen_kills();
  const auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed << " NIGHTSHIFT_KILLS=" << kills) {
    Household house;
    Ledger ledger;
    ledger.set_target(kills * commands_per_kill);
    Reaper reaper(house.folder, seed, ledger,
                  {"outbox.create", "outbox.write", "outbox.sync", "outbox.rename",
                   "outbox.sync_folder", "outbox.end"});
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&, i] { Client(i, seed, *house.person, ledger).run(); });
    }
    auto node = reaper.reap(kills, commands_per_kill, std::move(threads));
    BOOST_TEST_MESSAGE(ledger.count() << " commands acknowledged, " << kills << " kills, "
                                      << reaper.at_named_points() << " at named points");

    const auto live = settled_approvals(house.folder);
    check_states(ledger, live);
    check_events(ledger, house.folder);
    check_outbox(ledger, house.folder);
    check_replay(house.folder, live);
    check_index(house.folder, live);
    node.signal(SIGTERM);
    BOOST_TEST(node.wait().exit_code == 0);
    const auto audit = answer(house.folder, {"audit", "verify"});
    BOOST_TEST(audit.at("whole").get<bool>(), audit.dump());
  }
}
