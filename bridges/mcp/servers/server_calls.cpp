// What a server says, and what is asked of it.
#include <algorithm>
#include <variant>

#include "bridges/mcp/protocol/tool_headers.hpp"
#include "bridges/mcp/servers/server.hpp"
#include "messages/mcp_words.hpp"

namespace nightshift::bridges::mcp {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

/// CONTRACTS.md, defaults.
constexpr seconds probe_timeout{5};
constexpr int silences_max = 3;
constexpr seconds list_timeout{30};
constexpr int pages_max = 64;
constexpr std::size_t waiting_max = 1024;
/// Between lists that are other each time, doubling.
constexpr seconds list_pause_min{1};
constexpr seconds list_pause_max{600};

template <class... Visitor>
struct Overloaded : Visitor... {
  using Visitor::operator()...;
};

Outcome not_sent(ErrorCode code, std::string why) {
  return Unanswered{{code, std::move(why), {}}, false};
}

}  // namespace

void Server::hear(News news) {
  std::visit(
      Overloaded{[this](Opened& news_of) { opened(news_of.facts); },
                 [this](Closed& news_of) {
                   report(report_of(news_of.why, {}));
                   lose(news_of.why);
                 },
                 [this](Asked& news_of) {
                   // Nobody is asked yet: the server hears that its question was put aside.
                   connection_->answer(news_of.id, Reply{}, [](const Result<void>&) {});
                   log("it asks: " + news_of.question.message.substr(0, 200));
                 },
                 [this](Changed& news_of) {
                   if (news_of.what == Changed::What::tools) relist_ = has_tools_;
                 },
                 [this](Misbehaved& news_of) { log("it breaks the protocol: " + news_of.what); },
                 [](auto&) {}},
      news);
}

void Server::opened(const ServerFacts& facts) {
  open_ = true;
  stateless_ = facts.version != nullptr && facts.version->era == Era::stateless;
  has_tools_ = false;
  if (const auto capabilities = JsonObject::read(facts.capabilities.view(), "capabilities")) {
    has_tools_ = capabilities->find("tools") != nullptr;
  }
  report(report_of(facts));
  probe(now());
}

// ---- whether it is well

void Server::probe(Moment now) {
  if (has_tools_) return list(now);
  probing_ = true;
  Call call{.method = stateless_ ? "server/discover" : "ping"};
  call.timeout = call.timeout_max = probe_timeout;
  connection_->call(std::move(call),
                    [agenda = house_.agenda, this, generation = generation_](Outcome outcome) {
                      agenda->add([this, generation, outcome = std::move(outcome)] {
                        if (generation == generation_) probed(outcome);
                      });
                    });
}

void Server::probed(const Outcome& outcome) {
  probing_ = false;
  probe_at_ = now() + probe_every(config_);
  report(report_of(outcome, {}));
  const auto* unanswered = std::get_if<Unanswered>(&outcome);
  silences_ = unanswered == nullptr ? 0 : silences_ + 1;
  if (silences_ < silences_max) return;
  // It hangs: a new run, or a new session, may not.
  lose({ErrorCode::timed_out, "it has not answered three times in a row", {}});
}

// ---- its tools

void Server::list(Moment) {
  relist_ = false;
  listing_.emplace();
  read_page({});
}

void Server::read_page(std::string cursor) {
  Call call{.method = "tools/list", .params = list_params(cursor)};
  call.timeout = call.timeout_max = tools_ ? probe_timeout : list_timeout;
  connection_->call(std::move(call),
                    [agenda = house_.agenda, this, generation = generation_](Outcome outcome) {
                      agenda->add([this, generation, outcome = std::move(outcome)]() mutable {
                        if (generation == generation_ && listing_) page_came(std::move(outcome));
                      });
                    });
}

