// Drives a log for the tests.
#include "tests/storage/journal.hpp"

#include <future>

#include <boost/test/unit_test.hpp>

namespace nightshift::storage {
namespace {

constexpr std::chrono::seconds patience{60};

template <class Value>
Value wait(std::future<Value>& future) {
  BOOST_REQUIRE(future.wait_for(patience) == std::future_status::ready);
  return future.get();
}

template <class Value>
auto keep(std::promise<Value>& promise) {
  return [&promise](Value value) { promise.set_value(std::move(value)); };
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Form form) {
  return out << (form == Form::memory ? "memory" : "rocks");
}

TemporaryFolder::TemporaryFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "nightshift-test-XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Identity test_identity() {
  Identity identity;
  identity.set_node("n1");
  identity.set_role("local");
  identity.set_log_id("000102030405060708090a0b0c0d0e0f");
  identity.set_created_at_us(to_us(test_time()));
  return identity;
}

Time test_time() { return *from_rfc3339("2026-11-21T07:00:00Z"); }

EntityRef counter(std::string id) { return {"counter", std::move(id)}; }

NewRecord make_record(const EntityRef& entity, std::uint64_t sequence, std::string_view payload) {
  Record record;
  record.set_kind(entity.kind);
  record.set_entity(entity.id);
  record.set_sequence(sequence);
  record.set_type("Counted");
  record.set_codec(CODEC_PLAIN);
  record.set_payload(std::string(payload));
  NewRecord fresh{record.SerializeAsString(), {}, {}};
  const auto hash = sha256({to_string(entity), payload});
  std::copy_n(hash.begin(), fresh.salt.size(), fresh.salt.begin());
  fresh.leaf = leaf_of(fresh.salt, fresh.bytes);
  return fresh;
}

std::string make_state(std::uint64_t sequence, std::string_view body) {
  StateRow row;
  row.set_sequence(sequence);
  row.set_body(std::string(body));
  return row.SerializeAsString();
}

Append make_append(const EntityRef& entity, const Opened& opened,
                   const std::vector<std::string>& payloads) {
  Append append;
  append.entity = entity;
  append.expected = opened.sequence;
  append.epoch = opened.epoch;
  auto sequence = opened.sequence;
  for (const auto& payload : payloads)
    append.records.push_back(make_record(entity, ++sequence, payload));
  if (!payloads.empty()) append.state = make_state(sequence, payloads.back());
  return append;
}

std::shared_ptr<const IndexValues> make_index(IndexValues values) {
  return std::make_shared<const IndexValues>(std::move(values));
}

Journal::Journal(Form form, const Identity& identity) : form_(form), now_us_(to_us(test_time())) {
  if (form_ == Form::memory) {
    log_ = open_memory(identity, [this] { return time(); });
    return;
  }
  RocksOptions options;
  options.path = folder_.path() / "journal";
  options.identity = identity;
  options.now = [this] { return time(); };
  auto opened = open_rocks(std::move(options));
  BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
  log_ = std::move(*opened);
}

void Journal::reopen() {
  if (form_ == Form::memory) {
    log_ = static_cast<MemoryLog&>(*log_).reopen();
    return;
  }
  log_.reset();
  RocksOptions options;
  options.path = folder_.path() / "journal";
  options.now = [this] { return time(); };
  auto opened = open_rocks(std::move(options));
  BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
  log_ = std::move(*opened);
}

void Journal::pump() {
  if (form_ == Form::memory) static_cast<MemoryLog&>(*log_).pump();
}

Result<Opened> Journal::try_open(const EntityRef& entity) {
  std::promise<Result<Opened>> promise;
  auto future = promise.get_future();
  log_->open(entity, keep(promise));
  pump();
  return wait(future);
}

Opened Journal::open(const EntityRef& entity) {
  auto opened = try_open(entity);
  BOOST_REQUIRE(opened);
  return *opened;
}

Result<Committed> Journal::try_append(Append append) {
  std::vector<Append> one;
  one.push_back(std::move(append));
  return std::move(append_all(std::move(one)).front());
}

Committed Journal::append(Append append, Opened& opened) {
  const auto records = append.records.size();
  auto state = append.state;
  auto result = try_append(std::move(append));
  BOOST_REQUIRE_MESSAGE(result, (result ? "" : result.error().detail));
  opened.sequence += records;
  if (state) opened.state = std::move(state);
  return *result;
}

std::vector<Result<Committed>> Journal::append_all(std::vector<Append> appends) {
  std::vector<std::promise<Result<Committed>>> promises(appends.size());
  std::vector<std::future<Result<Committed>>> futures;
  for (std::size_t i = 0; i < appends.size(); ++i) {
    futures.push_back(promises[i].get_future());
    log_->submit(std::move(appends[i]), keep(promises[i]));
  }
  pump();
  std::vector<Result<Committed>> results;
  for (auto& future : futures) results.push_back(wait(future));
  return results;
}

Result<Committed> Journal::rederive(Rederivation step) {
  std::promise<Result<Committed>> promise;
  auto future = promise.get_future();
  log_->rederive(std::move(step), keep(promise));
  pump();
  return wait(future);
}

StateRow state_of(const EventLog& log, const EntityRef& entity) {
  const auto bytes = log.state(entity);
  BOOST_REQUIRE(bytes);
  StateRow row;
  if (*bytes) BOOST_REQUIRE(row.ParseFromString(**bytes));
  return row;
}

std::string contents(const EventLog& log) {
  std::string text;
  const auto line = [&](std::initializer_list<std::string_view> words) {
    for (const auto word : words) text.append(word).append(" ");
    text.back() = '\n';
  };
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  BOOST_REQUIRE(log.scan_log(1, [&](const StoredRecord& record) {
    line({"record", number(record.offset), to_rfc3339(record.written_at),
          to_hex({reinterpret_cast<const char*>(record.salt.data()), record.salt.size()}),
          to_hex(as_bytes(sha256(record.bytes)))});
    return true;
  }));
  BOOST_REQUIRE(log.scan_batches(1, [&](const Batch& batch) {
    line({"batch", number(batch.first_offset), number(batch.count), to_rfc3339(batch.written_at),
          to_hex(as_bytes(batch.head))});
    return true;
  }));
  BOOST_REQUIRE(log.scan_pointers([&](const Pointer& pointer) {
    line({"pointer", to_string(pointer.entity), number(pointer.sequence), number(pointer.offset)});
    return true;
  }));
  BOOST_REQUIRE(log.scan_states("counter", "", [&](std::string_view id, std::string_view state) {
    line({"state", id, to_hex(state)});
    return true;
  }));
  for (const auto kind : {WorkKind::effect, WorkKind::deadline, WorkKind::tell})
    BOOST_REQUIRE(log.scan_work(kind, {kind, {}, {}, {}}, [&](const WorkRow& row) {
      line({"work", number(static_cast<std::uint64_t>(row.key.kind)), to_rfc3339(row.key.due),
            to_string(row.key.entity), row.key.name, to_hex(row.value)});
      return true;
    }));
  return text;
}

}  // namespace nightshift::storage
