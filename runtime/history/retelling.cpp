// Decides twice, compares, and goes on with both states.
#include "runtime/history/retelling.hpp"

#include <algorithm>
#include <exception>

#include "messages/host.pb.h"

namespace nightshift::runtime::history {
namespace {

using google::protobuf::Message;

/// So many are told apart by the fields that differ; beyond, by what happened alone.
constexpr std::size_t findings_by_fields_max = 64;
constexpr std::size_t changes_max = 32;

std::string name_of(const Step& step) { return step.records.back().record.type(); }

bool equal(const Message& one, const Message& other) {
  return one.GetDescriptor() == other.GetDescriptor() &&
         one.SerializeAsString() == other.SerializeAsString();
}

bool equal(const kernel::AnyEvents& one, const kernel::AnyEvents& other) {
  return std::ranges::equal(one, other, [](const auto& a, const auto& b) { return equal(*a, *b); });
}

/// Folds without letting what the kind throws out.
bool fold(kernel::Entity& entity, const Message& event) {
  try {
    return entity.evolve(event).has_value();
  } catch (const std::exception&) {
    return false;
  }
}

/// An approver's signature covers the bytes that were; under the policy there would be others.
bool is_about_other_bytes(ErrorCode code) {
  return code == ErrorCode::digest_mismatch || code == ErrorCode::bad_signature;
}

/// What a command answers that comes after one that was not done.
bool comes_of_refusal(ErrorCode code) {
  return code == ErrorCode::not_found || code == ErrorCode::wrong_phase ||
         code == ErrorCode::key_reused;
}

/// Of several events of one type, the first stands for the first.
const Message* counterpart(const kernel::AnyEvents& was, std::size_t place,
                           const kernel::AnyEvents& would) {
  const auto* type = was[place]->GetDescriptor();
  const auto same = [type](const auto& event) { return event->GetDescriptor() == type; };
  auto before = std::ranges::count_if(was.begin(), was.begin() + static_cast<long>(place), same);
  for (const auto& event : would) {
    if (same(event) && before-- == 0) return event.get();
  }
  return nullptr;
}

/// The changes of one decision: of its last event, which is what was asked for, and of those before
/// it that are there both ways. Which windows begin, say, follows from what came before.
std::vector<Change> changes_of(const kernel::AnyEvents& was, const kernel::AnyEvents& would) {
  std::vector<Change> found;
  const auto add = [&](const Message& one, const Message& other, const std::string& before) {
    for (auto& change : changes(one, other)) {
      change.path.insert(0, before);
      if (found.size() < changes_max) found.push_back(std::move(change));
    }
  };
  for (std::size_t i = 0; i < was.size(); ++i) {
    const bool last = i + 1 == was.size();
    const auto name = was[i]->GetDescriptor()->name();
    const auto* other = counterpart(was, i, would);
    if (other != nullptr) {
      add(*was[i], *other, last ? std::string() : name + ".");
    } else if (last) {
      found.push_back({name, "happened", ""});
    }
  }
  return found;
}

}  // namespace

std::string_view word(Sort sort) {
  switch (sort) {
    case Sort::refused: return "refused";
    case Sort::changed: return "changed";
    case Sort::not_dispatched: return "not_dispatched";
    case Sort::follows: return "follows";
    case Sort::overruled: return "overruled";
    case Sort::untold: return "untold";
  }
  return "";
}

Retelling::Retelling(const kernel::Kind& kind, EntityRef entity,
                     std::unique_ptr<kernel::Retrace> retrace, const kernel::NodeFacts& facts,
                     const Policy& policy, AuthorityPast& authority)
    : kind_(kind),
      retrace_(std::move(retrace)),
      facts_(facts),
      policy_(policy),
      authority_(authority),
      was_(kind.make()) {
  difference_.entity = std::move(entity);
}

void Retelling::take(const Step& step, bool counts) {
  if (counts && !would_) {
    would_ = kind_.make();
    std::string body;
    was_->encode(body);
    lost_ = !would_->decode(was_->phase(), body).has_value();
  }
  if (step.of_host()) return take_bookkeeping(step);
  if (would_) ++decisions_;
  take_decision(step);
}

void Retelling::take_decision(const Step& step) {
  if (!step.readable() || lost_) {
    if (would_) {
      note(step, Sort::untold, "",
           lost_ ? "it rests on what cannot be told"
                 : "an event of a later version of the program, or a sealed one");
    }
    return follow(step);
  }
  const auto events = step.events();
  const auto asked = retrace_->step(events, step.decided_at());
  if (!would_) return fold_was(step);
  if (asked.command == nullptr) {
    note(step, Sort::untold, "", "its events do not say what was asked");
    return follow(step);
  }
  const auto& authority = authority_.before(step.offset());
  const auto then = surroundings(step, asked, false);
  const auto sequence = step.first().sequence() - 1;
  const auto was = decide(*was_, difference_.entity, sequence, *asked.command, then, authority);
  if (const auto why = doubt(step, was); !why.empty()) {
    note(step, Sort::untold, "", why);
    return follow(step);
  }
  const auto now = surroundings(step, asked, true);
  if (asked.calendar || policy_.zone) give_orders(step, now);
  if (policy_.overrules(difference_.entity, *asked.command)) {
    note(step, Sort::overruled, "", "the policy says otherwise");
    return fold_was(step);
  }
  const auto would = decide(*would_, difference_.entity, sequence, *asked.command, now, authority);
  if (!would) {
    count_amounts(step, nullptr);
    refuse(step, would.error());
    return fold_was(step);
  }
  count_amounts(step, &*would);
  if (equal(*was, *would)) return follow(step);
  compare(step, *was, *would);
  fold_was(step);
  for (const auto& event : *would) lost_ = !fold(*would_, *event) || lost_;
}

void Retelling::compare(const Step& step, const kernel::AnyEvents& was,
                        const kernel::AnyEvents& would) {
  auto found = changes_of(was, would);
  if (found.empty()) return;
  const bool result = diverged_ && (would.empty() || step.first().principal() == "host");
  note(step, result ? Sort::follows : Sort::changed, "", "", std::move(found));
}

void Retelling::refuse(const Step& step, const Error& error) {
  const auto code = std::string(info(error.code).name);
  const auto detail = std::string(error.message());
  if (is_about_other_bytes(error.code)) {
    note(step, Sort::untold, code,
         "what was signed are other bytes than the policy would have led to: whether they would "
         "have been approved, nobody knows");
    lost_ = true;
  } else {
    note(step, diverged_ && comes_of_refusal(error.code) ? Sort::follows : Sort::refused, code,
         detail);
    diverged_ = true;
  }
}

void Retelling::take_bookkeeping(const Step& step) {
  const auto* event = step.records.front().event.get();
  if (!would_ || lost_ || event == nullptr) return follow(step);
  if (const auto* sent = dynamic_cast<const ::nightshift::host::Dispatched*>(event)) {
    if (take_dispatch(step, sent->effect_id())) return follow(step);
    return fold_was(step);
  }
  if (const auto* ended = dynamic_cast<const ::nightshift::host::Ended*>(event)) {
    // The end of what would not have been sent.
    if (diverged_ && would_->pending().find_effect(ended->effect_id()) == nullptr) {
      return fold_was(step);
    }
  }
  follow(step);
}

bool Retelling::take_dispatch(const Step& step, const std::string& effect_id) {
  ++decisions_;
  const auto work = would_->pending();
  const auto* effect = work.find_effect(effect_id);
  if (effect == nullptr) {
    note(step, Sort::follows, "", "nothing of it would have been under way");
    return false;
  }
  const auto& authority = authority_.before(step.offset());
  const kernel::Asked nothing;
  const auto then = surroundings(step, nothing, false);
  if (const auto could = may_act(*effect, then, authority); !could) {
    note(step, Sort::untold, "",
         "it could not have been sent then either: " + std::string(could.error().message()));
    return true;
  }
  const auto now = surroundings(step, nothing, true);
  auto could = may_act(*effect, now, authority);
  if (could && effect->gate) {
    const auto content = Canonical::decode(effect->gate->content());
    auto objection = content ? policy_.objection(effect->type, *content) : std::string();
    if (!objection.empty()) could = fail(ErrorCode::no_executor, std::move(objection));
  }
  if (could) return true;
  note(step, Sort::not_dispatched, std::string(info(could.error().code).name),
       std::string(could.error().message()));
  diverged_ = true;
  ::nightshift::host::Ended ended;
  ended.set_effect_id(effect_id);
  ended.set_attempt(1);
  ended.set_state(EFFECT_STATE_FAILED_BEFORE_EFFECT);
  ended.set_last(true);
  ended.set_evidence("not sent: " + std::string(could.error().message()));
  lost_ = !fold(*would_, ended) || lost_;
  return false;
}

void Retelling::fold_was(const Step& step) {
  for (const auto& view : step.records) {
    const auto& record = view.record;
    // What cannot be folded is damage, of which an audit tells; nothing is concluded from here on.
    lost_ = !was_->replay(record.type(), record.schema(), record.payload()) || lost_;
  }
}

void Retelling::follow(const Step& step) {
  fold_was(step);
  if (!would_) return;
  for (const auto& view : step.records) {
    const auto& record = view.record;
    lost_ = !would_->replay(record.type(), record.schema(), record.payload()) || lost_;
  }
}

void Retelling::give_orders(const Step& step, const Surroundings& around) {
  if (std::exchange(ordered_, true)) return;
  auto by_host = around;
  by_host.caller = kernel::Caller::of_host();
  const auto& authority = authority_.before(step.offset());
  for (const auto& order : policy_.orders) {
    if (order.entity != difference_.entity) continue;
    const auto events = decide(*would_, difference_.entity, step.first().sequence() - 1,
                               *order.command, by_host, authority);
    if (!events) {
      note(step, Sort::untold, std::string(info(events.error().code).name),
           std::string(events.error().message()));
      continue;
    }
    for (const auto& event : *events) lost_ = !fold(*would_, *event) || lost_;
  }
}

std::string Retelling::doubt(const Step& step, const Result<kernel::AnyEvents>& again) const {
  if (!again) {
    return "decided again as it was, it is refused: " + std::string(again.error().message());
  }
  const bool same = std::ranges::equal(*again, step.records, [](const auto& event, auto& view) {
    return equal(*event, *view.event) || alike(*event, *view.event);
  });
  return same ? "" : "decided again as it was, it comes out differently";
}

Surroundings Retelling::surroundings(const Step& step, const kernel::Asked& asked, bool policy) {
  Surroundings around{
      .now = step.decided_at(),
      .caller = caller_of(step.first().principal(), authority_.before(step.offset()), asked.agent),
      .facts = facts_,
      .calendar = asked.calendar.value_or(kernel::Calendar())};
  around.facts.executors = asked.executors;
  around.facts.data = asked.data;
  if (!policy) return around;
  policy_.apply(around.facts);
  if (policy_.zone) around.calendar = policy_.zone->calendar(around.now);
  return around;
}

void Retelling::note(const Step& step, Sort sort, const std::string& code,
                     const std::string& detail, std::vector<Change> changes) {
  if (sort == Sort::untold) ++untold_;
  const auto event = name_of(step);
  auto& findings = difference_.findings;
  const bool by_fields = findings.size() < findings_by_fields_max;
  auto found = std::ranges::find_if(findings, [&](const Finding& finding) {
    return finding.sort == sort && finding.event == event && finding.code == code &&
           (!by_fields ||
            std::ranges::equal(finding.changes, changes, {}, &Change::path, &Change::path));
  });
  if (found == findings.end()) {
    findings.push_back({.sort = sort,
                        .event = event,
                        .code = code,
                        .detail = detail,
                        .changes = std::move(changes),
                        .first = step.decided_at()});
    found = std::prev(findings.end());
  }
  ++found->count;
  found->last = step.decided_at();
  if (found->places.size() < Finding::places_max) {
    found->places.push_back(step.first().sequence());
  }
}

void Retelling::count_amounts(const Step& step, const kernel::AnyEvents* would) {
  std::map<std::string, std::uint64_t> was_sums, would_sums;
  for (const auto& view : step.records) add_amounts(*view.event, was_sums);
  if (would != nullptr) {
    for (const auto& event : *would) add_amounts(*event, would_sums);
  }
  for (const auto& [path, sum] : was_sums) difference_.amounts[path].was += sum;
  for (const auto& [path, sum] : would_sums) difference_.amounts[path].would += sum;
}

}  // namespace nightshift::runtime::history
