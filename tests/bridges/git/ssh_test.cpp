// A remote behind a real sshd on loopback.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/bridges/git/yard.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  BOOST_REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(listener);
  return ntohs(address.sin_port);
}

bool answers(int port) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected =
      ::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(client);
  return connected;
}

/// sshd in the foreground, with keys of its own, for this user alone.
class Server {
 public:
  explicit Server(const Yard& yard) : folder_(yard.path("ssh")), port_(free_port()) {
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    for (const std::string key : {"host", "other_host", "client", "stranger"})
      make_key(key, "ed25519");
    make_key("ecdsa_client", "ecdsa");
    make_key("rsa_client", "rsa");
    write(folder_ / "authorized_keys", tests::read(folder_ / "client.pub") +
                                           tests::read(folder_ / "ecdsa_client.pub") +
                                           tests::read(folder_ / "rsa_client.pub"));
    write(folder_ / "known_hosts", known("host"));
    write(folder_ / "sshd_config",
          "ListenAddress 127.0.0.1:" + std::to_string(port_) + "\nHostKey " + file("host") +
              "\nAuthorizedKeysFile " + file("authorized_keys") +
              "\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
              "PermitRootLogin yes\nKbdInteractiveAuthentication no\n");
    start();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { stop(); }

  void start() {
    fs::create_directories("/run/sshd");
    child_ = ::fork();
    BOOST_REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-q", "-f", file("sshd_config").c_str(),
              "-E", file("log").c_str(), nullptr);
      ::_exit(127);
    }
    eventually([&] { return answers(port_); }, "sshd answers");
  }
  void stop() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::string known(const std::string& key) const {
    return "[127.0.0.1]:" + std::to_string(port_) + " " + read(folder_ / (key + ".pub"));
  }
  Access access(const Yard& yard) const {
    return {"ssh://root@127.0.0.1:" + std::to_string(port_) + yard.remote().string(),
            folder_ / "client",
            "",
            folder_ / "known_hosts",
            "",
            ""};
  }

 private:
  void make_key(const std::string& name, const std::string& type) const {
    const std::string bits = type == "ecdsa" ? "256" : "2048";
    const auto said =
        run(folder_, {"ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "", "-f", name});
    BOOST_REQUIRE_MESSAGE(said.exit_code == 0, said.text);
  }

  fs::path folder_;
  int port_;
  pid_t child_ = 0;
};

bool can_serve() { return ::geteuid() == 0 && fs::exists("/usr/sbin/sshd"); }

boost::test_tools::assertion_result has_sshd(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(can_serve());
  if (!result) result.message() << "needs sshd, as root";
  return result;
}

BOOST_AUTO_TEST_SUITE(ssh, *boost::unit_test::precondition(has_sshd))

BOOST_AUTO_TEST_CASE(a_vault_goes_over_ssh_with_ed25519_and_ecdsa_keys) {
  Yard yard;
  const Server server(yard);
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  cloud.options.access = local.options.access = server.access(yard);
  local.options.access.ssh_key = server.file("ecdsa_client");
  Synchroniser there(cloud.options);
  Synchroniser here(local.options);
  write(cloud.vault / "Plans/a.md", "a\n");
  auto report = there.round({});
  BOOST_TEST(name_of_trouble(report) == "", (report.trouble ? report.trouble->words : ""));
  BOOST_TEST(report.pushed);
  write(local.vault / "b.md", "b\n");
  report = here.round({});
  BOOST_TEST(name_of_trouble(report) == "", (report.trouble ? report.trouble->words : ""));
  report = there.round({});
  BOOST_TEST(files_of(cloud.vault) == files_of(local.vault));
  BOOST_TEST(files_of(cloud.vault).size() == 2U);
  git_ok(yard.remote(), {"fsck", "--strict"});
}

BOOST_AUTO_TEST_CASE(wrong_keys_and_strange_hosts_each_have_their_words) {
  Yard yard;
  Server server(yard);
  auto cloud = yard.desk("cloud", Role::cloud);
  write(cloud.vault / "a.md", "a\n");
  const auto trouble_with = [&](const Access& access) {
    auto options = cloud.options;
    options.access = access;
    const auto report = Synchroniser(options).round({});
    return report.trouble
               ? std::string(name_of(report.trouble->kind)) + ": " + report.trouble->words
               : std::string();
  };
  auto access = server.access(yard);
  access.ssh_key = server.file("stranger");
  BOOST_TEST(trouble_with(access).starts_with("denied: "), trouble_with(access));
  access.ssh_key = server.file("rsa_client");
  BOOST_TEST(trouble_with(access).find("SHA-1") != std::string::npos, trouble_with(access));
  access = server.access(yard);
  access.ssh_key.clear();
  BOOST_TEST(trouble_with(access).starts_with("denied: "), trouble_with(access));
  access = server.access(yard);
  access.url += "-absent";
  BOOST_TEST(trouble_with(access).starts_with("remote_absent: "), trouble_with(access));
  access = server.access(yard);
  write(server.file("known_hosts"), server.known("other_host"));
  BOOST_TEST(trouble_with(access).starts_with("host_changed: "), trouble_with(access));
  write(server.file("known_hosts"), "");
  BOOST_TEST(trouble_with(access).starts_with("host_unknown: "), trouble_with(access));
  write(server.file("known_hosts"), server.known("host"));
  server.stop();
  BOOST_TEST(trouble_with(access).starts_with("unreachable: "), trouble_with(access));
}

BOOST_AUTO_TEST_CASE(a_rule_of_the_remote_against_the_push_is_told) {
  Yard yard;
  const Server server(yard);
  auto cloud = yard.desk("cloud", Role::cloud);
  cloud.options.access = server.access(yard);
  Synchroniser synchroniser(cloud.options);
  write(yard.remote() / "hooks/pre-receive", "#!/bin/sh\necho not today\nexit 1\n");
  fs::permissions(yard.remote() / "hooks/pre-receive", fs::perms::all);
  write(cloud.vault / "a.md", "a\n");
  const auto report = synchroniser.round({});
  BOOST_TEST(name_of_trouble(report) == "refused", (report.trouble ? report.trouble->words : ""));
  BOOST_TEST(report.reached_remote);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
