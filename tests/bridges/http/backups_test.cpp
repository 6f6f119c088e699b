// Backups over HTTP: what is shown, what is asked for, what is counted.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {
namespace {

using namespace runtime::upkeep;

/// Says what the test wants, and notes what it is asked.
struct PlayedBackups final : Backups {
  Result<void> begin(const std::filesystem::path& target) override {
    asked.push_back(target.string());
    if (target.is_absolute()) return {};
    return fail(ErrorCode::invalid, "name the whole path", "path");
  }
  BackupsView view() const override { return shown; }

  std::vector<std::string> asked;
  BackupsView shown;
};

struct Keeping {
  WireAnswer post(const std::string& target, const std::string& token = "admin-token") {
    return served->ask(
        {.method = "POST", .target = target, .token = token, .body = {}, .fields = {}});
  }

  std::shared_ptr<PlayedBackups> backups = std::make_shared<PlayedBackups>();
  std::unique_ptr<Served> served = [this] {
    bridges::http::HttpOptions options;
    options.backups = backups;
    return std::make_unique<Served>(std::move(options));
  }();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backups, Keeping)

BOOST_AUTO_TEST_CASE(what_there_is_is_shown_with_its_rehearsal) {
  const auto at = *from_rfc3339("2026-11-22T02:00:00Z");
  backups->shown.folder = "/backups";
  backups->shown.next_at = at + std::chrono::hours(24);
  backups->shown.asked =
      BackupRun{"/mine", BackupRun::State::failed, {ErrorCode::no_space, "there is no room", ""}};
  Backup backup;
  backup.path = "/backups/one";
  backup.made_at = at;
  backup.offset = 7;
  backup.rehearsal = Rehearsal{at, ""};
  backups->shown.items.push_back(backup);
  backup.rehearsal->error = "counter/c is not what its records say";
  backups->shown.items.push_back(backup);
  backup.rehearsal.reset();
  backups->shown.items.push_back(backup);

  const auto json = nlohmann::json::parse(served->get("/v1/backups").body);
  BOOST_TEST(json["folder"] == "/backups");
  BOOST_TEST(json["next_at"] == "2026-11-23T02:00:00Z");
  BOOST_TEST(json["asked"]["state"] == "failed");
  BOOST_TEST(json["asked"]["code"] == "no_space");
  BOOST_TEST(!json.contains("scheduled"));
  BOOST_TEST_REQUIRE(json["items"].size() == 3u);
  BOOST_TEST(json["items"][0]["rehearsal"] == "passed");
  BOOST_TEST(json["items"][0]["offset"] == 7);
  BOOST_TEST(json["items"][1]["rehearsal"] == "failed");
  BOOST_TEST(json["items"][1]["error"] == "counter/c is not what its records say");
  BOOST_TEST(!json["items"][2].contains("rehearsal"));
  BOOST_TEST(served->get("/v1/backups", "read-token").status == 403);
}

BOOST_AUTO_TEST_CASE(one_is_asked_for_by_a_path_and_the_scope_admin) {
  BOOST_TEST(post("/v1/backup?path=/mnt/saved").body ==
             R"({"path":"/mnt/saved","state":"running"})");
  BOOST_TEST(post("/v1/backup?path=saved").status == 400);
  BOOST_TEST(post("/v1/backup").status == 400);
  BOOST_TEST(post("/v1/backup?path=/mnt/saved", "operate-token").status == 403);
  const std::vector<std::string> asked{"/mnt/saved", "saved"};
  BOOST_TEST(backups->asked == asked, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_node_that_keeps_none_says_so) {
  const Served none;
  BOOST_TEST(none.get("/v1/backups").status == 404);
}

BOOST_AUTO_TEST_CASE(they_are_counted) {
  backups->shown.made = 3;
  backups->shown.rehearsals_failed = 1;
  Backup backup;
  backup.made_at = *from_rfc3339("1970-01-01T00:00:42Z");
  backup.rehearsal = Rehearsal{backup.made_at, ""};
  backups->shown.items.push_back(backup);
  for (int look = 0; look < 2; ++look) {
    const auto text = served->get("/metrics").body;
    for (const auto* line :
         {"nightshift_backups_made_total 3", "nightshift_backup_rehearsals_failed_total 1",
          "nightshift_backups_kept 1", "nightshift_backup_newest_timestamp_seconds 42"})
      BOOST_TEST(text.find(line) != std::string::npos, line << " is not in " << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
