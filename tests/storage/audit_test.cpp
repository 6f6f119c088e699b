// An audit finds every change, and with a kept head a cut or rewritten log.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "storage/audit.hpp"
#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/format.hpp"
#include "storage/rows.hpp"
#include "tests/storage/journal.hpp"
#include "tests/storage/tampered_log.hpp"

namespace nightshift::storage {
namespace {

namespace bdata = boost::unit_test::data;

/// Copies the rows of a log, through its readers.
MemoryStore rows_of(const EventLog& log) {
  MemoryStore store;
  BOOST_REQUIRE(create_log(store, log.identity()));
  const auto rows = store.new_batch();
  BOOST_REQUIRE(log.scan_log(1, [&](const StoredRecord& record) {
    rows->put(record_key(record.offset),
              {view_of(record_head(record.written_at, record.salt)), record.bytes});
    return true;
  }));
  BOOST_REQUIRE(log.scan_batches(1, [&](const Batch& batch) {
    rows->put(batch_key(batch.first_offset), {batch_row(batch)});
    return true;
  }));
  BOOST_REQUIRE(log.scan_pointers([&](const Pointer& pointer) {
    rows->put(pointer_key(pointer.entity, pointer.sequence), {view_of(big_endian(pointer.offset))});
    return true;
  }));
  BOOST_REQUIRE(store.write(*rows));
  return store;
}

/// Five batches of two records, of two entities.
void fill(Journal& journal) {
  auto a = journal.open(counter("a"));
  auto b = journal.open(counter("b"));
  for (int i = 0; i < 5; ++i) {
    auto& opened = i % 2 == 0 ? a : b;
    const auto entity = counter(i % 2 == 0 ? "a" : "b");
    const auto text = std::to_string(i);
    journal.append(make_append(entity, opened, {text + ".0", text + ".1"}), opened);
  }
}

struct Fixture {
  Fixture() {
    fill(journal);
    head = journal.log().head();
    rows = std::make_unique<MemoryStore>(rows_of(journal.log()));
  }

  std::string value(const std::string& key) const { return **rows->get(key); }

  void put(const std::string& key, std::string_view value) {
    const auto batch = rows->new_batch();
    batch->put(key, {value});
    BOOST_REQUIRE(rows->write(*batch));
  }

  void erase(const std::string& key) {
    const auto batch = rows->new_batch();
    batch->erase(key);
    BOOST_REQUIRE(rows->write(*batch));
  }

  AuditReport audit(const std::optional<ChainHead>& kept = {}) const {
    const TamperedLog log(*rows);
    auto report = verify(log, kept);
    BOOST_REQUIRE(report);
    return *report;
  }

  Journal journal{Form::memory};
  ChainHead head;
  std::unique_ptr<MemoryStore> rows;
};

BOOST_AUTO_TEST_SUITE(audit)

BOOST_DATA_TEST_CASE(a_whole_log_has_no_findings, bdata::make(all_forms), form) {
  Journal journal(form);
  const auto empty = verify(journal.log(), journal.log().head());
  BOOST_REQUIRE(empty);
  BOOST_TEST(empty->findings.empty());
  fill(journal);
  const auto middle = journal.log().head();
  fill(journal);
  for (const auto& kept :
       {std::optional<ChainHead>{}, std::optional{middle}, std::optional{journal.log().head()}}) {
    const auto report = verify(journal.log(), kept);
    BOOST_REQUIRE(report);
    BOOST_TEST(report->findings.empty());
    BOOST_TEST(report->records == 20u);
    BOOST_TEST(report->batches == 10u);
    BOOST_TEST((report->head.head == journal.log().head().head));
  }
}

BOOST_FIXTURE_TEST_CASE(the_copy_is_whole_before_it_is_changed, Fixture) {
  BOOST_TEST(audit(head).findings.empty());
}

BOOST_FIXTURE_TEST_CASE(every_bit_of_every_record_counts, Fixture) {
  for (std::uint64_t offset = 1; offset <= 10; ++offset) {
    const auto key = record_key(offset);
    const auto whole = value(key);
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
      auto changed = whole;
      changed[byte] = static_cast<char>(changed[byte] ^ 4);
      put(key, changed);
      BOOST_TEST(!audit().findings.empty());
    }
    put(key, whole);
  }
  BOOST_TEST(audit().findings.empty());
}

BOOST_FIXTURE_TEST_CASE(a_deleted_record_is_named, Fixture) {
  for (std::uint64_t offset = 1; offset <= 10; ++offset) {
    const auto whole = value(record_key(offset));
    erase(record_key(offset));
    const auto report = audit();
    BOOST_REQUIRE(!report.findings.empty());
    BOOST_TEST(report.findings.front().offset == offset);
    put(record_key(offset), whole);
  }
}

BOOST_FIXTURE_TEST_CASE(records_in_another_order_are_found, Fixture) {
  const auto first = value(record_key(1));
  put(record_key(1), value(record_key(2)));
  put(record_key(2), first);
  BOOST_TEST(!audit().findings.empty());
}

BOOST_FIXTURE_TEST_CASE(an_inserted_record_is_found, Fixture) {
  put(record_key(11), value(record_key(10)));
  const auto report = audit(head);
  BOOST_REQUIRE(!report.findings.empty());
  BOOST_TEST(report.findings.front().offset == 11u);
}

BOOST_FIXTURE_TEST_CASE(a_deleted_batch_is_found, Fixture) {
  for (const std::uint64_t first : {1, 3, 5, 7, 9}) {
    const auto whole = value(batch_key(first));
    erase(batch_key(first));
    BOOST_TEST(!audit().findings.empty());
    put(batch_key(first), whole);
  }
}

BOOST_FIXTURE_TEST_CASE(every_bit_of_every_batch_counts, Fixture) {
  for (const std::uint64_t first : {1, 3, 5, 7, 9}) {
    const auto whole = value(batch_key(first));
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
      auto changed = whole;
      changed[byte] = static_cast<char>(changed[byte] ^ 1);
      put(batch_key(first), changed);
      BOOST_TEST(!audit(head).findings.empty());
    }
    put(batch_key(first), whole);
  }
}

