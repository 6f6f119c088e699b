// backup, restore and audit on the command line: with a node that makes the backup, and without
// one.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "runtime/upkeep/backup.hpp"
#include "storage/rocks.hpp"
#include "tests/bridges/cli/played_node.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::bridges::cli::tests {
namespace {

using nightshift::tests::read_file;
using nightshift::tests::write_file;

struct Upkeep : CommandLine {
  Upkeep() {
    BOOST_REQUIRE(folder().create());
    storage::RocksOptions options;
    options.path = folder().journal();
    auto& identity = options.identity.emplace();
    identity.set_node("here");
    identity.set_log_id("aa");
    const auto key = folder().ensure_node_key();
    identity.set_signing_key(key->public_key());
    options.now = [] { return time_from_us(1'000'000); };
    BOOST_REQUIRE(storage::open_rocks(std::move(options)).has_value());
  }
  void check(int exit_code, const std::string& part, const std::vector<std::string>& arguments) {
    const auto ended = run(arguments);
    BOOST_TEST(ended.exit_code == exit_code, ended.out << ended.err);
    BOOST_TEST(says(ended.out + ended.err, part), ended.out << ended.err);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upkeep, Upkeep)

BOOST_AUTO_TEST_CASE(without_a_node_the_folder_is_saved_and_restored) {
  check(0, "keep elsewhere what is not in it", {"backup", path("saved")});
  check(1, "is there already", {"backup", path("saved")});
  check(1, "lies in the data folder", {"backup", (folder().root() / "saved").string()});
  check(1, "is there already", {"restore", path("saved")});
  check(0, "its log goes on as ", {"restore", path("saved"), "--data", path("new")});
  check(3, "is no backup", {"restore", path("new"), "--data", path("other")});
  write_file(path("saved/journal/CURRENT"), "changed");
  check(1, "journal/CURRENT has another digest", {"restore", path("saved"), "--data", path("x")});
  check(6, "", {"backup"});
}

BOOST_AUTO_TEST_CASE(a_head_is_signed_and_an_export_checked) {
  const auto head = run({"audit", "head"}).out;
  BOOST_TEST(says(head, "\nsigned "), head);
  write_file(path("head"), head);
  check(0, "exported up to offset 0", {"audit", "export", path("export")});
  check(1, "is there already", {"audit", "export", path("export")});
  check(0, "saved", {"backup", path("saved")});
  for (const auto& evidence : {path("export"), path("saved"), folder().root().string()})
    check(0, "with the head that was kept", {"audit", "verify", evidence, "--head", path("head")});
  write_file(path("cut"), read_file(path("export")).substr(0, 50));
  check(1, "the export is not what was written", {"audit", "verify", path("cut")});
  auto forged = head;
  auto& letter = forged[forged.size() - 20];
  letter = letter == 'A' ? 'B' : 'A';
  write_file(path("forged"), forged);
  check(5, "it was changed since", {"audit", "verify", "--head", path("forged")});
}

BOOST_AUTO_TEST_CASE(a_node_makes_it_and_is_asked_until_it_is_done) {
  const auto lock = runtime::FolderLock::take(folder());
  BOOST_REQUIRE(lock);
  std::atomic<int> looks = 0;
  std::string state = "done";
  PlayedNode node([&](const Asked& asked) -> Answered {
    nlohmann::json run{{"path", path("saved")}, {"state", "running"}};
    if (asked.method == "POST") return {200, run.dump()};
    if (++looks > 2) run["state"] = state;
    if (looks > 2 && state == "failed") run["code"] = "no_space", run["error"] = "no room";
    return {200, nlohmann::json{{"asked", run}, {"items", nlohmann::json::array()}}.dump()};
  });
  found_at(node);
  check(0, "on the node's machine", {"backup", path("saved")});
  BOOST_TEST(looks == 3);
  BOOST_TEST(node.asked().front().target.starts_with("/v1/backup?path=%2f"));
  state = "failed";
  looks = 0;
  check(1, "no room", {"backup", path("saved")});
  check(6, "began anew", {"backup", path("other")});
}

BOOST_AUTO_TEST_CASE(scheduled_ones_are_listed) {
  std::string answer = R"({"items":[]})";
  PlayedNode node([&](const Asked&) -> Answered { return {200, answer}; });
  found_at(node);
  check(0, "no backups are scheduled", {"backup"});
  answer = R"({"folder":"/b","items":[],"next_at":"2026-11-23T02:00:00Z",
               "scheduled":{"path":"/b/x","state":"failed","error":"no room"}})";
  check(0, "the last one failed: no room", {"backup"});
  answer = R"({"folder":"/b","items":[{"path":"/b/x","made_at":"2026-11-22T02:00:00Z","offset":7,
               "bytes":9,"rehearsal":"failed","error":"it is damaged"}]})";
  check(0, "failed: it is damaged", {"backup"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::cli::tests
