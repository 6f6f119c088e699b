// The rules of writing, without threads and files: requests in, rows and answers out.
#pragma once

#include <unordered_map>
#include <variant>

#include "storage/reader.hpp"

namespace nightshift::storage {

struct OpenRequest {
  EntityRef entity;
  OpenCompletion done;
};

struct AppendRequest {
  Append append;
  Completion done;
};

struct CloseRequest {
  EntityRef entity;
  std::uint64_t epoch = 0;
};

struct RederiveRequest {
  Rederivation step;
  Completion done;
};

/// Where the stream of an opened entity ends, read after all that stood before was durable.
struct EndRead {
  EntityRef entity;
  std::uint64_t epoch = 0;
  StreamEnd end;
};

using Request = std::variant<OpenRequest, AppendRequest, CloseRequest, RederiveRequest, EndRead>;

/// To be given once the batch is durable.
struct AppendAnswer {
  Completion done;
  Result<Committed> result;
};

/// To be read and given once the batch is durable, after an `EndRead` was handed to the writer.
struct OpenAnswer {
  EntityRef entity;
  std::uint64_t epoch = 0;
  OpenCompletion done;
};

using Answer = std::variant<AppendAnswer, OpenAnswer>;

/// The answer to all that is outstanding once the log has stopped.
Error stopped_error();
void refuse(Answer answer, const Error& error);
void refuse(Request request, const Error& error);

/// Plans one batch at a time: `begin`, `add` for every request in the order of the queue, `finish`.
/// Plans build on each other: the next may begin only when the last batch has been written.
/// One thread.
class Writer {
 public:
  explicit Writer(const LogStart& start);

  /// Without `space`, whatever would write a row is refused with `no_space`.
  void begin(RowBatch& rows, Time now, bool space);
  void add(Request request);
  /// Puts the rows that are written once per batch; returns the answers in the order of requests.
  std::vector<Answer> finish();

  /// As they are once the last planned batch is durable.
  const ChainHead& head() const { return head_; }
  const CommandDays& days() const { return days_; }
  /// Records of the last planned batch.
  std::uint64_t records() const { return records_; }

 private:
  /// Who may write an entity.
  struct Holder {
    std::uint64_t epoch = 0;
    /// Nothing until it was read.
    std::optional<StreamEnd> end;
    /// The plan's slot of this entity's coalesced rows, if `batch` is the present one.
    std::uint64_t batch = 0;
    std::size_t slot = 0;
  };

  /// Rows of an entity that are written once per batch.
  struct Derived {
    EntityRef entity;
    std::optional<std::string> state;
    std::uint64_t offset = 0;
    std::shared_ptr<const IndexValues> index_before;
    std::shared_ptr<const IndexValues> index_after;
  };

  void handle(OpenRequest request);
  void handle(AppendRequest request);
  void handle(CloseRequest request);
  void handle(RederiveRequest request);
  void handle(EndRead read);

  /// Who holds the entity, if the append may be written; else why not.
  Result<Holder*> admit(const Append& append);
  /// Nobody opened or wrote it since.
  bool is_as_opened(const ArchivedStream& stream) const;
  Committed write(Append& append, Holder& holder);
  void write(const Rederivation& step);
  void write(const Archival& archival);
  void write_work(const std::vector<WorkChange>& changes);
  void write_records(const Append& append, Holder& holder);
  void write_command(const EntityRef& entity, const CommandEntry& command);
  void gather(Append& append, Holder& holder);
  void put_index(const Derived& derived);
  void put_derived();
  void put_batch();

  std::unordered_map<EntityRef, Holder> holders_;
  std::uint64_t last_epoch_ = 0;
  ChainHead head_;
  CommandDays days_;

  // The plan.
  RowBatch* rows_ = nullptr;
  bool space_ = true;
  std::uint64_t batch_ = 0;
  Time written_at_{};
  Time last_written_at_{};
  std::uint64_t first_offset_ = 1;
  std::uint64_t records_ = 0;
  std::string leaves_;
  std::vector<Derived> derived_;
  std::vector<Answer> answers_;
};

}  // namespace nightshift::storage
