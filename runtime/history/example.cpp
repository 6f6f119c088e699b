// Writes a history down as a test, and holds a program to it.
#include "runtime/history/example.hpp"

#include <algorithm>
#include <exception>

#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "runtime/history/authority_past.hpp"
#include "runtime/history/changes.hpp"
#include "runtime/history/fields.hpp"
#include "runtime/history/fresh_ids.hpp"
#include "runtime/history/steps.hpp"
#include "runtime/host/archiving.hpp"
#include "runtime/host/records.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime::history {
namespace {

using google::protobuf::Message;

std::vector<const Message*> messages_of(const ExampleStep& step) {
  std::vector<const Message*> messages;
  for (const auto& [type, event] : step.events) messages.push_back(event.get());
  return messages;
}

bool same(const kernel::AnyEvents& events, const ExampleStep& step) {
  return std::ranges::equal(events, step.events, [](const auto& event, const auto& expected) {
    return event->GetDescriptor() == expected.second->GetDescriptor() &&
           event->SerializeAsString() == expected.second->SerializeAsString();
  });
}

Result<void> fold(kernel::Entity& entity, const ExampleStep& step) {
  try {
    for (const auto& [type, event] : step.events) {
      auto known = entity.replay(type, kernel::event_schema, event->SerializeAsString());
      if (!known) return std::unexpected(known.error());
      if (!*known) return fail(ErrorCode::corrupt, "the kind does not know the event " + type);
    }
    return {};
  } catch (const std::exception& error) {
    // A file may say anything.
    return fail(ErrorCode::corrupt, "the kind cannot fold this: " + std::string(error.what()));
  }
}

/// Nobody who has a test can tell which token an event was about.
MessagePtr without_tokens(const Message& event) {
  std::shared_ptr<Message> copy(event.New());
  copy->CopyFrom(event);
  rewrite_texts(*copy, [](const auto& field, const std::string& value) {
    if (field.name() != "token_hash") return value;
    return std::string(as_bytes(sha256({"nightshift.test.v1\n", value})));
  });
  return copy;
}

class Recording {
 public:
  Recording(Example& example, const kernel::Kind& kind, std::unique_ptr<kernel::Retrace> retrace,
            AuthorityPast authority)
      : example_(example),
        entity_(kind.make()),
        retrace_(std::move(retrace)),
        authority_(std::move(authority)) {}

  Result<void> take(const Step& step) {
    if (!step.readable()) {
      return fail(ErrorCode::invalid,
                  to_string(example_.entity) +
                      " has an event that this version does not know, or " +
                      "that is sealed, at offset " + std::to_string(step.offset()),
                  to_string(example_.entity));
    }
    ExampleStep made;
    made.sequence = step.first().sequence();
    made.around.now = step.decided_at();
    for (const auto& view : step.records) {
      made.events.emplace_back(view.record.type(), without_tokens(*view.event));
    }
    add_command(step, made);
    if (auto folded = fold(*entity_, made); !folded) return folded;
    made.state = state_lines(*entity_);
    example_.steps.push_back(std::move(made));
    return {};
  }

 private:
  void add_command(const Step& step, ExampleStep& made) {
    const auto& authority = authority_.before(step.offset());
    made.around.facts = example_.node;
    made.around.caller = caller_of(step.first().principal(), authority, {});
    if (step.of_host()) {
      made.why = "the host's own";
      return;
    }
    if (!retrace_) {
      made.why = "the kind does not say what its events were asked by";
      return;
    }
    auto asked = retrace_->step(step.events(), step.decided_at());
    if (asked.command == nullptr) {
      made.why = "its events do not say what was asked";
      return;
    }
    made.around.caller = caller_of(step.first().principal(), authority, asked.agent);
    made.around.facts.executors = std::move(asked.executors);
    made.around.facts.data = std::move(asked.data);
    made.around.calendar = asked.calendar.value_or(kernel::Calendar());
    *made.authority.mutable_approvers() = authority.approvers();
    made.command = std::move(asked.command);
    const auto again = decide_step(example_, made, *entity_);
    if (again && same(*again, made)) return;
    made.why = again ? "decided again, it comes out differently"
                     : "decided again, it is refused: " + std::string(again.error().message());
    made.command = nullptr;
  }

