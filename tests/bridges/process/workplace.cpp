// Puts node and bridge together.
#include "tests/bridges/process/workplace.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

constexpr std::chrono::seconds patience{60};

}  // namespace

Workplace::Workplace() : clock_(std::make_shared<ShiftedClock>()) { open(); }

Workplace::~Workplace() {
  if (!bridge_) open();
  BOOST_TEST(bridge_->end_children(patience));
  close();
}

void Workplace::open() {
  node_ = must(runtime::start_node(open_journal(folder / "journal", "laptop", clock_), all_kinds(),
                                   clock_, {}, {}));
  bridge::ProcessOptions options;
  options.run_folder = folder / "run";
  options.keeper = {::getenv("NIGHTSHIFT_PROGRAM"), {"keeper", (folder / "run").string()}};
  options.places.environment = {{"PATH", "/usr/bin:/bin:/usr/sbin:/sbin"}, {"HOME", "/"}};
  options.places.logs = folder / "logs";
  options.zone = *runtime::Zone::find("Europe/Berlin");
  options.retry_every = std::chrono::milliseconds(50);
  options.secret = [](const std::string& reference) -> Result<runtime::SecretText> {
    if (reference == "sealed:known") return runtime::SecretText("hush");
    return fail(ErrorCode::not_found, "nothing is sealed as " + reference);
  };
  bridge_ = must(bridge::ProcessBridge::start(*node_, std::move(options)));
}

void Workplace::close() {
  bridge_.reset();
  node_.reset();
}

void Workplace::run(const std::string& name, const std::string& script, ProcessConfig config) {
  config.set_command("/bin/sh");
  config.add_args("-c");
  config.add_args(script);
  if (!config.has_kill_timeout_ms()) config.set_kill_timeout_ms(100);
  define(name, config);
}

void Workplace::define(const std::string& name, const ProcessConfig& config) {
  process_pb::Define define;
  *define.mutable_config() = config;
  define.set_start(true);
  must(tell(name, define));
}

Result<runtime::Answer> Workplace::command(const std::string& name,
                                           std::shared_ptr<const google::protobuf::Message> body) {
  runtime::Command command;
  command.entity = {"process", name};
  command.body = std::move(body);
  command.caller = {.principal = "mara", .scopes = {SCOPE_READ, SCOPE_OPERATE, SCOPE_ADMIN}};
  return node_->call(std::move(command), patience);
}

std::string Workplace::status(const std::string& name) const {
  const auto answer = node_->get({"process", name});
  return answer ? answer->status : "";
}

process_pb::View Workplace::view(const std::string& name) const {
  return dynamic_cast<const process_pb::View&>(*must(node_->get({"process", name})).view);
}

void Workplace::await(const std::string& name, const std::string& wanted) const {
  eventually([&] { return status(name) == wanted; }, name + " is " + wanted);
}

void Workplace::await_another(const std::string& name, const std::string& before) const {
  eventually([&] { return status(name) == "online" && view(name).run() != before; },
             name + " runs again");
}

std::string Workplace::output(const std::string& name) const {
  std::ifstream in(folder / "logs" / (name + "-out.log"));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> Workplace::story(const std::string& name) const {
  std::vector<std::string> sentences;
  for (const auto& event : must(node_->events({"process", name}, 0, 100'000))) {
    sentences.push_back(event.sentence);
  }
  return sentences;
}

std::size_t Workplace::count(const std::string& name, const std::string& type) const {
  std::size_t found = 0;
  const auto events = must(node_->events({"process", name}, 0, 100'000));
  for (const auto& event : events) found += event.record.type() == type;
  return found;
}

}  // namespace nightshift::tests
