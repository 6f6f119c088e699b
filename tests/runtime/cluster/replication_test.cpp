// One node's log at another: verified, read, gone on with after a break, and refused once it is not
// what it was.
#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include "messages/draft.pb.h"
#include "messages/principal.pb.h"
#include "runtime/cluster/replicator.hpp"
#include "storage/memory_store.hpp"
#include "tests/runtime/cluster/village.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using runtime::cluster::ReplicaStatus;
using runtime::cluster::Replicator;
using runtime::cluster::ReplicatorOptions;
using runtime::cluster::Wire;

std::shared_ptr<draft::Write> letter(const std::string& words) {
  auto write = std::make_shared<draft::Write>();
  write->set_channel(CHANNEL_LINKEDIN);
  write->set_body(words);
  return write;
}

/// What ships a villager's log and keeps others', with a key of its own.
struct Library {
  explicit Library(Villager& its_villager) : villager(its_villager) { open(); }
  ~Library() { close(); }

  void open(std::size_t piece_bytes = 256u << 10) {
    ReplicatorOptions options;
    options.log = villager.log();
    options.catalog = villager.catalog();
    options.clock = villager.clock();
    options.sign = [this](const storage::ChainHead& head) {
      return storage::to_signed_text(head, key);
    };
    options.folder = villager.path() / "peers";
    options.piece_bytes = piece_bytes;
    replicator = must(Replicator::make(std::move(options)));
    replicator->start();
    watch = villager.node().watch([replicator = replicator](std::uint64_t) { replicator->wake(); });
  }
  void close() {
    watch.reset();
    if (replicator) replicator->stop();
    replicator.reset();
  }
  ReplicaStatus status(const std::string& node) const {
    for (const auto& one : replicator->replicas()) {
      if (one.node == node) return one;
    }
    return {};
  }
  /// All of the other's log is here.
  bool is_whole(const Library& other) const {
    const auto there = other.villager.log()->head();
    const auto here = status(other.villager.name());
    return there.offset > 0 && here.offset == there.offset && here.newest == there.offset;
  }

  Villager& villager;
  SigningKey key = SigningKey::generate();
  std::shared_ptr<Replicator> replicator;
  runtime::Node::Watch watch;
};

/// Between two libraries.
struct Road {
  Road(Library& its_one, Library& its_other) : one(its_one), other(its_other) {}
  ~Road() { down(); }

  Wire wire(Library& from, Library& to) {
    return {.send =
                [this, &from, &to](const std::string& node, std::string body) {
                  const std::lock_guard lock(mutex);
                  if (!is_up || node != to.villager.name()) return false;
                  ++bodies;
                  if (tamper) tamper(body);
                  to.replicator->delivered(from.villager.name(), std::move(body));
                  return true;
                },
            .consumed = [](const std::string&, std::uint64_t) {}};
  }
  void up() {
    one.replicator->connect(wire(one, other));
    other.replicator->connect(wire(other, one));
    one.replicator->up(other.villager.name());
    other.replicator->up(one.villager.name());
    {
      const std::lock_guard lock(mutex);
      is_up = true;
    }
    one.replicator->wake();
    other.replicator->wake();
  }
  void down() {
    {
      const std::lock_guard lock(mutex);
      is_up = false;
    }
    if (one.replicator) one.replicator->down(other.villager.name());
    if (other.replicator) other.replicator->down(one.villager.name());
  }

  Library& one;
  Library& other;
  std::mutex mutex;
  bool is_up = false;
  std::size_t bodies = 0;
  /// What a dishonest sender does with a body.
  std::function<void(std::string&)> tamper;
};

struct Couple {
  void write(const std::string& id, const std::string& words = "Dear Bob") {
    cloud.send({"draft", id}, letter(words))->answer();
  }
  void meet() {
    road.up();
    eventually([&] { return at_laptop.is_whole(at_cloud); }, "all of the cloud's log is here");
  }

  Villager laptop{"laptop", "local", {}};
  Villager cloud{"cloud", "cloud", {}};
  Library at_laptop{laptop};
  Library at_cloud{cloud};
  Road road{at_laptop, at_cloud};
};

/// A disk that refuses to be written, for a while.
class FullStore final : public storage::Store {
 public:
  explicit FullStore(const bool& full) : full_(full) {}
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return rows_.get(key);
  }
  Result<void> scan(const storage::KeyRange& range,
                    const storage::RowVisitor& visit) const override {
    return rows_.scan(range, visit);
  }
  Result<std::optional<std::pair<std::string, std::string>>> last(
      const storage::KeyRange& range) const override {
    return rows_.last(range);
  }
  std::unique_ptr<storage::RowBatch> new_batch() const override { return rows_.new_batch(); }
  Result<void> write(storage::RowBatch& batch) override {
    if (full_) return fail(ErrorCode::no_space);
    return rows_.write(batch);
  }

 private:
  const bool& full_;
  storage::MemoryStore rows_;
};

