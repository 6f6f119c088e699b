// Measures approved calls, from a human's signature to a local receiver, beside curl in a loop.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "actors/all.hpp"
#include "bridges/webhook/webhook.hpp"
#include "messages/approval.pb.h"
#include "messages/canonical.hpp"
#include "messages/principal.pb.h"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/web/receiver.hpp"

namespace nightshift::bench {
namespace {

using Clock = std::chrono::steady_clock;
using tests::WebReceiver;

constexpr const char* approver = "mara";
constexpr const char* payload = R"({"type":"lead.created","data":{"name":"Ada"}})";
constexpr int calls_at_once = 1000;
constexpr int calls_in_turn = 200;

/// A node on a real journal that may call the receiver.
class Nightshift {
 public:
  explicit Nightshift(const WebReceiver& receiver) {
    auto catalog = std::make_shared<runtime::Catalog>();
    actors::register_all(*catalog);
    const auto clock = std::make_shared<runtime::SystemClock>();
    storage::RocksOptions options;
    options.path = folder_.path() / "journal";
    options.identity.emplace();
    options.identity->set_node("bench");
    options.identity->set_role("local");
    options.identity->set_log_id(to_hex(random_bytes(16)));
    options.now = [clock] { return clock->now(); };
    std::shared_ptr<storage::EventLog> log = storage::open_rocks(std::move(options)).value();
    runtime::WebhookSettings target;
    target.url = receiver.url();
    target.receiver_class = "keyed";
    target.allow_private = true;
    auto webhook = bridges::webhook::Webhook::open(
        {.targets = {{"here", target}},
         .secret = [](const auto&) -> Result<runtime::SecretText> {
           return runtime::SecretText("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
         },
         .now = [clock] { return clock->now(); },
         .program = "nightshift/bench",
         .probe = {}});
    node_ = runtime::start_node(log, catalog, clock, {webhook.value()}, {}).value();
    principal::Enroll enroll;
    enroll.set_public_key(to_base64url(key_.public_key()));
    node_->call(command({"principal", approver}, enroll, kernel::Caller::of_host()), patience)
        .value();
  }

  /// Proposes, and returns the approval to be submitted.
  runtime::Command prepare(const std::string& id) {
    approval::Propose propose;
    propose.set_title("Tell " + id);
    propose.set_category(approval::CATEGORY_ODOO);
    propose.mutable_action()->mutable_webhook()->set_target("here");
    propose.mutable_action()->mutable_webhook()->set_payload(payload);
    const auto proposed = node_->call(command({"approval", id}, propose, caller()), patience);
    const auto& view = dynamic_cast<const approval::View&>(*proposed.value().view);
    approval::Approve approve;
    approve.set_digest(view.digest());
    approve.set_approver(approver);
    approve.set_nonce(to_base64url(random_bytes(16)));
    approve.set_signature(to_base64url(
        key_.sign(approval_text(view.digest(), "approve", approve.nonce(), "", "bench"))));
    return command({"approval", id}, approve, caller());
  }

  runtime::Node& node() { return *node_; }

 private:
  static constexpr std::chrono::seconds patience{60};

  template <class Message>
  static runtime::Command command(const EntityRef& entity, const Message& body,
                                  const kernel::Caller& caller) {
    runtime::Command command;
    command.entity = entity;
    command.body = std::make_shared<Message>(body);
    command.caller = caller;
    return command;
  }
  static kernel::Caller caller() {
    return {.principal = approver, .scopes = {SCOPE_PROPOSE, SCOPE_APPROVE, SCOPE_OPERATE}};
  }

  tests::TemporaryFolder folder_;
  SigningKey key_ = SigningKey::generate();
  std::unique_ptr<runtime::Node> node_;
};

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values.at(static_cast<std::size_t>(part * static_cast<double>(values.size() - 1)));
}

void print(const std::string& name, const char* unit, double ours, double theirs) {
  std::cout << name << '\t' << ours << '\t' << unit << "\tcurl in a loop\t" << theirs << '\n';
}

/// Calls a second, all approved at once, and milliseconds from an approval to its arrival.
struct Figures {
  double calls_per_s = 0;
  std::vector<double> arrival_ms;
};

Figures measure_ours(const WebReceiver& receiver) {
  Nightshift nightshift(receiver);
  Figures figures;
  std::vector<runtime::Command> approvals;
  for (int i = 0; i < calls_at_once; ++i) {
    approvals.push_back(nightshift.prepare("burst-" + std::to_string(i)));
  }
  auto from = Clock::now();
  for (auto& approval : approvals) {
    nightshift.node().submit(std::move(approval), [](const Result<runtime::Answer>&) {});
  }
  if (!receiver.await(calls_at_once)) throw std::runtime_error("not every call arrived");
  figures.calls_per_s = calls_at_once / seconds(receiver.received().back().at - from);
  for (int i = 0; i < calls_in_turn; ++i) {
    auto approval = nightshift.prepare("turn-" + std::to_string(i));
    const auto before = receiver.count();
    from = Clock::now();
    nightshift.node().submit(std::move(approval), [](const Result<runtime::Answer>&) {});
    if (!receiver.await(before + 1)) throw std::runtime_error("a call did not arrive");
    figures.arrival_ms.push_back(seconds(receiver.received().back().at - from) * 1000);
  }
  return figures;
}

/// One process, as a script starts it.
bool run_curl(const std::string& url) {
  const std::string words[] = {"curl",      "--silent", "--output",
                               "/dev/null", "--header", "Content-Type: application/json",
                               "--data",    payload,    url};
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = -1;
  return ::posix_spawnp(&child, "curl", nullptr, nullptr, arguments.data(), environ) == 0 &&
         ::waitpid(child, &status, 0) == child && status == 0;
}

Figures measure_curl(const WebReceiver& receiver) {
  Figures figures;
  const auto start = Clock::now();
  for (int i = 0; i < calls_in_turn; ++i) {
    const auto before = receiver.count();
    const auto from = Clock::now();
    if (!run_curl(receiver.url()) || receiver.count() == before) {
      throw std::runtime_error("curl did not arrive; is it installed?");
    }
    figures.arrival_ms.push_back(seconds(receiver.received().back().at - from) * 1000);
  }
  figures.calls_per_s = calls_in_turn / seconds(Clock::now() - start);
  return figures;
}

void measure() {
  const WebReceiver receiver;
  const auto ours = measure_ours(receiver);
  const auto theirs = measure_curl(receiver);
  print("webhook, approved at once", "calls/s", ours.calls_per_s, theirs.calls_per_s);
  for (const auto& [name, part] : {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}}) {
    print(std::string("webhook, approval to arrival, ") + name, "ms",
          quantile(ours.arrival_ms, part), quantile(theirs.arrival_ms, part));
  }
}

}  // namespace
}  // namespace nightshift::bench

int main() {
  try {
    nightshift::bench::measure();
  } catch (const std::exception& error) {
    std::cerr << "webhook: " << error.what() << '\n';
    return 1;
  }
}
