// The journal on a store that syncs: the threads around the writer's rules.
#pragma once

#include <condition_variable>
#include <deque>
#include <thread>

#include "storage/readable_log.hpp"
#include "storage/rocks.hpp"
#include "storage/writer.hpp"

namespace nightshift::storage {

/// What the threads need of the files.
struct LogFiles {
  std::unique_ptr<Store> store;
  /// Bytes free for appends; the largest number where it cannot be told.
  std::function<std::uint64_t()> free_bytes;
  /// Keeps the head of a batch that is durable.
  std::function<Result<void>(const ChainHead&)> keep_head;
  /// `FileLog::checkpoint`.
  std::function<Result<ChainHead>(const std::filesystem::path&)> checkpoint;
};

/// Owns the store before the reading half looks at it.
struct OwnedFiles {
  LogFiles files;
};

/// The writer's thread plans, writes and syncs one batch after the other; the completion thread
/// gives the answers meanwhile. Where there is a single one, the writer gives it.
class RocksLog final : private OwnedFiles, public ReadableLog<FileLog> {
 public:
  RocksLog(LogFiles files, LogStart start, std::function<Time()> now, std::uint64_t reserve_bytes,
           std::function<void(const Error&)> failed);
  /// Writes and answers what is queued.
  ~RocksLog() override;

  void open(const EntityRef& entity, OpenCompletion done) override;
  void submit(Append append, Completion done) override;
  void close(const EntityRef& entity, std::uint64_t epoch) override;
  void rederive(Rederivation step, Completion done) override;
  LogStats stats() const override;
  Result<ChainHead> checkpoint(const std::filesystem::path& path) const override {
    return files.checkpoint(path);
  }

 private:
  /// Answers of one batch, for the completion thread.
  struct Done {
    std::vector<Answer> answers;
    /// Requests that are refused, because the log has stopped.
    std::vector<Request> refused;
    bool stopped = false;
  };

  void enqueue(Request request);
  void run_writer();
  /// Fills `taken_` from the queue; false at the end.
  bool take();
  /// Adds requests to the plan until the batch is full.
  void plan_batch();
  Result<void> write_batch();
  void count_batch();
  void stop(std::vector<Answer> answers, const Error& error);
  void answer(std::vector<Answer> answers);
  bool all_given();
  void hand_over(Done done);

  void run_completions();
  void give(Answer answer);

  const std::function<Time()> now_;
  const std::uint64_t reserve_bytes_;
  const std::function<void(const Error&)> failed_;

  // The writer's thread alone.
  Writer writer_;
  std::unique_ptr<RowBatch> rows_;
  std::vector<Request> taken_;
  std::size_t next_taken_ = 0;
  bool stopped_ = false;

  mutable std::mutex queue_mutex_;
  std::condition_variable queued_;
  std::vector<Request> queue_;
  LogStats stats_;
  bool ending_ = false;

  std::mutex done_mutex_;
  std::condition_variable done_changed_;
  std::deque<Done> done_;
  bool giving_ = false;
  bool writer_ended_ = false;

  std::thread completions_thread_;
  std::thread writer_thread_;
};

}  // namespace nightshift::storage
