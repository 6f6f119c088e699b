// One word per line says what the line is.
#include "runtime/history/example_text.hpp"

#include <algorithm>
#include <charconv>

#include "messages/json.hpp"
#include "messages/record.pb.h"

namespace nightshift::runtime::history {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

constexpr std::string_view first_line = "nightshift.test.v1";

// ---- writing

void line(std::string& out, std::string_view word, std::string_view rest) {
  out.append(word).append(rest.empty() ? "" : " ").append(rest).append("\n");
}

Identity identity_of(const kernel::NodeFacts& node) {
  Identity identity;
  identity.set_node(node.name);
  identity.set_role(node.role);
  for (const auto& word : node.capabilities) identity.add_capabilities(word);
  identity.set_policy_version(node.policy_version);
  return identity;
}

std::string span_text(const kernel::Span& span) {
  return to_rfc3339(span.begin) + " " + to_rfc3339(span.end);
}

void write_caller(const kernel::Caller& caller, std::string& out) {
  line(out, "by", caller.principal);
  if (caller.agent) line(out, "agent", {});
  std::string scopes;
  for (const auto scope : caller.scopes) {
    const auto* value = Scope_descriptor()->FindValueByNumber(scope);
    if (value != nullptr) scopes += (scopes.empty() ? "" : " ") + enum_word(*value);
  }
  if (!scopes.empty()) line(out, "scopes", scopes);
}

/// What had a part in the decision.
void write_surroundings(const ExampleStep& step, std::string& authority, std::string& out) {
  const auto& around = step.around;
  if (around.calendar.day != kernel::Span()) {
    line(out, "day", span_text(around.calendar.day));
    line(out, "week", span_text(around.calendar.week));
    line(out, "month", span_text(around.calendar.month));
  }
  for (const auto& [type, message] : around.facts.data) {
    line(out, "data", type + " " + to_json(*message));
  }
  for (const auto& [effect, targets] : around.facts.executors) {
    line(out, "executor", effect);
    for (const auto& [name, facts] : targets) {
      Canonical target;
      target.add("target", name);
      for (const auto& [field, value] : facts.fields()) target.add(field, value);
      line(out, "target", effect + " " + to_base64url(target.encode()));
    }
  }
  auto now = to_json(step.authority);
  if (now == authority) return;
  line(out, "authority", now);
  authority = std::move(now);
}

void write_step(const ExampleStep& step, std::string& authority, std::string& out) {
  out += "\n";
  line(out, "step", std::to_string(step.sequence));
  line(out, "at", to_rfc3339(step.around.now));
  write_caller(step.around.caller, out);
  if (step.command) {
    write_surroundings(step, authority, out);
    line(out, "when", step.command->GetDescriptor()->name() + " " + to_json(*step.command));
  } else {
    line(out, "why", step.why);
  }
  if (!step.refused.empty()) line(out, "refused", step.refused);
  for (const auto& [type, event] : step.events) {
    line(out, step.command ? "then" : "given", type + " " + to_json(*event));
  }
  for (const auto& state : step.state) line(out, state, {});
}

// ---- reading

std::string_view take_word(std::string_view& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

class Reader {
 public:
  explicit Reader(const Catalog& catalog) : catalog_(catalog) {}

  Result<Example> read(std::string_view text) && {
    while (!text.empty()) {
      ++number_;
      const auto end = std::min(text.find('\n'), text.size());
      auto rest = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (rest.empty() || rest.starts_with('#')) continue;
      if (auto taken = take(rest); !taken) {
        return fail(ErrorCode::invalid,
                    "line " + std::to_string(number_) + ": " + std::string(taken.error().message()),
                    "line " + std::to_string(number_));
      }
    }
    if (kind_ == nullptr || example_.entity.id.empty()) {
      return fail(ErrorCode::invalid, "this is no test of nightshift: its first line is not " +
                                          std::string(first_line) + " with kind and id behind it");
    }
    return std::move(example_);
  }

 private:
  Result<void> take(std::string_view rest) {
    if (!begun_) {
      begun_ = rest == first_line;
      if (begun_) return {};
      return fail(ErrorCode::invalid, "the first line must be " + std::string(first_line));
    }
    const auto all = rest;
    const auto word = take_word(rest);
    if (example_.steps.empty() && word != "step") return take_head(word, rest);
    if (word == "step") return begin_step(rest);
    auto& step = example_.steps.back();
    if (word == "is" || word == "view" || word == "effect" || word == "deadline") {
      step.state.emplace_back(all);
      return {};
    }
    return take_step(step, word, rest);
  }

  Result<void> take_head(std::string_view word, std::string_view rest) {
    if (word == "kind") {
      kind_ = catalog_.find(rest);
      example_.entity.kind = rest;
      if (kind_ == nullptr)
        return fail(ErrorCode::invalid, "there is no kind " + std::string(rest));
    } else if (word == "id" && is_id(rest)) {
      example_.entity.id = rest;
    } else if (word == "node") {
      Identity identity;
      if (auto read = from_json(rest, identity); !read) return read;
      example_.node = facts_of(identity);
    } else {
      return unknown(word);
    }
    return {};
  }

  Result<void> begin_step(std::string_view rest) {
    if (kind_ == nullptr) return fail(ErrorCode::invalid, "the line kind must come before steps");
    ExampleStep step;
    const auto sequence = number(rest);
    if (!sequence || *sequence == 0) {
      return fail(ErrorCode::invalid, "a step has the sequence of its first event, from 1");
    }
    step.sequence = *sequence;
    step.around.facts = example_.node;
    if (!example_.steps.empty()) step.authority = example_.steps.back().authority;
    example_.steps.push_back(std::move(step));
    return {};
  }

  Result<void> take_step(ExampleStep& step, std::string_view word, std::string_view rest) {
    if (word == "at") return take_time(step.around.now, rest);
    if (word == "by") return take_caller(step.around.caller, rest);
    if (word == "agent") return (step.around.caller.agent = true), Result<void>();
    if (word == "scopes") return take_scopes(step.around.caller, rest);
    if (word == "day") return take_span(step.around.calendar.day, rest);
    if (word == "week") return take_span(step.around.calendar.week, rest);
    if (word == "month") return take_span(step.around.calendar.month, rest);
    if (word == "data") return take_data(step.around.facts, rest);
    if (word == "executor") {
      step.around.facts.executors.try_emplace(std::string(rest));
      return {};
    }
    if (word == "target") return take_target(step.around.facts, rest);
    if (word == "authority") {
      step.authority.Clear();
      return from_json(rest, step.authority);
    }
    if (word == "when") return take_command(step, rest);
    if (word == "why") return (step.why = rest), Result<void>();
    if (word == "refused") return take_refusal(step, rest);
    if (word == "then" || word == "given") return take_event(step, rest);
    return unknown(word);
  }

  static Result<void> unknown(std::string_view word) {
    return fail(ErrorCode::invalid, "\"" + std::string(word) + "\" says nothing here");
  }

  static std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }

  static Result<void> take_time(Time& time, std::string_view text) {
    const auto read = from_rfc3339(text);
    if (!read) return fail(ErrorCode::invalid, "\"" + std::string(text) + "\" is no time");
    time = *read;
    return {};
  }

  static Result<void> take_span(kernel::Span& span, std::string_view rest) {
    if (auto begin = take_time(span.begin, take_word(rest)); !begin) return begin;
    return take_time(span.end, rest);
  }

  static Result<void> take_caller(kernel::Caller& caller, std::string_view rest) {
    caller.principal = rest;
    caller.host = rest == kernel::Caller::of_host().principal;
    return {};
  }

  static Result<void> take_scopes(kernel::Caller& caller, std::string_view rest) {
    while (!rest.empty()) {
      const auto word = take_word(rest);
      bool known = false;
      for (int i = 0; i < Scope_descriptor()->value_count(); ++i) {
        const auto* value = Scope_descriptor()->value(i);
        if (enum_word(*value) != word) continue;
        caller.scopes.insert(static_cast<Scope>(value->number()));
        known = true;
      }
      if (!known) return fail(ErrorCode::invalid, "there is no scope " + std::string(word));
    }
    return {};
  }

  static Result<std::shared_ptr<Message>> make(const Descriptor* type, std::string_view name,
                                               std::string_view json) {
    if (type == nullptr) return fail(ErrorCode::invalid, "there is no " + std::string(name));
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    std::shared_ptr<Message> message(factory->GetPrototype(type)->New());
    if (auto read = from_json(json, *message); !read) return std::unexpected(read.error());
    return message;
  }

  static const Descriptor* find(const std::string& full_name) {
    return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(full_name);
  }

  static Result<void> take_data(kernel::NodeFacts& facts, std::string_view rest) {
    const std::string name(take_word(rest));
    auto message = make(find(name), name, rest);
    if (!message) return std::unexpected(message.error());
    facts.data[name] = std::move(*message);
    return {};
  }

  static Result<void> take_target(kernel::NodeFacts& facts, std::string_view rest) {
    const std::string effect(take_word(rest));
    const auto bytes = from_base64url(rest);
    const auto target = Canonical::decode(bytes.value_or(""));
    if (!target || !target->find("target")) {
      return fail(ErrorCode::invalid, "these are not the facts of a target");
    }
    auto& known = facts.executors[effect][std::string(*target->find("target"))];
    for (const auto& [field, value] : target->fields()) {
      if (field != "target") known.add(field, value);
    }
    return {};
  }

  Result<void> take_command(ExampleStep& step, std::string_view rest) {
    const auto name = take_word(rest);
    const auto* info = kind_->find_command(name);
    auto message = make(info == nullptr ? nullptr : info->descriptor, name, rest);
    if (!message) return std::unexpected(message.error());
    step.command = std::move(*message);
    return {};
  }

  static Result<void> take_refusal(ExampleStep& step, std::string_view rest) {
    if (!find_error(rest))
      return fail(ErrorCode::invalid, "there is no error " + std::string(rest));
    step.refused = rest;
    return {};
  }

  Result<void> take_event(ExampleStep& step, std::string_view rest) {
    const std::string name(take_word(rest));
    const auto* info = kind_->find_event(name);
    const auto* type = name.starts_with("host.") ? find("nightshift." + name)
                       : info == nullptr         ? nullptr
                                                 : info->descriptor;
    auto message = make(type, name, rest);
    if (!message) return std::unexpected(message.error());
    step.events.emplace_back(name, std::move(*message));
    return {};
  }

  const Catalog& catalog_;
  const kernel::Kind* kind_ = nullptr;
  Example example_;
  std::size_t number_ = 0;
  bool begun_ = false;
};

}  // namespace

std::string to_text(const Example& example, std::string_view comment) {
  std::string out;
  line(out, first_line, {});
  if (!comment.empty()) line(out, "#", comment);
  line(out, "kind", example.entity.kind);
  line(out, "id", example.entity.id);
  line(out, "node", to_json(identity_of(example.node)));
  std::string authority;
  for (const auto& step : example.steps) write_step(step, authority, out);
  return out;
}

Result<Example> example_from_text(std::string_view text, const Catalog& catalog) {
  return Reader(catalog).read(text);
}

}  // namespace nightshift::runtime::history
