// The streams of a run are given away once.
#include "runtime/streams/streams.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using runtime::StreamEnds;
using runtime::Streams;

Streams::Open opens(const std::string& run) {
  return [run]() -> Result<StreamEnds> {
    return StreamEnds{run, runtime::Descriptor(), runtime::Descriptor()};
  };
}

std::string run_of(const Result<StreamEnds>& ends) {
  return ends ? ends->run : std::string(info(ends.error().code).name);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_nobody_offers_cannot_be_taken) {
  Streams streams;
  BOOST_TEST(run_of(streams.take("desk", "me")) == "not_found");
  BOOST_TEST(streams.run_of("desk").empty());
}

BOOST_AUTO_TEST_CASE(a_run_is_taken_once_and_a_new_run_again) {
  Streams streams;
  streams.offer("desk", "run1", true, opens("run1"));
  BOOST_TEST(streams.run_of("desk") == "run1");
  BOOST_TEST(run_of(streams.take("desk", "the bridge")) == "run1");
  const auto second = streams.take("desk", "a person");
  BOOST_TEST(run_of(second) == "conflict");
  BOOST_TEST(second.error().detail.contains("the bridge"));
  // Offered again, by whoever looks again: it is the same run.
  streams.offer("desk", "run1", true, opens("run1"));
  BOOST_TEST(run_of(streams.take("desk", "a person")) == "conflict");
  streams.offer("desk", "run2", true, opens("run2"));
  BOOST_TEST(run_of(streams.take("desk", "a person")) == "run2");
}

BOOST_AUTO_TEST_CASE(a_run_from_before_this_node_is_not_taken) {
  Streams streams;
  streams.offer("desk", "run1", false, opens("run1"));
  BOOST_TEST(run_of(streams.take("desk", "me")) == "conflict");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_opened_may_be_tried_again) {
  Streams streams;
  bool broken = true;
  streams.offer("desk", "run1", true, [&broken]() -> Result<StreamEnds> {
    if (broken) return fail(ErrorCode::io, "no pipe");
    return StreamEnds{"run1", runtime::Descriptor(), runtime::Descriptor()};
  });
  BOOST_TEST(run_of(streams.take("desk", "me")) == "io");
  broken = false;
  BOOST_TEST(run_of(streams.take("desk", "me")) == "run1");
}

BOOST_AUTO_TEST_CASE(who_watches_hears_of_what_comes_and_goes_until_they_stop) {
  Streams streams;
  std::string heard;
  auto watch = streams.watch([&heard](const std::string& name) { heard += name + " "; });
  streams.offer("desk", "run1", true, opens("run1"));
  streams.offer("desk", "run1", true, opens("run1"));
  streams.withdraw("desk");
  streams.withdraw("desk");
  BOOST_TEST(heard == "desk desk ");
  watch.reset();
  streams.offer("desk", "run2", true, opens("run2"));
  BOOST_TEST(heard == "desk desk ");
}

}  // namespace nightshift::tests
