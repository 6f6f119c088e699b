// A later program derives other rows, or folds otherwise: what is there is made anew at its start.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "messages/derivation.pb.h"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/kinds/errand.hpp"
#include "tests/support/receiver.hpp"

namespace nightshift::tests {
namespace {

using storage::WorkKind;
using Strings = std::vector<std::string>;

struct Later : NodeFixture {
  Later() {
    options.report = [this](std::string_view line) { reports.emplace_back(line); };
  }

  void reserve(const std::string& errand) {
    errand_pb::Reserve command;
    *command.mutable_until() = to_proto(clock->now() + std::chrono::hours(1));
    BOOST_REQUIRE(call(errand, command));
  }
  void note(const std::string& errand, std::size_t bytes = 1) {
    errand_pb::Note command;
    command.set_text(std::string(bytes, 'x'));
    BOOST_REQUIRE(call(errand, command));
  }
  void await(const std::string& errand, const std::string& wanted) {
    eventually([&] { return status(errand) == wanted; }, errand + " is " + wanted);
  }

  Strings indexed(std::string_view field, std::string_view value) const {
    return rows()->scan_index("errand", field, value, {}, SIZE_MAX).value();
  }
  std::vector<storage::WorkRow> work(WorkKind sort) const {
    std::vector<storage::WorkRow> found;
    BOOST_REQUIRE(rows()->scan_work(sort, {sort, Time::min(), {}, {}}, [&](const auto& row) {
      found.push_back(row);
      return true;
    }));
    return found;
  }
  std::string mark() const {
    Derivation mark;
    const auto stored = rows()->derivation("errand");
    if (!*stored) return "none";
    mark.ParseFromString(**stored);
    return mark.ShortDebugString();
  }
  std::size_t reported(std::string_view words) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        reports, [&](const std::string& line) { return line.find(words) != line.npos; }));
  }

  Strings reports;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rederivation, Later)

BOOST_AUTO_TEST_CASE(a_kind_that_has_not_changed_writes_nothing_at_start) {
  start();
  reserve("errand/p");
  start();
  BOOST_TEST(node().stats().log.syncs == 0u);
  BOOST_TEST(mark() == "none");
  BOOST_TEST(reports.empty());
}

BOOST_AUTO_TEST_CASE(a_raised_derivation_makes_index_and_work_rows_anew) {
  start();
  reserve("errand/p");
  note("errand/w");
  const auto correlation = node().events(*parse_entity("errand/p"), 0, 1)->front().record.cause();
  errand_kind = errand_kind_derived_anew;
  start();
  BOOST_TEST(indexed("how", "reserved") == (Strings{"p"}));
  BOOST_TEST(indexed("texts", "1") == (Strings{"w"}));
  BOOST_TEST(mark() == "evolver: 1 derivation: 2");
  const auto deadlines = work(WorkKind::deadline);
  BOOST_REQUIRE(deadlines.size() == 1u);
  BOOST_TEST(deadlines.front().key.name == "lapse");
  WorkValue value;
  BOOST_REQUIRE(value.ParseFromString(deadlines.front().value));
  BOOST_TEST(value.type() == "Expire");
  BOOST_TEST(value.correlation() == correlation);

  clock->advance(std::chrono::hours(1));
  BOOST_TEST(status("errand/p") == "reserved");
  clock->advance(std::chrono::minutes(1));
  await("errand/p", "over");
  BOOST_TEST(story("errand/p") == "Reserved Expired");
  start();
  BOOST_TEST(node().stats().log.syncs == 0u);
  BOOST_TEST(work(WorkKind::deadline).empty());
  BOOST_TEST(reported("made anew") == 1u);
}

BOOST_AUTO_TEST_CASE(an_older_program_makes_them_as_it_did_before) {
  errand_kind = errand_kind_derived_anew;
  start();
  reserve("errand/p");
  errand_kind = tests::errand_kind;
  start();
  BOOST_TEST(indexed("how", "reserved").empty());
  BOOST_TEST(mark() == "evolver: 1 derivation: 1");
  clock->advance(std::chrono::hours(1));
  await("errand/p", "over");
}

BOOST_AUTO_TEST_CASE(a_raised_evolver_folds_state_rows_and_indexes_anew) {
  start();
  for (int i = 0; i < 3; ++i) note("errand/w");
  for (int i = 0; i < 3; ++i) note("errand/large", 3000);
  errand_kind = errand_kind_folded_anew;
  start();
  BOOST_TEST(indexed("texts", "3").empty());
  BOOST_TEST(indexed("texts", "1") == (Strings{"large", "w"}));
  BOOST_TEST(view("errand/w") == R"({"how":"","texts":1})");
  for (const auto* id : {"w", "large"}) {
    StateRow row;
    BOOST_REQUIRE(row.ParseFromString(rows()->state({"errand", id}).value().value()));
    BOOST_TEST(row.evolver() == 2u);
    BOOST_TEST(row.sequence() == 3u);
    BOOST_TEST(row.offset() == node().get({"errand", id})->position.offset);
  }
  note("errand/w");
  BOOST_TEST(view("errand/w") == R"({"how":"","texts":1})");
}

