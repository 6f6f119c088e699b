// Streams leave the log for an archive: the chain stays whole, nothing goes that was not said, and
// the archive can be checked without the log.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "messages/host.pb.h"
#include "storage/audit.hpp"
#include "storage/chain.hpp"
#include "storage/export.hpp"
#include "storage/format.hpp"
#include "storage/rows.hpp"
#include "tests/storage/journal.hpp"
#include "tests/storage/tampered_log.hpp"

namespace nightshift::storage {
namespace {

namespace bdata = boost::unit_test::data;

const EntityRef custody{"custody", "counter"};

std::vector<std::uint64_t> offsets_of(const EventLog& log, const EntityRef& entity) {
  std::vector<std::uint64_t> offsets;
  BOOST_REQUIRE(log.scan_entity(entity, 1, [&](const StoredRecord& record) {
    offsets.push_back(record.offset);
    return true;
  }));
  return offsets;
}

/// The append that moves these out, with the record that says so; as they are now.
Append handing_over(Journal& journal, const std::vector<EntityRef>& entities, bool said = true) {
  auto archival = std::make_shared<Archival>();
  archival->tombstone.set_archive("a.archive");
  host::Archived event;
  event.set_kind("counter");
  for (const auto& entity : entities) {
    const auto opened = journal.open(entity);
    auto& stream = archival->streams.emplace_back();
    stream.entity = entity;
    stream.epoch = opened.epoch;
    stream.sequence = opened.sequence;
    stream.index = {{"status", "done"}};
    auto& noted = *event.add_streams();
    noted.set_id(entity.id);
    BOOST_REQUIRE(journal.log().scan_entity(entity, 1, [&](const StoredRecord& record) {
      stream.leaves.push_back({record.offset, leaf_of(record.salt, record.bytes)});
      noted.add_offsets(record.offset);
      return true;
    }));
  }
  const auto opened = journal.open(custody);
  auto append = make_append(custody, opened, {});
  Record record;
  record.set_kind(custody.kind);
  record.set_entity(custody.id);
  record.set_sequence(opened.sequence + 1);
  record.set_type(said ? "host.Archived" : "HandedOver");
  record.set_payload(event.SerializeAsString());
  NewRecord fresh{record.SerializeAsString(), {}, {}};
  fresh.leaf = leaf_of(fresh.salt, fresh.bytes);
  append.records.push_back(std::move(fresh));
  append.archival = std::move(archival);
  return append;
}

struct Streams {
  explicit Streams(Form form) : journal(form) {
    for (int i = 0; i < 12; ++i) {
      const auto entity = counter(std::string(1, "abc"[i % 3]));
      auto opened = journal.open(entity);
      const auto text = std::to_string(i);
      auto append = make_append(entity, opened, {text + ".0", text + ".1"});
      append.index_after = make_index({{"status", "done"}});
      if (opened.sequence > 0) append.index_before = append.index_after;
      journal.append(std::move(append), opened);
    }
  }

  AuditReport verified(const std::optional<SavedHead>& kept = {}) {
    auto report = verify(journal.log(), kept);
    BOOST_REQUIRE(report);
    return *report;
  }

  std::string archive(const EntityRef& entity) {
    std::ostringstream out;
    BOOST_REQUIRE(write_archive(journal.log(), offsets_of(journal.log(), entity), out));
    return out.str();
  }

