// Random histories.
#include "tests/runtime/history/wandering.hpp"

#include <algorithm>
#include <cstdlib>

#include "messages/approval.pb.h"
#include "runtime/history/anew.hpp"
#include "tests/support/random_command.hpp"

namespace nightshift::tests {
namespace {

/// Mostly one that the phase takes.
const kernel::CommandInfo& likely(const kernel::Kind& kind, const kernel::Entity& entity,
                                  Dice& dice) {
  const auto phase = std::ranges::find(kind.phases(), entity.phase(), &kernel::PhaseInfo::name);
  const auto row = static_cast<std::size_t>(phase - kind.phases().begin());
  auto column = dice.roll(kind.commands().size());
  for (int tries = 0; tries < 8 && !kind.decides(row, column); ++tries) {
    column = dice.roll(kind.commands().size());
  }
  return kind.commands()[column];
}

/// At random, hardly any proposal is one.
approval::Propose letter(const World& world, Dice& dice) {
  approval::Propose command;
  command.set_title("Offer " + std::to_string(dice.roll(100)));
  command.set_category(approval::CATEGORY_EMAIL);
  command.set_body("Grüße 🌙\n");
  command.add_to("jane@example.org");
  command.set_four_eyes(dice.chance(40));
  if (dice.chance(30)) *command.mutable_deadline() = to_proto(world.now + std::chrono::hours(9));
  if (dice.chance(30)) {
    command.mutable_action()->mutable_webhook()->set_target("crm");
    command.mutable_action()->mutable_webhook()->set_payload("{\"lead\":1}");
  }
  return command;
}

/// As the host asks before it hands an effect over.
bool may_act(const Scribe& scribe, const kernel::Effect& effect) {
  const runtime::history::Surroundings around{
      .now = scribe.world.now, .caller = {}, .facts = scribe.world.node, .calendar = {}};
  return runtime::history::may_act(effect, around, scribe.world.authority).has_value();
}

}  // namespace

void wander(Scribe& scribe, const std::string& name, Dice& dice) {
  auto& world = scribe.world;
  world.now += std::chrono::minutes(dice.roll(200));
  const auto& entity = scribe.entity(name);
  const auto work = entity.pending();
  if (!work.deadlines.empty() && dice.chance(15)) return scribe.must_wait(name);
  if (!work.effects.empty() && dice.chance(50)) {
    if (entity.phase() == "Approved") {
      if (may_act(scribe, work.effects.front())) scribe.must_dispatch(name);
      return;
    }
    return scribe.must_end(
        name, dice.pick<EffectState>({EFFECT_STATE_COMMITTED, EFFECT_STATE_FAILED_BEFORE_EFFECT,
                                      EFFECT_STATE_UNKNOWN_AFTER_DISPATCH}));
  }
  if (entity.absent() && name.starts_with("approval/")) {
    world.caller = dice.chance(50) ? person("carol") : agent("clerk");
    return scribe.must_ask(name, letter(world, dice));
  }
  const auto& kind = *scribe.catalog()->find(parse_entity(name)->kind);
  const auto& command = likely(kind, entity, dice);
  if (command.scope == SCOPE_HOST) return;
  const auto view = entity.absent() ? nullptr : entity.view();
  const auto body = random_command(command, view.get(), world, dice);
  world.caller = dice.chance(70) ? person("carol") : agent("clerk");
  (void)scribe.ask(name, *body);
}

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

}  // namespace nightshift::tests
