// Programs in the sandbox: honest ones, and those that pry, hang, shout, multiply or would approve.
#include "bridges/agent/command_drafter.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>

#include "runtime/descriptor.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/node/product_node.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::agent {
namespace {

using tests::must;
using tests::TemporaryFolder;
using namespace std::chrono_literals;

struct Fixture {
  TemporaryFolder folder;
  runtime::AgentSettings settings;
  bool stop = false;

  Fixture() {
    ::signal(SIGPIPE, SIG_IGN);
    std::filesystem::create_directories(folder / "data");
    tests::write_file(folder / "data/admin.token", "the-token");
    settings.timeout = 30s;
  }

  Result<std::unique_ptr<CommandDrafter>> open() {
    return CommandDrafter::open("email", settings, {folder / "data"}, [](const auto& reference) {
      return Result<runtime::SecretText>(runtime::SecretText("value of " + reference.name));
    });
  }
  Result<draft::Write> run(const std::string& script, const std::string& text = "") {
    settings.command = {"/bin/sh", "-c", script};
    effect::ComposeDraft task;
    task.set_channel(CHANNEL_EMAIL);
    task.mutable_content()->set_title("Reply to Ines");
    task.mutable_content()->set_text(text);
    return must(open())->write(task, [this] { return stop; });
  }
  /// What the script prints, as the body of a draft.
  std::string said(const std::string& script) {
    const auto draft = run(script);
    BOOST_TEST_REQUIRE(draft.has_value(), (draft ? "" : draft.error().message()));
    return draft->body();
  }
};

/// A socket that listens on loopback, as the node's HTTP does.
struct Listener {
  Listener() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket.get(), 8);
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = std::to_string(ntohs(address.sin_port));
  }
  runtime::Descriptor socket;
  std::string port;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_drafter, Fixture)

BOOST_AUTO_TEST_CASE(a_program_reads_the_task_and_prints_the_draft) {
  const auto draft = run("echo '---'; echo 'subject: Yes'; echo '---'; grep Reply");
  BOOST_TEST_REQUIRE(draft.has_value(), (draft ? "" : draft.error().message()));
  BOOST_TEST(draft->subject() == "Yes");
  BOOST_TEST(draft->body() == "title: \"Reply to Ines\"");
  BOOST_TEST(draft->written_by() == "/bin/sh");
}

