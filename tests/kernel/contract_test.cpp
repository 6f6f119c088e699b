// The promises of every kind, kept by the kinds that exist for tests.
#include <boost/test/unit_test.hpp>

#include "tests/support/contract.hpp"
#include "tests/support/kinds/counter.hpp"

namespace nightshift::tests {

BOOST_AUTO_TEST_CASE(the_counter_keeps_what_every_kind_promises) {
  const auto kind = counter_kind();
  check_schema(*kind);
  check_walks(*kind);
  check_lifecycle(*kind, false);
}

}  // namespace nightshift::tests
