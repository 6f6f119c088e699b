// The promises of every kind, kept by each kind of the catalog.
#include <cstdlib>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "actors/all.hpp"
#include "tests/support/contract.hpp"

namespace nightshift::tests {
namespace {

const runtime::Catalog& catalog() {
  static const auto all = [] {
    runtime::Catalog kinds;
    actors::register_all(kinds);
    return kinds;
  }();
  return all;
}

/// All, or those of `NIGHTSHIFT_KINDS`, with commas between them.
std::vector<std::string> names() {
  const char* text = std::getenv("NIGHTSHIFT_KINDS");
  const std::string some = text == nullptr ? "" : "," + std::string(text) + ",";
  std::vector<std::string> result;
  for (const auto* kind : catalog().all()) {
    const std::string name(kind->name());
    if (some.empty() || some.contains("," + name + ",")) result.push_back(name);
  }
  return result;
}

const auto every_kind = boost::unit_test::data::make(names());

}  // namespace

BOOST_DATA_TEST_CASE(the_schema_and_the_lists_of_a_kind_agree, every_kind, name) {
  check_schema(*catalog().find(name));
}

BOOST_DATA_TEST_CASE(no_walk_breaks_what_a_kind_promises, every_kind, name) {
  check_walks(*catalog().find(name));
}

BOOST_DATA_TEST_CASE(the_lifecycle_is_the_recorded_one, every_kind, name) {
  check_lifecycle(*catalog().find(name), true);
}

}  // namespace nightshift::tests
