// Puts node and bridges together.
#include "tests/bridges/mcp/servers/study.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <future>

#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

constexpr std::chrono::seconds patience{60};

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::trunc) << text;
}

}  // namespace

Study::Study() : clock_(std::make_shared<runtime::SystemClock>()) { open(); }

Study::~Study() {
  if (!processes_) open();
  servers_.reset();
  BOOST_TEST(processes_->end_children(patience));
  close();
}

void Study::open() {
  streams_ = std::make_shared<runtime::Streams>();
  node_ = must(runtime::start_node(open_journal(folder / "journal", "laptop", clock_), all_kinds(),
                                   clock_, {}, {}));
  mcp::ServersOptions options;
  options.clock = clock_;
  options.streams = streams_;
  options.secret = [](const std::string& reference) -> Result<runtime::SecretText> {
    return fail(ErrorCode::not_found, "nothing is sealed as " + reference);
  };
  options.version = "test";
  options.reach_again_after = std::chrono::milliseconds(20);
  servers_ = must(mcp::Servers::start(*node_, std::move(options)));
  bridges::process::ProcessOptions processes;
  processes.run_folder = folder / "run";
  processes.keeper = {::getenv("NIGHTSHIFT_PROGRAM"), {"keeper", (folder / "run").string()}};
  processes.places.environment = {{"PATH", "/usr/bin:/bin:/usr/sbin:/sbin"}, {"HOME", "/"}};
  processes.places.logs = folder / "logs";
  processes.zone = *runtime::Zone::find("Europe/Berlin");
  processes.retry_every = std::chrono::milliseconds(50);
  processes.streams = streams_;
  processes_ = must(bridges::process::ProcessBridge::start(*node_, std::move(processes)));
}

void Study::close() {
  processes_.reset();
  servers_.reset();
  node_.reset();
}

void Study::define_stand_in(const std::string& description) {
  says(description);
  McpServerConfig config;
  config.set_command("/bin/sh");
  config.add_args(std::filesystem::absolute("tests/bridges/mcp/servers/stand_in.sh").string());
  config.add_args(folder.path().string());
  config.set_probe_every_s(1);
  define(config);
}

void Study::define(const McpServerConfig& config) {
  server_pb::Define define;
  *define.mutable_config() = config;
  must(tell(define));
}

void Study::says(const std::string& description) const {
  // In one step: it may be read right now.
  write(folder / "tools.new", R"([{"name":"echo","description":")" + description +
                                  R"(","inputSchema":{"type":"object"}}])");
  std::filesystem::rename(folder / "tools.new", folder / "tools");
}

void Study::is_in_the_mood_to(std::string_view mood) const { write(folder / "mood", mood); }

std::size_t Study::calls_seen() const {
  std::ifstream in(folder / "calls");
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) ++count;
  return count;
}

Result<runtime::Answer> Study::command(EntityRef entity,
                                       std::shared_ptr<const google::protobuf::Message> body) {
  runtime::Command command;
  command.entity = std::move(entity);
  command.body = std::move(body);
  command.caller = {.principal = "mara",
                    .scopes = {SCOPE_READ, SCOPE_OPERATE, SCOPE_ADMIN, SCOPE_APPROVE}};
  return node_->call(std::move(command), patience);
}

std::string Study::status(const std::string& kind, const std::string& id) const {
  const auto answer = node_->get({kind, id});
  return answer ? answer->status : "";
}

server_pb::View Study::view() const {
  return dynamic_cast<const server_pb::View&>(*must(node_->get({"mcp_server", "desk"})).view);
}

nightshift::process::View Study::process() const {
  return dynamic_cast<const nightshift::process::View&>(
      *must(node_->get({"process", "mcp-desk"})).view);
}

void Study::await(const std::string& wanted) const {
  eventually([&] { return status() == wanted; }, "the server is " + wanted);
}

void Study::await_tools() const {
  eventually([&] { return servers_->tools("desk") != nullptr; }, "the server's tools are known");
}

std::string Study::pin() const {
  const auto tools = servers_->tools("desk");
  BOOST_TEST_REQUIRE((tools != nullptr && tools->contains("echo")));
  return to_hex(as_bytes(mcp::pin_of(tools->find("echo")->second)));
}

mcp::Outcome Study::call(const std::string& pin) {
  auto ended = std::make_shared<std::promise<mcp::Outcome>>();
  auto outcome = ended->get_future();
  servers_->call({.server = "desk", .tool = "echo", .arguments = R"({"text":"hi"})", .pin = pin},
                 [ended](mcp::Outcome how) { ended->set_value(std::move(how)); });
  BOOST_TEST_REQUIRE((outcome.wait_for(patience) == std::future_status::ready));
  return outcome.get();
}

}  // namespace nightshift::tests
