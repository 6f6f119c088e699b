// A remote over https: git's own backend behind TLS, with a password.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include <httplib.h>

#include "bridges/git/library.hpp"
#include "bridges/git/premises.hpp"
#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

/// Answers for the repositories of a folder, as any server with `git http-backend` does.
class Server {
 public:
  explicit Server(const fs::path& repositories) : repositories_(repositories), made_(make()) {
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response);
    };
    server_.Get(".*", answer);
    server_.Post(".*", answer);
    port_ = server_.bind_to_any_port("127.0.0.1");
    BOOST_REQUIRE(port_ > 0);
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { server_.stop(); }

  std::string url() const { return "https://localhost:" + std::to_string(port_) + "/remote.git"; }
  /// For all of this process: nobody else is trusted from here on.
  void be_trusted() const {
    BOOST_REQUIRE(::git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS,
                                     (folder_ / "certificate.pem").c_str(), nullptr) == 0);
  }

 private:
  bool make() const {
    const auto said =
        run(folder_.path(), {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                             "key.pem", "-out", "certificate.pem", "-days", "2", "-subj",
                             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"});
    BOOST_REQUIRE_MESSAGE(said.exit_code == 0, said.text);
    return true;
  }

  void serve(const httplib::Request& request, httplib::Response& response) {
    const auto wanted = httplib::make_basic_authentication_header("ada", "hunter2").second;
    if (request.get_header_value("Authorization") != wanted) {
      response.status = 401;
      response.set_header("WWW-Authenticate", "Basic realm=\"git\"");
      return;
    }
    const auto number = std::to_string(++requests_);
    const auto in = folder_ / ("in" + number), out = folder_ / ("out" + number);
    write(in, request.body);
    const auto query = request.target.find('?');
    run_backend(
        {"GIT_PROJECT_ROOT=" + repositories_.string(), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=ada",
         "PATH=/usr/bin:/bin", "HOME=/nonexistent", "REQUEST_METHOD=" + request.method,
         "PATH_INFO=" + request.path,
         "QUERY_STRING=" + (query == std::string::npos ? "" : request.target.substr(query + 1)),
         "CONTENT_TYPE=" + request.get_header_value("Content-Type"),
         "CONTENT_LENGTH=" + std::to_string(request.body.size())},
        in, out);
    answer_as(read(out), response);
  }

  static void run_backend(std::vector<std::string> variables, const fs::path& in,
                          const fs::path& out) {
    std::vector<char*> environment;
    for (auto& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);
    std::string git = "git", backend = "http-backend";
    std::array<char*, 3> arguments{git.data(), backend.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
    pid_t child = -1;
    const int code =
        ::posix_spawnp(&child, "git", &actions, nullptr, arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (code == 0) ::waitpid(child, nullptr, 0);
  }

  /// RFC 3875: lines of headers, an empty one, the body.
  static void answer_as(const std::string& said, httplib::Response& response) {
    response.status = 200;
    std::string type = "text/plain";
    std::size_t at = 0;
    while (true) {
      const auto end = said.find("\r\n", at);
      if (end == std::string::npos || end == at) break;
      const auto line = said.substr(at, end - at);
      const auto colon = line.find(": ");
      const auto name = line.substr(0, colon), value = line.substr(colon + 2);
      if (name == "Status") response.status = std::stoi(value);
      if (name == "Content-Type") type = value;
      at = end + 2;
    }
    response.set_content(said.size() < at + 2 ? std::string() : said.substr(at + 2), type);
  }

  const TemporaryFolder folder_;
  const fs::path repositories_;
  const bool made_;
  httplib::SSLServer server_{(folder_ / "certificate.pem").c_str(), (folder_ / "key.pem").c_str()};
  std::atomic<int> requests_ = 0;
  int port_ = 0;
  std::jthread thread_;
};

BOOST_AUTO_TEST_SUITE(https)

BOOST_AUTO_TEST_CASE(a_remote_over_https_proves_who_it_is_and_asks_for_a_password) {
  Yard yard;
  Server server(yard.remote().parent_path());
  auto options = yard.options("local", Role::local);
  options.access.url = server.url();
  options.access.https_user = "ada";
  options.access.https_password = "hunter2";
  BOOST_REQUIRE(make_premises(options.vault, "main", server.url()));
  write(options.vault / "a.md", "a\n");
  const auto round = [](const SyncOptions& with) {
    return Synchroniser(with).round({time_from_us(1'790'000'000'000'000)});
  };
  BOOST_TEST(name_of_trouble(round(options)) == "certificate");

  server.be_trusted();
  auto others = options;
  others.access.https_password = "hunter3";
  const auto denied = round(others);
  BOOST_TEST(name_of_trouble(denied) == "denied");
  BOOST_TEST(denied.trouble->words.find("hunter") == std::string::npos);

  const auto sent = round(options);
  BOOST_TEST(name_of_trouble(sent) == "", (sent.trouble ? sent.trouble->words : ""));
  BOOST_TEST(git_ok(yard.remote(), {"show", "main:a.md"}) == "a");
  const auto person = yard.clone("person");
  write(person / "b.md", "b\n");
  git_ok(person, {"add", "-A"});
  git_ok(person, {"commit", "-qm", "by hand"});
  git_ok(person, {"push", "-q", "origin", "HEAD:main"});
  BOOST_TEST(name_of_trouble(round(options)) == "");
  BOOST_TEST(read(options.vault / "b.md") == "b\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