runtime::ListQuery drafts() {
  runtime::ListQuery query;
  query.kind = "draft";
  return query;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_one_node_writes_is_read_and_listed_at_the_other_with_its_age) {
  Couple couple;
  couple.write("one");
  couple.write("two");
  couple.meet();
  const auto found = must(couple.at_laptop.replicator->get({"draft", "one"}));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->home == "cloud");
  eventually([&] { return couple.at_laptop.status("cloud").as_of.has_value(); },
             "its age is known");
  const auto there = must(couple.cloud.node().get({"draft", "one"}));
  BOOST_TEST(found->answer.view->SerializeAsString() == there.view->SerializeAsString());
  BOOST_TEST(found->answer.sequence == there.sequence);
  BOOST_TEST(must(couple.at_laptop.replicator->list(drafts())).size() == 2U);
  auto some = drafts();
  some.where = {{"status", there.status}};
  BOOST_TEST(must(couple.at_laptop.replicator->list(some)).size() == 2U);
  some.where = {{"status", "sent"}};
  BOOST_TEST(must(couple.at_laptop.replicator->list(some)).empty());
  BOOST_TEST(*couple.at_laptop.replicator->home_of({"draft", "two"}) == "cloud");
  // As it happens.
  couple.write("three");
  eventually([&] { return couple.at_laptop.is_whole(couple.at_cloud); }, "it followed");
  BOOST_TEST(must(couple.at_laptop.replicator->list(drafts())).size() == 3U);
  eventually(
      [&] { return couple.at_cloud.status("laptop").shipped == couple.cloud.log()->head().offset; },
      "the sender knows");
}

