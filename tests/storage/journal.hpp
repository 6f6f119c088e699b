// A log under test, of either form, driven as if it were synchronous.
#pragma once

#include <atomic>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "storage/memory.hpp"
#include "storage/rocks.hpp"

namespace nightshift::storage {

enum class Form { memory, rocks };
inline constexpr std::array all_forms{Form::memory, Form::rocks};
std::ostream& operator<<(std::ostream& out, Form form);

/// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Identity test_identity();
Time test_time();
EntityRef counter(std::string id);

/// A record of an entity, with a salt that depends on the payload alone.
NewRecord make_record(const EntityRef& entity, std::uint64_t sequence, std::string_view payload);
/// An append with a record per payload, and a state row that says the last one.
Append make_append(const EntityRef& entity, const Opened& opened,
                   const std::vector<std::string>& payloads);
std::string make_state(std::uint64_t sequence, std::string_view body);
std::shared_ptr<const IndexValues> make_index(IndexValues values);

class Journal {
 public:
  explicit Journal(Form form, const Identity& identity = test_identity());

  EventLog& log() { return *log_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// What the log takes for the present.
  void set_time(Time time) { now_us_ = to_us(time); }
  Time time() const { return time_from_us(now_us_); }

  Result<Opened> try_open(const EntityRef& entity);
  Opened open(const EntityRef& entity);
  Result<Committed> try_append(Append append);
  /// Appends and moves `opened` on.
  Committed append(Append append, Opened& opened);
  /// Submits all, then waits for all.
  std::vector<Result<Committed>> append_all(std::vector<Append> appends);
  Result<Committed> rederive(Rederivation step);
  /// Lets what is queued happen; the files' form does it by itself.
  void pump();
  /// Ends the log cleanly and opens it again.
  void reopen();

 private:
  Form form_;
  TemporaryFolder folder_;
  std::atomic<std::int64_t> now_us_;
  std::unique_ptr<EventLog> log_;
};

/// The entity's state row; empty if it has none.
StateRow state_of(const EventLog& log, const EntityRef& entity);

/// All that a reader can see, as text: rows of every sort in order.
std::string contents(const EventLog& log);

}  // namespace nightshift::storage
