// Commands: the one route that writes.
#include <algorithm>

#include "bridges/http/call.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "runtime/abroad.hpp"
#include "runtime/cluster/status.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t key_bytes_max = 128;

/// `If-Match: "N"`, the sequence that the caller saw; 0 means that there must be nothing yet.
Result<std::optional<std::uint64_t>> if_match(const Head& head) {
  std::string_view text = head.find("if-match");
  if (text.empty()) return std::nullopt;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  const auto sequence = parse_number(text);
  if (!sequence) {
    return fail(ErrorCode::invalid, "If-Match must be one ETag as it was answered, \"SEQUENCE\"",
                "If-Match");
  }
  return *sequence;
}

Result<std::string> idempotency_key(const Head& head) {
  std::string_view text = head.find("idempotency-key");
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  const bool visible =
      std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '"'; });
  if (text.size() > key_bytes_max || !visible) {
    return fail(ErrorCode::invalid,
                "Idempotency-Key must be 1 to 128 characters of ASCII without spaces and quotes",
                "Idempotency-Key");
  }
  return std::string(text);
}

/// Shortens the wait, never prolongs it.
std::chrono::milliseconds wait_of(const Call& call) {
  const auto longest = call.services.options.answer_timeout;
  return std::min(longest, patience_of(call.request.head).value_or(longest));
}

/// All of it but the body.
Result<runtime::Command> command_of(const Call& call, EntityRef entity) {
  runtime::Command command;
  const Head& head = call.request.head;
  auto sequence = if_match(head);
  if (!sequence) return std::unexpected(sequence.error());
  command.if_match = *sequence;
  auto key = idempotency_key(head);
  if (!key) return std::unexpected(key.error());
  command.key_is_fresh = key->empty();
  command.key = key->empty() ? to_hex(random_bytes(16)) : std::move(*key);
  command.entity = std::move(entity);
  command.caller = *call.caller;
  return command;
}

/// Null where there are no other nodes.
std::shared_ptr<runtime::Abroad> abroad_of(const Call& call) {
  const auto& cluster = call.services.options.cluster;
  return cluster ? cluster->abroad() : nullptr;
}

/// 202: the command is durable in the outbox, and will be decided when its home is back.
Response waits(const EntityRef& entity, const runtime::Waiting& waiting) {
  Response out;
  out.status = 202;
  const auto look = "/v1/cluster/outbox?command_id=" + waiting.command_id;
  out.headers.emplace_back("Location", look);
  runtime::JsonWriter(out.body)
      .begin_object()
      .field("id", entity.id)
      .field("kind", entity.kind)
      .field("status", "waiting")
      .field("home", waiting.node)
      .field("command_id", waiting.command_id)
      .field("look", look)
      .end_object();
  return out;
}

/// To the node where the entity is at home.
void begin_abroad(runtime::Abroad& abroad, const std::string& home, runtime::Command command,
                  bool patient, const Present& present, const std::string& path, Finish finish) {
  const auto entity = command.entity;
  const auto key = command.key;
  abroad.submit(home, std::move(command), patient,
                [finish = std::move(finish), present, path, entity,
                 key](Result<std::variant<runtime::Answer, runtime::Waiting>> sent) mutable {
                  if (!sent) return finish(problem(sent.error(), path, key));
                  if (const auto* answer = std::get_if<runtime::Answer>(&*sent)) {
                    return finish(present(*answer));
                  }
                  finish(waits(entity, std::get<runtime::Waiting>(*sent)));
                });
}

}  // namespace

Response submit(const Call& call, EntityRef entity,
                std::shared_ptr<const google::protobuf::Message> body, Present present) {
  auto command = command_of(call, std::move(entity));
  if (!command) return call.refuse(command.error());
  command->body = std::move(body);
  Response out;
  out.later = std::make_unique<Later>();
  out.later->command_id = command->key;
  out.later->longest = wait_of(call);
  const bool patient = patience_of(call.request.head).has_value();
  out.later->begin = [&node = call.node(), abroad = abroad_of(call), patient,
                      command = std::move(*command), present,
                      path = std::string(call.target.path())](Finish finish) mutable {
    if (const auto home = abroad ? abroad->home_of(command.entity) : std::nullopt) {
      return begin_abroad(*abroad, *home, std::move(command), patient, present, path,
                          std::move(finish));
    }
    const std::string key = command.key;
    node.submit(std::move(command), [finish = std::move(finish), present, path,
                                     key](Result<runtime::Answer> answer) mutable {
      finish(answer ? present(*answer) : problem(answer.error(), path, key));
    });
  };
  return out;
}

Response post_command(const Call& call) {
  std::shared_ptr<google::protobuf::Message> body(call.route.command->prototype->New());
  if (auto read = from_json(call.request.body, *body); !read) return call.refuse(read.error());
  return submit(call, call.entity(), std::move(body), [](const runtime::Answer& answer) {
    Response out;
    out.status = answer.created ? 201 : 200;
    out.etag = answer.sequence;
    runtime::JsonWriter json(out.body);
    runtime::write_answer(answer, json);
    return out;
  });
}

}  // namespace nightshift::bridges::http
