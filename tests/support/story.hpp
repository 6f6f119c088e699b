// Given these events, when this command comes, then these events or this error.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "runtime/kernel/kind.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {

/// Tells one entity's story and checks at every step what must hold for every kind: a decision
/// changes nothing and is repeatable, events survive their bytes, a replay and a state row give the
/// same state. Failures are Boost.Test's.
class Story {
 public:
  explicit Story(const kernel::Kind& kind, World world = {});

  template <class... Event>
  Story& given(const Event&... events) {
    (fold(events), ...);
    return *this;
  }
  /// By the caller and at the time that `world` names. The events, if any, are folded.
  Story& when(const google::protobuf::Message& command);
  /// The last command was answered by exactly these events.
  template <std::derived_from<google::protobuf::Message>... Event>
  Story& then(const Event&... events) {
    expect_events({&events...});
    return *this;
  }
  /// The last command was refused; `instance`, where given, is what the error concerns.
  Story& then(ErrorCode code, std::string_view instance = {});
  /// The last command was accepted, whatever it led to.
  Story& then_accepted();

  const kernel::Entity& entity() const { return *entity_; }
  std::string_view status() const { return entity_->status(); }
  const kernel::AnyEvents& events() const { return events_; }
  const Error& error() const { return error_; }
  /// The first event of the last decision.
  template <class Event>
  const Event& event() const {
    return dynamic_cast<const Event&>(*events_.at(0));
  }
  /// The view, which must be of this type.
  template <class View>
  View view() const {
    return dynamic_cast<const View&>(*entity_->view());
  }

  World world;

 private:
  void fold(const google::protobuf::Message& event);
  void expect_events(const std::vector<const google::protobuf::Message*>& expected);

  const kernel::Kind& kind_;
  std::unique_ptr<kernel::Entity> entity_;
  kernel::AnyEvents events_;
  bool accepted_ = false;
  Error error_;
};

/// Name of the event's type as records have it: `Approved`, `host.Dispatched`.
std::string event_type(const google::protobuf::Message& event);
std::string encoded(const kernel::Entity& entity);
/// For comparison and for messages.
std::string describe(const kernel::AnyEvents& events);
std::string describe(const kernel::Work& work);

}  // namespace nightshift::tests
