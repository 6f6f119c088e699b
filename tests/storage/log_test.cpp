// What every form of the log must do with appends: order, fences, time, chain.
#include <future>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/storage/journal.hpp"

namespace nightshift::storage {
namespace {

using namespace std::chrono_literals;

std::vector<std::uint64_t> offsets_of(const EventLog& log) {
  std::vector<std::uint64_t> offsets;
  BOOST_REQUIRE(log.scan_log(1, [&](const StoredRecord& record) {
    offsets.push_back(record.offset);
    return true;
  }));
  return offsets;
}

std::vector<std::string> payloads_of(const EventLog& log, const EntityRef& entity,
                                     std::uint64_t from = 1) {
  std::vector<std::string> payloads;
  BOOST_REQUIRE(log.scan_entity(entity, from, [&](const StoredRecord& stored) {
    Record record;
    BOOST_REQUIRE(record.ParseFromString(stored.bytes));
    payloads.push_back(record.payload());
    return true;
  }));
  return payloads;
}

using Strings = std::vector<std::string>;
namespace bdata = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(log)

BOOST_DATA_TEST_CASE(an_entity_that_does_not_exist_opens_empty, bdata::make(all_forms), form) {
  Journal journal(form);
  const auto opened = journal.open(counter("a"));
  BOOST_TEST(opened.sequence == 0u);
  BOOST_TEST(!opened.state.has_value());
  BOOST_TEST(journal.log().head().offset == 0u);
  BOOST_TEST(journal.log().boot_epoch() == 1u);
  BOOST_TEST(journal.log().identity().node() == "n1");
}

BOOST_DATA_TEST_CASE(what_was_appended_is_read_back, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  auto b = journal.open(counter("b"));
  BOOST_TEST(journal.append(make_append(counter("a"), a, {"1", "2"}), a).offset == 2u);
  BOOST_TEST(journal.append(make_append(counter("b"), b, {"x"}), b).offset == 3u);
  BOOST_TEST(journal.append(make_append(counter("a"), a, {"3"}), a).offset == 4u);

  auto& log = journal.log();
  BOOST_TEST(offsets_of(log) == (std::vector<std::uint64_t>{1, 2, 3, 4}));
  BOOST_TEST(payloads_of(log, counter("a")) == (Strings{"1", "2", "3"}));
  BOOST_TEST(payloads_of(log, counter("a"), 3) == (Strings{"3"}));
  BOOST_TEST(payloads_of(log, counter("c")).empty());
  BOOST_TEST(state_of(log, counter("a")).body() == "3");
  BOOST_TEST(state_of(log, counter("a")).offset() == 4u);
  BOOST_TEST(state_of(log, counter("b")).offset() == 3u);
  BOOST_TEST(log.head().offset == 4u);
  BOOST_TEST(log.stats().records == 4u);
}

BOOST_DATA_TEST_CASE(everything_is_there_after_reopening, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  for (const auto* payload : {"1", "2", "3"}) {
    auto append = make_append(counter("a"), a, {payload});
    append.work = {{{WorkKind::deadline, test_time() + 1h, counter("a"), payload}, "v"}};
    journal.append(std::move(append), a);
  }
  const auto before = contents(journal.log());
  const auto head = journal.log().head();
  journal.reopen();
  BOOST_TEST(contents(journal.log()) == before);
  BOOST_TEST((journal.log().head().head == head.head));
  BOOST_TEST(journal.log().boot_epoch() == 2u);
  const auto again = journal.open(counter("a"));
  BOOST_TEST(again.sequence == 3u);
  BOOST_TEST((again.state == journal.log().state(counter("a")).value()));
}

BOOST_DATA_TEST_CASE(a_wrong_sequence_is_refused_and_nothing_written, bdata::make(all_forms),
                     form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  journal.append(make_append(counter("a"), a, {"1"}), a);
  for (const std::uint64_t wrong : {0, 2}) {
    a = journal.open(counter("a"));
    const auto before = contents(journal.log());
    auto append = make_append(counter("a"), a, {"x"});
    append.expected = wrong;
    const auto refused = journal.try_append(std::move(append));
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ErrorCode::conflict));
    BOOST_TEST(contents(journal.log()) == before);
  }
}

BOOST_DATA_TEST_CASE(what_stands_behind_a_refused_append_is_refused, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  auto b = journal.open(counter("b"));
  std::vector<Append> appends;
  appends.push_back(make_append(counter("a"), a, {"1"}));
  ++a.sequence;
  appends.push_back(make_append(counter("a"), a, {"2"}));
  appends.back().expected = 7;
  appends.push_back(make_append(counter("a"), a, {"3"}));
  appends.push_back(make_append(counter("a"), a, {}));
  appends.push_back(make_append(counter("b"), b, {"x"}));
  const auto results = journal.append_all(std::move(appends));
  BOOST_TEST(results[0].has_value());
  for (const auto i : {1, 2, 3}) {
    BOOST_REQUIRE(!results[i]);
    BOOST_TEST((results[i].error().code == ErrorCode::conflict));
  }
  BOOST_TEST(results[4].has_value());
  a = journal.open(counter("a"));
  BOOST_TEST(a.sequence == 1u);
  journal.append(make_append(counter("a"), a, {"2"}), a);
  BOOST_TEST(payloads_of(journal.log(), counter("a")) == (Strings{"1", "2"}));
}

