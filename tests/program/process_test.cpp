// The node as a process: how it says that it is ready, stops, is killed, and starts anew.
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

/// What systemd is: a datagram socket that is told how a service does.
class ServiceManager {
 public:
  explicit ServiceManager(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_TEST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{process_deadline.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager() { ::close(socket_); }
  std::string next() const {
    char buffer[256];
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    return count < 0 ? "nothing" : std::string(buffer, static_cast<std::size_t>(count));
  }

 private:
  int socket_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_node_says_one_line_and_writes_where_it_is) {
  House house;
  house.start();
  const auto address = house.node().address();
  BOOST_TEST(house.node().ready_line() == "ready http=" + address + " cluster=none");
  const auto file = json::parse(read_file(house.folder().node_file()));
  BOOST_TEST(file.at("pid").get<int>() == house.node().pid());
  BOOST_TEST(file.at("http").get<std::string>() == address);
  BOOST_TEST(file.at("cluster").get<std::string>() == "none");
  BOOST_TEST(!file.at("name").get<std::string>().empty());
  BOOST_TEST(!file.at("version").get<std::string>().empty());
  house.node().signal(SIGTERM);
  const auto ended = house.node().wait();
  BOOST_TEST(ended.exit_code == 0);
  BOOST_TEST(ended.out.empty(), "after the ready line stdout had: " << ended.out);
  BOOST_TEST(ended.err.empty(), ended.err);
}

BOOST_AUTO_TEST_CASE(everything_in_the_folder_is_for_its_owner_alone) {
  House house;
  house.add_anna();
  house.start();
  house.propose("offer");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(house.folder().root())) {
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    BOOST_TEST(((entry.status().permissions() & others) == std::filesystem::perms::none),
               entry.path().string() << " can be read by others");
  }
}

BOOST_AUTO_TEST_CASE(a_signal_stops_a_node_cleanly) {
  for (const int number : {SIGTERM, SIGINT}) {
    House house;
    house.start();
    house.node().signal(number);
    BOOST_TEST(house.node().wait().exit_code == 0);
    BOOST_TEST(!std::filesystem::exists(house.folder().node_file()));
    house.expect(6, "nightshift up", {"list", "approval"});
  }
}

BOOST_AUTO_TEST_CASE(a_killed_node_finds_everything_again) {
  House house;
  house.add_anna();
  house.start();
  house.propose("offer");
  const auto before = house.run({"--json", "get", "approval/offer"}).out;
  house.node().signal(SIGKILL);
  BOOST_TEST(house.node().wait().exit_code == 128 + SIGKILL);
  house.expect(6, "no node answers", {"get", "approval/offer"});
  house.start();
  BOOST_TEST(house.run({"--json", "get", "approval/offer"}).out == before);
  house.expect(0, "",
               {"approval", "approve", "offer", "--passphrase-file", house.passphrase_file()});
  house.await_status("offer", "sent");
  BOOST_TEST(house.delivered().size() == 1u);
}

BOOST_AUTO_TEST_CASE(up_and_down_may_be_repeated) {
  const House house;
  house.expect(0, "no node runs", {"down"});
  house.expect(0, "ready http=127.0.0.1:", {"up", "--http", "127.0.0.1:0"});
  house.expect(0, "a node runs already", {"up", "--http", "127.0.0.1:0"});
  house.expect(0, "nothing found", {"list", "approval"});
  house.expect(0, "has stopped", {"down"});
  house.expect(0, "no node runs", {"down"});
}

BOOST_AUTO_TEST_CASE(the_service_manager_is_told) {
  House house;
  const ServiceManager manager(house.path("notify"));
  house.environment["NOTIFY_SOCKET"] = house.path("notify");
  house.start();
  BOOST_TEST(manager.next() == "READY=1");
  house.stop();
  BOOST_TEST(manager.next() == "STOPPING=1");
}

BOOST_AUTO_TEST_CASE(a_journal_that_stops_is_opened_anew_by_the_same_process) {
  House house;
  house.start();
  write_file(house.path("body"), std::string(200'000, 'b'));
  for (int i = 0; i < 6; ++i) {
    house.expect(0, "pending",
                 {"approval", "propose", "p" + std::to_string(i), "title=t", "category=email",
                  "to=a@example.org", "body=@" + house.path("body")});
  }
  // The journal's file may not grow any more: the next write fails, as on a broken disk.
  const rlimit narrow{1'000'000, RLIM_INFINITY};
  BOOST_TEST_REQUIRE(::prlimit(house.node().pid(), RLIMIT_FSIZE, &narrow, nullptr) == 0);
  const auto pid = house.node().pid();
  house.expect(0, "pending",
               {"approval", "propose", "later", "title=t", "category=email", "to=a@example.org"});
  BOOST_TEST(says(read_file(house.folder().log_file()), "the journal has stopped"));
  BOOST_TEST(json::parse(read_file(house.folder().node_file())).at("pid").get<int>() == pid);
  for (int i = 0; i < 6; ++i) BOOST_TEST(house.status("p" + std::to_string(i)) == "pending");
  house.node().signal(SIGTERM);
  const auto ended = house.node().wait();
  BOOST_TEST(ended.exit_code == 0);
  BOOST_TEST(ended.out.empty(), "it said its ready line twice: " << ended.out);
}

BOOST_AUTO_TEST_CASE(a_journal_that_keeps_stopping_ends_the_node_for_good) {
  House house;
  house.start();
  house.propose("before");
  write_file(house.path("body"), std::string(300'000, 'b'));
  // No file may grow so far, in the processes that take over neither.
  const rlimit narrow{200'000, RLIM_INFINITY};
  BOOST_TEST_REQUIRE(::prlimit(house.node().pid(), RLIMIT_FSIZE, &narrow, nullptr) == 0);
  const auto deadline = std::chrono::steady_clock::now() + process_deadline;
  while (!house.node().ends_within(std::chrono::milliseconds(0))) {
    BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < deadline), "the node does not end");
    const auto asked = house.run({"approval", "propose", "large", "title=t", "category=email",
                                  "to=a@example.org", "body=@" + house.path("body")});
    BOOST_TEST(asked.exit_code == 6, asked.out << asked.err);
  }
  const auto ended = house.node().wait();
  BOOST_TEST(ended.exit_code == 75, ended.exit_code << ": " << ended.err);
  BOOST_TEST(says(ended.err, "times within a minute"), ended.err);
  BOOST_TEST(!std::filesystem::exists(house.folder().node_file()));
  house.start();
  BOOST_TEST(house.status("before") == "pending");
}
