// Tools of connected servers behind one door: which of them are there, and how they are called.
#include <boost/test/unit_test.hpp>

#include "bridges/mcp/gate/connected_tools.hpp"

namespace nightshift::bridges::mcp {

BOOST_AUTO_TEST_SUITE(mcp_gate_connected)

BOOST_AUTO_TEST_CASE(names_of_tools_are_words_that_clients_take_and_no_two_are_the_same) {
  BOOST_TEST(joint_name("files", "read_file") == "files__read_file");
  const auto dotted = joint_name("files.eu", "read/file");
  BOOST_TEST(dotted.starts_with("files_eu__read_file-"));
  BOOST_TEST(dotted != joint_name("files_eu", "read/file"));
  BOOST_TEST(joint_name("a__b", "c") != joint_name("a", "b__c"));
  BOOST_TEST(joint_name("a_", "c") != joint_name("a", "_c"));
  const auto longest = joint_name(std::string(128, 's'), std::string(128, 't'));
  BOOST_TEST(longest.size() == 64u);
  BOOST_TEST(longest != joint_name(std::string(128, 's'), std::string(127, 't')));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mcp
