// Where the control groups of runs are made, told by a keeper that lies in a group of this test.
#include <sys/xattr.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/bridges/process/kept.hpp"

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;

bool join(const fs::path& group) {
  std::ofstream procs(group / "cgroup.procs");
  return static_cast<bool>(procs << ::getpid() << std::flush);
}

std::string own_group() {
  std::ifstream lines("/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::/")) return line.substr(4);
  }
  return {};
}

fs::path hierarchy() {
  std::ifstream lines("/proc/self/mounts");
  std::string device, type, rest;
  for (fs::path folder; lines >> device >> folder >> type && std::getline(lines, rest);) {
    if (type == "cgroup2") return folder;
  }
  return {};
}

/// A unit's group with a part for the node, as systemd makes them; this process lies in the part.
struct Unit {
  explicit Unit(bool delegated) {
    if (root.empty()) return;
    std::error_code error;
    if (!fs::create_directories(node, error)) return;
    // Only root may divide the hierarchy, and join what it made.
    if (delegated && ::setxattr(unit.c_str(), "user.delegate", "1", 1, 0) != 0) return;
    is_made = join(node);
  }
  ~Unit() {
    if (is_made) join(before);
    ::rmdir(node.c_str());
    ::rmdir(unit.c_str());
  }

  fs::path root = hierarchy();
  fs::path before = root / own_group();
  fs::path unit = root / ("test-unit." + std::to_string(::getpid()));
  fs::path node = unit / "node";
  bool is_made = false;
};

/// Of a run that a keeper in this process's group starts.
fs::path group_of_a_run() {
  Kept kept;
  const auto run = kept.start("exec sleep 1000");
  return kept.started(run).cgroup();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(group_place)

BOOST_AUTO_TEST_CASE(groups_lie_beside_that_of_the_node_where_its_unit_may_divide_its_own) {
  const Unit unit(true);
  if (!unit.is_made) {
    BOOST_TEST_MESSAGE("not tried: this user or machine makes no groups of cgroup2");
    return;
  }
  const auto group = group_of_a_run();
  BOOST_TEST(group.parent_path().parent_path() == unit.unit, group);
}

BOOST_AUTO_TEST_CASE(roots_lie_below_the_root_where_no_group_was_given_to_the_node) {
  const Unit unit(false);
  if (!unit.is_made) {
    BOOST_TEST_MESSAGE("not tried: this user or machine makes no groups of cgroup2");
    return;
  }
  const auto group = group_of_a_run();
  BOOST_TEST(group.parent_path().parent_path() == unit.root, group);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
