// The main of every test executable: names the suite after the program and ends with one line that
// `tools/dev test` adds up: "cases: N passed, N failed, N skipped".
#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/results_collector.hpp>
#include <boost/test/tree/observer.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace {

namespace ut = boost::unit_test;

/// Reports the skipped cases by name as they come, and the sums at the end.
class Sums final : public ut::test_observer {
 public:
  void test_unit_skipped(const ut::test_unit& unit, ut::const_string reason) override {
    if (!unit.is_enabled()) return;  // left out on the command line
    std::cout << "skipped: " << unit.full_name() << ": " << reason << std::endl;
  }

  void test_finish() override {
    const auto& all = ut::results_collector.results(ut::framework::master_test_suite().p_id);
    std::cout << "cases: " << all.p_test_cases_passed << " passed, " << all.p_test_cases_failed
              << " failed, "  // the aborted ones are among them
              << all.p_test_cases_skipped << " skipped" << std::endl;
  }

  /// After the collector, whose results are read here.
  int priority() override { return 100; }
};

bool init() {
  static Sums sums;
  ut::framework::register_observer(sums);
  auto& suite = ut::framework::master_test_suite();
  suite.p_name.value = std::filesystem::path(suite.argv[0]).stem().string();
  return true;
}

}  // namespace

int main(int argc, char* argv[]) {
  // A crash shall end the program, with the sanitizer's report where there is one.
  setenv("BOOST_TEST_CATCH_SYSTEM_ERRORS", "no", 0);
  setenv("BOOST_TEST_COLOR_OUTPUT", "no", 0);
  return ut::unit_test_main(&init, argc, argv);
}