BOOST_DATA_TEST_CASE(opening_fences_the_former_holder, bdata::make(all_forms), form) {
  Journal journal(form);
  auto former = journal.open(counter("a"));
  journal.append(make_append(counter("a"), former, {"1"}), former);
  auto holder = journal.open(counter("a"));
  BOOST_TEST(holder.sequence == 1u);
  BOOST_TEST(holder.epoch > former.epoch);
  const auto refused = journal.try_append(make_append(counter("a"), former, {"x"}));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::conflict));
  journal.append(make_append(counter("a"), holder, {"2"}), holder);
  BOOST_TEST(payloads_of(journal.log(), counter("a")) == (Strings{"1", "2"}));
}

BOOST_DATA_TEST_CASE(an_opening_sees_what_stood_before_it, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  std::promise<Result<Committed>> appended;
  std::promise<Result<Opened>> opened;
  journal.log().submit(make_append(counter("a"), a, {"1"}),
                       [&](auto result) { appended.set_value(std::move(result)); });
  journal.log().open(counter("a"), [&](auto result) { opened.set_value(std::move(result)); });
  journal.pump();
  BOOST_TEST(appended.get_future().get().has_value());
  const auto result = opened.get_future().get();
  BOOST_REQUIRE(result);
  BOOST_TEST(result->sequence == 1u);
  BOOST_TEST(result->state.has_value());
}

BOOST_DATA_TEST_CASE(a_closed_entity_takes_no_appends, bdata::make(all_forms), form) {
  Journal journal(form);
  const auto a = journal.open(counter("a"));
  journal.log().close(counter("a"), a.epoch + 1);
  auto still_open = a;
  journal.append(make_append(counter("a"), a, {"1"}), still_open);
  journal.log().close(counter("a"), a.epoch);
  const auto refused = journal.try_append(make_append(counter("a"), still_open, {"2"}));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::conflict));
}

BOOST_DATA_TEST_CASE(a_barrier_answers_with_the_head_and_writes_nothing, bdata::make(all_forms),
                     form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  const auto committed = journal.append(make_append(counter("a"), a, {"1", "2"}), a);
  const auto syncs = journal.log().stats().syncs;
  const auto barrier = journal.try_append(make_append(counter("a"), a, {}));
  BOOST_REQUIRE(barrier);
  BOOST_TEST(barrier->offset == 2u);
  BOOST_TEST((barrier->written_at == committed.written_at));
  BOOST_TEST(journal.log().stats().syncs == syncs);
}

BOOST_DATA_TEST_CASE(answers_come_in_the_order_of_submission, bdata::make(all_forms), form) {
  Journal journal(form);
  constexpr std::size_t count = 500;
  const auto a = journal.open(counter("a"));
  std::vector<std::size_t> order;
  std::promise<void> last;
  auto at = a;
  for (std::size_t i = 0; i < count; ++i) {
    const bool barrier = i % 3 == 0;
    auto append = make_append(counter("a"), at, barrier ? Strings{} : Strings{std::to_string(i)});
    if (!barrier) ++at.sequence;
    journal.log().submit(std::move(append), [&, i](const Result<Committed>& result) {
      BOOST_TEST(result.has_value());
      order.push_back(i);
      if (i + 1 == count) last.set_value();
    });
  }
  journal.pump();
  last.get_future().wait();
  BOOST_TEST(order.size() == count);
  BOOST_TEST(std::ranges::is_sorted(order));
}

BOOST_DATA_TEST_CASE(written_time_never_goes_back, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  Time last{};
  for (const auto jump : {0h, 5h, -48h, 1h}) {
    journal.set_time(test_time() + jump);
    const auto committed = journal.append(make_append(counter("a"), a, {"x"}), a);
    BOOST_TEST((committed.written_at > last));
    last = committed.written_at;
    journal.reopen();
    a = journal.open(counter("a"));
  }
  BOOST_TEST((last >= test_time() + 5h));
}

BOOST_DATA_TEST_CASE(scans_begin_and_stop_where_they_are_told, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  for (int i = 0; i < 3; ++i) journal.append(make_append(counter("a"), a, {"x", "y"}), a);
  std::vector<std::uint64_t> seen;
  BOOST_REQUIRE(journal.log().scan_log(3, [&](const StoredRecord& record) {
    seen.push_back(record.offset);
    return seen.size() < 3;
  }));
  BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 4, 5}));
  const auto first_batch = [&](std::uint64_t from) {
    std::uint64_t first = 0;
    BOOST_REQUIRE(journal.log().scan_batches(from, [&](const Batch& batch) {
      first = batch.first_offset;
      return false;
    }));
    return first;
  };
  BOOST_TEST(first_batch(0) == 1u);
  BOOST_TEST(first_batch(2) == 1u);
  BOOST_TEST(first_batch(3) == 3u);
  BOOST_TEST(first_batch(6) == 5u);
  BOOST_TEST(first_batch(7) == 0u);
}

BOOST_AUTO_TEST_CASE(both_forms_chain_the_same_batches_to_the_same_head) {
  std::vector<std::string> all;
  for (const auto form : all_forms) {
    Journal journal(form);
    auto a = journal.open(counter("a"));
    auto b = journal.open(counter("b"));
    for (int i = 0; i < 20; ++i) {
      journal.set_time(test_time() + std::chrono::minutes(i));
      journal.append(make_append(counter("a"), a, {std::to_string(i), "again"}), a);
      journal.append(make_append(counter("b"), b, {std::to_string(i)}), b);
      if (i == 10) {
        journal.reopen();
        a = journal.open(counter("a"));
        b = journal.open(counter("b"));
      }
    }
    all.push_back(contents(journal.log()));
  }
  BOOST_TEST(all[0] == all[1]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