void Server::page_came(Outcome outcome) {
  const auto give_up = [&] {
    listing_.reset();
    // What its tools are now nobody knows: nothing is called until they were read.
    relist_ = true;
    list_pause_ = std::clamp<microseconds>(list_pause_ * 2, list_pause_min, list_pause_max);
    list_not_before_ = now() + list_pause_;
    for (auto& waiting : std::exchange(waiting_, {})) {
      waiting.on_end(not_sent(ErrorCode::unreachable, "the tools of " + name_ + " cannot be read"));
    }
    probed(outcome);
  };
  const auto* answered = std::get_if<Answered>(&outcome);
  if (answered == nullptr) return give_up();
  auto page = read_tools(answered->result.view());
  if (!page) {
    outcome = Refused{{rpc::invalid_request, "its list of tools: " + page.error().detail, {}}};
    return give_up();
  }
  auto& [tools, refused, pages] = *listing_;
  for (auto& tool : page->tools) {
    auto name = tool.name;
    if (tools.size() >= tools_max) {
      refused.push_back(name + ": one tool too many");
    } else if (!tools.emplace(name, std::move(tool)).second) {
      refused.push_back(name + ": stands twice in the list");
    }
  }
  std::ranges::move(page->refused, std::back_inserter(refused));
  if (refused.size() > tools_max) refused.resize(tools_max);
  if (!page->next_cursor.empty() && ++pages < pages_max) return read_page(page->next_cursor);
  listed();
  probed(outcome);
}

void Server::listed() {
  auto listing = std::move(*listing_);
  listing_.reset();
  const auto pins = [](const Tools& tools) {
    std::string all;
    for (const auto& [name, tool] : tools) all += as_bytes(pin_of(tool));
    return all;
  };
  const bool same = tools_ && pins(*tools_) == pins(listing.tools);
  list_pause_ = same ? microseconds(0)
                     : std::clamp<microseconds>(list_pause_ * 2, list_pause_min, list_pause_max);
  list_not_before_ = now() + std::max<microseconds>(list_pause_, list_pause_min);
  if (!same) report(report_of(listing.tools, listing.refused));
  tools_ = std::make_shared<const Tools>(std::move(listing.tools));
  house_.offers(name_, tools_);
  call_what_waits();
}

// ---- its calls

void Server::call(ToolCall call, Servers::OnEnd on_end) {
  if (!open_) {
    return on_end(not_sent(ErrorCode::unreachable, "the MCP server " + name_ + " is not reached"));
  }
  Waiting waiting{std::move(call), std::move(on_end)};
  // Its definition may be another now: that is looked at first.
  const bool uncertain = listing_ || relist_ || (has_tools_ && !tools_);
  if (!uncertain) return call_now(std::move(waiting));
  if (waiting_.size() >= waiting_max) {
    return waiting.on_end(not_sent(ErrorCode::overloaded, "too many calls wait for " + name_));
  }
  waiting_.push_back(std::move(waiting));
  list_not_before_ = std::min(list_not_before_, now());
}

void Server::call_what_waits() {
  for (auto& waiting : std::exchange(waiting_, {})) call_now(std::move(waiting));
}

Result<Call> Server::call_of(const ToolCall& call) const {
  const auto found = tools_ ? tools_->find(call.tool) : Tools::const_iterator();
  if (!tools_ || found == tools_->end()) {
    return fail(ErrorCode::not_found, "the MCP server " + name_ + " has no tool " + call.tool);
  }
  const auto pin = to_hex(as_bytes(pin_of(found->second)));
  if (pin != call.pin) {
    return fail(ErrorCode::digest_mismatch, "the tool " + call.tool + " of " + name_ +
                                                " is not the one that was meant: its pin is " +
                                                pin);
  }
  Call made{.method = "tools/call", .params = call_tool_params(call.tool, call.arguments)};
  made.name = call.tool;
  made.timeout = made.timeout_max = call_timeout(config_);
  if (is_stdio()) return made;
  const auto arguments = JsonView::read(call.arguments);
  if (!arguments) return std::unexpected(arguments.error());
  const auto schema = JsonView::read(found->second.input_schema);
  if (!schema) return std::unexpected(schema.error());
  const auto mirrored = mirrored_arguments(*schema);
  if (!mirrored) return std::unexpected(mirrored.error());
  made.headers = headers_of(*mirrored, *arguments);
  return made;
}

void Server::call_now(Waiting waiting) {
  auto call = call_of(waiting.call);
  if (!call) return waiting.on_end(Unanswered{call.error(), false});
  connection_->call(
      std::move(*call),
      [agenda = house_.agenda, this, generation = generation_, tool = waiting.call.tool,
       on_end = std::move(waiting.on_end)](Outcome outcome) mutable {
        agenda->add([this, generation, tool = std::move(tool), on_end = std::move(on_end),
                     outcome = std::move(outcome)]() mutable {
          if (generation == generation_) {
            report(report_of(outcome, tool));
            probe_at_ = now() + probe_every(config_);
            silences_ = 0;
          }
          on_end(std::move(outcome));
        });
      });
}

}  // namespace nightshift::bridges::mcp
