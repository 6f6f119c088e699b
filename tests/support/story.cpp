// Runs a story and holds every step against what is true of all kinds.
#include "tests/support/story.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using google::protobuf::Message;

std::string describe(const Message& message) {
  return message.GetDescriptor()->name() + " { " + message.ShortDebugString() + " }";
}

}  // namespace

std::string event_type(const Message& event) {
  const auto& descriptor = *event.GetDescriptor();
  const bool host = descriptor.file()->package() == "nightshift.host";
  return (host ? "host." : "") + descriptor.name();
}

std::string encoded(const kernel::Entity& entity) {
  std::string body;
  entity.encode(body);
  return entity.phase() + "\n" + body;
}

std::string describe(const kernel::AnyEvents& events) {
  std::string text;
  for (const auto& event : events) text += describe(*event) + "\n";
  return text;
}

std::string describe(const kernel::Work& work) {
  std::string text;
  for (const auto& effect : work.effects) {
    text += "effect " + effect.id + " " + effect.type + " " + to_hex(effect.payload) + " " +
            (effect.gate ? to_hex(effect.gate->SerializeAsString()) : "no gate") + "\n";
  }
  for (const auto& deadline : work.deadlines) {
    text += "deadline " + deadline.name + " " + to_rfc3339(deadline.due) + " " + deadline.command +
            " " + to_hex(deadline.payload) + "\n";
  }
  return text;
}

Story::Story(const kernel::Kind& kind, World surroundings)
    : world(std::move(surroundings)), kind_(kind), entity_(kind.make()) {}

void Story::fold(const Message& event) {
  auto replayed = kind_.make();
  std::string body;
  entity_->encode(body);
  BOOST_REQUIRE(replayed->decode(entity_->phase(), body));
  BOOST_REQUIRE(encoded(*replayed) == encoded(*entity_));
  BOOST_REQUIRE(describe(replayed->pending()) == describe(entity_->pending()));

  const auto live = entity_->evolve(event);
  if (!live) BOOST_FAIL(describe(event) << ": " << live.error().message());
  const auto again =
      replayed->replay(event_type(event), kernel::event_schema, event.SerializeAsString());
  BOOST_REQUIRE_MESSAGE(again && *again, describe(event) << " is not replayed");
  BOOST_REQUIRE_MESSAGE(encoded(*replayed) == encoded(*entity_),
                        describe(event) << " replayed gives another state");
  ++world.sequence;
}

Story& Story::when(const Message& command) {
  const auto before = encoded(*entity_);
  const auto context = world.context();
  auto decided = entity_->decide(command, context);
  const auto repeated = entity_->decide(command, context);
  BOOST_REQUIRE_MESSAGE(encoded(*entity_) == before, describe(command) << " changed the state");
  BOOST_REQUIRE(decided.has_value() == repeated.has_value());
  accepted_ = decided.has_value();
  events_.clear();
  if (!decided) {
    error_ = decided.error();
    BOOST_REQUIRE(error_.message() == repeated.error().message());
    return *this;
  }
  BOOST_REQUIRE(describe(*decided) == describe(*repeated));
  events_ = std::move(*decided);
  for (const auto& event : events_) fold(*event);
  world.refresh();
  return *this;
}

void Story::expect_events(const std::vector<const Message*>& expected) {
  std::string wanted;
  for (const auto* event : expected) wanted += describe(*event) + "\n";
  BOOST_REQUIRE_MESSAGE(accepted_, "refused: " << error_.message());
  BOOST_TEST(describe(events_) == wanted);
}

Story& Story::then(ErrorCode code, std::string_view instance) {
  BOOST_REQUIRE_MESSAGE(!accepted_, "accepted: " << describe(events_));
  BOOST_TEST(info(error_.code).name == info(code).name, error_.message());
  if (!instance.empty()) BOOST_TEST(error_.instance == instance, error_.message());
  return *this;
}

Story& Story::then_accepted() {
  BOOST_REQUIRE_MESSAGE(accepted_, "refused: " << error_.message());
  return *this;
}

}  // namespace nightshift::tests