  Journal journal;
};

AuditReport verified(const std::string& bytes, const std::optional<SavedHead>& kept = {}) {
  std::istringstream in(bytes);
  return verify_export(in, kept);
}

std::string exported(const EventLog& log) {
  std::ostringstream out;
  BOOST_REQUIRE(write_export(log, out));
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(archives)

BOOST_DATA_TEST_CASE(what_was_archived_is_gone_and_the_log_is_whole, bdata::make(all_forms), form) {
  Streams streams(form);
  auto& journal = streams.journal;
  const auto before = journal.log().head();
  BOOST_REQUIRE(journal.try_append(handing_over(journal, {counter("a"), counter("c")})));
  for (const bool again : {false, true}) {
    if (again) journal.reopen();
    auto& log = journal.log();
    const auto report = streams.verified(SavedHead(before));
    BOOST_TEST(report.findings.empty());
    BOOST_TEST(report.withheld == 16u);
    BOOST_TEST(report.records == 25u);
    const auto gone = journal.open(counter("a"));
    BOOST_TEST(gone.sequence == 0u);
    BOOST_TEST(!gone.state);
    BOOST_REQUIRE(gone.archived.has_value());
    BOOST_TEST(gone.archived->archive() == "a.archive");
    BOOST_TEST(gone.archived->sequence() == 8u);
    BOOST_TEST(!journal.open(counter("b")).archived);
    BOOST_TEST(journal.open(counter("b")).sequence == 8u);
    BOOST_TEST(offsets_of(log, counter("a")).empty());
    const auto listed = log.scan_index("counter", "status", "done", {}, 9);
    BOOST_REQUIRE(listed);
    BOOST_TEST(*listed == std::vector<std::string>{"b"});
    std::vector<std::uint64_t> seen;
    BOOST_REQUIRE(log.scan_log(1, [&](const StoredRecord& record) {
      seen.push_back(record.offset);
      return true;
    }));
    BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 4, 9, 10, 15, 16, 21, 22, 25}));
  }
}

BOOST_DATA_TEST_CASE(a_stream_that_was_used_meanwhile_stays, bdata::make(all_forms), form) {
  Streams streams(form);
  auto& journal = streams.journal;
  auto append = handing_over(journal, {counter("a"), counter("b")});
  auto opened = journal.open(counter("b"));
  journal.append(make_append(counter("b"), opened, {"more"}), opened);
  const auto before = contents(journal.log());
  const auto refused = journal.try_append(std::move(append));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::conflict));
  BOOST_TEST(contents(journal.log()) == before);
  BOOST_TEST(journal.open(counter("a")).sequence == 8u);
}

BOOST_DATA_TEST_CASE(whoever_had_it_open_learns_where_it_went, bdata::make(all_forms), form) {
  Streams streams(form);
  auto& journal = streams.journal;
  auto holder = journal.open(counter("a"));
  BOOST_REQUIRE(journal.try_append(handing_over(journal, {counter("a")})));
  const auto late = journal.try_append(make_append(counter("a"), holder, {"late"}));
  BOOST_REQUIRE(!late);
  BOOST_TEST((late.error().code == ErrorCode::conflict));
  BOOST_TEST(journal.open(counter("a")).archived.has_value());
}

BOOST_AUTO_TEST_CASE(a_record_that_nobody_said_was_archived_is_a_finding) {
  Streams streams(Form::memory);
  auto& journal = streams.journal;
  BOOST_REQUIRE(journal.try_append(handing_over(journal, {counter("a")}, false)));
  const auto report = streams.verified();
  BOOST_TEST(report.findings.size() == 8u);
  BOOST_TEST(report.findings.front().what.find("was taken out") != std::string::npos);
  BOOST_TEST(verified(exported(journal.log())).findings.size() == 8u);
}