BOOST_AUTO_TEST_CASE(other_kinds_and_what_is_under_way_keep_their_rows) {
  const auto to = std::make_shared<Receiver>(runtime::ReceiverClass::queryable);
  options.crash_point = [this](std::string_view name) {
    if (name == "after_dispatch") keep_image();
  };
  start({to});
  counter_pb::Add add;
  add.set_by(7);
  BOOST_REQUIRE(call("counter/c", add));
  BOOST_REQUIRE(call("errand/p", errand_pb::Order()));
  await("errand/p", "over");
  options.crash_point = nullptr;
  errand_kind = errand_kind_derived_anew;
  start_from_image({to});
  await("errand/p", "over");
  BOOST_TEST(story("errand/p") == "Ordered host.Dispatched host.Ended");
  // Nobody knows any more what was sent, and nobody sends it again.
  BOOST_TEST(view("errand/p") == R"({"how":"unknown","texts":0})");
  BOOST_TEST(work(WorkKind::effect).empty());
  BOOST_TEST(rows()->scan_index("counter", "status", "counting", {}, 9)->size() == 1u);
}

// As many as make several steps; each crash point is a start that breaks off behind a step.
BOOST_AUTO_TEST_CASE(a_start_that_was_killed_half_way_goes_on_where_it_was) {
  constexpr std::size_t errands = 1300;
  start();
  std::atomic<std::size_t> reserved = 0;
  for (std::size_t i = 0; i < errands; ++i) {
    errand_pb::Reserve command;
    *command.mutable_until() = to_proto(clock->now() + std::chrono::seconds(1 + i));
    const auto name = "errand/p" + std::to_string(i);
    eventually([&] { return i - reserved < 500; }, "there is room");
    node().submit(this->command(name, command),
                  [&](Result<runtime::Answer> answer) { reserved += answer ? 1 : 0; });
  }
  eventually([&] { return reserved == errands; }, "all are reserved");
  errand_kind = errand_kind_derived_anew;
  std::vector<std::size_t> steps;
  options.crash_point = [&](std::string_view name) {
    if (name == "after_rederive" && ++steps.back() == 1) keep_image();
  };
  steps.push_back(0);
  start();
  while (steps.back() > 0) {
    steps.push_back(0);
    start_from_image();
  }
  // To begin, three steps of entities, three of deadlines, to end: none was done twice.
  BOOST_TEST(steps == (std::vector<std::size_t>{8, 7, 6, 5, 4, 3, 2, 1, 0}));
  BOOST_TEST(indexed("how", "reserved").size() == errands);
  const auto deadlines = work(WorkKind::deadline);
  BOOST_TEST(deadlines.size() == errands);
  const auto lapses = [](const storage::WorkRow& row) { return row.key.name == "lapse"; };
  BOOST_TEST(std::ranges::all_of(deadlines, lapses));
}

BOOST_AUTO_TEST_CASE(a_start_that_was_killed_is_finished_by_a_program_that_changes_more) {
  start();
  note("errand/w");
  errand_kind = errand_kind_folded_anew;
  std::size_t steps = 0;
  options.crash_point = [&](std::string_view name) {
    if (name == "after_rederive" && ++steps == 1) keep_image();
  };
  start();
  errand_kind = errand_kind_all_anew;
  start_from_image();
  StateRow row;
  BOOST_REQUIRE(row.ParseFromString(rows()->state({"errand", "w"}).value().value()));
  BOOST_TEST(row.evolver() == 2u);
  BOOST_TEST(mark() == "evolver: 2 derivation: 2");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_folded_is_reported_and_keeps_its_rows) {
  start();
  note("errand/w");
  BOOST_REQUIRE(reports.empty());
  reserve("errand/p");
  errand_kind = errand_kind_unfoldable;
  start();
  BOOST_TEST(reported("errand/w keeps the rows") == 1u);
  BOOST_TEST(status("errand/p") == "reserved");
  BOOST_TEST(indexed("status", "reserved") == (Strings{"p"}));
  errand_kind = errand_kind_derived_anew;
  start();
  BOOST_TEST(indexed("texts", "1") == (Strings{"w"}));
}

BOOST_AUTO_TEST_CASE(without_room_the_node_does_not_start_and_says_why) {
  start();
  reserve("errand/p");
  errand_kind = errand_kind_derived_anew;
  reserve_bytes = std::numeric_limits<std::uint64_t>::max();
  const auto refused = try_start();
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::no_space));
  BOOST_TEST(refused.error().detail.find("the rows of errand") != std::string::npos);
  reserve_bytes = 0;
  start();
  BOOST_TEST(indexed("how", "reserved") == (Strings{"p"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
