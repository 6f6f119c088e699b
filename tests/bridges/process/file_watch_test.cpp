// Files and folders that change, are replaced, come later, and do not count.
#include "bridges/process/file_watch.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
using bridges::process::FileWatch;
using bridges::process::ignores;
using bridges::process::Moment;
using std::chrono::milliseconds;

struct Site {
  TemporaryFolder folder;
  std::optional<FileWatch> watch;

  void open(std::vector<std::string> names, std::vector<std::string> ignored = {},
            milliseconds quiet = milliseconds(0)) {
    FileWatch::Wanted wanted;
    for (const auto& name : names) wanted.paths.push_back((folder / name).string());
    wanted.ignored = std::move(ignored);
    wanted.own_files = {(folder / "app/own.log").string()};
    wanted.quiet = quiet;
    auto opened = FileWatch::open(std::move(wanted));
    BOOST_TEST_REQUIRE(opened.has_value(), (opened ? "" : opened.error().detail));
    watch.emplace(std::move(*opened));
  }
  /// What has changed, below the folder of the test. The kernel tells at once.
  std::string changed(Moment now = Moment(0)) {
    const auto path = watch->look(now);
    return path.empty() ? "" : fs::path(path).lexically_relative(folder.path()).string();
  }
  void write(const std::string& name) const { write_file(folder / name, "x"); }
  void make(const std::string& name) const { fs::create_directories(folder / name); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(process_file_watch, Site)

BOOST_AUTO_TEST_CASE(what_changes_anywhere_in_a_folder_counts) {
  make("app/src/deep");
  make("other");
  write("app/main.js");
  open({"app"});
  BOOST_TEST(changed() == "");
  write("other/file");
  BOOST_TEST(changed() == "");
  write("app/main.js");
  BOOST_TEST(changed() == "app/main.js");
  write("app/src/deep/new.js");
  BOOST_TEST(changed() == "app/src/deep/new.js");
  fs::remove(folder / "app/src/deep/new.js");
  BOOST_TEST(changed() == "app/src/deep/new.js");
  make("app/later");
  BOOST_TEST(changed() == "app/later");
  write("app/later/file");
  BOOST_TEST(changed() == "app/later/file");
  fs::rename(folder / "app/later", folder / "other/later");
  BOOST_TEST(changed() == "app/later");
  write("other/later/file");
  BOOST_TEST(changed() == "");
}

BOOST_AUTO_TEST_CASE(a_file_is_followed_when_another_takes_its_place) {
  make("etc");
  write("etc/app.conf");
  open({"etc/app.conf"});
  write("etc/other.conf");
  BOOST_TEST(changed() == "");
  for (int i = 0; i < 2; ++i) {
    write("etc/.app.conf.swp");
    fs::rename(folder / "etc/.app.conf.swp", folder / "etc/app.conf");
    BOOST_TEST(changed() == "etc/app.conf");
  }
}

BOOST_AUTO_TEST_CASE(a_folder_is_followed_when_another_takes_its_place) {
  make("releases/1");
  make("releases/2");
  make("live");
  open({"live", "releases/current"});
  fs::create_symlink(folder / "releases/1", folder / "releases/current");
  BOOST_TEST(changed() == "releases/current");
  write("releases/1/file");
  BOOST_TEST(changed() == "releases/current/file");
  fs::create_symlink(folder / "releases/2", folder / "next");
  fs::rename(folder / "next", folder / "releases/current");
  BOOST_TEST(changed() == "releases/current");
  write("releases/1/file");
  BOOST_TEST(changed() == "");
  write("releases/2/file");
  BOOST_TEST(changed() == "releases/current/file");
  fs::remove_all(folder / "live");
  BOOST_TEST(changed() == "live");
  make("live");
  BOOST_TEST(changed() == "live");
  write("live/file");
  BOOST_TEST(changed() == "live/file");
}

BOOST_AUTO_TEST_CASE(what_is_ignored_and_its_own_logs_do_not_count) {
  make("app/node_modules/left-pad");
  make("app/.git");
  open({"app"}, {"node_modules", ".*", "dist/*"});
  for (const auto* name : {"app/node_modules/left-pad/index.js", "app/.git/HEAD", "app/.env",
                           "app/own.log", "app/own.log.1"}) {
    write(name);
    BOOST_TEST(changed() == "", name);
  }
  make("app/dist");
  BOOST_TEST(changed() == "app/dist");
  write("app/dist/bundle.js");
  BOOST_TEST(changed() == "");
  write("app/own.login");
  BOOST_TEST(changed() == "app/own.login");
}

BOOST_AUTO_TEST_CASE(a_burst_counts_once_when_it_is_over) {
  make("app");
  open({"app"}, {}, milliseconds(500));
  write("app/a");
  BOOST_TEST(changed(Moment(0)) == "");
  write("app/b");
  BOOST_TEST(changed(Moment(400'000)) == "");
  BOOST_TEST((watch->due_at() == Moment(900'000)));
  BOOST_TEST(changed(Moment(899'999)) == "");
  BOOST_TEST(changed(Moment(900'000)) == "app/b");
  BOOST_TEST(!watch->due_at().has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_watched_says_why) {
  FileWatch::Wanted wanted;
  wanted.paths = {(folder / "no/where").string()};
  const auto opened = FileWatch::open(wanted);
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ErrorCode::config));
  BOOST_TEST(opened.error().detail.starts_with((folder / "no").string() + " cannot be watched"));
}

BOOST_AUTO_TEST_CASE(patterns_fit_names_paths_below_the_folder_and_whole_paths) {
  struct Row {
    const char* pattern;
    const char* path;
    bool fits;
  };
  for (const auto& [pattern, path, fits] : {Row{"*.log", "/app/x.log", true},
                                            Row{"*.log", "/app/logs/x.log", true},
                                            Row{"*.log", "/app/x.log.txt", false},
                                            Row{"logs", "/app/logs/x", true},
                                            Row{"logs/", "/app/logs/x", true},
                                            Row{"logs/**", "/app/logs/deep/x", true},
                                            Row{"logs/*.txt", "/app/logs/x.txt", true},
                                            Row{"logs/*.txt", "/app/a/logs/x.txt", false},
                                            Row{"**/logs/*.txt", "/app/a/logs/x.txt", true},
                                            Row{"**/logs/*.txt", "/app/logs/x.txt", true},
                                            Row{"./tmp", "/app/tmp/x", true},
                                            Row{"./tmp/a", "/app/tmp/x", false},
                                            Row{"/app/tmp", "/app/tmp/x", true},
                                            Row{"/tmp", "/app/tmp/x", false},
                                            Row{".*", "/app/.git/HEAD", true},
                                            Row{".*", "/app/a.b", false},
                                            Row{".*", "/app", false},
                                            Row{"app", "/app/x", false},
                                            Row{"[", "/app/x", false},
                                            Row{"", "/app/x", false}}) {
    BOOST_TEST(ignores(pattern, "/app", path) == fits, pattern << " " << path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
