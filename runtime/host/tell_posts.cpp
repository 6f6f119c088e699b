// Between the runner of Tells and the owners of entities.
#include "runtime/host/tell_posts.hpp"

#include <utility>

#include "runtime/host/inspection.hpp"

namespace nightshift::runtime::host {
namespace {

using google::protobuf::Message;

/// The command as the target's kind has it.
Result<std::shared_ptr<const Message>> body_of(const Catalog& catalog, const TellWork& work) {
  const auto* kind = catalog.find(work.kind());
  if (kind == nullptr) {
    return fail(ErrorCode::unknown_kind, "there is no kind " + work.kind(), work.kind());
  }
  const auto* info = kind->find_command(work.command());
  if (info == nullptr) {
    return fail(ErrorCode::unknown_command, work.kind() + " has no command " + work.command(),
                work.command());
  }
  std::shared_ptr<Message> body(info->prototype->New());
  if (!body->ParseFromString(work.body())) {
    return fail(ErrorCode::invalid, "the bytes of " + work.command() + " cannot be read",
                work.command());
  }
  return body;
}

/// To the node where the target is at home.
void deliver_abroad(Core& core, const std::string& home, const TellLine& line, const TellWork& work,
                    std::uint64_t open_from) {
  TellAbroad tell;
  tell.target = line.target;
  tell.telling = {line.source, work.n(), open_from};
  tell.command = work.command();
  tell.body = work.body();
  tell.correlation = work.correlation();
  core.abroad->tell(home, std::move(tell), [&core, line, n = work.n()](const auto& decided) {
    core.tells->answered(line, n, decided);
  });
}

void deliver(Core& core, const TellLine& line, const TellWork& work, std::uint64_t open_from) {
  if (core.abroad) {
    if (const auto home = core.abroad->home_of(line.target)) {
      return deliver_abroad(core, *home, line, work, open_from);
    }
  }
  const auto answered = [&core, line, n = work.n()](const Result<Answer>& answer) {
    if (answer) core.point("after_tell");
    core.tells->answered(line, n, answer ? Result<void>() : std::unexpected(answer.error()));
  };
  auto body = body_of(core.catalog, work);
  if (!body) return answered(std::unexpected(std::move(body.error())));
  Command command;
  command.entity = line.target;
  command.body = std::move(*body);
  command.key = tell_id(line, work.n());
  command.caller = kernel::Caller::of_entity(line.source);
  command.correlation = work.correlation();
  if (auto fit = inspect(core.catalog, command); !fit) {
    return answered(std::unexpected(std::move(fit.error())));
  }
  core.point("before_tell");
  auto call = std::make_unique<Call>(std::move(command), answered, core.calls);
  call->set_telling({line.source, work.n(), open_from});
  core.send(line.target, Deliver{std::move(call)});
}

}  // namespace

std::shared_ptr<Tells> make_tells(Core& core) {
  return std::make_shared<Tells>(Tells::Parts{
      .log = core.log,
      .clock = core.clock,
      .counters = core.tell_counters,
      .backoff = core.options.effect_backoff,
      .deliver = [&core](const TellLine& line, const TellWork& work,
                         std::uint64_t open_from) { deliver(core, line, work, open_from); },
      .settle =
          [&core](const TellLine& line, std::uint64_t up_to,
                  std::optional<::nightshift::host::TellRefused> refused, std::string correlation) {
            core.point("before_settle");
            Receipt receipt(
                [&core, line, up_to](bool written) { core.tells->settled(line, up_to, written); });
            core.send(line.source, Settle{.target = line.target,
                                          .up_to = up_to,
                                          .refused = std::move(refused),
                                          .correlation = std::move(correlation),
                                          .receipt = std::move(receipt)});
          },
      .report = [&core](std::string_view text) { core.report(text); },
      .wake = [&core] { core.ticker.wake(); }});
}

}  // namespace nightshift::runtime::host