BOOST_AUTO_TEST_CASE(a_long_task_that_is_not_read_is_in_nobodys_way) {
  BOOST_TEST(run("echo hello", std::string(900'000, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(a_secret_is_a_variable_and_nothing_else_of_the_environment_is_there) {
  ::setenv("NIGHTSHIFT_TEST_SECRET", "seen", 1);
  settings.secrets["API_KEY"] = {runtime::SecretReference::Source::sealed, "api"};
  BOOST_TEST(said("echo \"$API_KEY,$NIGHTSHIFT_TEST_SECRET,$HOME\"") == "value of api,,/tmp");
}

BOOST_AUTO_TEST_CASE(a_program_that_fails_or_says_nothing_is_named_with_what_it_said) {
  const auto failed = run("echo no model >&2; exit 3");
  BOOST_TEST_REQUIRE(!failed.has_value());
  BOOST_TEST(failed.error().detail.contains("ended with 3"), failed.error().detail);
  BOOST_TEST(failed.error().detail.contains("no model"), failed.error().detail);
  const auto silent = run("true");
  BOOST_TEST_REQUIRE(!silent.has_value());
  BOOST_TEST((silent.error().code == ErrorCode::invalid));
}

BOOST_AUTO_TEST_CASE(the_data_folder_and_the_token_are_not_there_to_be_seen) {
  const auto token = (folder / "data/admin.token").string();
  BOOST_TEST(said("cat " + token + " 2>/dev/null || echo nothing") == "nothing");
  BOOST_TEST(said("ls -A " + folder.path().string() + " 2>/dev/null | wc -l") == "0");
  BOOST_TEST(said("ls -A /home /root /etc/shadow /var /run 2>/dev/null | wc -l") == "0");
  BOOST_TEST(said("cat /proc/1/environ /proc/[0-9]*/environ 2>/dev/null | grep -c TOKEN || true") ==
             "0");
}

BOOST_AUTO_TEST_CASE(nothing_of_the_machine_can_be_written) {
  std::filesystem::create_directories(folder / "notes");
  std::filesystem::permissions(folder.path(), std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add);
  std::filesystem::permissions(folder / "notes", std::filesystem::perms::all);
  settings.files = {folder / "notes"};
  for (const auto& place : {(folder / "notes").string(), std::string("/usr"), std::string("/"),
                            std::string("/dev"), std::string("/usr/bin")}) {
    BOOST_TEST(
        said("(echo x > " + place + "/mark) 2>/dev/null && echo written || echo kept") == "kept",
        place);
  }
  BOOST_TEST(said("echo x > /tmp/mark && cat /tmp/mark") == "x");
  BOOST_TEST(said("test -e /tmp/mark && echo there || echo gone") == "gone");
}

BOOST_AUTO_TEST_CASE(what_listens_on_loopback_is_not_reached) {
  const Listener listener;
  const auto script = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + listener.port +
                      "' 2>/dev/null && echo reached || echo alone";
  BOOST_TEST(said(script) == "alone");
  settings.network = true;
  BOOST_TEST(said(script) == "reached");
}

BOOST_AUTO_TEST_CASE(more_rights_another_name_space_and_a_device_are_out_of_reach) {
  BOOST_TEST(said("unshare -r true 2>/dev/null && echo out || echo in") == "in");
  BOOST_TEST(said("mount -t tmpfs none /tmp 2>/dev/null && echo out || echo in") == "in");
  BOOST_TEST(said("grep CapEff /proc/self/status | cut -f2") == "0000000000000000");
  BOOST_TEST(said("grep NoNewPrivs /proc/self/status | cut -f2") == "1");
  BOOST_TEST(said("id -u") == "65534");
}

BOOST_AUTO_TEST_CASE(what_runs_for_ever_is_ended_with_all_that_it_has_started) {
  settings.timeout = 1s;
  const auto mark = "417" + std::to_string(::getpid());
  const auto draft = run("setsid sleep " + mark + " & sleep " + mark);
  BOOST_TEST_REQUIRE(!draft.has_value());
  BOOST_TEST((draft.error().code == ErrorCode::timed_out));
  const auto is_gone = [&mark] {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "cmdline");
      std::string words;
      std::getline(file, words);
      if (words == std::string("sleep\0", 6) + mark + '\0') return false;
    }
    return true;
  };
  tests::eventually(is_gone, "nothing of the program is left");
}

BOOST_AUTO_TEST_CASE(a_gigabyte_is_not_kept) {
  const auto shouted = run("head -c 1000000000 /dev/zero | tr '\\0' x");
  BOOST_TEST_REQUIRE(!shouted.has_value());
  BOOST_TEST((shouted.error().code == ErrorCode::too_large));
  const auto aside = run("head -c 100000000 /dev/zero | tr '\\0' x >&2; echo hello");
  BOOST_TEST_REQUIRE(aside.has_value(), (aside ? "" : aside.error().message()));
}

BOOST_AUTO_TEST_CASE(one_that_never_stops_shouting_is_ended_in_time) {
  settings.timeout = 1s;
  const auto draft = run("cat /dev/zero >&2");
  BOOST_TEST_REQUIRE(!draft.has_value());
  BOOST_TEST((draft.error().code == ErrorCode::timed_out));
}

BOOST_AUTO_TEST_CASE(it_fills_no_disk_and_no_memory) {
  BOOST_TEST(said("head -c 200000000 /dev/zero > /tmp/x 2>/dev/null; wc -c < /tmp/x | tr -d ' '") !=
             "200000000");
  settings.memory_mib_max = 64;
  BOOST_TEST(said("head -c 500000000 /dev/zero | tail -c 400000000 2>/dev/null | wc -c") !=
             "400000000");
}

BOOST_AUTO_TEST_CASE(it_has_so_many_processes_and_no_more) {
  settings.processes_max = 16;
  const auto draft =
      run("n=0; while [ $n -lt 100 ]; do sleep 60 & n=$((n+1)); done; echo all of them run");
  BOOST_TEST_REQUIRE(!draft.has_value());
  BOOST_TEST(draft.error().detail.contains("fork"), draft.error().detail);
}

BOOST_AUTO_TEST_CASE(a_node_that_stops_does_not_wait_for_it) {
  stop = true;
  const auto draft = run("sleep 1000");
  BOOST_TEST_REQUIRE(!draft.has_value());
  BOOST_TEST((draft.error().code == ErrorCode::stopping));
}

BOOST_AUTO_TEST_CASE(what_would_show_the_data_folder_is_refused_before_it_runs) {
  std::filesystem::create_directories(folder / "data/sub");
  std::filesystem::create_directory_symlink(folder / "data", folder / "link");
  for (const auto& shown : {folder.path(), folder / "data", folder / "data/sub", folder / "link",
                            std::filesystem::path("/")}) {
    settings.command = {"/bin/sh"};
    settings.files = {shown};
    const auto drafter = open();
    BOOST_TEST_REQUIRE(!drafter.has_value(), shown.string());
    BOOST_TEST((drafter.error().code == ErrorCode::config));
    BOOST_TEST(drafter.error().detail.contains("[agent.email]"), drafter.error().detail);
  }
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_named_before_it_runs) {
  settings.command = {"/nonexistent/agent"};
  const auto drafter = open();
  BOOST_TEST_REQUIRE(!drafter.has_value());
  BOOST_TEST(drafter.error().detail.contains("/nonexistent/agent"), drafter.error().detail);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::agent
