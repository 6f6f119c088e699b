// Two nodes of one machine: invited, met, parted, expelled.
#include <csignal>
#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/cluster/site.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace nightshift::tests;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A laptop that has the authority, and a cloud node that was invited.
struct Couple {
  Couple() {
    BOOST_TEST_REQUIRE(laptop.run({"cluster", "init"}).exit_code == 0);
    const auto file = laptop.path("cloud.invitation").string();
    BOOST_TEST_REQUIRE(
        laptop.run({"cluster", "invite", "cloud", "--role", "cloud", "--out", file}).exit_code ==
        0);
    const auto joined = cloud.run({"cluster", "join", file});
    BOOST_TEST_REQUIRE(joined.exit_code == 0, joined.err);
  }
  void meet() {
    laptop.start({"--cluster", "127.0.0.1:0"});
    cloud.start({"--peers", "laptop=" + laptop.cluster_address()});
    eventually([&] { return laptop.is_with("cloud") && cloud.is_with("laptop"); }, "both met");
  }

  Site laptop{"laptop", "local"};
  Site cloud{"cloud", "cloud"};
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_cluster_port_does_not_open_without_certificates) {
  const Site site("laptop", "local");
  const auto ended = site.run({"node", "--http", "127.0.0.1:0", "--cluster", "127.0.0.1:0"});
  BOOST_TEST(ended.exit_code == 2);
  BOOST_TEST(has(ended.err, "nightshift cluster init"), ended.err);
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_node_does_not_open_it_either) {
  Couple couple;
  const Site stranger("stranger", "local");
  std::filesystem::create_directories(stranger.path("data"));
  std::filesystem::copy(couple.cloud.path("data/cluster"), stranger.path("data/cluster"));
  const auto ended = stranger.run({"node", "--http", "127.0.0.1:0", "--cluster", "127.0.0.1:0"});
  BOOST_TEST(ended.exit_code == 2);
  BOOST_TEST(has(ended.err, "the certificate of the cloud node cloud"), ended.err);
}

BOOST_AUTO_TEST_CASE(two_nodes_meet_part_and_meet_again) {
  Couple couple;
  couple.meet();
  const auto line = couple.laptop.node().ready_line();
  BOOST_TEST(has(line, " cluster=127.0.0.1:"), line);
  const auto seen = *couple.laptop.peer("cloud");
  BOOST_TEST(seen.at("role") == "cloud");
  BOOST_TEST(seen.at("dialed_by") == "peer");
  const auto address = couple.laptop.cluster_address();
  couple.cloud.kill();
  eventually([&] { return !couple.laptop.is_with("cloud"); }, "the end of the cloud was noticed");
  couple.cloud.start({"--peers", "laptop=" + address});
  eventually([&] { return couple.laptop.is_with("cloud"); }, "the cloud came back");
  couple.laptop.kill();
  eventually([&] { return !couple.cloud.is_with("laptop"); }, "the end of the laptop was noticed");
  couple.laptop.start({"--cluster", address});
  eventually([&] { return couple.cloud.is_with("laptop"); }, "the laptop was found again");
}

BOOST_AUTO_TEST_CASE(a_frozen_node_counts_as_gone_and_comes_back_when_it_wakes) {
  Couple couple;
  couple.meet();
  couple.cloud.node().signal(SIGSTOP);
  eventually([&] { return !couple.laptop.is_with("cloud"); }, "it was given up");
  couple.cloud.node().signal(SIGCONT);
  eventually([&] { return couple.laptop.is_with("cloud"); }, "it came back");
}

BOOST_AUTO_TEST_CASE(a_revoked_node_is_put_out_and_stays_out) {
  Couple couple;
  couple.meet();
  BOOST_TEST_REQUIRE(couple.laptop.run({"cluster", "revoke", "cloud"}).exit_code == 0);
  const auto refused = [&] {
    const auto status = couple.laptop.told({"cluster", "status"}).at("sessions");
    for (const auto& refusal : status.at("refusals")) {
      if (has(refusal.at("why").get<std::string>(), "revoked")) return true;
    }
    return false;
  };
  eventually(refused, "it tried again and was refused");
  BOOST_TEST(!couple.laptop.is_with("cloud"));
  const auto again = couple.laptop.run({"cluster", "revoke", "cloud"});
  BOOST_TEST(again.exit_code == 3);
}

BOOST_AUTO_TEST_CASE(an_invitation_works_once) {
  Couple couple;
  couple.meet();
  const Site thief("cloud", "cloud");
  const auto file = couple.laptop.path("cloud.invitation").string();
  BOOST_TEST_REQUIRE(thief.run({"cluster", "join", file}).exit_code == 0);
  Site running("cloud", "cloud");
  BOOST_TEST_REQUIRE(running.run({"cluster", "join", file}).exit_code == 0);
  running.start({"--peers", "laptop=" + couple.laptop.cluster_address()});
  const auto tried = [&] {
    const auto peer = running.peer("laptop");
    return peer && peer->at("sessions").get<int>() > 0;
  };
  eventually(tried, "the second one was let in for its certificate");
  BOOST_TEST(couple.laptop.is_with("cloud"));
  BOOST_TEST(couple.laptop.peer("cloud")->at("sessions") == 2);
  const auto status = running.told({"cluster", "status"});
  BOOST_TEST(status.at("members").at(0).at("standing") == "invited");
}
