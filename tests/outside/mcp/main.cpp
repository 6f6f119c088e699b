// Our MCP client as a program: reads calls, a line each, and writes what became of them.
#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <optional>

#include "bridges/mcp/protocol/tool.hpp"
#include "bridges/mcp/transport/connection.hpp"
#include "bridges/mcp/transport/http_link.hpp"
#include "bridges/mcp/transport/stdio_link.hpp"
#include "tests/outside/mcp/defaults.hpp"
#include "tests/outside/mcp/spawn.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;

/// What HTTP's `Mcp-Name` says of a request.
std::string name_of(const std::string& params) {
  const auto view = JsonView::read(params);
  for (JsonItems items(view ? *view : JsonView()); items.next();) {
    if (items.name() == "name" || items.name() == "uri") return items.value().text().value_or("");
  }
  return {};
}

class Program {
 public:
  Program(std::unique_ptr<Link> link, const ClientOptions& options)
      : connection_(std::move(link), options, std::make_shared<runtime::SystemClock>(),
                    [this](News news) { heard(std::move(news)); }) {}

  /// False where the connection could not do what the line wants.
  bool run(const std::string& line) {
    const auto space = line.find(' ');
    const auto word = line.substr(0, space);
    const auto rest = space == line.npos ? std::string() : line.substr(space + 1);
    if (word == "tools") return list_tools();
    const auto end = rest.find(' ');
    const auto first = rest.substr(0, end);
    const auto second = end == rest.npos ? std::string() : rest.substr(end + 1);
    if (word == "call") return call_tool(first, second.empty() ? "{}" : second);
    if (word == "echo-schema") return call_tool(first, R"({"schema":)" + schema_of(second) + "}");
    const auto params = rest.empty() ? "{}" : rest;
    return show(ask({.method = word, .params = params, .name = name_of(params)}));
  }

 private:
  Outcome ask(Call call) {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Outcome> outcome;
    connection_.call(std::move(call), [&](Outcome end) {
      const std::lock_guard lock(mutex);
      outcome = std::move(end);
      changed.notify_one();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return outcome.has_value(); });
    return std::move(*outcome);
  }

  bool call_tool(const std::string& name, const std::string& arguments) {
    Call call{.method = "tools/call", .params = call_tool_params(name, arguments), .name = name};
    const auto given = JsonView::read(arguments);
    const auto text = schema_of(name);
    const auto schema = JsonView::read(text);
    const auto mirrored = mirrored_arguments(*schema);
    if (given && mirrored) call.headers = headers_of(*mirrored, *given);
    return show(ask(std::move(call)));
  }

  std::string schema_of(const std::string& name) const {
    const auto found = std::ranges::find(tools_, name, &Tool::name);
    return found == tools_.end() ? "null" : found->input_schema;
  }

  bool list_tools() {
    std::string cursor;
    do {
      const auto outcome = ask({.method = "tools/list", .params = list_params(cursor)});
      const auto* answered = std::get_if<Answered>(&outcome);
      if (answered == nullptr) return show(outcome);
      const auto page = read_tools(answered->result.view());
      if (!page) return std::cout << "bad: " << page.error().detail << std::endl, false;
      for (const auto& tool : page->tools) list(tool);
      for (const auto& refused : page->refused) std::cout << refused << std::endl;
      cursor = page->next_cursor;
    } while (!cursor.empty());
    return true;
  }

  void list(const Tool& tool) {
    const auto schema = JsonView::read(tool.input_schema);
    const auto mirrored = mirrored_arguments(*schema);
    if (!mirrored) {
      std::cout << "the tool " << tool.name << " is left out: " << mirrored.error().detail
                << std::endl;
      return;
    }
    tools_.push_back(tool);
    std::cout << "tool " << tool.name << " " << to_hex(as_bytes(pin_of(tool))) << std::endl;
  }

  static bool show(const Outcome& outcome) {
    if (const auto* answered = std::get_if<Answered>(&outcome)) {
      std::cout << "ok " << answered->result.raw() << std::endl;
      return true;
    }
    if (const auto* refused = std::get_if<Refused>(&outcome)) {
      std::cout << "refused " << refused->error.code << " " << refused->error.message << std::endl;
      return true;
    }
    const auto& unanswered = std::get<Unanswered>(outcome);
    std::cout << (unanswered.sent ? "unknown: " : "not sent: ") << unanswered.why.detail
              << std::endl;
    return false;
  }

  /// Declines where the defaults do not do.
  void answer(QuestionId question, const Reply& reply) {
    const bool accepts = reply.action == Reply::Action::accept;
    connection_.answer(question, reply, [this, question, accepts](Result<void> done) {
      if (!done && accepts) answer(question, {Reply::Action::decline, ""});
    });
  }

  void heard(News news) {
    if (const auto* asked = std::get_if<Asked>(&news)) {
      answer(asked->id, reply_of_defaults(asked->question));
    } else if (const auto* opened = std::get_if<Opened>(&news)) {
      std::cerr << "opened: " << opened->facts.version->name << std::endl;
    } else if (const auto* breach = std::get_if<Misbehaved>(&news)) {
      std::cerr << "breach: " << breach->what << std::endl;
    } else if (const auto* closed = std::get_if<Closed>(&news)) {
      std::cerr << "closed: " << closed->why.detail << std::endl;
    }
  }

  std::vector<Tool> tools_;
  Connection connection_;
};

std::optional<OpeningMode> mode_of(std::vector<std::string>& words) {
  if (words.size() < 2 || words.front() != "--era") return OpeningMode::probe;
  const auto era = words[1];
  words.erase(words.begin(), words.begin() + 2);
  if (era == "session") return OpeningMode::session;
  if (era == "stateless") return OpeningMode::stateless;
  return std::nullopt;
}

int run(std::vector<std::string> words) {
  const auto mode = mode_of(words);
  if (!mode || words.empty()) {
    std::cerr << "usage: mcp_client [--era session|stateless] (URL | -- PROGRAM ARGUMENTS...)\n";
    return 2;
  }
  std::optional<Child> child;
  std::unique_ptr<Link> link;
  ClientOptions options{.version = "1.0.0", .opening = *mode};
  if (words.front() == "--") {
    child.emplace(std::vector(words.begin() + 1, words.end()));
    link = std::make_unique<StdioLink>(std::move(child->input), std::move(child->output));
  } else {
    // Here silence says nothing of the server's era, only of the machine that we run on.
    options.probe_timeout = options.open_timeout;
    HttpAddress address;
    address.url = words.front();
    link = std::make_unique<HttpLink>(std::move(address), std::make_shared<runtime::SystemClock>());
  }
  Program program(std::move(link), options);
  bool good = true;
  for (std::string line; std::getline(std::cin, line);) good = program.run(line) && good;
  return good ? 0 : 1;
}

}  // namespace
}  // namespace nightshift::tests

int main(int count, char** words) {
  ::signal(SIGPIPE, SIG_IGN);
  return nightshift::tests::run({words + 1, words + count});
}
