// What goes to and fro between two whole nodes: proposals, decisions, commands; over kills.
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/cluster/site.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace nightshift::tests;

/// A laptop with the authority and an approver, and a cloud node; either finds the other again.
struct Couple {
  Couple() {
    BOOST_TEST_REQUIRE(laptop.run({"cluster", "init"}).exit_code == 0);
    const auto file = laptop.path("cloud.invitation").string();
    const auto invited =
        laptop.run({"cluster", "invite", "cloud", "--role", "cloud", "--out", file});
    BOOST_TEST_REQUIRE(invited.exit_code == 0, invited.err);
    const auto joined = cloud.run({"cluster", "join", file});
    BOOST_TEST_REQUIRE(joined.exit_code == 0, joined.err);
    std::ofstream(laptop.path("passphrase")) << "correct horse battery staple\n";
    const auto added = laptop.run(
        {"approver", "add", "mara", "--passphrase-file", laptop.path("passphrase").string()});
    BOOST_TEST_REQUIRE(added.exit_code == 0, added.err);
    start_laptop();
    start_cloud();
    met();
  }
  void start_laptop() {
    laptop.start({"--cluster", address});
    address = laptop.cluster_address();
  }
  void start_cloud() { cloud.start({"--peers", "laptop=" + address}); }
  void met() {
    eventually([&] { return laptop.is_with("cloud") && cloud.is_with("laptop"); }, "both met");
  }

  Site laptop{"laptop", "local"};
  Site cloud{"cloud", "cloud"};
  std::string address = "127.0.0.1:0";
};

void write_draft(const Site& cloud, const std::string& id) {
  const auto written = cloud.run({"draft", "write", id, "channel=linkedin", "body=We have moved."});
  BOOST_TEST_REQUIRE(written.exit_code == 0, written.err);
}

std::string status(const Site& site, const std::string& entity) {
  const auto ended = site.run({"--json", "get", entity});
  if (ended.exit_code != 0) return {};
  return nlohmann::json::parse(ended.out).at("status");
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(drafts_of_the_cloud_are_decided_on_the_laptop_while_the_cloud_is_away) {
  Couple couple;
  couple.laptop.kill();
  for (const auto* id : {"one", "two", "three"}) write_draft(couple.cloud, id);
  BOOST_TEST(status(couple.cloud, "draft/one") == "proposed");
  couple.start_laptop();
  for (const auto* id : {"one", "two", "three"}) {
    eventually([&] { return status(couple.laptop, "approval/" + std::string(id)) == "pending"; },
               "it waits at the laptop");
  }
  couple.cloud.kill();
  const auto rejected = couple.laptop.run({"approval", "reject", "one", "reason=later"});
  BOOST_TEST(rejected.exit_code == 0, rejected.err);
  const auto withdrawn = couple.laptop.run({"approval", "withdraw", "two"});
  BOOST_TEST(withdrawn.exit_code == 0, withdrawn.err);
  couple.start_cloud();
  eventually([&] { return status(couple.cloud, "draft/one") == "rejected"; }, "the first heard");
  eventually([&] { return status(couple.cloud, "draft/two") == "withdrawn"; }, "the second heard");
  BOOST_TEST(status(couple.cloud, "draft/three") == "proposed");
}

BOOST_AUTO_TEST_CASE(a_command_for_an_entity_elsewhere_is_answered_or_waits) {
  Couple couple;
  write_draft(couple.cloud, "offer");
  eventually([&] { return status(couple.laptop, "approval/offer") == "pending"; }, "proposed");
  // The laptop knows the draft's home since the draft has told it something.
  const auto refused = couple.laptop.run({"draft", "discard", "offer", "reason=no"});
  BOOST_TEST(refused.exit_code == 4, refused.err);
  const auto address = couple.laptop.cluster_address();
  couple.cloud.kill();
  eventually([&] { return !couple.laptop.is_with("cloud"); }, "it was noticed");
  const auto later = couple.laptop.told({"draft", "discard", "offer", "reason=no"});
  BOOST_TEST(later.at("status") == "waiting");
  BOOST_TEST(later.at("home") == "cloud");
  couple.laptop.kill();
  couple.start_laptop();
  const auto peer = couple.laptop.peer("cloud");
  BOOST_TEST_REQUIRE(peer.has_value());
  BOOST_TEST(peer->at("outbox").at("waiting") == 1);
  couple.start_cloud();
  const auto answered = [&] {
    const auto items = couple.laptop.told({"cluster", "outbox"}).at("items");
    for (const auto& item : items) {
      if (item.at("command_id") == later.at("command_id")) return item.at("status") == "refused";
    }
    return false;
  };
  eventually(answered, "the outcome came back");
  const auto shown = couple.laptop.run({"cluster", "outbox"});
  BOOST_TEST(has(shown.out, "wrong_phase"), shown.out);
}

BOOST_AUTO_TEST_CASE(a_proposal_made_at_the_cloud_is_the_laptops) {
  Couple couple;
  const auto proposed =
      couple.cloud.run({"--json", "approval", "propose", "post", "title=We have moved",
                        "category=social", "body=To a larger office."});
  BOOST_TEST_REQUIRE(proposed.exit_code == 0, proposed.err);
  BOOST_TEST(nlohmann::json::parse(proposed.out).at("status") == "pending");
  BOOST_TEST(status(couple.laptop, "approval/post") == "pending");
  const auto rejected = couple.cloud.run({"approval", "reject", "post", "reason=mine"});
  BOOST_TEST(rejected.exit_code == 5, rejected.err);
  BOOST_TEST(status(couple.laptop, "approval/post") == "pending");
  const auto offences = couple.laptop.told({"cluster", "status"}).at("sessions").at("offences");
  BOOST_TEST(offences.size() == 1U);
}

BOOST_AUTO_TEST_CASE(whoever_is_killed_in_the_middle_each_draft_is_proposed_once) {
  Couple couple;
  for (int i = 0; i < 12; ++i) {
    write_draft(couple.cloud, "d" + std::to_string(i));
    if (i % 4 == 1) {
      couple.laptop.kill();
      couple.start_laptop();
    }
    if (i % 4 == 3) {
      couple.cloud.kill();
      couple.start_cloud();
    }
  }
  for (int i = 0; i < 12; ++i) {
    const auto entity = "approval/d" + std::to_string(i);
    eventually([&] { return status(couple.laptop, entity) == "pending"; }, entity + " is there");
    BOOST_TEST(couple.laptop.told({"get", entity}).at("sequence") == 1);
  }
  BOOST_TEST(couple.laptop.told({"cluster", "status"}).at("sessions").at("offences").empty());
}
