// An entity whose code never returns: it is named, and the node goes on, or ends, without it.
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <thread>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;

template <class Condition>
void eventually(Condition condition, const std::string& what) {
  const auto deadline = std::chrono::steady_clock::now() + process_deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) BOOST_FAIL("it never came that " << what);
    ::poll(nullptr, 0, 20);
  }
}

/// Processor time that a process has used (proc(5), stat).
double cpu_seconds(pid_t pid) {
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0, system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

using Variables = std::map<std::string, std::string>;

/// A node with proposal `good`, in which the next command never returns.
struct LoopingHouse : House {
  explicit LoopingHouse(Variables settings) {
    start();
    propose("good");
    stop();
    environment.merge(std::move(settings));
    environment["NIGHTSHIFT_LOOP_AT"] = "before_decide:1";
    start();
    proposal = std::jthread([this] {
      (void)run({"approval", "propose", "bad", "title=Bad", "category=email", "to=bob@example.org",
                 "body=Dear Bob,\n"});
    });
  }
  std::string log() const { return read_file(folder().log_file()); }

  /// Whatever it comes to.
  std::jthread proposal;
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_entity_that_never_returns_is_named_and_the_others_go_on_without_it) {
  LoopingHouse house(Variables{{"NIGHTSHIFT_SUPERVISION__STEP_CPU", "500ms"}});
  eventually([&] { return says(house.run({"tree"}).out, "quarantined"); }, "it is quarantined");
  const auto tree = house.expect(0, "entities/approval/bad", {"tree"}).out;
  BOOST_TEST(says(tree, "Propose used more than 0.5 s"), tree);
  BOOST_TEST(says(house.log(), "approval/bad is quarantined and the process begins anew"));
  BOOST_TEST(house.status("good") == "pending");
  house.propose("another");
  house.expect(4, "supervision resume approval/bad",
               {"approval", "propose", "bad", "title=Bad", "category=email", "to=bob@example.org",
                "body=Dear Bob,\n"});
  house.expect(0, "may run again", {"supervision", "resume", "approval/bad"});
  house.propose("bad");
  house.stop();
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_ever_for_an_entity_that_never_returns) {
  LoopingHouse house(Variables{{"NIGHTSHIFT_SUPERVISION__STEP_CPU", "off"},
                               {"NIGHTSHIFT_SUPERVISION__STOP_WITHIN", "500ms"}});
  const auto before = cpu_seconds(house.node().pid());
  eventually([&] { return cpu_seconds(house.node().pid()) > before + 1; }, "it loops");
  house.stop();
  BOOST_TEST(says(house.log(), "approval/bad: Propose does not return"), house.log());
  BOOST_TEST(!std::filesystem::exists(house.folder().node_file()));
}
