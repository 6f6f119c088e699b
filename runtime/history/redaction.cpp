// Rewrites texts, and lets the kind decide on what is left.
#include "runtime/history/redaction.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "runtime/history/fields.hpp"
#include "runtime/host/records.hpp"

namespace nightshift::runtime::history {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Fields that hold no words of anybody's: hashes, keys, words of the program.
constexpr std::array kept_fields{"digest",    "public_key", "signature", "nonce",  "request",
                                 "effect_id", "decision",   "model",     "table",  "media_type",
                                 "kind",      "command",    "code",      "version"};

bool is_kept(const FieldDescriptor& field) {
  return std::ranges::find(kept_fields, field.name()) != kept_fields.end();
}

/// Stands for a character beyond ASCII, of as many bytes.
std::string_view stand_in(std::size_t bytes) {
  switch (bytes) {
    case 2: return "\u00F8";
    case 3: return "\u3042";
    case 4: return "\U0001D431";
    default: return "?";
  }
}

std::size_t bytes_of_character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

std::string blank(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const auto bytes = bytes_of_character(text, at);
    if (bytes > 1 || static_cast<unsigned char>(c) >= 0x80) {
      out += bytes > 4 ? std::string(bytes, '?') : std::string(stand_in(bytes));
    } else if (c >= 'a' && c <= 'z') {
      out += 'x';
    } else if (c >= 'A' && c <= 'Z') {
      out += 'X';
    } else {
      out += c >= '0' && c <= '9' ? '0' : c;
    }
    at += bytes;
  }
  return out;
}

/// Another text of the same form: its letters and digits count, from the end.
std::string varied(std::string text, std::size_t n) {
  for (auto at = text.rbegin(); at != text.rend() && n > 0; ++at) {
    const auto base = *at == 'x' ? 'a' : *at == 'X' ? 'A' : *at == '0' ? '0' : '\0';
    if (base == '\0') continue;
    const std::size_t count = base == '0' ? 10 : 26;
    *at = static_cast<char>(base + static_cast<char>(n % count));
    n /= count;
  }
  return text;
}

class Pseudonyms {
 public:
  std::string of(const std::string& text) {
    const auto known = names_.find(text);
    if (known != names_.end()) return known->second;
    const auto form = blank(text);
    auto name = form;
    // Where there are fewer forms than texts, the last one stands for several.
    for (auto& n = used_[form]; n < tries_max && !taken_.insert(name).second;) {
      name = varied(form, ++n);
    }
    return names_.emplace(text, name).first->second;
  }

 private:
  static constexpr std::size_t tries_max = 100'000;

  std::map<std::string, std::string> names_ = {{"", ""}, {"host", "host"}};
  std::map<std::string, std::size_t> used_;
  std::set<std::string> taken_;
};

class Redaction {
 public:
  Redaction(const Example& from, const kernel::Kind& kind) : from_(from), entity_(kind.make()) {
    to_.entity = {from.entity.kind, names_.of(from.entity.id)};
    to_.node = from.node;
    to_.node.name = names_.of(from.node.name);
  }

  Result<Example> make() && {
    for (const auto& step : from_.steps) {
      if (auto taken = take(step); !taken) return std::unexpected(taken.error());
    }
    return std::move(to_);
  }

 private:
  template <class T>
  std::shared_ptr<T> rewritten(const T& message) {
    std::shared_ptr<T> copy(message.New());
    copy->CopyFrom(message);
    rewrite_texts(*copy, [this](const FieldDescriptor& field, const std::string& value) {
      return text_of(field, value);
    });
    return copy;
  }

  std::string text_of(const FieldDescriptor& field, const std::string& value) {
    if (is_kept(field) || from_rfc3339(value)) return value;
    if (field.type() == FieldDescriptor::TYPE_BYTES) return std::string(value.size(), 'x');
    return names_.of(value);
  }

  kernel::Caller caller_of(kernel::Caller caller) {
    caller.principal = names_.of(caller.principal);
    return caller;
  }

  Surroundings surroundings_of(const Surroundings& around) {
    Surroundings result{.now = around.now,
                        .caller = caller_of(around.caller),
                        .facts = to_.node,
                        .calendar = around.calendar};
    for (const auto& [type, message] : around.facts.data) {
      result.facts.data[type] = rewritten(*message);
    }
    for (const auto& [effect, targets] : around.facts.executors) {
      auto& known = result.facts.executors[effect];
      for (const auto& [name, facts] : targets) {
        for (const auto& [field, value] : facts.fields()) {
          known[names_.of(name)].add(field, field == "class" ? value : names_.of(value));
        }
      }
    }
    return result;
  }

  Result<void> take(const ExampleStep& from) {
    ExampleStep step;
    step.sequence = from.sequence;
    step.around = surroundings_of(from.around);
    step.authority = *rewritten(from.authority);
    step.why = from.why;
    step.refused = from.refused;
    for (const auto& [type, event] : from.events) step.events.emplace_back(type, rewritten(*event));
    if (from.command) {
      step.command = rewritten(*from.command);
      decide_anew(step);
    }
    for (const auto& [type, event] : step.events) {
      const auto known = entity_->replay(type, kernel::event_schema, event->SerializeAsString());
      if (!known) return std::unexpected(known.error());
    }
    step.state = state_lines(*entity_);
    to_.steps.push_back(std::move(step));
    return {};
  }

  /// Takes the events of the new decision, if it leads to the same ones in their order.
  void decide_anew(ExampleStep& step) {
    auto again = decide_step(to_, step, *entity_);
    const bool same =
        again && std::ranges::equal(*again, step.events, [](const auto& event, const auto& other) {
          return host::record_type(*event) == other.first;
        });
    if (!same) {
      step.command = nullptr;
      step.why = "without the words it was about, it cannot be decided again";
      return;
    }
    std::vector<std::pair<std::string, MessagePtr>> events;
    for (auto& event : *again) {
      auto type = host::record_type(*event);
      events.emplace_back(std::move(type), std::move(event));
    }
    step.events = std::move(events);
  }

  const Example& from_;
  std::unique_ptr<kernel::Entity> entity_;
  Pseudonyms names_;
  Example to_;
};

}  // namespace

Result<Example> redacted(const Example& example, const Catalog& catalog) {
  const auto* kind = catalog.find(example.entity.kind);
  if (kind == nullptr) {
    return fail(ErrorCode::unknown_kind, "there is no kind " + example.entity.kind,
                example.entity.kind);
  }
  return Redaction(example, *kind).make();
}

}  // namespace nightshift::runtime::history
