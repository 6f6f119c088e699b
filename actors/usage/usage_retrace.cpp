// Every event of a meter holds what its command said, the price that was applied, and the windows.
#include "actors/usage/usage_retrace.hpp"

#include <optional>

#include "messages/usage.pb.h"

namespace nightshift::actors {
namespace {

using namespace nightshift::usage;
using google::protobuf::Message;
using kernel::Asked;
using std::chrono::duration_cast;
using std::chrono::seconds;

template <class Event>
const Event* as(const Message* message) {
  return dynamic_cast<const Event*>(message);
}

template <class Command>
std::unique_ptr<Command> of_call(const Call& call, Time decided_at) {
  auto command = std::make_unique<Command>();
  command->set_model(call.model());
  command->set_input_tokens(call.tokens().input());
  command->set_output_tokens(call.tokens().output());
  command->set_cache_read_tokens(call.tokens().cache_read());
  command->set_cache_write_tokens(call.tokens().cache_write());
  command->set_task_type(call.task_type());
  if (from_proto(call.at()) != decided_at) *command->mutable_at() = call.at();
  return command;
}

std::unique_ptr<Message> of_reservation(const Reserved& event) {
  auto command = std::make_unique<Reserve>();
  command->set_key(event.key());
  command->set_micro_usd(event.micro_usd());
  const auto ttl = from_proto(event.expires()) - from_proto(event.at());
  command->set_ttl_s(static_cast<std::uint32_t>(duration_cast<seconds>(ttl).count()));
  return command;
}

/// The table as far as this call shows it: the one price that was applied.
kernel::OwnersData prices_of(const Call& call) {
  auto table = std::make_shared<PriceTable>();
  table->set_version(call.price().table());
  auto& price = *table->add_prices();
  price.set_model(call.model());
  *price.mutable_valid_from() = call.price().valid_from();
  *price.mutable_rates() = call.price().rates();
  return {{PriceTable::descriptor()->full_name(), std::move(table)}};
}

class UsageRetrace final : public kernel::Retrace {
 public:
  Asked step(std::span<const Message* const> events, Time decided_at) override {
    for (const auto* event : events) {
      if (const auto* began = as<WindowBegan>(event)) open(*began);
    }
    // What comes first in a decision follows from the time: windows that begin, room given back.
    Asked asked = asked_by(*events.back(), decided_at);
    asked.calendar = calendar(decided_at);
    return asked;
  }

 private:
  static Asked asked_by(const Message& event, Time decided_at) {
    Asked asked;
    if (const auto* recorded = as<Recorded>(&event)) {
      asked.command = of_call<Record>(recorded->call(), decided_at);
      asked.data = prices_of(recorded->call());
    } else if (const auto* settled = as<Settled>(&event)) {
      auto command = of_call<Settle>(settled->call(), decided_at);
      command->set_key(settled->key());
      asked.command = std::move(command);
      asked.data = prices_of(settled->call());
    } else if (const auto* reserved = as<Reserved>(&event)) {
      asked.command = of_reservation(*reserved);
    } else if (const auto* released = as<Released>(&event)) {
      auto command = std::make_unique<Release>();
      command->set_key(released->key());
      asked.command = std::move(command);
    } else if (as<Expired>(&event) != nullptr) {
      asked.command = std::make_unique<Expire>();
    } else if (const auto* set = as<BudgetSet>(&event)) {
      auto command = std::make_unique<SetBudget>();
      command->set_window(set->window());
      command->set_micro_usd(set->micro_usd());
      asked.command = std::move(command);
    } else if (const auto* lifted = as<BudgetLifted>(&event)) {
      auto command = std::make_unique<LiftBudget>();
      command->set_window(lifted->window());
      asked.command = std::move(command);
    }
    return asked;
  }

  void open(const WindowBegan& event) {
    const kernel::Span span{from_proto(event.begins()), from_proto(event.ends())};
    switch (event.window()) {
      case WINDOW_DAY: day_ = span; break;
      case WINDOW_WEEK: week_ = span; break;
      case WINDOW_MONTH: month_ = span; break;
      default: break;
    }
  }

  /// Decisions that look at the calendar begin the windows that are due: where one is over, this
  /// was no such decision.
  std::optional<kernel::Calendar> calendar(Time at) const {
    for (const auto* span : {&day_, &week_, &month_}) {
      if (!*span || (*span)->end <= at) return std::nullopt;
    }
    return kernel::Calendar{*day_, *week_, *month_};
  }

  std::optional<kernel::Span> day_, week_, month_;
};

}  // namespace

std::unique_ptr<kernel::Retrace> retrace_usage() { return std::make_unique<UsageRetrace>(); }

}  // namespace nightshift::actors
