// Collects on the connection's thread, and is asked on the test's.
#include "tests/bridges/mcp/transport/caller.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/support/eventually.hpp"

namespace nightshift::tests {
namespace {

/// Servers close their ends while the client writes.
struct WithoutSigpipe {
  WithoutSigpipe() { ::signal(SIGPIPE, SIG_IGN); }
};
BOOST_GLOBAL_FIXTURE(WithoutSigpipe);

std::string text_of(const mcp::Outcome& outcome) {
  if (const auto* answered = std::get_if<mcp::Answered>(&outcome)) return answered->result.raw();
  if (const auto* refused = std::get_if<mcp::Refused>(&outcome)) {
    return std::to_string(refused->error.code) + " " + refused->error.message;
  }
  const auto& unanswered = std::get<mcp::Unanswered>(outcome);
  return (unanswered.sent ? "sent: " : "not sent: ") + unanswered.why.detail;
}

}  // namespace

Caller::Caller(std::unique_ptr<mcp::Link> link, mcp::ClientOptions options)
    : connection_(std::make_unique<mcp::Connection>(std::move(link), std::move(options),
                                                    std::make_shared<runtime::SystemClock>(),
                                                    [this](mcp::News news) {
                                                      const std::lock_guard lock(mutex_);
                                                      news_.push_back(std::move(news));
                                                    })) {}

std::size_t Caller::call(mcp::Call call) {
  const std::lock_guard lock(mutex_);
  const auto place = made_.size();
  made_.emplace_back();
  made_.back().ticket = connection_->call(std::move(call), [this, place](mcp::Outcome outcome) {
    const std::lock_guard inner(mutex_);
    ++made_[place].ends;
    made_[place].outcome = text_of(outcome);
  });
  return place;
}

std::size_t Caller::call_tool(const std::string& name) {
  return call({.method = "tools/call",
               .params = R"({"name":")" + name + R"(","arguments":{}})",
               .name = name});
}

std::string Caller::outcome(std::size_t call) {
  await([&] { return made_[call].ends > 0; }, "call " + std::to_string(call) + " ends");
  const std::lock_guard lock(mutex_);
  return made_[call].outcome;
}

int Caller::ends(std::size_t call) const {
  const std::lock_guard lock(mutex_);
  return made_[call].ends;
}

void Caller::cancel(std::size_t call) {
  const std::lock_guard lock(mutex_);
  connection_->cancel(made_[call].ticket, "the test wants it");
}

void Caller::await(const std::function<bool()>& condition, std::string_view what) const {
  eventually(
      [&] {
        const std::lock_guard lock(mutex_);
        return condition();
      },
      what);
}

}  // namespace nightshift::tests
