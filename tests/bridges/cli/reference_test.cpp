// The reference of the command line is what the parser says.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/cli/played_node.hpp"
#include "tests/support/golden.hpp"

BOOST_AUTO_TEST_CASE(the_reference_is_that_of_the_parser) {
  const nightshift::bridges::cli::tests::CommandLine line;
  nightshift::tests::check_golden("docs/reference/cli.md",
                                  nightshift::bridges::cli::reference(line.program));
}
