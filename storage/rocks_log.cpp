// Group commit, pipelining and fail-stop.
#include "storage/rocks_log.hpp"

namespace nightshift::storage {
namespace {

// Bounds of one batch: what a sync is shared by.
constexpr std::size_t batch_requests_max = 4096;
constexpr std::size_t batch_bytes_max = 8u << 20;

}  // namespace

RocksLog::RocksLog(LogFiles files, LogStart start, std::function<Time()> now,
                   std::uint64_t reserve_bytes, std::function<void(const Error&)> failed)
    : OwnedFiles{std::move(files)},
      ReadableLog(*OwnedFiles::files.store, start),
      now_(std::move(now)),
      reserve_bytes_(reserve_bytes),
      failed_(std::move(failed)),
      writer_(start),
      rows_(OwnedFiles::files.store->new_batch()),
      completions_thread_([this] { run_completions(); }),
      writer_thread_([this] { run_writer(); }) {}

RocksLog::~RocksLog() {
  {
    const std::lock_guard lock(queue_mutex_);
    ending_ = true;
  }
  queued_.notify_one();
  writer_thread_.join();
  {
    const std::lock_guard lock(done_mutex_);
    writer_ended_ = true;
  }
  done_changed_.notify_all();
  completions_thread_.join();
  const Error stopping{ErrorCode::stopping, {}, {}};
  for (auto& request : queue_) refuse(std::move(request), stopping);
}

void RocksLog::open(const EntityRef& entity, OpenCompletion done) {
  enqueue(OpenRequest{entity, std::move(done)});
}

void RocksLog::submit(Append append, Completion done) {
  enqueue(AppendRequest{std::move(append), std::move(done)});
}

void RocksLog::close(const EntityRef& entity, std::uint64_t epoch) {
  enqueue(CloseRequest{entity, epoch});
}

void RocksLog::rederive(Rederivation step, Completion done) {
  enqueue(RederiveRequest{std::move(step), std::move(done)});
}

LogStats RocksLog::stats() const {
  const bool full = files.free_bytes() < reserve_bytes_;
  const std::lock_guard lock(queue_mutex_);
  auto stats = stats_;
  stats.queued = queue_.size();
  stats.full = full;
  return stats;
}

void RocksLog::enqueue(Request request) {
  bool first = false;
  {
    const std::lock_guard lock(queue_mutex_);
    first = queue_.empty();
    queue_.push_back(std::move(request));
  }
  if (first) queued_.notify_one();
}

void RocksLog::run_writer() {
  while (take()) {
    if (stopped_) {
      hand_over({{}, std::move(taken_), true});
      taken_.clear();
      continue;
    }
    plan_batch();
    auto answers = writer_.finish();
    if (auto written = write_batch(); !written)
      stop(std::move(answers), written.error());
    else
      answer(std::move(answers));
  }
}

bool RocksLog::take() {
  if (next_taken_ < taken_.size()) return true;
  taken_.clear();
  next_taken_ = 0;
  std::unique_lock lock(queue_mutex_);
  queued_.wait(lock, [this] { return ending_ || !queue_.empty(); });
  taken_.swap(queue_);
  return !taken_.empty();
}

void RocksLog::plan_batch() {
  rows_->clear();
  writer_.begin(*rows_, now_(), files.free_bytes() >= reserve_bytes_);
  const auto end = std::min(taken_.size(), next_taken_ + batch_requests_max);
  while (next_taken_ < end && rows_->bytes() < batch_bytes_max)
    writer_.add(std::move(taken_[next_taken_++]));
}

Result<void> RocksLog::write_batch() {
  if (rows_->empty()) return {};
  if (auto written = files.store->write(*rows_); !written) return written;
  if (writer_.records() > 0)
    if (auto kept = files.keep_head(writer_.head()); !kept) return kept;
  publish(writer_.head(), writer_.days());
  count_batch();
  return {};
}

void RocksLog::count_batch() {
  const std::lock_guard lock(queue_mutex_);
  ++stats_.syncs;
  stats_.records += writer_.records();
  stats_.batches += writer_.records() > 0 ? 1 : 0;
  stats_.bytes += rows_->bytes();
}

void RocksLog::stop(std::vector<Answer> answers, const Error& error) {
  stopped_ = true;
  std::vector<Request> rest(
      std::make_move_iterator(taken_.begin() + static_cast<std::ptrdiff_t>(next_taken_)),
      std::make_move_iterator(taken_.end()));
  taken_.clear();
  next_taken_ = 0;
  {
    const std::lock_guard lock(queue_mutex_);
    std::ranges::move(queue_, std::back_inserter(rest));
    queue_.clear();
  }
  hand_over({std::move(answers), std::move(rest), true});
  {
    std::unique_lock lock(done_mutex_);
    done_changed_.wait(lock, [this] { return done_.empty() && !giving_; });
  }
  if (failed_) failed_(error);
}

void RocksLog::answer(std::vector<Answer> answers) {
  if (answers.empty()) return;
  // Waking a thread takes longer than giving a single answer, and nobody else is giving any: only
  // this thread hands them over.
  if (answers.size() == 1 && std::holds_alternative<AppendAnswer>(answers.front()) && all_given())
    return give(std::move(answers.front()));
  hand_over({std::move(answers), {}, false});
}

bool RocksLog::all_given() {
  const std::lock_guard lock(done_mutex_);
  return done_.empty() && !giving_;
}

void RocksLog::hand_over(Done done) {
  {
    const std::lock_guard lock(done_mutex_);
    done_.push_back(std::move(done));
  }
  done_changed_.notify_all();
}

void RocksLog::run_completions() {
  std::unique_lock lock(done_mutex_);
  while (true) {
    done_changed_.wait(lock, [this] { return writer_ended_ || !done_.empty(); });
    if (done_.empty()) return;
    auto done = std::move(done_.front());
    done_.pop_front();
    giving_ = true;
    lock.unlock();
    for (auto& answer : done.answers) {
      if (done.stopped)
        refuse(std::move(answer), stopped_error());
      else
        give(std::move(answer));
    }
    for (auto& request : done.refused) refuse(std::move(request), stopped_error());
    lock.lock();
    giving_ = false;
    done_changed_.notify_all();
  }
}

void RocksLog::give(Answer answer) {
  if (auto* append = std::get_if<AppendAnswer>(&answer)) {
    append->done(std::move(append->result));
    return;
  }
  auto& open = std::get<OpenAnswer>(answer);
  StreamEnd end;
  auto opened = reader().opened(open.entity, open.epoch, end);
  if (opened) enqueue(EndRead{std::move(open.entity), open.epoch, end});
  open.done(std::move(opened));
}

}  // namespace nightshift::storage
