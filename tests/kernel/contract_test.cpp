// The promises of every kind, kept by the kinds that exist for tests.
#include <boost/test/unit_test.hpp>

#include "tests/support/contract.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/kinds/parcel.hpp"
#include "tests/support/kinds/purse.hpp"

namespace nightshift::tests {

BOOST_AUTO_TEST_CASE(the_kinds_of_the_tests_keep_what_every_kind_promises) {
  const std::unique_ptr<const kernel::Kind> kinds[] = {counter_kind(), parcel_kind(), purse_kind()};
  for (const auto& kind : kinds) {
    check_schema(*kind);
    check_walks(*kind);
    check_lifecycle(*kind, false);
  }
}

}  // namespace nightshift::tests