BOOST_FIXTURE_TEST_CASE(damaged_pointers_are_found, Fixture) {
  const auto key = pointer_key(counter("a"), 3);
  const auto whole = value(key);
  put(key, value(pointer_key(counter("b"), 1)));
  BOOST_TEST(!audit().findings.empty());
  erase(key);
  BOOST_TEST(!audit().findings.empty());
  put(key, whole);
  put(pointer_key(counter("a"), 7), whole);
  BOOST_TEST(!audit().findings.empty());
  erase(pointer_key(counter("a"), 7));
  put(pointer_key(counter("c"), 1), whole);
  BOOST_TEST(!audit().findings.empty());
  erase(pointer_key(counter("c"), 1));
  BOOST_TEST(audit().findings.empty());
}

BOOST_FIXTURE_TEST_CASE(a_cut_tail_shows_only_against_a_kept_head, Fixture) {
  for (const std::uint64_t offset : {9, 10}) {
    erase(record_key(offset));
    erase(pointer_key(counter("a"), offset - 4));
  }
  erase(batch_key(9));
  BOOST_TEST(audit().findings.empty());
  const auto report = audit(head);
  BOOST_REQUIRE(report.findings.size() == 1u);
  BOOST_TEST(report.findings.front().what.find("cut") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_rewritten_log_shows_only_against_a_kept_head, Fixture) {
  Journal other(Form::memory);
  auto a = other.open(counter("a"));
  for (int i = 0; i < 5; ++i) other.append(make_append(counter("a"), a, {"x", "y"}), a);
  auto report = verify(other.log(), {});
  BOOST_REQUIRE(report);
  BOOST_TEST(report->findings.empty());
  report = verify(other.log(), head);
  BOOST_REQUIRE(report->findings.size() == 1u);
  BOOST_TEST(report->findings.front().what.find("rewritten") != std::string::npos);
  auto foreign = head;
  foreign.log_id = "ff";
  BOOST_TEST(audit(foreign).findings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(another_identity_begins_another_chain) {
  auto identity = test_identity();
  Journal one(Form::memory, identity);
  identity.set_role("cloud");
  Journal other(Form::memory, identity);
  BOOST_TEST((one.log().head().head != other.log().head().head));
}

BOOST_FIXTURE_TEST_CASE(a_head_survives_its_text, Fixture) {
  const auto read = parse_head(to_text(head) + "\n");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->log_id == head.log_id);
  BOOST_TEST(read->offset == 10u);
  BOOST_TEST((read->head == head.head));
  BOOST_TEST((read->written_at == head.written_at));
  const auto text = to_text(head);
  for (const auto& bad : {std::string(), text + " more", text.substr(0, 40), "x" + text,
                          text.substr(0, text.size() - 1), text + "\n\n"})
    BOOST_TEST(!parse_head(bad).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
