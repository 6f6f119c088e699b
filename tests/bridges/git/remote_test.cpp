// Remotes that are gone, full, rewound, or not what was expected.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "runtime/descriptor.hpp"
#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

BOOST_AUTO_TEST_SUITE(remote)

BOOST_AUTO_TEST_CASE(while_the_remote_is_gone_commits_go_on_and_meet_it_again) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  cloud.round_ok();
  fs::rename(yard.remote(), yard.path("away"));
  write(cloud.vault / "b.md", "b\n");
  const auto report = cloud.round();
  BOOST_TEST(name_of_trouble(report) == "unreachable");
  BOOST_TEST(!report.committed.empty());
  BOOST_TEST(report.ahead == 1U);
  BOOST_TEST(!report.reached_remote);
  fs::rename(yard.path("away"), yard.remote());
  BOOST_TEST(cloud.round_ok().pushed);
}

BOOST_AUTO_TEST_CASE(a_rewound_remote_is_told_and_loses_nothing) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  cloud.round_ok();
  write(cloud.vault / "b.md", "b\n");
  const auto second = cloud.round_ok();
  git_ok(yard.remote(), {"update-ref", "refs/heads/main", "main~1"});
  write(cloud.vault / "c.md", "c\n");
  const auto report = cloud.round();
  BOOST_TEST(name_of_trouble(report) == "rewound");
  BOOST_TEST(git_ok(yard.remote(), {"rev-list", "--count", "main"}) == "1");
  BOOST_TEST(name_of_trouble(cloud.round()) == "rewound");
  const auto taken = cloud.round(true);
  BOOST_TEST(name_of_trouble(taken) == "");
  git_ok(yard.remote(), {"merge-base", "--is-ancestor", second.head, "main"});
  BOOST_TEST(files_of(cloud.vault).size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_remote_that_lost_its_branch_is_not_filled_again_unasked) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  cloud.round_ok();
  git_ok(yard.remote(), {"update-ref", "-d", "refs/heads/main"});
  BOOST_TEST(name_of_trouble(cloud.round()) == "rewound");
  BOOST_TEST(name_of_trouble(cloud.round(true)) == "");
  BOOST_TEST(git_ok(yard.remote(), {"show", "main:a.md"}) == "a");
}

BOOST_AUTO_TEST_CASE(another_branch_at_the_remote_is_named) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  cloud.round_ok();
  git_ok(yard.remote(), {"branch", "-m", "main", "trunk"});
  auto local = yard.desk("local", Role::local);
  const auto report = local.round();
  BOOST_TEST(name_of_trouble(report) == "branch_absent");
  BOOST_TEST(report.trouble->words.find("trunk") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(urls_that_prove_nothing_and_remotes_with_files_are_refused) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  cloud.round_ok();
  const auto trouble_with = [&](const std::string& url) {
    auto options = cloud.options;
    options.access.url = url;
    return name_of_trouble(Synchroniser(options).round({}));
  };
  BOOST_TEST(trouble_with("http://example.com/x.git") == "unsupported");
  BOOST_TEST(trouble_with("git://example.com/x.git") == "unsupported");
  BOOST_TEST(trouble_with("ext::sh -c id") == "unsupported");
  BOOST_TEST(trouble_with(yard.clone("full").string()) == "unsupported");
  BOOST_TEST(trouble_with("ssh://git@127.0.0.1:1/x.git") == "unreachable");
  BOOST_TEST(trouble_with("https://127.0.0.1:1/x.git") == "unreachable");
}

BOOST_AUTO_TEST_CASE(a_remote_that_says_nothing_is_left) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  const runtime::Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  BOOST_REQUIRE(::bind(listener.get(), raw, size) == 0);
  BOOST_REQUIRE(::listen(listener.get(), 8) == 0);
  BOOST_REQUIRE(::getsockname(listener.get(), raw, &size) == 0);
  auto options = cloud.options;
  options.access.url = "ssh://git@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x.git";
  options.access.silent_after = std::chrono::milliseconds(200);
  const auto report = Synchroniser(options).round({});
  BOOST_TEST(name_of_trouble(report) == "silent", (report.trouble ? report.trouble->words : ""));
  BOOST_TEST(!report.committed.empty());
}

BOOST_AUTO_TEST_CASE(histories_without_a_common_beginning_are_joined_and_both_kept) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "a.md", "cloud\n");
  write(cloud.vault / "b.md", "b\n");
  write(local.vault / "a.md", "local\n");
  write(local.vault / "c.md", "c\n");
  cloud.round_ok();
  const auto report = local.round_ok();
  BOOST_REQUIRE(report.conflicts.size() == 1U);
  BOOST_TEST(report.conflicts[0].bytes == "cloud\n");
  cloud.round_ok();
  const std::map<std::string, std::string> expected{
      {"a.md", "local\n"}, {"b.md", "b\n"}, {"c.md", "c\n"}};
  BOOST_TEST(files_of(cloud.vault) == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
