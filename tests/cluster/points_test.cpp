// Either node ends at a named point of what goes to and fro: afterwards it has happened once.
#include <array>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/cluster/site.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace nightshift::tests;

struct Couple {
  Couple() {
    BOOST_TEST_REQUIRE(laptop.run({"cluster", "init"}).exit_code == 0);
    const auto file = laptop.path("cloud.invitation").string();
    BOOST_TEST_REQUIRE(
        laptop.run({"cluster", "invite", "cloud", "--role", "cloud", "--out", file}).exit_code ==
        0);
    BOOST_TEST_REQUIRE(cloud.run({"cluster", "join", file}).exit_code == 0);
    start_laptop();
    start_cloud();
    met();
  }
  void start_laptop(const std::string& crash_at = {}) {
    laptop.start({"--cluster", address}, crash_at);
    address = laptop.cluster_address();
  }
  void start_cloud(const std::string& crash_at = {}) {
    cloud.start({"--peers", "laptop=" + address}, crash_at);
  }
  void met() {
    eventually([&] { return laptop.is_with("cloud") && cloud.is_with("laptop"); }, "both met");
  }
  /// Asks with this key until it is known that it was done.
  void ask(std::vector<std::string> command, const std::string& key) {
    command.insert(command.begin(), {"--key", key});
    eventually([&] { return cloud.run(command).exit_code == 0; }, key + " was taken");
  }

  Site laptop{"laptop", "local"};
  Site cloud{"cloud", "cloud"};
  std::string address = "127.0.0.1:0";
};

/// At whom, and where.
struct Crash {
  bool at_cloud = false;
  const char* point;
};

void crash(Couple& couple, const Crash& where, const std::vector<std::string>& command,
           const std::string& key) {
  auto& site = where.at_cloud ? couple.cloud : couple.laptop;
  site.kill();
  if (where.at_cloud) {
    couple.start_cloud(where.point);
  } else {
    couple.start_laptop(where.point);
  }
  couple.met();
  auto asked = command;
  asked.insert(asked.begin(), {"--key", key});
  couple.cloud.run(asked);
  site.await_crash();
  if (where.at_cloud) {
    couple.start_cloud();
  } else {
    couple.start_laptop();
  }
  couple.ask(command, key);
}

void is_there_once(const Couple& couple, const std::string& approval) {
  const auto entity = "approval/" + approval;
  eventually([&] { return couple.laptop.run({"get", entity}).exit_code == 0; }, entity + " came");
  BOOST_TEST(couple.laptop.told({"get", entity}).at("sequence") == 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tell_is_taken_once_wherever_a_node_ends) {
  Couple couple;
  constexpr std::array crashes{Crash{true, "before_send"}, Crash{false, "before_told"},
                               Crash{false, "after_told"}, Crash{true, "before_settle"}};
  int n = 0;
  for (const auto& where : crashes) {
    const auto id = "d" + std::to_string(n++);
    BOOST_TEST_CONTEXT((where.at_cloud ? "cloud " : "laptop ") << where.point) {
      crash(couple, where, {"draft", "write", id, "channel=linkedin", "body=We have moved."}, id);
      is_there_once(couple, id);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_command_is_done_once_wherever_a_node_ends) {
  Couple couple;
  constexpr std::array crashes{Crash{true, "before_send"}, Crash{false, "before_item"},
                               Crash{false, "after_item"}};
  int n = 0;
  for (const auto& where : crashes) {
    const auto id = "p" + std::to_string(n++);
    BOOST_TEST_CONTEXT((where.at_cloud ? "cloud " : "laptop ") << where.point) {
      crash(couple, where,
            {"approval", "propose", id, "title=We have moved", "category=social", "body=Hello."},
            id);
      is_there_once(couple, id);
    }
  }
}