BOOST_AUTO_TEST_CASE(without_the_leaf_the_chain_does_not_hold) {
  Streams streams(Form::memory);
  auto& journal = streams.journal;
  BOOST_REQUIRE(journal.try_append(handing_over(journal, {counter("a")})));
  std::vector<Leaf> leaves;
  BOOST_REQUIRE(journal.log().scan_leaves(1, [&](const Leaf& leaf) {
    leaves.push_back(leaf);
    return true;
  }));
  BOOST_REQUIRE(leaves.size() == 8u);
  const auto whole = [&](const std::vector<Leaf>& kept, bool tombstone = true) {
    MemoryStore store;
    BOOST_REQUIRE(create_log(store, journal.log().identity()));
    const auto rows = store.new_batch();
    BOOST_REQUIRE(journal.log().scan_log(1, [&](const StoredRecord& record) {
      rows->put(
          record_key(record.offset),
          {std::string_view(record_head(record.written_at, record.salt).data(), record_head_bytes),
           record.bytes});
      return true;
    }));
    BOOST_REQUIRE(journal.log().scan_batches(1, [&](const Batch& batch) {
      rows->put(batch_key(batch.first_offset), {batch_row(batch)});
      return true;
    }));
    BOOST_REQUIRE(journal.log().scan_pointers([&](const Pointer& pointer) {
      std::string offset(8, '\0');
      for (int i = 0; i < 8; ++i)
        offset[static_cast<std::size_t>(7 - i)] = static_cast<char>(pointer.offset >> (8 * i));
      rows->put(pointer_key(pointer.entity, pointer.sequence), {offset});
      return true;
    }));
    for (const auto& leaf : kept) rows->put(leaf_key(leaf.offset), {as_bytes(leaf.digest)});
    if (tombstone) rows->put(tombstone_key(counter("a")), {});
    BOOST_REQUIRE(store.write(*rows));
    const TamperedLog log(store);
    return verify(log, {})->findings.empty();
  };
  BOOST_TEST(whole(leaves));
  BOOST_TEST(!whole(leaves, false));
  auto changed = leaves;
  changed[3].digest[0] ^= 1;
  BOOST_TEST(!whole(changed));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    auto fewer = leaves;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    BOOST_TEST(!whole(fewer));
  }
}

BOOST_AUTO_TEST_CASE(an_export_of_what_is_left_is_whole) {
  Streams streams(Form::memory);
  auto& journal = streams.journal;
  const auto before = journal.log().head();
  BOOST_REQUIRE(journal.try_append(handing_over(journal, {counter("a"), counter("b")})));
  const auto bytes = exported(journal.log());
  for (const auto& kept : {before, journal.log().head()}) {
    const auto report = verified(bytes, SavedHead(kept));
    BOOST_TEST(report.findings.empty());
    BOOST_TEST(report.withheld == 16u);
    BOOST_TEST(!report.part_behind);
  }
}

BOOST_AUTO_TEST_CASE(an_archive_proves_its_records_by_itself) {
  Streams streams(Form::memory);
  std::vector<ChainHead> heads;
  const auto bytes = streams.archive(counter("b"));
  const auto report = verified(bytes);
  BOOST_TEST(report.findings.empty());
  BOOST_REQUIRE(report.part_behind.has_value());
  BOOST_TEST(*report.part_behind == 2u);
  BOOST_TEST(report.head.offset == 22u);
  BOOST_TEST(report.records == 20u);
  BOOST_TEST(report.withheld == 12u);
  BOOST_REQUIRE(streams.journal.log().scan_batches(1, [&](const Batch& batch) {
    heads.push_back({streams.journal.log().head().log_id, batch.first_offset + batch.count - 1,
                     batch.head, batch.written_at});
    return true;
  }));
  for (const auto& head : heads)
    BOOST_TEST(verified(bytes, SavedHead(head)).findings.empty() ==
               (head.offset >= 2 && head.offset <= 22));
}

BOOST_AUTO_TEST_CASE(every_bit_of_an_archive_counts) {
  Streams streams(Form::memory);
  const auto whole = streams.archive(counter("b"));
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    auto changed = whole;
    changed[byte] = static_cast<char>(changed[byte] ^ 4);
    BOOST_TEST(!verified(changed).findings.empty(), "byte " << byte);
  }
}

BOOST_AUTO_TEST_CASE(an_archive_goes_over_a_restore) {
  Journal files(Form::rocks);
  auto opened = files.open(counter("a"));
  files.append(make_append(counter("a"), opened, {"1", "2"}), opened);
  const TemporaryFolder folder;
  const auto copy = folder.path() / "copy";
  BOOST_REQUIRE(dynamic_cast<const FileLog&>(files.log()).checkpoint(copy));
  BOOST_REQUIRE(take_up_again(copy, "second", std::string(32, 'k'), test_time()));
  const auto log = open_rocks_for_reading(copy);
  BOOST_REQUIRE(log);
  std::ostringstream out;
  BOOST_REQUIRE(write_archive(**log, {1, 2}, out));
  BOOST_TEST(verified(out.str(), SavedHead(files.log().head())).findings.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::storage
