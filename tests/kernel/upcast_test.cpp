// Events of every form that was ever written stay readable.
#include <boost/test/unit_test.hpp>

#include "tests/support/kinds/parcel.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

struct Fixture {
  std::unique_ptr<const kernel::Kind> kind = parcel_kind();
  std::unique_ptr<kernel::Entity> entity = kind->make();

  std::string name() const { return dynamic_cast<const parcel_pb::View&>(*entity->view()).name(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upcast, Fixture)

BOOST_AUTO_TEST_CASE(the_oldest_form_is_read_step_by_step) {
  parcel_pb::Posted oldest;
  oldest.set_to("John Doe");
  BOOST_TEST(entity->replay("Posted", 1, oldest.SerializeAsString()).value());
  BOOST_TEST(name() == "Doe, John");
}

BOOST_AUTO_TEST_CASE(the_second_form_is_read) {
  parcel_pb::PostedTo second;
  second.set_first_name("John");
  second.set_last_name("Doe");
  BOOST_TEST(entity->replay("PostedTo", 1, second.SerializeAsString()).value());
  BOOST_TEST(name() == "Doe, John");
}

BOOST_AUTO_TEST_CASE(all_forms_give_the_same_state) {
  parcel_pb::Posted oldest;
  oldest.set_to("John Doe");
  BOOST_TEST(entity->replay("Posted", 1, oldest.SerializeAsString()).value());
  const auto current = kind->make();
  parcel_pb::PostedToPerson newest;
  newest.set_name("Doe, John");
  BOOST_TEST(current->replay("PostedToPerson", 1, newest.SerializeAsString()).value());
  BOOST_TEST(encoded(*entity) == encoded(*current));
}

BOOST_AUTO_TEST_CASE(a_retired_form_in_the_wrong_phase_is_corrupt) {
  parcel_pb::Posted oldest;
  const auto bytes = oldest.SerializeAsString();
  BOOST_TEST(entity->replay("Posted", 1, bytes).value());
  BOOST_CHECK(entity->replay("Posted", 1, bytes).error().code == ErrorCode::corrupt);
  BOOST_CHECK(entity->replay("PostedTo", 1, "\xff").error().code == ErrorCode::corrupt);
}

BOOST_AUTO_TEST_CASE(a_retired_form_is_listed_and_never_decided) {
  BOOST_TEST(kind->events().size() == 2u);
  BOOST_TEST(kind->retired().size() == 2u);
  BOOST_TEST(kind->find_event("Posted")->sentence == "was posted");
  BOOST_CHECK(entity->evolve(parcel_pb::Posted()).error().code == ErrorCode::corrupt);
  BOOST_TEST(kind->evolver_version() == 3u);
  BOOST_TEST(kind->derivation_version() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
