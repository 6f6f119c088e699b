// Feeds lines `KIND COMMAND BODY` to entities as an edge would: JSON, rules, decide, evolve, view.
#include <map>
#include <memory>

#include "messages/json.hpp"
#include "messages/utf8.hpp"
#include "tests/fuzz/fuzzer.hpp"
#include "tests/fuzz/kinds.hpp"
#include "tests/support/world.hpp"

namespace nightshift::fuzz {
namespace {

using google::protobuf::Message;

constexpr int lines_max = 16;

std::string_view cut_word(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const auto word = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return word;
}

void check_error(const Error& error) {
  require(!error.detail.empty(), "an error says nothing");
  require(error.detail.size() < 2000, "an error repeats a long input");
  require(utf8_prefix_bytes(error.detail) == error.detail.size(), "an error is not UTF-8");
  require(utf8_prefix_bytes(error.instance) == error.instance.size(), "a place is not UTF-8");
}

/// What was read is written so that it reads the same.
void check_round_trip(const Message& message) {
  const auto text = to_json(message);
  const std::unique_ptr<Message> again(message.New());
  require(from_json(text, *again).has_value(), "our own JSON is refused");
  require(to_json(*again) == text, "JSON changes on its second way");
}

/// Making its keys takes longer than a short input; all that changes is put back.
tests::World& world() {
  static tests::World made;
  made.fresh = std::string(16, 'f');
  return made;
}

/// The entities of one input, and the world around them.
class Entities {
 public:
  void command(std::string_view kind_name, std::string_view command_name, std::string_view body) {
    const auto* kind = kinds().find(kind_name);
    const auto* info = kind == nullptr ? nullptr : kind->find_command(command_name);
    if (info == nullptr) return;
    const std::unique_ptr<Message> message(info->prototype->New());
    if (auto read = from_json(body, *message); !read) return check_error(read.error());
    check_round_trip(*message);
    if (auto checked = check_rules(*message); !checked) return check_error(checked.error());
    auto& entity = entities_[kind->name()];
    if (!entity) entity = kind->make();
    decide(*entity, *message);
  }

 private:
  void decide(kernel::Entity& entity, const Message& message) {
    world_.refresh();
    const auto events = entity.decide(message, world_.context());
    if (!events) return check_error(events.error());
    for (const auto& event : *events) {
      require(entity.evolve(*event).has_value(), "an event that was decided does not fold");
    }
    check_state(entity);
  }

  static void check_state(const kernel::Entity& entity) {
    std::string body;
    entity.encode(body);
    auto again = entity_like(entity);
    require(again->decode(entity.phase(), body).has_value(), "a state row is not readable");
    require(to_json(*again->view()) == to_json(*entity.view()), "a state row shows another view");
    static_cast<void>(entity.pending());
    static_cast<void>(entity.index());
  }

  static std::unique_ptr<kernel::Entity> entity_like(const kernel::Entity& entity) {
    const auto* type = entity.view()->GetDescriptor();
    for (const auto* kind : kinds().all()) {
      if (kind->view_descriptor() == type) return kind->make();
    }
    std::abort();
  }

  tests::World& world_ = world();
  std::map<std::string_view, std::unique_ptr<kernel::Entity>> entities_;
};

}  // namespace

void command_body(std::string_view input) {
  Entities entities;
  for (int line = 0; line < lines_max && !input.empty(); ++line) {
    auto body = cut_word(input, '\n');
    const auto kind = cut_word(body, ' ');
    const auto command = cut_word(body, ' ');
    entities.command(kind, command, body);
  }
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(command_body)
