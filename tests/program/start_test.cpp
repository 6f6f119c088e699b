// Starts that cannot be: each says what is in the way, of what, and what to do; nothing is lost.
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <memory>

#include <curl/curl.h>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;

/// Asserts that this start ends with `exit_code` and says `parts`.
void check_refused(NodeProcess node, int exit_code, const std::vector<std::string>& parts) {
  BOOST_TEST(!node.ready(), node.ready_line());
  const auto ended = node.wait();
  BOOST_TEST(ended.exit_code == exit_code, ended.exit_code << ": " << ended.err);
  for (const auto& part : parts) {
    BOOST_TEST(says(ended.err, part), "\"" << part << "\" is not in: " << ended.err);
  }
}

/// A file system of its own, small; gone with it.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path where) : where_(std::move(where)) {
    std::filesystem::create_directories(where_);
    mounted_ = ::mount("tmpfs", where_.c_str(), "tmpfs", 0, "size=256m") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(where_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void fill() const {
    std::ofstream file(where_ / "ballast", std::ios::binary);
    const std::string block(1 << 16, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  void free() const { std::filesystem::remove(where_ / "ballast"); }

 private:
  std::filesystem::path where_;
  bool mounted_ = false;
};

boost::test_tools::assertion_result can_mount(boost::unit_test::test_unit_id) {
  const TemporaryFolder folder;
  boost::test_tools::assertion_result answer(SmallDisk(folder / "disk").mounted());
  answer.message() << "a file system cannot be mounted here";
  return answer;
}

/// What `/livez` answers to a request for this host.
long status_under_name(const std::string& name, const std::string& address) {
  const auto port = address.substr(address.find(':') + 1);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> to(
      curl_slist_append(nullptr, ("::127.0.0.1:" + port).c_str()), curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, ("http://" + name + ":" + port + "/livez").c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_TO, to.get());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  long status = 0;
  BOOST_TEST(curl_easy_perform(curl.get()) == CURLE_OK);
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::size_t take(const char* bytes, std::size_t size, std::size_t count, std::string* to) {
  to->append(bytes, size * count);
  return size * count;
}

/// What `/readyz` answers to anybody: status and body.
std::string readiness(const std::string& address) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, ("http://" + address + "/readyz").c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  BOOST_TEST(curl_easy_perform(curl.get()) == CURLE_OK);
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return std::to_string(status) + " " + body;
}

boost::test_tools::assertion_result is_root(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result answer(::geteuid() == 0);
  answer.message() << "only root can run a node as somebody else";
  return answer;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_named) {
  House first, second;
  first.start();
  check_refused(second.try_start({"--http", first.node().address()}), 6,
                {first.node().address(), "code: io"});
}

BOOST_AUTO_TEST_CASE(a_folder_in_use_names_its_node) {
  House house;
  write_file(house.path("c.toml"), "[node]\nname = \"tower\"\n");
  house.start({"--config", house.path("c.toml")});
  check_refused(house.try_start(), 6,
                {"tower", std::to_string(house.node().pid()), "code: locked"});
  house.expect(0, "a node runs already", {"up"});
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_named_with_place_and_nearest) {
  const House house;
  write_file(house.path("c.toml"), "[node]\nroll = \"cloud\"\n");
  check_refused(house.try_start({"--config", house.path("c.toml")}), 2,
                {"c.toml:2", "node.roll", "node.role", "code: config"});
  house.expect(2, "node.roll", {"up", "--config", house.path("c.toml")});
  check_refused(house.try_start({"--config", house.path("absent.toml")}), 2, {"absent.toml"});
  check_refused(house.try_start({"--http", "nowhere"}), 2, {"--http", "HOST:PORT"});
}

BOOST_AUTO_TEST_CASE(a_node_does_not_become_another) {
  House house;
  house.environment["NIGHTSHIFT_NODE__ROLE"] = "local";
  house.environment["NIGHTSHIFT_NODE__NAME"] = "tower";
  house.start();
  house.stop();
  house.environment["NIGHTSHIFT_NODE__ROLE"] = "cloud";
  check_refused(house.try_start(), 2, {"node.role", "\"local\"", "\"cloud\"", "code: config"});
  house.environment["NIGHTSHIFT_NODE__ROLE"] = "";
  house.environment["NIGHTSHIFT_NODE__NAME"] = "cellar";
  check_refused(house.try_start(), 2, {"node.name", "tower", "cellar"});
  house.environment["NIGHTSHIFT_NODE__NAME"] = "";
  house.environment["NIGHTSHIFT_NODE__CAPABILITIES"] = "mail";
  check_refused(house.try_start(), 2, {"node.capabilities"});
  house.environment["NIGHTSHIFT_NODE__CAPABILITIES"] = "";
  house.start();
}

BOOST_AUTO_TEST_CASE(only_configured_names_reach_the_node) {
  House house;
  house.environment["NIGHTSHIFT_HTTP__HOSTS"] = "night.example.org,tower";
  house.start();
  BOOST_TEST(status_under_name("tower", house.node().address()) == 200);
  BOOST_TEST(status_under_name("Night.Example.org", house.node().address()) == 200);
  BOOST_TEST(status_under_name("evil.example.org", house.node().address()) == 403);
}

BOOST_AUTO_TEST_CASE(a_cloud_node_has_nothing_that_could_send) {
  House house;
  house.environment["AGENT_ROLE"] = "cloud";
  house.start();
  house.expect(1, "no_executor",
               {"approval", "propose", "x", "title=t", "category=email", "to=a@example.org"});
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_named,
                     *boost::unit_test::precondition(is_root)) {
  const House house;
  ::chmod(std::filesystem::path(house.path("")).parent_path().c_str(), 0755);
  check_refused(house.try_start({}, 65534), 6, {house.folder().root().string(), "code: io"});
  write_file(house.folder().root(), "a file");
  check_refused(house.try_start(), 6, {house.folder().root().string(), "--data"});
}

BOOST_AUTO_TEST_CASE(a_folder_of_a_newer_program_is_left_as_it_is) {
  House house;
  house.start();
  house.propose("offer");
  house.stop();
  const auto journal = house.folder().journal();
  const auto ours = read_file(journal / "format");
  write_file(journal / "format", "nightshift journal 99\n");
  check_refused(house.try_start(), 6,
                {journal.string(), "format 99", "newer program", "code: newer_version"});
  house.expect(6, "newer program", {"audit", "verify", journal.string()});
  write_file(journal / "format", ours);
  house.start();
  BOOST_TEST(house.status("offer") == "pending");
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_commands_and_goes_on_reading,
                     *boost::unit_test::precondition(can_mount)) {
  House house;
  const SmallDisk disk(house.folder().root());
  house.start();
  house.propose("before");
  BOOST_TEST(readiness(house.node().address()) == R"(200 {"status":"ready"})");
  disk.fill();
  BOOST_TEST(says(readiness(house.node().address()),
                  R"(503 {"status":"not_ready","reasons":[{"code":"no_space")"));
  house.expect(1, "no_space",
               {"approval", "propose", "x", "title=t", "category=email", "to=a@example.org"});
  house.expect(0, "pending", {"get", "approval/before"});
  disk.free();
  house.propose("after");
  BOOST_TEST(readiness(house.node().address()) == R"(200 {"status":"ready"})");
}