BOOST_AUTO_TEST_CASE(what_only_its_home_may_see_comes_as_a_leaf_and_the_chain_is_the_same) {
  Couple couple;
  const std::string canary = "canary-7f3a";
  auto create = std::make_shared<principal::Enroll>();
  create->set_public_key(to_base64url(SigningKey::generate().public_key()));
  runtime::Command command;
  command.entity = {"principal", canary};
  command.body = std::move(create);
  command.caller = kernel::Caller::of_host();
  must(couple.cloud.node().call(std::move(command), std::chrono::minutes(1)));
  couple.write("one");
  couple.meet();
  BOOST_TEST(!must(couple.at_laptop.replicator->get({"principal", canary})).has_value());
  couple.road.down();
  couple.at_laptop.close();
  const auto folder =
      couple.laptop.path() / "peers" / "cloud" / couple.cloud.node().identity().log_id();
  const auto kept = must(storage::ReplicaLog::open(folder, std::nullopt));
  BOOST_TEST((kept->head().head == couple.cloud.log()->head().head));
  std::size_t leaves = 0;
  BOOST_TEST(kept->scan_leaves(1, [&](const auto&) { return ++leaves, true; }).has_value());
  BOOST_TEST(leaves == 1U);
  std::string all;
  const auto scanned = kept->scan_log(1, [&](const auto& record) {
    all += record.bytes;
    return true;
  });
  BOOST_TEST(scanned.has_value());
  BOOST_TEST(all.find("Dear Bob") != std::string::npos);
  BOOST_TEST(all.find(canary) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_long_log_comes_in_pieces_and_goes_on_where_it_broke_off) {
  Couple couple;
  couple.at_cloud.close();
  couple.at_cloud.open(512);
  for (int i = 0; i < 60; ++i) couple.write("d" + std::to_string(i), std::string(300, 'x'));
  for (int broken = 0; broken < 5; ++broken) {
    const auto before = couple.at_laptop.status("cloud").offset;
    couple.road.up();
    eventually(
        [&] {
          return couple.at_laptop.status("cloud").offset > before ||
                 couple.at_laptop.is_whole(couple.at_cloud);
        },
        "something came");
    couple.road.down();
    couple.at_laptop.close();
    couple.at_laptop.open();
  }
  couple.meet();
  BOOST_TEST(couple.road.bodies > 60U);
  BOOST_TEST(couple.at_laptop.status("cloud").alarm.empty());
  auto query = drafts();
  query.limit = 1000;
  BOOST_TEST(must(couple.at_laptop.replicator->list(query)).size() == 60U);
}

BOOST_AUTO_TEST_CASE(a_log_that_was_cut_or_rewritten_raises_the_alarm_and_is_not_taken) {
  Couple couple;
  couple.write("one");
  couple.meet();
  couple.road.down();
  couple.at_cloud.close();
  couple.cloud.stop();
  // The disk as it was before what comes now.
  const auto journal = couple.cloud.path() / "journal";
  const auto old = couple.cloud.path() / "old";
  std::filesystem::copy(journal, old, std::filesystem::copy_options::recursive);
  couple.cloud.start();
  couple.at_cloud.open();
  couple.write("two");
  couple.meet();
  couple.road.down();
  couple.at_cloud.close();
  couple.cloud.stop();
  std::filesystem::remove_all(journal);
  std::filesystem::rename(old, journal);
  couple.cloud.start();
  couple.at_cloud.open();
  couple.road.up();
  eventually([&] { return !couple.at_laptop.status("cloud").alarm.empty(); }, "it was seen");
  BOOST_TEST(couple.at_laptop.status("cloud").alarm.find("was cut") != std::string::npos);
  // And not forgotten, and what came before is still here.
  couple.road.down();
  couple.at_laptop.close();
  couple.at_laptop.open();
  for (const auto* id : {"three", "four", "five"}) couple.write(id);
  couple.road.up();
  eventually([&] { return !couple.at_cloud.status("laptop").alarm.empty(); }, "both say so");
  BOOST_TEST(!couple.at_laptop.status("cloud").alarm.empty());
  BOOST_TEST(must(couple.at_laptop.replicator->get({"draft", "two"})).has_value());
  BOOST_TEST(!must(couple.at_laptop.replicator->get({"draft", "three"})).has_value());
}

BOOST_AUTO_TEST_CASE(a_record_that_is_not_what_the_chain_covers_is_not_taken) {
  Couple couple;
  couple.write("one");
  couple.road.tamper = [](std::string& body) {
    replication::Replication what;
    what.ParseFromString(body);
    if (!what.has_ship()) return;
    // Another principal, in a record that is otherwise in order.
    auto& entry = *what.mutable_ship()->mutable_pieces(0)->mutable_entries(0);
    Record record;
    record.ParseFromString(entry.record());
    record.set_principal("mallory");
    entry.set_record(record.SerializeAsString());
    body = what.SerializeAsString();
  };
  couple.road.up();
  eventually([&] { return !couple.at_laptop.status("cloud").alarm.empty(); }, "it was seen");
  const auto alarm = couple.at_laptop.status("cloud").alarm;
  BOOST_TEST(alarm.find("do not hash to their head") != std::string::npos, alarm);
  BOOST_TEST(couple.at_laptop.status("cloud").offset == 0U);
  BOOST_TEST(!must(couple.at_laptop.replicator->get({"draft", "one"})).has_value());
}

BOOST_AUTO_TEST_CASE(another_log_under_a_known_name_is_not_taken_in_its_place) {
  Couple couple;
  couple.write("one");
  couple.meet();
  couple.road.down();
  // Somebody else's disk, under the name and with the certificate of the cloud.
  Villager other("cloud", "cloud", {});
  Library at_other(other);
  other.send({"draft", "one"}, letter("Pay me"))->answer();
  Road road(couple.at_laptop, at_other);
  road.up();
  eventually([&] { return !couple.at_laptop.status("cloud").alarm.empty(); }, "it was seen");
  const auto found = must(couple.at_laptop.replicator->get({"draft", "one"}));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->answer.view->SerializeAsString().find("Dear Bob") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_taken_when_it_comes_again) {
  Couple couple;
  std::vector<replication::Ship> ships;
  couple.road.tamper = [&](const std::string& body) {
    replication::Replication what;
    what.ParseFromString(body);
    if (what.has_ship()) ships.push_back(what.ship());
  };
  couple.write("one");
  couple.meet();
  couple.write("two");
  eventually([&] { return couple.at_laptop.is_whole(couple.at_cloud); }, "it followed");
  couple.road.down();
  BOOST_TEST_REQUIRE(ships.size() >= 2U);
  bool full = false;
  auto log = must(
      storage::ReplicaLog::open(std::make_unique<FullStore>(full), couple.cloud.log()->lineage()));
  const auto keeper = must(
      runtime::cluster::ReplicaKeeper::open("cloud", std::move(log), *couple.laptop.catalog()));
  for (const auto& ship : ships) {
    const auto before = keeper->log().head().offset;
    full = true;
    for (int i = 0; i < 2; ++i) {
      const auto refused = keeper->take(ship);
      BOOST_TEST_REQUIRE(!refused.has_value());
      BOOST_TEST((refused.error().code == ErrorCode::no_space));
      BOOST_TEST(keeper->log().head().offset == before);
    }
    full = false;
    const auto taken = keeper->take(ship);
    BOOST_TEST(taken.has_value(), (taken ? "" : taken.error().detail));
  }
  BOOST_TEST((keeper->log().head().head == couple.cloud.log()->head().head));
  BOOST_TEST(must(keeper->reading().list(drafts())).items.size() == 2U);
}
