// The journal in memory: the writer's rules, run by hand.
#include "storage/memory.hpp"

#include <cassert>
#include <deque>
#include <mutex>

#include "storage/format.hpp"
#include "storage/memory_store.hpp"
#include "storage/readable_log.hpp"
#include "storage/writer.hpp"

namespace nightshift::storage {
namespace {

struct Rows {
  MemoryStore store;
};

// The store is a base so that it is there before the reading half.
class Log final : private Rows, public ReadableLog<MemoryLog> {
 public:
  Log(const MemoryStore& store, LogStart start, std::function<Time()> now)
      : Rows{store},
        ReadableLog(Rows::store, start),
        now_(std::move(now)),
        rows_(Rows::store.new_batch()),
        writer_(start) {}

  void open(const EntityRef& entity, OpenCompletion done) override {
    enqueue(OpenRequest{entity, std::move(done)});
  }

  void submit(Append append, Completion done) override {
    enqueue(AppendRequest{std::move(append), std::move(done)});
  }

  void close(const EntityRef& entity, std::uint64_t epoch) override {
    enqueue(CloseRequest{entity, epoch});
  }

  void rederive(Rederivation step, Completion done) override {
    enqueue(RederiveRequest{std::move(step), std::move(done)});
  }

  LogStats stats() const override {
    const std::lock_guard lock(mutex_);
    auto stats = stats_;
    stats.queued = queue_.size();
    return stats;
  }

  std::size_t pump(std::size_t count) override;

  void fail_next(bool landed) override { failure_ = landed ? Failure::landed : Failure::dropped; }

  std::unique_ptr<MemoryLog> reopen() const override;

 private:
  enum class Failure { none, landed, dropped };

  void enqueue(Request request) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(request));
  }

  std::vector<Request> take(std::size_t count);
  void write();
  void give(Answer answer);
  void stop(std::vector<Answer> answers);

  const std::function<Time()> now_;
  const std::unique_ptr<RowBatch> rows_;
  Writer writer_;
  Failure failure_ = Failure::none;
  bool stopped_ = false;

  mutable std::mutex mutex_;
  std::deque<Request> queue_;
  LogStats stats_;
};

std::vector<Request> Log::take(std::size_t count) {
  const std::lock_guard lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(count, queue_.size()));
  std::vector<Request> taken(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return taken;
}

std::size_t Log::pump(std::size_t count) {
  auto requests = take(count);
  const auto processed = requests.size();
  if (stopped_) {
    for (auto& request : requests) refuse(std::move(request), stopped_error());
    return processed;
  }
  if (processed == 0) return 0;
  rows_->clear();
  writer_.begin(*rows_, now_(), true);
  for (auto& request : requests) writer_.add(std::move(request));
  auto answers = writer_.finish();
  if (failure_ != Failure::dropped) write();
  if (failure_ != Failure::none) {
    stop(std::move(answers));
    return processed;
  }
  for (auto& answer : answers) give(std::move(answer));
  return processed;
}

void Log::write() {
  if (rows_->empty()) return;
  const auto written = Rows::store.write(*rows_);
  assert(written);
  publish(writer_.head(), writer_.days());
  const std::lock_guard lock(mutex_);
  ++stats_.syncs;
  stats_.records += writer_.records();
  stats_.batches += writer_.records() > 0 ? 1 : 0;
  stats_.bytes += rows_->bytes();
}

void Log::give(Answer answer) {
  if (auto* append = std::get_if<AppendAnswer>(&answer)) {
    append->done(std::move(append->result));
    return;
  }
  auto& open = std::get<OpenAnswer>(answer);
  StreamEnd end;
  auto opened = reader().opened(open.entity, open.epoch, end);
  writer_.add(EndRead{std::move(open.entity), open.epoch, end});
  open.done(std::move(opened));
}

void Log::stop(std::vector<Answer> answers) {
  stopped_ = true;
  for (auto& answer : answers) refuse(std::move(answer), stopped_error());
  for (auto& request : take(SIZE_MAX)) refuse(std::move(request), stopped_error());
}

std::unique_ptr<MemoryLog> Log::reopen() const {
  auto copy = Rows::store;
  auto start = start_log(copy);
  assert(start);
  return std::make_unique<Log>(copy, std::move(*start), now_);
}

}  // namespace

std::unique_ptr<MemoryLog> open_memory(Identity identity, std::function<Time()> now) {
  MemoryStore store;
  const auto created = create_log(store, identity);
  auto start = start_log(store);
  assert(created && start);
  return std::make_unique<Log>(store, std::move(*start), std::move(now));
}

}  // namespace nightshift::storage