  Example& example_;
  std::unique_ptr<kernel::Entity> entity_;
  std::unique_ptr<kernel::Retrace> retrace_;
  AuthorityPast authority_;
};

/// In what a decision differs from what is expected; empty if in nothing.
std::string difference(const Result<kernel::AnyEvents>& made, const ExampleStep& step) {
  const auto name = step.command->GetDescriptor()->name();
  if (!made) {
    const std::string code(info(made.error().code).name);
    if (code == step.refused) return {};
    return name + " is refused (" + code + ": " + std::string(made.error().message()) + ")" +
           (step.refused.empty() ? "" : ", and not by " + step.refused);
  }
  if (!step.refused.empty()) return name + " is accepted, and not refused by " + step.refused;
  if (same(*made, step)) return {};
  std::string types;
  for (const auto& event : *made) {
    types += (types.empty() ? "" : ", ") + host::record_type(*event);
  }
  if (made->size() != step.events.size()) {
    return name + " leads to " + (types.empty() ? "no event" : types) + ", and not to " +
           std::to_string(step.events.size()) + " events";
  }
  for (std::size_t i = 0; i < made->size(); ++i) {
    const auto& [type, expected] = step.events[i];
    const auto& event = *(*made)[i];
    if (event.GetDescriptor() != expected->GetDescriptor()) {
      return name + " leads to " + types + ", and not to " + type;
    }
    for (const auto& change : changes(*expected, event)) {
      return name + " leads to another " + type + ": " + change.path + " is \"" + change.would +
             "\", and not \"" + change.was + "\"";
    }
  }
  return name + " leads to events with other bytes";
}

constexpr std::string_view view_word = "view ";

/// The view of such a line; null where it is of another.
std::unique_ptr<Message> view_in(std::string_view line, const kernel::Kind& kind) {
  if (!line.starts_with(view_word)) return nullptr;
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> view(factory->GetPrototype(kind.view_descriptor())->New());
  if (!from_json(line.substr(view_word.size()), *view)) return nullptr;
  return view;
}

/// What was written before as this program would write it, and what is now without the fields that
/// came later: their numbers are higher than those of all that were written then.
std::pair<std::string, std::string> comparable(const std::string& before, const std::string& now,
                                               const kernel::Kind& kind) {
  const auto was = view_in(before, kind);
  const auto is = view_in(now, kind);
  if (!was || !is) return {before, now};
  int last = 0;
  const auto* type = was->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (before.contains('"' + field->name() + "\":")) last = std::max(last, field->number());
  }
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->number() > last) is->GetReflection()->ClearField(is.get(), type->field(i));
  }
  return {std::string(view_word) + to_json(*was), std::string(view_word) + to_json(*is)};
}

/// The first line that differs.
std::string difference(const std::vector<std::string>& made,
                       const std::vector<std::string>& expected, const kernel::Kind& kind) {
  for (std::size_t i = 0; i < std::max(made.size(), expected.size()); ++i) {
    const auto [was, is] = comparable(i < expected.size() ? expected[i] : "nothing",
                                      i < made.size() ? made[i] : "nothing", kind);
    if (is != was) return "is \"" + is + "\", and not \"" + was + "\"";
  }
  return {};
}

}  // namespace

std::vector<std::string> state_lines(const kernel::Entity& entity) {
  std::vector<std::string> lines{"is " + std::string(entity.status())};
  if (entity.absent()) return lines;
  lines.push_back("view " + to_json(*entity.view()));
  const auto work = entity.pending();
  for (const auto& effect : work.effects)
    lines.push_back("effect " + effect.type + " " + effect.id);
  for (const auto& deadline : work.deadlines) {
    lines.push_back("deadline " + deadline.name + " " + to_rfc3339(deadline.due) + " " +
                    deadline.command);
  }
  return lines;
}

Result<kernel::AnyEvents> decide_step(const Example& example, const ExampleStep& step,
                                      const kernel::Entity& entity) {
  const auto before = step.sequence - 1;
  auto events = decide(entity, example.entity, before, *step.command, step.around, step.authority);
  if (events) take_ids(*events, messages_of(step), fresh_ids(example.entity, before));
  return events;
}

Result<Example> record_example(const storage::EventLog& log, const Catalog& catalog,
                               const kernel::Retraces& retraces, const EntityRef& entity) {
  const auto* kind = catalog.find(entity.kind);
  if (kind == nullptr) {
    return fail(ErrorCode::unknown_kind, "there is no kind " + entity.kind, entity.kind);
  }
  auto authority = AuthorityPast::read(log, catalog);
  if (!authority) return std::unexpected(authority.error());
  Example example{entity, facts_of(log.identity()), {}};
  const auto retrace = retraces.find(entity.kind);
  Recording recording(example, *kind, retrace == retraces.end() ? nullptr : retrace->second(),
                      std::move(*authority));
  Result<void> taken;
  std::size_t records = 0;
  auto walked = walk(log, catalog, entity, [&](const Step& step) {
    records += step.records.size();
    if (records > example_records_max) {
      taken = fail(ErrorCode::too_large,
                   to_string(entity) + " has more than " + std::to_string(example_records_max) +
                       " events, too many for a test",
                   to_string(entity));
    } else {
      taken = recording.take(step);
    }
    return taken.has_value();
  });
  if (!taken) return std::unexpected(taken.error());
  if (!walked) return std::unexpected(walked.error());
  if (example.steps.empty()) {
    const auto tombstone = log.archived(entity);
    if (!tombstone) return std::unexpected(tombstone.error());
    if (*tombstone) return std::unexpected(host::archived_error(entity, **tombstone));
    return fail(ErrorCode::not_found, "there is no " + to_string(entity), to_string(entity));
  }
  return example;
}

Result<Example> record_example(const std::filesystem::path& journal, const Catalog& catalog,
                               const kernel::Retraces& retraces, const EntityRef& entity) {
  const auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  return record_example(**log, catalog, retraces, entity);
}

Result<std::vector<std::string>> check_example(const Example& example, const Catalog& catalog) {
  const auto* kind = catalog.find(example.entity.kind);
  if (kind == nullptr) {
    return fail(ErrorCode::unknown_kind, "there is no kind " + example.entity.kind,
                example.entity.kind);
  }
  std::vector<std::string> found;
  const auto entity = kind->make();
  for (const auto& step : example.steps) {
    const auto place = "step " + std::to_string(step.sequence) + ": ";
    if (step.command) {
      const auto what = difference(decide_step(example, step, *entity), step);
      if (!what.empty()) found.push_back(place + what);
    }
    if (auto folded = fold(*entity, step); !folded) {
      found.push_back(place + std::string(folded.error().message()));
      return found;
    }
    const auto what = difference(state_lines(*entity), step.state, *kind);
    if (!what.empty()) found.push_back(place + "the state " + what);
  }
  return found;
}

}  // namespace nightshift::runtime::history
