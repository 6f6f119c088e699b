// What the lifted entity answers where its table has no cell, and what it makes of stored bytes.
#include <boost/test/unit_test.hpp>

#include "messages/host.pb.h"
#include "messages/principal.pb.h"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

counter_pb::Add add(std::int64_t by) {
  counter_pb::Add command;
  command.set_by(by);
  return command;
}

counter_pb::Added added(std::int64_t by) {
  counter_pb::Added event;
  event.set_by(by);
  return event;
}

struct Fixture {
  std::unique_ptr<const kernel::Kind> kind = counter_kind();
  Story story{*kind};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(entity, Fixture)

BOOST_AUTO_TEST_CASE(a_decision_answers_events_and_a_fold_moves_the_state) {
  story.when(add(3)).then(added(3));
  story.when(add(-5)).then(added(-5));
  BOOST_TEST(story.view<counter_pb::View>().value() == -2);
  BOOST_TEST(story.view<counter_pb::View>().additions() == 2);
}

BOOST_AUTO_TEST_CASE(a_decision_may_change_nothing) {
  story.given(added(0)).when(counter_pb::Reset()).then();
}

BOOST_AUTO_TEST_CASE(a_command_to_nothing_is_not_found) {
  story.when(counter_pb::Reset()).then(ErrorCode::not_found, "counter/x1");
  BOOST_TEST(story.error().message() == "there is no counter/x1");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_no_command_of_the_kind_is_unknown) {
  story.when(principal::Revoke()).then(ErrorCode::unknown_command);
  story.when(counter_pb::Added()).then(ErrorCode::unknown_command);
}

BOOST_AUTO_TEST_CASE(an_event_of_the_kind_without_a_cell_is_corrupt) {
  const auto entity = kind->make();
  const auto folded = entity->evolve(counter_pb::WasReset());
  BOOST_REQUIRE(!folded);
  BOOST_CHECK(folded.error().code == ErrorCode::corrupt);
  BOOST_TEST(entity->absent());
}

BOOST_AUTO_TEST_CASE(an_event_of_the_host_without_a_cell_leaves_the_state_as_it_is) {
  story.given(added(7), host::Dispatched(), host::Ended());
  BOOST_TEST(story.view<counter_pb::View>().value() == 7);
}

BOOST_AUTO_TEST_CASE(an_unknown_or_newer_event_changes_nothing) {
  const auto entity = kind->make();
  const auto bytes = added(7).SerializeAsString();
  BOOST_TEST(!entity->replay("Multiplied", 1, bytes).value());
  BOOST_TEST(!entity->replay("host.Unheard", 1, bytes).value());
  BOOST_TEST(!entity->replay("Added", kernel::event_schema + 1, bytes).value());
  BOOST_TEST(entity->absent());
  BOOST_TEST(entity->replay("Added", 1, bytes).value());
  BOOST_TEST(!entity->absent());
}

BOOST_AUTO_TEST_CASE(unreadable_bytes_are_corrupt_and_change_nothing) {
  const auto entity = kind->make();
  BOOST_CHECK(entity->replay("Added", 1, "\xff\xff").error().code == ErrorCode::corrupt);
  BOOST_REQUIRE(entity->evolve(added(7)));
  BOOST_CHECK(entity->decode("Counting", "\xff\xff").error().code == ErrorCode::corrupt);
  BOOST_CHECK(entity->decode("Multiplying", "").error().code == ErrorCode::corrupt);
  BOOST_TEST(encoded(*entity) == "Counting\n\x08\x07\x10\x01");
}

BOOST_AUTO_TEST_CASE(a_kind_is_described_by_its_schema) {
  BOOST_TEST(kind->name() == "counter");
  BOOST_TEST(kind->find_command("add") == kind->find_command("Add"));
  BOOST_TEST(kind->find_command("add")->scope == SCOPE_OPERATE);
  BOOST_TEST(kind->find_command("Multiply") == nullptr);
  BOOST_TEST(kind->find_event("WasReset")->sentence == "began again at 0");
  BOOST_TEST(kind->phases().at(1).status == "counting");
  BOOST_TEST(!kind->contributes());
  BOOST_TEST(kind->evolver_version() == 1u);
}

BOOST_AUTO_TEST_CASE(a_long_index_value_keeps_its_beginning_and_its_difference) {
  const std::string most(kernel::index_value_bytes_max, 'a');
  BOOST_TEST(kernel::index_value(most) == most);
  const auto longer = kernel::index_value(most + "b");
  BOOST_TEST(longer.size() == kernel::index_value_bytes_max);
  BOOST_TEST(longer.starts_with("aaaa"));
  BOOST_TEST(longer != kernel::index_value(most + "c"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
