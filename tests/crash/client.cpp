// One client of a node that is killed all the time.
#include "tests/crash/client.hpp"

#include <poll.h>

#include <nlohmann/json.hpp>

#include "messages/canonical.hpp"

namespace nightshift::tests {
namespace {

using nlohmann::json;

constexpr int pause_ms = 2;

/// What two answers to one command must have in common.
json essence(const std::string& answer) {
  const auto all = json::parse(answer);
  json part;
  for (const auto* name : {"id", "kind", "sequence", "offset", "status", "view"}) {
    part[name] = all.value(name, json());
  }
  return part;
}

}  // namespace

struct Client::Draft {
  std::string id;
  /// The webhook that it calls; empty for the outbox.
  std::string webhook;
  Expected expected;
  /// The view of the last answer.
  json view;
};

Client::Client(int number, std::uint64_t seed, const Person& person, Ledger& ledger,
               std::vector<std::string> webhooks)
    : number_(number),
      random_(seed + static_cast<std::uint64_t>(number)),
      person_(person),
      ledger_(ledger),
      webhooks_(std::move(webhooks)) {}

void Client::run() {
  while (ledger_.may_ask()) play_one_draft();
}

/// The answer's body; empty once there is none to be had.
std::string Client::answer_to(const Acknowledged& entry) {
  bridges::cli::HttpRequest request;
  request.method = "POST";
  request.target = "/v1/approval/" + entry.id + "/" + entry.command;
  request.body = entry.body;
  request.headers = {{"Authorization", "Bearer " + person_.token},
                     {"Content-Type", "application/json"},
                     {"Idempotency-Key", entry.key}};
  request.timeout = std::chrono::seconds(30);
  while (ledger_.wrongs().empty()) {
    const auto base = ledger_.base();
    const auto response = http_.send(base.empty() ? "http://127.0.0.1:1" : base, request);
    if (response && response->status < 400) return response->body;
    if (response && response->status < 500) {
      ledger_.wrong(request.target + " with key " + entry.key + " and body " + entry.body +
                    " was refused: " + response->body);
      return {};
    }
    ::poll(nullptr, 0, pause_ms);
  }
  return {};
}

bool Client::ask(Draft& draft, const std::string& command, const std::string& body,
                 const Expected& then) {
  if (!ledger_.may_ask()) return false;
  Acknowledged entry{draft.id, command, body, to_hex(random_bytes(12)), {}};
  entry.answer = answer_to(entry);
  if (entry.answer.empty()) return false;
  const auto answer = json::parse(entry.answer);
  if (answer.at("sequence").get<int>() != draft.expected.commands + 1) {
    ledger_.wrong(draft.id + ": " + command + " was answered with sequence " +
                  answer.at("sequence").dump() + " as command " +
                  std::to_string(draft.expected.commands + 1));
    return false;
  }
  draft.view = answer.at("view");
  draft.expected = then;
  draft.expected.commands = answer.at("sequence").get<int>();
  ledger_.acknowledged(entry, draft.expected);
  mine_.push_back(std::move(entry));
  if (dice(10) == 1) repeat_one();
  return true;
}

void Client::repeat_one() {
  const auto& entry = mine_[static_cast<std::size_t>(dice(static_cast<int>(mine_.size()))) - 1];
  const auto again = answer_to(entry);
  if (again.empty() || essence(again) == essence(entry.answer)) return;
  ledger_.wrong(entry.id + ": " + entry.command + " with key " + entry.key +
                " was first answered " + entry.answer + ", and then " + again);
}

std::string Client::approve_body(const Draft& draft) const {
  const auto digest = draft.view.at("digest").get<std::string>();
  const auto nonce = to_base64url(random_bytes(16));
  const auto text =
      approval_text(digest, "approve", nonce, "", draft.view.at("executor").get<std::string>());
  return json{{"digest", digest},
              {"approver", person_.name},
              {"nonce", nonce},
              {"signature", to_base64url(person_.key.sign(text))}}
      .dump();
}

std::string Client::propose_body(Draft& draft) {
  json propose{{"title", "Offer " + draft.id},
               {"category", "email"},
               {"to", {"bob@example.org"}},
               {"body", std::string(static_cast<std::size_t>(dice(2000)), 'b')}};
  if (!webhooks_.empty()) {
    draft.webhook =
        webhooks_[static_cast<std::size_t>(dice(static_cast<int>(webhooks_.size()))) - 1];
    propose["action"]["webhook"] = {{"target", draft.webhook}, {"payload", draft.id}};
  }
  return propose.dump();
}

void Client::play_one_draft() {
  Draft draft{"c" + std::to_string(number_) + "-" + std::to_string(++drafts_), {}, {}, {}};
  if (!ask(draft, "propose", propose_body(draft), {})) return;
  for (int edits = dice(3); edits > 1; --edits) {
    const json edit{{"body", "Edit " + std::to_string(edits) + " of " + draft.id}};
    if (!ask(draft, "edit", edit.dump(), {})) return;
  }
  switch (dice(5)) {
    case 1: ask(draft, "reject", R"({"reason":"no"})", {"rejected", 0, {}, {}}); return;
    case 2: ask(draft, "withdraw", "{}", {"withdrawn", 0, {}, {}}); return;
    case 3: return;
    default: break;
  }
  const auto content =
      Canonical::decode(from_base64url(draft.view.at("content").get<std::string>()).value());
  const auto sent = content->find(draft.webhook.empty() ? "message" : "payload");
  ask(draft, "approve", approve_body(draft), {"sent", 0, std::string(sent.value()), draft.webhook});
}

}  // namespace nightshift::tests
