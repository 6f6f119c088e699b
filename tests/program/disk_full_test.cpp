// A node on a disk that is full over and over again: 507, reading goes on, and nobody has to
// restart it.
#include <boost/test/unit_test.hpp>

#include "bridges/cli/http_client.hpp"
#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/small_disk.hpp"

namespace nightshift::tests {
namespace {

constexpr std::uint64_t mib = 1 << 20;
/// What the node leaves free.
constexpr std::uint64_t reserve_bytes = 64 * mib;

#ifdef __SANITIZE_ADDRESS__
constexpr int cycles = 10;
#else
constexpr int cycles = 100;
#endif

struct FullDisk : House {
  FullDisk() : disk(160 * mib, folder().root()) { start(); }
  ~FullDisk() { stop(); }

  int ask(const std::string& method, const std::string& target, const std::string& body = {}) {
    bridges::cli::HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    const auto token = folder().read_token(folder().admin_token_file());
    request.headers = {{"Authorization", "Bearer " + token.value_or("")},
                       {"Content-Type", "application/json"}};
    const auto response = http.send("http://" + node().address(), request);
    return response ? response->status : 0;
  }
  int propose_over_http(int number) {
    return ask(
        "POST", "/v1/approval/a" + std::to_string(number) + "/propose",
        R"({"title":"Offer","category":"email","to":["bob@example.org"],"body":"Dear Bob"})");
  }
  int get(int number) { return ask("GET", "/v1/approval/a" + std::to_string(number)); }

  SmallDisk disk;
  bridges::cli::HttpClient http;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(disk_full, FullDisk, *boost::unit_test::precondition(SmallDisk::available))

BOOST_AUTO_TEST_CASE(writes_are_507_reads_stay_up_and_room_is_all_it_takes) {
  const auto pid = node().pid();
  for (int cycle = 0; cycle < cycles; ++cycle) {
    BOOST_TEST(propose_over_http(cycle) == 201);
    // Now and then to the last byte.
    disk.fill(cycle % 5 == 0 ? 0 : reserve_bytes - mib);
    BOOST_TEST(propose_over_http(1000 + cycle) == 507);
    BOOST_TEST(get(cycle) == 200);
    BOOST_TEST(ask("GET", "/v1/approval") == 200);
    BOOST_TEST(ask("GET", "/readyz") == 503);
    disk.give_back();
  }
  BOOST_TEST(propose_over_http(cycles) == 201);
  BOOST_TEST(ask("GET", "/readyz") == 200);
  for (int number = 0; number <= cycles; ++number) BOOST_TEST(get(number) == 200);
  for (int number = 0; number < cycles; ++number) BOOST_TEST(get(1000 + number) == 404);
  BOOST_TEST(node().pid() == pid);
  expect(0, "whole", {"audit", "verify"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
