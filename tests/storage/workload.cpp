// Drives a log hard and checks it by replay.
#include "tests/storage/workload.hpp"

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include <boost/test/unit_test.hpp>

#include "storage/audit.hpp"
#include "tests/storage/journal.hpp"

namespace nightshift::storage {
namespace {

constexpr std::size_t outstanding_max = 32;
constexpr std::size_t entities = 5;
constexpr std::chrono::seconds patience{60};

std::uint64_t pick(std::mt19937_64& random, std::uint64_t from, std::uint64_t to) {
  return std::uniform_int_distribution<std::uint64_t>(from, to)(random);
}

std::string random_payload(std::mt19937_64& random) {
  std::string payload(pick(random, 0, 7) == 0 ? pick(random, 0, 20'000) : pick(random, 0, 300),
                      ' ');
  for (auto& byte : payload) byte = static_cast<char>(random());
  return payload;
}

// The indexed value that follows from a payload.
std::string status_of(std::string_view payload) {
  return to_hex(as_bytes(sha256(payload))).substr(0, 8);
}

std::shared_ptr<const IndexValues> index_of(const std::optional<std::string>& payload) {
  return payload ? make_index({{"status", status_of(*payload)}}) : nullptr;
}

WorkKey work_of(const EntityRef& entity) { return {WorkKind::effect, {}, entity, "send"}; }

/// One run: submits from one thread, is answered on another.
class Run {
 public:
  Run(EventLog& log, Acknowledged& acknowledged, std::mt19937_64& random)
      : log_(log), acknowledged_(acknowledged), random_(random) {}

  bool go(std::size_t appends) {
    for (std::size_t i = 0; i < entities && !failed(); ++i) open(counter(std::to_string(i)));
    for (std::size_t i = 0; i < appends && !failed(); ++i) append();
    std::unique_lock lock(mutex_);
    BOOST_REQUIRE(answered_.wait_for(lock, patience, [this] { return outstanding_ == 0; }));
    return !failed_;
  }

 private:
  struct Held {
    Opened opened;
    std::optional<std::string> payload;
  };

  bool failed() {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

  void begin() {
    std::unique_lock lock(mutex_);
    BOOST_REQUIRE(
        answered_.wait_for(lock, patience, [this] { return outstanding_ < outstanding_max; }));
    ++outstanding_;
  }

  /// After a write of unknown outcome nothing succeeds any more. A refusal before the write, for
  /// want of space, concerns what stands on it alone: a merge of tables may make room for others.
  template <class T>
  void end(const Result<T>& result) {
    const std::lock_guard lock(mutex_);
    BOOST_CHECK(!(result && stopped_));
    failed_ = failed_ || !result;
    stopped_ = stopped_ || (!result && result.error().code == ErrorCode::unavailable);
    --outstanding_;
    answered_.notify_one();
  }

  void open(const EntityRef& entity) {
    begin();
    std::unique_lock lock(mutex_);
    auto& held = held_[entity];
    lock.unlock();
    log_.open(entity, [this, &held](Result<Opened> opened) {
      if (opened) held.opened = std::move(*opened);
      end(opened);
    });
    lock.lock();
    BOOST_REQUIRE(answered_.wait_for(lock, patience, [this] { return outstanding_ == 0; }));
    if (failed_) return;
    if (!held.opened.state) return;
    StateRow row;
    BOOST_REQUIRE(row.ParseFromString(*held.opened.state));
    held.payload = row.body();
  }

  void append() {
    begin();
    const auto entity = counter(std::to_string(pick(random_, 0, entities - 1)));
    auto& held = held_[entity];
    std::vector<std::string> payloads(pick(random_, 1, 3));
    for (auto& payload : payloads) payload = random_payload(random_);
    auto append = make_append(entity, held.opened, payloads);
    append.index_before = index_of(held.payload);
    append.index_after = index_of(payloads.back());
    append.work.push_back({work_of(entity), payloads.back()});
    const auto first = held.opened.sequence + 1;
    held.opened.sequence += payloads.size();
    held.payload = payloads.back();
    log_.submit(std::move(append), [this, entity, first, payloads = std::move(payloads)](
                                       const Result<Committed>& result) mutable {
      if (result) acknowledge(entity, first, std::move(payloads));
      end(result);
    });
  }

  void acknowledge(const EntityRef& entity, std::uint64_t first,
                   std::vector<std::string> payloads) {
    auto& stream = acknowledged_.records[entity];
    for (auto& payload : payloads) stream[first++] = std::move(payload);
    acknowledged_.head = log_.head();
  }

  EventLog& log_;
  Acknowledged& acknowledged_;
  std::mt19937_64& random_;
  std::map<EntityRef, Held> held_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::size_t outstanding_ = 0;
  bool failed_ = false;
  bool stopped_ = false;
};

/// A stream folded: what the rows derived from it must say.
struct Folded {
  std::uint64_t sequence = 0;
  std::uint64_t offset = 0;
  std::string payload;
};

std::string check_stream(const EventLog& log, const EntityRef& entity,
                         const std::map<std::uint64_t, std::string>& acknowledged, Folded& folded) {
  std::string wrong;
  std::size_t found = 0;
  const auto scanned = log.scan_entity(entity, 1, [&](const StoredRecord& stored) {
    Record record;
    if (!record.ParseFromString(stored.bytes)) wrong = "an unreadable record";
    folded = {folded.sequence + 1, stored.offset, record.payload()};
    if (record.sequence() != folded.sequence) wrong = "a gap in the stream";
    const auto known = acknowledged.find(folded.sequence);
    if (known == acknowledged.end()) return true;
    ++found;
    if (known->second != record.payload()) wrong = "another payload than acknowledged";
    return true;
  });
  if (!scanned) return std::string(scanned.error().message());
  if (found != acknowledged.size()) return "acknowledged records are missing";
  return wrong;
}

std::string check_rows(const EventLog& log, const EntityRef& entity, const Folded& folded) {
  const auto state = log.state(entity);
  if (!state) return std::string(state.error().message());
  if (folded.sequence == 0) return *state ? "a state without records" : "";
  StateRow row;
  if (!*state || !row.ParseFromString(**state)) return "no readable state";
  if (row.sequence() != folded.sequence || row.offset() != folded.offset ||
      row.body() != folded.payload)
    return "a state that differs from the replayed one";
  const auto ids = log.scan_index(entity.kind, "status", status_of(folded.payload), "", 100);
  if (!ids) return std::string(ids.error().message());
  if (std::ranges::count(*ids, entity.id) != 1) return "no index row of the present value";
  std::string work;
  const auto scanned = log.scan_work(WorkKind::effect, work_of(entity), [&](const WorkRow& found) {
    if (found.key == work_of(entity)) work = found.value;
    return false;
  });
  if (!scanned) return std::string(scanned.error().message());
  return work == folded.payload ? "" : "a work row that differs from the replayed one";
}

}  // namespace

std::uint64_t test_seed() {
  const char* text = std::getenv("NIGHTSHIFT_SEED");
  return text ? std::strtoull(text, nullptr, 10) : std::random_device{}();
}

std::uint64_t test_cycles(std::uint64_t otherwise) {
  const char* text = std::getenv("NIGHTSHIFT_CYCLES");
  return text ? std::strtoull(text, nullptr, 10) : otherwise / rounds_skipped;
}

std::size_t Acknowledged::count() const {
  std::size_t all = 0;
  for (const auto& [entity, stream] : records) all += stream.size();
  return all;
}

bool run_workload(EventLog& log, Acknowledged& acknowledged, std::mt19937_64& random,
                  std::size_t appends) {
  return Run(log, acknowledged, random).go(appends);
}

std::string find_wrong(const EventLog& log, const Acknowledged& acknowledged) {
  const auto report = verify(log, acknowledged.head);
  if (!report) return std::string(report.error().message());
  if (!report->findings.empty()) return report->findings.front().what;
  static const std::map<std::uint64_t, std::string> none;
  for (std::size_t i = 0; i < entities; ++i) {
    const auto entity = counter(std::to_string(i));
    const auto known = acknowledged.records.find(entity);
    Folded folded;
    auto wrong = check_stream(log, entity,
                              known == acknowledged.records.end() ? none : known->second, folded);
    if (wrong.empty()) wrong = check_rows(log, entity, folded);
    if (!wrong.empty()) return to_string(entity) + ": " + wrong;
  }
  return {};
}

}  // namespace nightshift::storage
