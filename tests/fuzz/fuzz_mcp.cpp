// Reads any bytes as what an MCP server says, line by line, beside an owner who calls, cancels,
// answers and lets time pass: each call ends once, and what is sent is one line of JSON.
#include <map>
#include <set>

#include "bridges/mcp/protocol/canonical_json.hpp"
#include "bridges/mcp/protocol/client.hpp"
#include "bridges/mcp/protocol/documents.hpp"
#include "bridges/mcp/protocol/line_reader.hpp"
#include "bridges/mcp/protocol/tool.hpp"
#include "messages/json.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

using namespace bridges::mcp;

constexpr std::size_t line_bytes_max = 4096;

class Owner {
 public:
  /// Lines that begin with `!` are deeds of the owner, all others the server's.
  void take(std::string_view line) {
    if (line.starts_with('!')) {
      act(line.substr(1));
    } else {
      client_.received(line, now_);
    }
    look();
  }
  void begin() {
    client_.open(now_);
    look();
  }
  void end() {
    client_.lost({ErrorCode::unreachable, "the end", {}});
    look();
    require(calls_.empty(), "a call never ended");
    require(questions_.empty(), "a question was never withdrawn");
    require(!client_.next_deadline() || client_.is_closed(), "a closed machine waits");
  }

 private:
  void act(std::string_view deed) {
    const char first = deed.empty() ? 'c' : deed.front();
    if (first == 't') {
      now_ += std::chrono::seconds(20);
      client_.elapsed(now_);
    } else if (first == 'x' && !calls_.empty()) {
      client_.cancel(*calls_.begin(), "no");
    } else if (first == 'u') {
      client_.undelivered(newest_, {{ErrorCode::unreachable, "away", {}}, true}, now_);
    } else if (first == 'o') {
      client_.overlong();
    } else if ((first == 'y' || first == 'n') && !questions_.empty()) {
      answer(first == 'y', deed.substr(1));
    } else if (const auto call = client_.call({.method = "tools/call"}, now_)) {
      require(calls_.insert(*call).second, "a call's id came again");
    }
  }

  void answer(bool yes, std::string_view content) {
    const auto id = questions_.begin()->first;
    const Reply reply = yes ? Reply{Reply::Action::accept, std::string(content)} : Reply{};
    if (client_.answer(id, reply, now_)) questions_.erase(id);
  }

  void look() {
    for (const auto& message : client_.take_outgoing()) {
      require(read_message(message.text).has_value(), "what is sent is no message");
      require(message.text.find('\n') == std::string::npos, "what is sent is not one line");
      if (message.kind == Outgoing::Kind::request) newest_ = message.request;
    }
    for (const auto& news : client_.take_news()) {
      require(!closed_, "something comes after the end");
      std::visit([this](const auto& kind) { note(kind); }, news);
    }
  }

  void note(const Ended& ended) { require(calls_.erase(ended.call) == 1, "a call ended twice"); }
  void note(const Asked& asked) { questions_.emplace(asked.id, asked.question); }
  void note(const Withdrawn& gone) { questions_.erase(gone.id); }
  void note(const Closed& closed) {
    closed_ = true;
    require(!closed.why.detail.empty(), "an end says nothing");
  }
  void note(const Misbehaved& what) { require(!what.what.empty(), "a breach says nothing"); }
  void note(const auto&) {}

  Client client_{{.version = "1", .calls_max = 8, .questions_max = 4}};
  Moment now_{1};
  std::int64_t newest_ = 0;
  bool closed_ = false;
  std::set<CallId> calls_;
  std::map<QuestionId, Question> questions_;
};

void check_json(std::string_view text) {
  const auto view = JsonView::read(text);
  require(view.has_value() == is_json(text), "two readers disagree on what JSON is");
  if (!view) return;
  if (const auto once = canonical_json(*view)) {
    const auto again = JsonView::read(*once);
    require(again.has_value(), "the canonical form is no JSON");
    require(canonical_json(*again) == *once, "the canonical form is not its own");
  }
  if (const auto page = read_tools(*view)) {
    for (const auto& tool : page->tools) {
      require(pin_of(tool) == pin_of(tool) && differences(tool, tool).empty(), "unlike itself");
    }
  }
  static_cast<void>(read_tool_result(*view));
  static_cast<void>(read_resources(*view));
  static_cast<void>(read_prompts(*view));
  static_cast<void>(read_resource(*view));
  static_cast<void>(read_prompt(*view));
}

}  // namespace

void mcp_server(std::string_view input) {
  Owner owner;
  owner.begin();
  LineReader reader(line_bytes_max);
  reader.take(input, [&](std::string_view line) {
    require(line.size() <= line_bytes_max, "a line is too long");
    check_json(line);
    owner.take(line);
  });
  owner.end();
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(mcp_server)
