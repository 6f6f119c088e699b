// A command on its way through the host, with the answer that its sender waits for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "messages/crypto.hpp"
#include "runtime/abroad.hpp"
#include "runtime/host/admission.hpp"
#include "runtime/node.hpp"

namespace nightshift::runtime::host {

/// Shared by all calls of a node.
struct CallCounters {
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<bool> stopping = false;
};

/// The places that a surveyor has found for one command, of the effect of this type.
struct Survey {
  std::string effect_type;
  kernel::Targets targets;
};

/// Answers exactly once: a call that is dropped answers for itself, so that an actor's crash cannot
/// lose an answer. Before it was submitted to the log nothing has been written (`conflict`, or
/// `stopping`); afterwards the outcome is unknown (`unavailable`).
class Call {
 public:
  Call(Command command, Reply reply, std::shared_ptr<CallCounters> counters);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call();

  const Command& command() const { return command_; }
  /// The caller's key, or the fresh id that was made in its place.
  const std::string& id() const { return command_.key; }
  const std::string& correlation() const;
  /// True if the key came from the caller: it may be a repeat.
  bool may_repeat() const { return may_repeat_; }
  /// Covers the command's type and its bytes, not the key.
  const Digest& request_hash() const { return request_hash_; }
  std::size_t bytes() const { return bytes_; }

  /// Null unless it is a Tell.
  const Telling* telling() const { return telling_ ? &*telling_ : nullptr; }
  void set_telling(Telling telling) { telling_ = std::move(telling); }

  /// Null unless something was found out for it; then what, or why it is refused.
  const Result<Survey>* survey() const { return survey_ ? &*survey_ : nullptr; }
  void set_survey(Result<Survey> survey) { survey_ = std::move(survey); }

  void admit(Admission admission) { admission_ = std::move(admission); }
  Admission& admission() { return admission_; }
  /// From here on the log has it.
  void submitted() { submitted_ = true; }
  /// Gives its room back, then replies.
  void answer(Result<Answer> result);

 private:
  Command command_;
  Reply reply_;
  std::shared_ptr<CallCounters> counters_;
  Admission admission_;
  std::optional<Telling> telling_;
  std::optional<Result<Survey>> survey_;
  Digest request_hash_{};
  std::size_t bytes_ = 0;
  bool may_repeat_ = false;
  bool submitted_ = false;
};

/// 32 hex digits that nobody can guess.
std::string fresh_command_id();

}  // namespace nightshift::runtime::host
