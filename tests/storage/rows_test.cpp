// What every form of the log must do with the rows beside the records: states, indexes, open work,
// commands, and making them anew.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/storage/journal.hpp"

namespace nightshift::storage {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> due_names(const EventLog& log, Time from) {
  std::vector<std::string> names;
  BOOST_REQUIRE(log.scan_work(WorkKind::deadline, {WorkKind::deadline, from, {}, {}},
                              [&](const WorkRow& row) {
                                names.push_back(row.key.name);
                                return true;
                              }));
  return names;
}

WorkChange deadline(Time due, std::string name, std::optional<std::string> value = "v") {
  return {{WorkKind::deadline, due, counter("a"), std::move(name)}, std::move(value)};
}

using Strings = std::vector<std::string>;
namespace bdata = boost::unit_test::data;

Strings with_status(const EventLog& log, std::string_view status) {
  const auto ids = log.scan_index("counter", "status", status, "", 9);
  BOOST_REQUIRE(ids);
  return *ids;
}

/// A step on the kind `counter`.
Rederivation step_of(std::string mark) {
  Rederivation step;
  step.kind = "counter";
  step.mark = std::move(mark);
  return step;
}

BOOST_AUTO_TEST_SUITE(rows)

BOOST_DATA_TEST_CASE(rows_can_be_rewritten_without_records, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  journal.append(make_append(counter("a"), a, {"1"}), a);
  const auto head = journal.log().head();
  auto rewrite = make_append(counter("a"), a, {});
  rewrite.state = make_state(1, "derived anew");
  journal.append(std::move(rewrite), a);
  BOOST_TEST(state_of(journal.log(), counter("a")).body() == "derived anew");
  BOOST_TEST(state_of(journal.log(), counter("a")).offset() == 1u);
  BOOST_TEST((journal.log().head().head == head.head));
}

BOOST_DATA_TEST_CASE(a_state_that_is_not_written_stays_older_than_the_stream,
                     bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  journal.append(make_append(counter("a"), a, {"1"}), a);
  auto append = make_append(counter("a"), a, {"2"});
  append.state.reset();
  journal.append(std::move(append), a);
  const auto again = journal.open(counter("a"));
  BOOST_TEST(again.sequence == 2u);
  StateRow row;
  BOOST_REQUIRE(row.ParseFromString(*again.state));
  BOOST_TEST(row.sequence() == 1u);
  BOOST_TEST(row.offset() == 1u);
}

BOOST_DATA_TEST_CASE(states_of_a_kind_come_in_the_order_of_ids, bdata::make(all_forms), form) {
  Journal journal(form);
  for (const auto* id : {"c", "a", "b.1", "b"}) {
    auto opened = journal.open(counter(id));
    journal.append(make_append(counter(id), opened, {"1"}), opened);
  }
  auto other = journal.open({"counter2", "a"});
  journal.append(make_append({"counter2", "a"}, other, {"1"}), other);
  const auto ids = [&](std::string_view after, std::size_t limit) {
    Strings found;
    BOOST_REQUIRE(
        journal.log().scan_states("counter", after, [&](std::string_view id, std::string_view) {
          found.emplace_back(id);
          return found.size() < limit;
        }));
    return found;
  };
  BOOST_TEST(ids("", 9) == (Strings{"a", "b", "b.1", "c"}));
  BOOST_TEST(ids("b", 9) == (Strings{"b.1", "c"}));
  BOOST_TEST(ids("", 2) == (Strings{"a", "b"}));
}

BOOST_DATA_TEST_CASE(an_index_follows_the_values, bdata::make(all_forms), form) {
  Journal journal(form);
  const auto pending = make_index({{"category", "mail"}, {"status", "pending"}});
  const auto sent = make_index({{"category", "mail"}, {"status", "sent"}});
  std::vector<Opened> opened;
  const Strings all{"a", "b", "c"};
  for (const auto& id : all) {
    opened.push_back(journal.open(counter(id)));
    auto append = make_append(counter(id), opened.back(), {"1"});
    append.index_after = pending;
    journal.append(std::move(append), opened.back());
  }
  auto append = make_append(counter("b"), opened[1], {"2"});
  append.index_before = pending;
  append.index_after = sent;
  journal.append(std::move(append), opened[1]);

  const auto find = [&](std::string_view field, std::string_view value, std::string_view after,
                        std::size_t limit) {
    const auto ids = journal.log().scan_index("counter", field, value, after, limit);
    BOOST_REQUIRE(ids);
    return *ids;
  };
  BOOST_TEST(find("status", "pending", "", 10) == (Strings{"a", "c"}));
  BOOST_TEST(find("status", "sent", "", 10) == (Strings{"b"}));
  BOOST_TEST(find("status", "sen", "", 10).empty());
  BOOST_TEST(find("category", "mail", "", 2) == (Strings{"a", "b"}));
  BOOST_TEST(find("category", "mail", "b", 2) == (Strings{"c"}));
  BOOST_TEST(find("category", "mail", "c", 2).empty());
  BOOST_TEST(find("category", "mail", "", 0).empty());
}

BOOST_DATA_TEST_CASE(the_first_and_last_index_values_of_a_batch_count, bdata::make(all_forms),
                     form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  std::vector<Append> appends;
  std::shared_ptr<const IndexValues> before;
  for (const auto* status : {"pending", "approved", "sent"}) {
    appends.push_back(make_append(counter("a"), a, {status}));
    ++a.sequence;
    appends.back().index_before = before;
    before = appends.back().index_after = make_index({{"status", status}});
  }
  for (const auto& result : journal.append_all(std::move(appends))) BOOST_TEST(result.has_value());
  for (const auto* gone : {"pending", "approved"})
    BOOST_TEST(journal.log().scan_index("counter", "status", gone, "", 9)->empty());
  BOOST_TEST(*journal.log().scan_index("counter", "status", "sent", "", 9) == (Strings{"a"}));
}

BOOST_DATA_TEST_CASE(deadlines_come_in_the_order_of_their_due_time, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  auto append = make_append(counter("a"), a, {"1"});
  append.work = {deadline(test_time() + 3h, "third"),
                 deadline(test_time() + 1h, "first"),
                 deadline(test_time() + 2h, "second"),
                 {{WorkKind::effect, {}, counter("a"), "send"}, "e"}};
  journal.append(std::move(append), a);
  BOOST_TEST(due_names(journal.log(), {}) == (Strings{"first", "second", "third"}));
  BOOST_TEST(due_names(journal.log(), test_time() + 2h) == (Strings{"second", "third"}));

  append = make_append(counter("a"), a, {"2"});
  append.work = {deadline(test_time() + 1h, "first", {})};
  journal.append(std::move(append), a);
  BOOST_TEST(due_names(journal.log(), {}) == (Strings{"second", "third"}));
}

BOOST_DATA_TEST_CASE(an_accepted_command_is_remembered_for_seven_days, bdata::make(all_forms),
                     form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  const auto submit = [&](std::string key) {
    auto append = make_append(counter("a"), a, {key});
    append.command = CommandEntry{"admin", key, sha256(key), journal.time(), a.sequence + 1, true};
    journal.append(std::move(append), a);
  };
  const auto find = [&](std::string_view key, std::string_view principal = "admin") {
    const auto found = journal.log().find_command(counter("a"), principal, key, journal.time());
    BOOST_REQUIRE(found);
    return *found;
  };
  submit("k1");
  for (int round = 0; round < 2; ++round) {
    const auto found = find("k1");
    BOOST_REQUIRE(found);
    BOOST_TEST((found->request_hash == sha256("k1")));
    BOOST_TEST(found->sequence == 1u);
    BOOST_TEST(found->created);
    BOOST_TEST((found->at == test_time()));
    BOOST_TEST(!find("k1", "other"));
    BOOST_TEST(!find("k"));
    journal.reopen();
    a = journal.open(counter("a"));
  }
  journal.set_time(test_time() + 7 * 24h - 1s);
  submit("k2");
  BOOST_TEST(find("k1").has_value());
  journal.set_time(test_time() + 10 * 24h);
  submit("k3");
  BOOST_TEST(!find("k1"));
  BOOST_TEST(find("k2").has_value());
  journal.reopen();
  BOOST_TEST(find("k2").has_value());
  BOOST_TEST(find("k3").has_value());
}

BOOST_DATA_TEST_CASE(commands_are_found_when_the_clock_goes_back, bdata::make(all_forms), form) {
  Journal journal(form);
  auto a = journal.open(counter("a"));
  for (const auto& [key, jump] : {std::pair("before", 0 * 24h), std::pair("after", -30 * 24h)}) {
    journal.set_time(test_time() + jump);
    auto append = make_append(counter("a"), a, {key});
    append.command = CommandEntry{"admin", key, {}, journal.time(), 1, false};
    journal.append(std::move(append), a);
  }
  for (const auto* key : {"before", "after"})
    BOOST_TEST(journal.log().find_command(counter("a"), "admin", key, journal.time())->has_value());
}

BOOST_DATA_TEST_CASE(derived_rows_can_be_made_anew_before_anything_is_opened,
                     bdata::make(all_forms), form) {
  Journal journal(form);
  for (const auto* id : {"a", "b"}) {
    auto opened = journal.open(counter(id));
    auto append = make_append(counter(id), opened, {"1"});
    append.index_after = make_index({{"status", "old"}});
    append.work = {{{WorkKind::deadline, test_time(), counter(id), "old"}, "v"}};
    journal.append(std::move(append), opened);
  }
  const EntityRef other{"counter2", "a"};
  auto opened = journal.open(other);
  auto append = make_append(other, opened, {"1"});
  append.index_after = make_index({{"status", "old"}});
  journal.append(std::move(append), opened);
  journal.reopen();
  const auto head = journal.log().head();
  BOOST_TEST(!journal.log().derivation("counter").value().has_value());

  auto step = step_of("half way");
  step.forget_index = true;
  step.entities = {{"a", {{"status", "new"}}, make_state(1, "new"), 1}};
  step.work = {{{WorkKind::deadline, test_time(), counter("a"), "old"}, std::nullopt},
               {{WorkKind::deadline, test_time() + 1h, counter("a"), "new"}, "v"}};
  BOOST_REQUIRE(journal.rederive(std::move(step)));
  for (int round = 0; round < 2; ++round) {
    auto& log = journal.log();
    BOOST_TEST(with_status(log, "old").empty());
    BOOST_TEST(with_status(log, "new") == (Strings{"a"}));
    BOOST_TEST(*log.scan_index("counter2", "status", "old", "", 9) == (Strings{"a"}));
    BOOST_TEST(due_names(log, {}) == (Strings{"old", "new"}));
    BOOST_TEST(state_of(log, counter("a")).body() == "new");
    BOOST_TEST(state_of(log, counter("a")).offset() == 1u);
    BOOST_TEST(state_of(log, counter("b")).body() == "1");
    BOOST_TEST(log.derivation("counter").value().value() == "half way");
    BOOST_TEST(!log.derivation("counter2").value().has_value());
    BOOST_TEST((log.head().head == head.head));
    journal.reopen();
  }
  step = step_of("done");
  step.entities = {{"b", {{"status", "new"}}, std::nullopt, 0}};
  BOOST_REQUIRE(journal.rederive(std::move(step)));
  BOOST_TEST(with_status(journal.log(), "new") == (Strings{"a", "b"}));
  BOOST_TEST(journal.log().derivation("counter").value().value() == "done");
}

BOOST_DATA_TEST_CASE(once_an_entity_was_opened_no_rows_are_made_anew, bdata::make(all_forms),
                     form) {
  Journal journal(form);
  const auto opened = journal.open(counter("a"));
  journal.log().close(counter("a"), opened.epoch);
  const auto refused = journal.rederive(step_of("late"));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::conflict));
  BOOST_TEST(!journal.log().derivation("counter").value().has_value());
}

BOOST_AUTO_TEST_CASE(rows_whose_making_failed_are_all_there_or_none) {
  for (const bool landed : {false, true}) {
    auto log = open_memory(test_identity(), test_time);
    log->fail_next(landed);
    std::optional<Result<Committed>> answer;
    log->rederive(step_of("mark"), [&](auto result) { answer = std::move(result); });
    log->pump();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST((!*answer && answer->error().code == ErrorCode::unavailable));
    BOOST_TEST(log->reopen()->derivation("counter").value().has_value() == landed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
