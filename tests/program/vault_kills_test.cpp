// A node with a vault, killed at random moments of a night: every task ends in exactly one place,
// and what was approved happens once.
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <future>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "messages/crypto.hpp"
#include "tests/program/house.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/environment.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
namespace fs = std::filesystem;

constexpr int tasks_per_kill = 3;
/// Longer than a task takes from its arrival to its proposal.
constexpr std::uint64_t life_ms_max = 1'500;

std::uint64_t a_seed() {
  std::uint64_t seed = 0;
  const auto bytes = random_bytes(sizeof seed);
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return from_environment("NIGHTSHIFT_SEED", seed);
}

struct Night : House {
  Night() { environment["NIGHTSHIFT_VAULT__PATH"] = path("vault"); }

  void drop(const std::string& stem) const {
    write_file(path("written"), "---\nfrom: ines@example.com\nsubject: " + stem +
                                    "\n---\n\nPlease reply to this mail.\n");
    fs::create_directories(path("vault/Inbox"));
    fs::rename(path("written"), path("vault/Inbox/" + stem + ".md"));
  }

  /// Folders in which a file of this name lies.
  std::vector<std::string> places(const std::string& name) const {
    std::vector<std::string> all;
    std::error_code gone;
    // Folders and files come and go while they are read.
    for (auto entry = fs::recursive_directory_iterator(path("vault"), gone);
         entry != fs::recursive_directory_iterator(); entry.increment(gone)) {
      if (entry->path().filename() != name) continue;
      all.push_back(entry->path().parent_path().lexically_relative(path("vault")).string());
    }
    return all;
  }

  /// Status of each entity of a kind.
  std::map<std::string, std::string> statuses(const std::string& kind) const {
    std::map<std::string, std::string> all;
    const auto listed = run({"--json", "list", kind, "--limit", "1000"});
    if (listed.exit_code != 0) return all;
    const auto page = nlohmann::json::parse(listed.out);
    for (const auto& item : page.at("items")) {
      all[item.at("id").get<std::string>()] = item.at("status").get<std::string>();
    }
    return all;
  }

  bool all_are(const std::string& kind, std::size_t count,
               const std::set<std::string>& some) const {
    const auto all = statuses(kind);
    return all.size() == count &&
           std::ranges::all_of(all, [&](const auto& one) { return some.contains(one.second); });
  }

  /// True if that was answered.
  bool approve(const std::string& stem) const {
    const auto ended =
        run({"approval", "approve", "EMAIL_REPLY_" + stem, "--passphrase-file", passphrase_file()});
    return ended.exit_code == 0;
  }

  /// Messages of this approval.
  std::size_t messages_of(const std::string& id) const {
    std::size_t all = 0;
    for (const auto* box : {"vault/Outbox/new", "vault/Outbox/cur"}) {
      for (const auto& entry : fs::directory_iterator(path(box))) {
        all += says(read_file(entry.path()), "X-Nightshift-Approval: " + id + "\r\n") ? 1 : 0;
      }
    }
    return all;
  }

  std::size_t messages_in_outbox() const {
    std::size_t all = 0;
    for (const auto& entry : fs::directory_iterator(path("vault/Outbox/new"))) {
      all += entry.is_regular_file() ? 1 : 0;
    }
    return all;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_night_of_kills_loses_nothing_and_sends_nothing_twice) {
  const auto seed = a_seed();
  const auto kills = from_environment("NIGHTSHIFT_KILLS", 6);
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed) {
    Dice dice(seed);
    Night night;
    night.add_anna();
    std::vector<std::string> stems;
    std::set<std::string> answered;
    for (std::uint64_t kill = 0; kill < kills; ++kill) {
      night.start();
      for (int i = 0; i < tasks_per_kill; ++i) {
        stems.push_back("T" + std::to_string(stems.size()));
        night.drop(stems.back());
      }
      // Anna approves what waits since an earlier night, or may not wait yet, while the node dies.
      const auto wanted = dice.pick(stems);
      auto said_yes =
          std::async(std::launch::async, [&night, wanted] { return night.approve(wanted); });
      ::poll(nullptr, 0, static_cast<int>(dice.roll(life_ms_max)));
      night.node().signal(SIGKILL);
      (void)night.node().wait();
      if (said_yes.get()) answered.insert(wanted);
    }
    night.start();
    const auto is_settled = [&] {
      return night.all_are("task", stems.size(), {"drafted", "done"}) &&
             night.all_are("approval", stems.size(), {"pending", "sent"});
    };
    eventually(is_settled, "every task has its proposal");
    // The last one is approved, and the node killed right after the answer.
    BOOST_TEST((night.approve(stems.back()) || answered.contains(stems.back())));
    answered.insert(stems.back());
    night.node().signal(SIGKILL);
    (void)night.node().wait();
    night.start();
    eventually(is_settled, "what was approved is sent");
    const auto tasks = night.statuses("task");
    std::size_t sent = 0;
    for (const auto& stem : stems) {
      const bool is_done = tasks.at(stem) == "done";
      sent += is_done ? 1 : 0;
      BOOST_TEST((is_done || !answered.contains(stem)), stem << " was approved and not sent");
      const std::vector<std::string> place{is_done ? "Done" : "In_Progress/local"};
      const std::vector<std::string> place_of_draft{is_done ? "Done" : "Pending_Approval/Email"};
      eventually([&] { return night.places(stem + ".md") == place; }, stem + " lies in one place");
      eventually([&] { return night.places("EMAIL_REPLY_" + stem + ".md") == place_of_draft; },
                 "the draft of " + stem + " lies in one place");
      BOOST_TEST(night.messages_of("EMAIL_REPLY_" + stem) == (is_done ? 1u : 0u), stem);
    }
    BOOST_TEST(night.messages_in_outbox() == sent);
    night.stop();
  }
}
