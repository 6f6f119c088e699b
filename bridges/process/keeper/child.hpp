// One run of one process, from its start until nothing of its tree is left.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "bridges/process/keeper/output.hpp"
#include "bridges/process/keeper/spawn.hpp"
#include "bridges/process/keeper/speech.hpp"
#include "bridges/process/keeper/tree.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::process {

using Files = std::function<Result<std::shared_ptr<LogFile>>(const keeper::OutputFile&)>;

/// What a child tells its keeper. None of them may end the child.
struct ChildNews {
  std::function<void(const keeper::Started&)> started;
  std::function<void(const keeper::Said&)> said;
};

/// Driven by its keeper's loop: which of its descriptors can be read, that its first process has
/// ended, that time has passed.
class Child {
 public:
  /// What cannot be started is a failure, now or by `failure` later.
  static std::expected<std::unique_ptr<Child>, SpawnFailure> start(const keeper::Start& start,
                                                                   const GroupPlaces& places,
                                                                   const Files& files,
                                                                   const runtime::Clock& clock,
                                                                   ChildNews news);
  ~Child();

  const std::string& run() const { return started_.run(); }
  const std::string& instance() const { return started_.instance(); }
  pid_t pid() const { return tree_.first.pid; }
  /// What was said of it, what it has said itself included.
  const keeper::Started& started() const { return started_; }
  bool is_running() const { return running_; }

  /// What it prints can be read from these, what it tells from those; closed ones are gone.
  std::vector<int> outputs() const;
  std::vector<int> channels() const;
  void read(int descriptor, std::span<char> buffer);
  /// All that it has printed so far.
  std::uint64_t printed_bytes() const { return printed_bytes_; }

  /// Asks it to end, as it was configured; all that is left of it when its time is over is killed.
  void stop(bool at_once);
  /// Empty, or why not.
  std::string knock(const std::string& id, int signal);
  /// Its first process has ended so, as waitid(2) has it.
  void first_ended(int code, int status);
  /// Time has passed: kills what is overdue. True once nothing of it is left.
  bool is_over();
  /// When to look again; nothing: when something happens.
  std::optional<std::chrono::microseconds> next_look() const;

  /// Once it is over: how it ended, or why it never began.
  keeper::Exited exited() const;
  const std::optional<SpawnFailure>& failure() const { return failure_; }
  /// Reads what is still in its pipes.
  void drain(std::span<char> buffer);

 private:
  Child(const keeper::Start& start, const runtime::Clock& clock, ChildNews news)
      : start_(start), clock_(clock), news_(std::move(news)) {}

  void listen_to(Spawned& spawned, std::shared_ptr<LogFile> out, std::shared_ptr<LogFile> error);
  void begin(int news);
  void read_notify();
  void read_ipc(std::span<char> buffer);
  void say(const keeper::Said& said);
  void kill_all();

  keeper::Start start_;
  const runtime::Clock& clock_;
  ChildNews news_;
  Group group_;
  Tree tree_;
  keeper::Started started_;
  /// Instead of `out_`, where others speak with it.
  Speech speech_;
  std::optional<Output> out_, error_;
  std::uint64_t printed_bytes_ = 0;
  /// Until it has become its program.
  runtime::Descriptor begin_;
  runtime::Descriptor notify_, ipc_;
  std::string ipc_line_;
  bool running_ = false;
  bool stopping_ = false;
  bool killed_ = false;
  std::optional<std::chrono::microseconds> kill_at_;
  /// How its first process ended; unset while it lives.
  std::optional<keeper::Exited> end_;
  std::string leftover_;
  std::string last_knock_;
  std::optional<SpawnFailure> failure_;
};

}  // namespace nightshift::bridges::process
