// A node with a vault, killed at random moments of a night: every task ends in exactly one place,
// and what was approved happens once.
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <map>

#include <nlohmann/json.hpp>

#include "messages/crypto.hpp"
#include "tests/program/house.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
namespace fs = std::filesystem;

constexpr int tasks_per_kill = 3;
/// Longer than a task takes from its arrival to its proposal.
constexpr std::uint64_t life_ms_max = 1'500;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

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

  bool all_are(const std::string& kind, std::size_t count, const std::string& status) const {
    const auto all = statuses(kind);
    return all.size() == count &&
           std::ranges::all_of(all, [&](const auto& one) { return one.second == status; });
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

BOOST_AUTO_TEST_CASE(a_night_of_kills_leaves_every_task_in_one_place) {
  const auto seed = a_seed();
  const auto kills = from_environment("NIGHTSHIFT_KILLS", 6);
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed) {
    Dice dice(seed);
    Night night;
    night.add_anna();
    std::vector<std::string> stems;
    for (std::uint64_t kill = 0; kill < kills; ++kill) {
      night.start();
      for (int i = 0; i < tasks_per_kill; ++i) {
        stems.push_back("T" + std::to_string(stems.size()));
        night.drop(stems.back());
      }
      ::poll(nullptr, 0, static_cast<int>(dice.roll(life_ms_max)));
      night.node().signal(SIGKILL);
      (void)night.node().wait();
    }
    night.start();
    const auto is_settled = [&] {
      return night.all_are("task", stems.size(), "drafted") &&
             night.all_are("approval", stems.size(), "pending");
    };
    eventually(is_settled, "every task has its proposal");
    const auto approved = stems.front();
    night.expect(0, "approved",
                 {"approval", "approve", "EMAIL_REPLY_" + approved, "--passphrase-file",
                  night.passphrase_file()});
    night.node().signal(SIGKILL);
    (void)night.node().wait();
    night.start();
    eventually([&] { return night.statuses("task")[approved] == "done"; }, "the task is done");
    const auto expected = [&](const std::string& stem) {
      return std::vector<std::string>{stem == approved ? "Done" : "In_Progress/local"};
    };
    for (const auto& stem : stems) {
      eventually([&] { return night.places(stem + ".md") == expected(stem); },
                 stem + " lies in one place");
      BOOST_TEST(night.places("EMAIL_REPLY_" + stem + ".md").size() == 1u, stem);
    }
    BOOST_TEST(night.messages_in_outbox() == 1u);
    night.stop();
  }
}
